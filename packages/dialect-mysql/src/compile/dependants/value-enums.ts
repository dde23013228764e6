import {
  type ColumnModel,
  join,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
} from '@org/migrate-core/dialect'
import type { Server } from '../../flavour.ts'
import { quote } from '../../sql/quote.ts'
import { collationOf } from '../../types/canonicalise.ts'
import { isText, toSql } from '../../types/types.ts'
import { comparedBy, noRows } from '../row-checks.ts'

/**
 * Rows with a value that the list is to lose: the server would say no more than that data was truncated. A value that the collation takes
 * for one of the new list becomes that one.
 */
function noneOf(
  table: TableModel,
  column: string,
  text: SqlFragment,
  removed: readonly string[],
  remaining: readonly string[],
): readonly Statement[] {
  if (removed.length === 0) return []
  const listed = (values: readonly string[]): SqlFragment => join(values.map((value) => quote.literal(value)))
  return [
    noRows(
      table,
      sql`${quote.identifier(column)} IN (${listed(removed)}) AND ${text} NOT IN (${listed(remaining)})`,
      `with a value in ${column} that the enum is to lose (${removed.join(', ')})`,
      'Give those rows another value in a data step before; a value that is to have another name is added first.',
    ),
  ]
}

/** How the values of types are read as texts. Of a type that is not here, the server says what it refuses. */
const readings: readonly (readonly [RegExp, (name: SqlFragment) => SqlFragment])[] = [
  // The text of a BIT is its bytes.
  [/^bit\b/i, (name) => sql`CAST(${name} + 0 AS CHAR)`],
  [/^(?:(?:tiny|small|medium|big)?int|decimal|float|double|year)\b/i, (name) => sql`CAST(${name} AS CHAR)`],
  [/^(?:date|time|datetime|timestamp|json|uuid)\b/i, (name) => sql`CAST(${name} AS CHAR)`],
  [/^(?:(?:var)?binary|(?:tiny|medium|long)?blob)\b/i, (name) => name],
]

/** A text is compared as the new column does. One of another character set could not be compared with a list that has letters beyond it. */
function textOf(server: Server, table: TableModel, column: ColumnModel, after: ColumnModel): SqlFragment | undefined {
  const name = quote.identifier(column.name)
  if (isText(column.type)) {
    const [from, to] = [column, after].map((each) => collationOf(server, table, each))
    return from === undefined || to === undefined || from === to ? name : comparedBy(column.name, from, to)
  }
  const type = toSql(column.type)
  return readings.find(([pattern]) => pattern.test(type))?.[1](name)
}

/** A number that is no value would become the one at that place, and 0 on MySQL the empty one; anything else would be refused without its row. */
function onlyValues(
  table: TableModel,
  column: ColumnModel,
  found: SqlFragment,
  values: readonly string[],
): readonly Statement[] {
  // Behind a text, the server leaves spaces out.
  const text = isText(column.type) ? sql`RTRIM(${found})` : found
  const listed = join(values.map((value) => quote.literal(value)))
  return [
    noRows(
      table,
      sql`${text} NOT IN (${listed})`,
      `with ${isText(column.type) ? 'a text' : 'a value'} in ${column.name} that is no value of the enum`,
      'Give those rows another value in a data step before.',
    ),
  ]
}

/** Values that a column of an enum is not to have, and has. */
export function noLostValues(
  server: Server,
  table: TableModel,
  before: ColumnModel,
  after: ColumnModel,
): readonly Statement[] {
  const { type: to, generated } = after
  const text = textOf(server, table, before, after)
  if (to.kind !== 'enum' || generated !== undefined || text === undefined) return []
  if (before.type.kind !== 'enum') return onlyValues(table, before, text, to.values)
  const remaining = new Set(to.values)
  const removed = before.type.values.filter((value) => !remaining.has(value))
  return noneOf(table, before.name, text, removed, to.values)
}
