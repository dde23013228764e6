import { type CompileTable, type Statement, sql, type TableRef, type TriggerModel } from '@org/migrate-core/dialect'
import { statementsIn } from '../sql/names-in.ts'
import { quote } from '../sql/quote.ts'
import { statement } from './statements.ts'

/** The trigger, and what introspection says behind it: that it is disabled, its comment, and the same of its copies in partitions. */
export function createTrigger({ definition, table, inPartitions = [] }: TriggerModel): readonly Statement[] {
  return [...statementsIn(definition), ...inPartitions].map((text) => statement(text, [table]))
}

export function dropTrigger(table: TableRef, trigger: string): Statement {
  return statement(sql`DROP TRIGGER ${quote.identifier(trigger)} ON ${quote.table(table)}`, [table])
}

export const triggerStatements: Pick<CompileTable, 'createTrigger' | 'dropTrigger'> = {
  createTrigger: ({ operation: { trigger } }) => createTrigger(trigger),
  dropTrigger: ({ operation: { table, trigger } }) => [dropTrigger(table, trigger)],
}
