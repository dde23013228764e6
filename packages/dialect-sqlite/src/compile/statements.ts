import {
  type SchemaModel,
  type SqlFragment,
  type SqlText,
  type Statement,
  sql,
  statement,
  type TableModel,
  type TableRef,
  type TriggerModel,
} from '@org/migrate-core/dialect'
import { cursorOn } from '../ddl/cursor.ts'
import { createHead } from '../ddl/parse-table.ts'
import { quote } from '../sql/quote.ts'
import { sameName } from '../sql/tokenize.ts'
import { canonicaliseTable } from '../types/canonicalise.ts'
import { createTableText, createTriggerText } from '../types/definition-text.ts'

export { notInSchema, statement, tableOf } from '@org/migrate-core/dialect'

/**
 * A CREATE INDEX or CREATE TRIGGER text with `main.` before the name: without it SQLite would put it on a temporary table of
 * the same name. What it stores begins with the name, so the text that stays is the same.
 */
export function createInMain(text: string, kind: 'INDEX' | 'TRIGGER'): string {
  const { start } = createHead(cursorOn(text), kind)
  const head = text.slice(0, start)
  return head.trimEnd().endsWith('.') ? text : `${head}main.${text.slice(start)}`
}

/** The name with its database: a temporary table of the same name would otherwise be meant. */
export function inMain(ref: TableRef): SqlFragment {
  return sql`main.${quote.table(ref)}`
}

export const sqliteText = (text: SqlText): string => (typeof text === 'string' ? text : text.sqlite)

/** The CREATE text: SQLite's own where the model carries it, else written from the model. */
export function sourceOf(table: TableModel): string {
  return table.source ?? createTableText(canonicaliseTable(table))
}

export function createTrigger(trigger: TriggerModel): Statement {
  return statement(createInMain(createTriggerText(trigger), 'TRIGGER'), [trigger.table])
}

/** The database's name goes before the trigger's: a temporary one of the same name would otherwise be meant. */
export function dropTrigger(table: TableRef, trigger: string): Statement {
  return statement(sql`DROP TRIGGER main.${quote.identifier(trigger)}`, [table])
}

/** SQLite keeps the table's name as the trigger wrote it, which may be in another case. */
export function triggersOf(model: SchemaModel, ref: TableRef): readonly TriggerModel[] {
  return [...model.triggers.values()].filter((trigger) => sameName(trigger.table.name, ref.name))
}
