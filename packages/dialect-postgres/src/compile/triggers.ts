import { type CompileTable, type Statement, sql, type TableRef, type TriggerModel } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { statement } from './statements.ts'

export function createTrigger(trigger: TriggerModel): Statement {
  return statement(trigger.definition.trim().replace(/;$/, ''), [trigger.table])
}

export function dropTrigger(table: TableRef, trigger: string): Statement {
  return statement(sql`DROP TRIGGER ${quote.identifier(trigger)} ON ${quote.table(table)}`, [table])
}

export const triggerStatements: Pick<CompileTable, 'createTrigger' | 'dropTrigger'> = {
  createTrigger: ({ operation: { trigger } }) => [createTrigger(trigger)],
  dropTrigger: ({ operation: { table, trigger } }) => [dropTrigger(table, trigger)],
}
