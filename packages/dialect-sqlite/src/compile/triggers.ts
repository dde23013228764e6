import { type CompileTable, sql } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { createTrigger, statement } from './statements.ts'

export const triggerStatements: Pick<CompileTable, 'createTrigger' | 'dropTrigger'> = {
  createTrigger: ({ operation: { trigger } }) => [createTrigger(trigger)],
  dropTrigger: ({ operation: { table, trigger } }) => [
    statement(sql`DROP TRIGGER main.${quote.identifier(trigger)}`, [table]),
  ],
}
