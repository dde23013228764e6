import { type CompileTable, sql } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { ddl } from './statements.ts'

export const triggerStatements: Pick<CompileTable, 'createTrigger' | 'dropTrigger'> = {
  createTrigger: ({ operation: { trigger } }) => [ddl(trigger.definition.trim(), [trigger.table])],
  // Triggers have names of their own in the database, and stand in that of their table.
  dropTrigger: ({ operation: { table, trigger } }) => [
    ddl(sql`DROP TRIGGER ${quote.table({ ...table, name: trigger })}`, [table]),
  ],
}
