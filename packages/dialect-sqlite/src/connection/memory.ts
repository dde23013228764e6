import type { DialectConnection, UnloadedDialect } from '@org/migrate-core/dialect'
import type { Connection } from './connection.ts'

/** A database in memory is that of its dialect, by how that connects: who wants what was migrated there has to ask it. */
const memories = new WeakMap<DialectConnection['connect'], () => Promise<Connection>>()

export function shareMemory(connect: DialectConnection['connect'], memory: () => Promise<Connection>): void {
  memories.set(connect, memory)
}

export function memoryOf({ connection }: UnloadedDialect): (() => Promise<Connection>) | undefined {
  return memories.get(connection.connect)
}
