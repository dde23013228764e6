import { isDeepStrictEqual } from 'node:util'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { findColumn } from '../model/edit.ts'
import { uniqueKeyOf } from '../model/keys.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'
import { enclosed } from '../sql/enclose.ts'
import { sumOf } from '../sql/sum.ts'
import { join, type SqlFragment, sql } from '../sql/tag.ts'
import type { ExactValue } from './preserved/encode.ts'
import { comparable } from './preserved/pages/conditions.ts'

/** A page ends at this many bytes, so that a table of 50 MB documents is read one by one. */
const pageBytes = 4 * 1024 * 1024

export type ExactRow = { readonly [column: string]: ExactValue }

interface PageRequest {
  readonly table: SqlFragment
  /** What its columns are. */
  readonly model: TableModel
  /** Columns that are unique and never NULL. */
  readonly key: readonly string[]
  readonly columns: readonly string[]
  readonly where?: { readonly text: string; readonly params: readonly SqlValue[] }
  readonly rows: number
  /** What the SELECT of a page ends with. */
  readonly ending?: SqlFragment | undefined
  /**
   * Give values that a string cannot hold as `RawText`. A function wants them of the key only, and of rows that may have one it gives what is
   * given.
   */
  readonly exact?: true | ((row: ExactRow) => ExactRow)
}

/** The columns by which a row of a table is found: a unique key, else a hidden one of the server. */
export function rowKeyOf(
  dialect: Dialect,
  table: TableModel,
  without?: ReadonlySet<string>,
): readonly string[] | undefined {
  const hidden = dialect.rows?.identity?.(table)
  return uniqueKeyOf(table, without) ?? (hidden === undefined ? undefined : [hidden])
}

/** Why `rowKeyOf` finds none. */
export const noUniqueKey = ({ hasHeirs }: TableModel): string =>
  hasHeirs === true ? 'tables that inherit from it may have rows with its keys' : 'the table has no unique key'

/** It may stand for another value: a string has U+FFFD in the place of bytes that are no character. */
export const isOdd = (value: ExactValue | undefined): boolean => typeof value === 'string' && value.includes('\uFFFD')

/** How many of the rows, whose sizes are given, are a page: at least one. */
export function fitting(sizes: readonly Row[]): number {
  let bytes = 0
  const end = sizes.findIndex((row, at) => {
    bytes += Number(row.$size)
    return at > 0 && bytes > pageBytes
  })
  return end === -1 ? sizes.length : end
}

/**
 * A replacement character may be the author's own, or stand for bytes that are no character: only the bytes say which. They are in the
 * encoding of the database (https://www.sqlite.org/pragma.html#pragma_encoding).
 */
export function exactCell(value: SqlValue, bytes: SqlValue): ExactValue {
  if (typeof value !== 'string' || !(bytes instanceof Uint8Array)) return value
  const wide = Buffer.from(value, 'utf16le')
  const isSame = [Buffer.from(value), wide].some((each) => each.equals(bytes)) || wide.swap16().equals(bytes)
  return isSame ? value : { rawText: bytes }
}

/**
 * What the bytes of columns are called, which is no name of a column: it would be what ORDER BY means, and bytes have another order than
 * texts.
 */
export function namesOfBytes(columns: readonly string[]): (column: string) => string {
  const prefix = '$'.repeat(1 + Math.max(...columns.map((column) => column.search(/[^$]|$/))))
  return (column) => prefix + column
}

/** @param read reads expressions of the same rows, in the same order */
async function exactRows(
  dialect: Dialect,
  request: PageRequest,
  columns: readonly string[],
  rows: readonly Row[],
  read: (list: SqlFragment) => Promise<readonly Row[]>,
): Promise<readonly ExactRow[]> {
  const exact = request.exact === undefined ? undefined : dialect.values.exact
  const exactly = new Set(typeof request.exact === 'function' ? request.key : columns)
  if (exact === undefined || !rows.some((row) => [...exactly].some((column) => isOdd(row[column])))) return rows
  const { identifier } = dialect.sql.quote
  const bytesOf = namesOfBytes(columns)
  const byteRows = await read(
    join([...exactly].map((column) => sql`${exact.bytes(identifier(column))} AS ${identifier(bytesOf(column))}`)),
  )
  return rows.map((row, at) => {
    const bytes = byteRows[at] ?? {}
    const cells = columns.map((each): [string, ExactValue] => {
      const value = row[each] ?? null
      return [each, exactly.has(each) ? exactCell(value, bytes[bytesOf(each)] ?? null) : value]
    })
    const given: ExactRow = Object.fromEntries(cells)
    return typeof request.exact === 'function' ? request.exact(given) : given
  })
}

