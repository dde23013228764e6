import {
  type ColumnModel,
  type ColumnType,
  type CompileTable,
  type DialectRows,
  equals,
  findColumn,
  findTable,
  fittedTo,
  join,
  joinWithSpaces,
  type RowValue,
  rowParts,
  type SchemaModel,
  type SqlFragment,
  type SqlValue,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import { typeOf } from '../types/canonicalise.ts'
import { toSql } from '../types/types.ts'
import { names } from './definitions/definitions.ts'
import { alterTable, refText, statement } from './statements.ts'

// A message of the protocol counts its parameters in 16 bits: https://www.postgresql.org/docs/current/protocol-message-formats.html
const mostValues = 30_000

const isNumeric = (type: ColumnType): boolean => ['integer', 'decimal', 'real', 'double'].includes(type.kind)

/** The value as the column takes it, also where it stands as a literal in a script: TRUE is no number, and 1 no boolean. */
export const fitted: NonNullable<DialectRows['fitted']> = (value, column) => {
  if (value === null || typeof value === 'string' || value instanceof Uint8Array) return value
  const type = typeOf(column)
  if (type.kind === 'boolean') return value === true || Number(value) === 1 ? true : Number(value) === 0 ? false : value
  if (typeof value === 'boolean') return isNumeric(type) ? Number(value) : String(value)
  return isNumeric(type) || type.kind === 'native' ? value : String(value)
}

/**
 * A value of more digits, or of more parts of a second, is rounded where it is assigned, and a number becomes what the column is:
 * https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-NUMERIC-DECIMAL
 */
export const stored: NonNullable<DialectRows['stored']> = (value, column) => {
  const type = typeOf(column)
  const isRounded = 'precision' in type && type.precision !== undefined
  return isRounded || type.kind === 'native' ? sql`CAST(${value} AS ${verbatim(toSql(type))})` : undefined
}

const identities = (table: TableModel, columns: readonly string[]) =>
  table.columns.filter(({ name, identity }) => identity !== undefined && columns.includes(name))

/**
 * Numbers that were given do not move the sequence of an identity, as they do on the other databases: the next row without
 * a number would collide with them.
 */
function numberFrom(ref: TableRef, { name, identity }: ColumnModel): Statement {
  const table = quote.table(ref)
  const sequence = sql`pg_get_serial_sequence(${quote.literal(table.text)}, ${quote.literal(name)})`
  const column = quote.identifier(name)
  const last = (identity?.increment ?? 1) < 0 ? sql`min(${column})` : sql`max(${column})`
  // A number beyond the bounds is never given out, and setval() refuses it.
  const text = sql`SELECT setval(s.seqrelid::regclass, t.last) FROM pg_sequence AS s, LATERAL (SELECT ${last}::bigint AS last FROM ${table} WHERE ${column} BETWEEN s.seqmin AND s.seqmax) AS t WHERE s.seqrelid = ${sequence}::regclass AND (t.last::numeric - coalesce(pg_sequence_last_value(s.seqrelid::regclass), s.seqstart::numeric - s.seqincrement)) * s.seqincrement > 0`
  return statement(text, [ref], { note: `number ${refText(ref)}.${name} on from its last value` })
}

function numbering(model: SchemaModel, ref: TableRef, columns: readonly string[]) {
  const table = findTable(model, ref)
  const given = table === undefined ? [] : identities(table, columns)
  return {
    always: given.some(({ identity }) => identity?.mode === 'always'),
    after: given.map((column) => numberFrom(ref, column)),
  }
}

export function afterNumbers(table: TableModel): readonly Statement[] {
  return table.columns.filter(({ identity }) => identity !== undefined).map((column) => numberFrom(table.ref, column))
}

/**
 * Without its length: an explicit cast to varchar(5) cuts what is longer, and says nothing; the assignment refuses it.
 * https://www.postgresql.org/docs/current/datatype-character.html. `char` and `bit` alone mean a length of 1.
 */
function withoutLength(type: string): string {
  const text = type.replaceAll(/\s*\(\s*\d+\s*(?:,\s*-?\d+\s*)?\)/g, '')
  if (text === type) return type
  return text.replace(/^(?:character|char)\b(?! varying)/i, 'bpchar').replace(/^bit\b(?! varying)/i, 'bit varying')
}

/**
 * The lock that ALTER TABLE takes, from the start: a session that has read the table and then writes to it would wait for a weaker one while
 * ALTER TABLE waits for that session. https://www.postgresql.org/docs/current/explicit-locking.html
 */
export const lockTables: NonNullable<DialectRows['lockTables']> = (tables) =>
  sql`LOCK TABLE ${join(tables.map((ref) => quote.table(ref)))} IN ACCESS EXCLUSIVE MODE`

/** Without KEY: a session that adds a row that refers to one of them need not wait. https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS */
export const lockRows: NonNullable<DialectRows['lockRows']> = sql`FOR NO KEY UPDATE`

/** https://www.postgresql.org/docs/current/datatype-character.html: char(n) is filled up with blanks, which a conversion removes. */
export const isPadded: NonNullable<DialectRows['isPadded']> = (column) => {
  const type = typeOf(column)
  return type.kind === 'char' || (type.kind === 'native' && type.sql === 'bpchar')
}

export const typed: NonNullable<DialectRows['typed']> = (column) =>
  sql`CAST(? AS ${verbatim(withoutLength(toSql(typeOf(column))))})`

/** GENERATED ALWAYS takes no value but with these words, and in UPDATE none at all: https://www.postgresql.org/docs/current/ddl-identity-columns.html */
export const ownNumbers: NonNullable<DialectRows['ownNumbers']> = {
  insert: sql`OVERRIDING SYSTEM VALUE`,
  column(table, column) {
    const generated = (kind: SqlFragment): Statement =>
      alterTable(table.ref, sql`ALTER COLUMN ${quote.identifier(column)} SET GENERATED ${kind}`)
    return { open: generated(sql`BY DEFAULT`), close: generated(sql`ALWAYS`) }
  },
}

/**
 * Types that no row is found by: json, xml and the like have no `=`, and the one of box, circle and path compares areas or numbers of points.
 * https://www.postgresql.org/docs/current/functions-geometry.html
 */
const incomparable =
  /^(?:json|jsonpath|xml|point|polygon|box|circle|path|refcursor|pg_snapshot|txid_snapshot)(?:\[\d*\])*$/i

/** Throws UNSUPPORTED for a key whose values can't be compared. */
function requireKey(model: SchemaModel, ref: TableRef, key: readonly string[]): void {
  const table = findTable(model, ref)
  for (const name of key) {
    const column = table && findColumn(table, name)
    const type = column && toSql(typeOf(column))
    if (type === undefined || !incomparable.test(type)) continue
    unsupported(
      `find rows of ${refText(ref)} by ${name}`,
      `PostgreSQL has no comparison that tells values of the type ${type} apart`,
      'Name other columns as the key. Where none tells the rows apart, leave the key out and write a `downgrade`.',
    )
  }
}

export const rowStatements: Pick<CompileTable, 'insertRows' | 'deleteRows'> = {
  insertRows: ({ operation: { table, columns, rows, key = [] }, before }) => {
    requireKey(before, table, key)
    const fit = fittedTo(fitted, before, table, columns)
    const placeholders = sql`(${join(columns.map(() => sql`?`))})`
    const { always, after } = numbering(before, table, columns)
    const inserts = rowParts(rows, columns.length, mostValues).map(({ part, count }) => {
      const text = joinWithSpaces(
        sql`INSERT INTO ${quote.table(table)} ${names(columns)}`,
        always && ownNumbers.insert,
        sql`VALUES ${join(part.map(() => placeholders))}`,
      )
      const params = part.flatMap(fit)
      return statement(text, [table], { params, note: `insert ${count} into ${table.name}`, inserts: part.length })
    })
    return rows.length === 0 ? [] : [...inserts, ...after]
  },
  deleteRows: ({ operation: { table, key, rows }, before }) => {
    requireKey(before, table, key)
    const fit = fittedTo(fitted, before, table, key)
    const model = findTable(before, table)
    return rowParts(rows, key.length, mostValues).map(({ part, count }) => {
      const params: SqlValue[] = []
      // `=` finds by an index, IS NOT DISTINCT FROM does not.
      const one = (row: readonly RowValue[]): SqlFragment =>
        sql`(${join(
          fit(row).map((value, at): SqlFragment => {
            const column = key[at] ?? ''
            if (value === null) return sql`${quote.identifier(column)} IS NULL`
            params.push(value)
            return equals({ quote, stored }, model, column, sql`?`)
          }),
          ' AND ',
        )})`
      const text = sql`DELETE FROM ${quote.table(table)} WHERE ${join(part.map(one), ' OR ')}`
      return statement(text, [table], { params, note: `delete ${count} from ${table.name}`, deletes: part.length })
    })
  },
}
