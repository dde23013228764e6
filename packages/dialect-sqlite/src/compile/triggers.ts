import type { CompileTable } from '@org/migrate-core/dialect'
import { createTrigger, dropTrigger } from './statements.ts'

export const triggerStatements: Pick<CompileTable, 'createTrigger' | 'dropTrigger'> = {
  createTrigger: ({ operation: { trigger } }) => [createTrigger(trigger)],
  dropTrigger: ({ operation: { table, trigger } }) => [dropTrigger(table, trigger)],
}
