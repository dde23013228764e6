import {
  type ColumnType,
  type Dialect,
  join,
  refText,
  type SqlFragment,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
import { primaryColumns } from '@org/migrate-core/internal'
import type { ColumnDifference } from '../differences/table-difference.ts'
import type { Steps, TableChange } from './composition.ts'
import { check, originalTable } from './row-checks.ts'

const ranges = { 16: ['-32768', '32767'], 32: ['-2147483648', '2147483647'] } as const

/** The condition of texts that are no value of an enum. Other types are turned into texts by SQLite alone, which is how it keeps them. */
function noValue(dialect: Dialect, column: SqlFragment, from: ColumnType, to: ColumnType): SqlFragment | undefined {
  if (to.kind !== 'enum' || from.kind === 'enum' || to.values.length === 0) return undefined
  if (!isText(from) && !dialect.capabilities.dynamicTypes) return undefined
  const text = isText(from) ? column : sql`CAST(${column} AS TEXT)`
  return sql`${text} NOT IN (${join(to.values.map((value) => dialect.sql.quote.literal(value)))})`
}

const isText = ({ kind }: ColumnType): boolean => kind === 'text' || kind === 'varchar' || kind === 'char'

/** The condition of values for which a type has no room; undefined where it has, or where that is unknown. */
function noRoom(column: SqlFragment, from: ColumnType, to: ColumnType): SqlFragment | undefined {
  if (isText(from) && (to.kind === 'varchar' || to.kind === 'char') && to.length !== undefined) {
    const had = 'length' in from ? from.length : undefined
    return had !== undefined && had <= to.length ? undefined : sql`CHAR_LENGTH(${column}) > ${to.length}`
  }
  if (from.kind === 'integer' && to.kind === 'integer' && to.bits < from.bits && to.bits !== 64) {
    const [low, high] = ranges[to.bits]
    return sql`${column} NOT BETWEEN ${verbatim(low)} AND ${verbatim(high)}`
  }
  return undefined
}

/** Looks for values that the new type does not take. SQLite holds no value to the size of a type, and to the values of an enum it does. */
export function* checkNarrowing(
  { composition, difference: { ref } }: TableChange,
  { name: column, actual: { type: from }, expected: { type: to } }: ColumnDifference,
): Steps {
  const original = originalTable(composition, ref)
  const old = original?.columnOf(column)
  if (original === undefined || old === undefined) return
  const {
    sql: { quote },
    capabilities,
  } = composition.dialect
  const room = capabilities.dynamicTypes ? undefined : noRoom(quote.identifier(old), from, to)
  const condition = room ?? noValue(composition.dialect, quote.identifier(old), from, to)
  if (condition === undefined) return
  const shown = [...new Set([...primaryColumns(original.table), old])]
  const query = sql`SELECT ${join(shown.map((name) => quote.identifier(name)))} FROM ${quote.table(original.ref)} WHERE ${condition}`
  const why = to.kind === 'enum' ? 'is no value of its enum' : 'has no room in its new type'
  yield* check(true, `rows of ${refText(ref)} whose ${column} ${why}`, query)
}
