import type { Dialect } from '@org/migrate-core/dialect'
import type { Connection } from './connection.ts'

/** A database in memory is that of its dialect: who wants to use what was migrated there has to ask it. */
const memories = new WeakMap<Dialect, () => Promise<Connection>>()

export function shareMemory(dialect: Dialect, memory: () => Promise<Connection>): void {
  memories.set(dialect, memory)
}

export function memoryOf(dialect: Dialect): (() => Promise<Connection>) | undefined {
  return memories.get(dialect)
}