/**
 * Pages of a table by key. The size of a page is asked for first: it holds at most `rows` rows and, from its second row on, at most
 * 4 MiB, so the memory is bounded by the largest single row.
 *
 * Throws INVALID_OPTION for a NULL in the key: what comes after it could not be told, and rows would be passed over.
 */
export async function* pagesByKey(
  dialect: Dialect,
  session: Session,
  request: PageRequest,
): AsyncGenerator<readonly ExactRow[]> {
  const { key, table, model } = request
  const { identifier } = dialect.sql.quote
  const columns = [...new Set([...key, ...request.columns])]
  // SQLite calls the hidden key rowid, whichever of its names is read.
  const list = join(
    columns.map((column) =>
      findColumn(model, column) === undefined
        ? sql`${identifier(column)} AS ${identifier(column)}`
        : identifier(column),
    ),
  )
  const compared = key.map((column) => comparable(dialect, model, column))
  const ordered = join(compared.map(({ expression }) => expression))
  const keyTuple = key.length === 1 ? ordered : sql`(${ordered})`
  const wide = request.columns.filter((column) => !key.includes(column))
  const size =
    wide.length === 0
      ? undefined
      : sumOf(wide.map((column) => sql`COALESCE(${dialect.values.byteLength(identifier(column))}, 0)`))
  const condition = request.where === undefined ? '' : enclosed(request.where.text).text
  const extra = request.where?.params ?? []
  const [sizeName, total] = [identifier('$size'), identifier('$total')]
  let last: readonly ExactValue[] | undefined
  /** The page before this one had more than 4 MiB: the sizes of rows are read at once. */
  let isLarge = false
  for (;;) {
    const ends = compared.flatMap(({ cell }, at) => (last === undefined ? [] : [cell(last[at] ?? null)]))
    const placeholders = join(ends.map((end) => end.text))
    const above =
      last === undefined ? '' : sql`${keyTuple} > ${key.length === 1 ? placeholders : sql`(${placeholders})`}`.text
    const conditions = [condition, above].filter((part) => part !== '').join(' AND ')
    const where = conditions === '' ? '' : ` WHERE ${conditions}`
    const params = [...extra, ...ends.map((end) => end.param)]
    const select = (expressions: SqlFragment, limit: number, ending = sql``): string =>
      `SELECT ${expressions.text} FROM ${table.text}${where} ORDER BY ${ordered.text} LIMIT ${limit} ${ending.text}`
    const read = (expressions: SqlFragment, limit: number, ending?: SqlFragment): Promise<readonly Row[]> =>
      session.query(select(expressions, limit, ending), params)
    let taken = request.rows
    if (size !== undefined && !isLarge) {
      const sizes = select(sql`${size} AS ${sizeName}`, request.rows)
      const text = `SELECT COALESCE(SUM(${sizeName.text}), 0) AS ${total.text} FROM (${sizes}) AS ${identifier('$sizes').text}`
      const [summed] = await session.query(text, params)
      isLarge = BigInt(String(summed?.$total ?? 0)) > pageBytes
    }
    let isLast: boolean | undefined
    if (size !== undefined && isLarge) {
      const sizes = await read(sql`${size} AS ${sizeName}`, request.rows)
      if (sizes.length === 0) return
      taken = fitting(sizes)
      isLarge = taken < sizes.length
      isLast = !isLarge && sizes.length < request.rows
    }
    const plain = await read(list, taken, request.ending)
    isLast ??= plain.length < request.rows
    const rows = await exactRows(dialect, request, columns, plain, (expressions) => read(expressions, taken))
    const end = rows.at(-1)
    if (end === undefined) return
    const odd = key.find((column) => rows.some((row) => (row[column] ?? null) === null))
    if (odd !== undefined) {
      const why = `the column ${odd} of the key is NULL in a row of ${table.text}`
      throw new MigrateError('INVALID_OPTION', { option: 'key', why }, `Rows cannot be passed by key: ${why}.`)
    }
    const reached = key.map((column) => end[column] ?? null)
    if (last !== undefined && isDeepStrictEqual(reached, last)) {
      const why = `the server does not compare the key (${key.join(', ')}) of ${table.text} exactly`
      throw new MigrateError('INVALID_OPTION', { option: 'key', why }, `Rows cannot be passed by key: ${why}.`)
    }
    last = reached
    yield rows
    if (isLast) return
  }
}
