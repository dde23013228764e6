import { type CompileTable, sql } from '@org/migrate-core/dialect'
import { createTriggerText } from '../ddl/write.ts'
import { quote } from '../quote.ts'
import { statement } from './statements.ts'

export const triggerStatements: Pick<CompileTable, 'createTrigger' | 'dropTrigger'> = {
  createTrigger: ({ operation: { trigger } }) => [statement(createTriggerText(trigger), [trigger.table])],
  dropTrigger: ({ operation: { table, trigger } }) => [
    statement(sql`DROP TRIGGER main.${quote.identifier(trigger)}`, [table]),
  ],
}
