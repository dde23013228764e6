import { join, type SchemaModel, type Statement, sql, type TableModel, type TableRef } from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'
import { sameName } from '../../sql/tokenize.ts'
import { dropTrigger, statement, triggersOf } from '../statements.ts'
import { type ForeignKey, foreignKeysOf } from './members.ts'

/** A name for what is dropped again. */
export type FreeName = (base: string) => string

const refersToItself = (table: TableModel): readonly ForeignKey[] =>
  foreignKeysOf(table).filter(({ references }) => sameName(references.table.name, table.ref.name))

/** Whether the columns are the first of a list, in any order. */
const begins = (columns: readonly string[], list: readonly string[]): boolean =>
  columns.length <= list.length &&
  columns.every((name) => list.slice(0, columns.length).some((each) => sameName(each, name)))

/** The columns of each index that holds every row. */
function indexedColumns(table: TableModel): readonly (readonly string[])[] {
  return [
    ...table.constraints.flatMap((one) => (one.kind === 'primaryKey' || one.kind === 'unique' ? [one.columns] : [])),
    ...table.indexes.flatMap(({ elements, where }) =>
      where === undefined ? [elements.flatMap(({ column }) => column ?? '')] : [],
    ),
  ]
}

export function createIndexOn(on: TableRef, name: string, columns: readonly string[], unique = false): Statement {
  const kind = sql`${unique ? sql`UNIQUE INDEX` : sql`INDEX`}`
  return statement(
    sql`CREATE ${kind} main.${quote.identifier(name)} ON ${quote.identifier(on.name)} (${join(columns.map(quote.identifier))})`,
    [on],
    { note: `build an index on ${on.name} for the rebuild` },
  )
}

/**
 * A row that is inserted or deleted is looked for in the columns that refer to it: without an index that reads the table once for
 * each row.
 */
export function indexesForReferences(table: TableModel, into: TableRef, free: FreeName): readonly Statement[] {
  return refersToItself(table).map(({ columns }) => createIndexOn(into, free(`${table.ref.name}_self`), columns))
}

/**
 * DROP TABLE deletes the rows of a table that refers to itself one after the other, and ON DELETE acts on the rows that are still there: its
 * triggers fire, SET NULL meets a CHECK, and CASCADE follows a chain of rows until SQLite stops at 1,000. The rows are copied already, so
 * each such act is ignored. RESTRICT counts as NO ACTION by `defer_foreign_keys`, and the columns have an index.
 */
export function beforeDrop(model: SchemaModel, table: TableModel, free: FreeName): readonly Statement[] {
  const keys = refersToItself(table)
  if (keys.length === 0) return []
  const { ref } = table
  const existing = indexedColumns(table)
  const unindexed = keys.filter(({ columns }) => !existing.some((list) => begins(columns, list)))
  return [
    ...triggersOf(model, ref).map(({ name }) => dropTrigger(ref, name)),
    ...[sql`UPDATE`, sql`DELETE`].map((event) =>
      statement(
        sql`CREATE TRIGGER main.${quote.identifier(free(`${ref.name}_${event.text.toLowerCase()}`))} BEFORE ${event} ON ${quote.identifier(ref.name)} BEGIN SELECT RAISE(IGNORE); END`,
        [ref],
      ),
    ),
    ...unindexed.map(({ columns }) => createIndexOn(ref, free(`${ref.name}_drop`), columns)),
  ]
}
