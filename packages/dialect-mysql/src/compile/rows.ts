import {
  type ColumnModel,
  type CompileTable,
  type DialectRows,
  decodeRowValue,
  equals,
  findTable,
  fittedTo,
  join,
  MigrateError,
  type RowValue,
  rowParts,
  type SqlFragment,
  type SqlValue,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { folded, fromSql, toSql } from '../types/types.ts'
import { statement } from './statements.ts'

type Rows = readonly (readonly RowValue[])[]

// The client puts the values into the text: what counts is max_allowed_packet, 16 MB by default.
const inParts = (rows: Rows) => rowParts(rows, 1, Number.POSITIVE_INFINITY)

const repeated = (text: string, part: Rows, separator: string) =>
  join(
    part.map(() => verbatim(text)),
    separator,
  )

const numberText = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i

/** What a text has to be so that the server compares it as what it says: any other counts as 0, or as the number at its beginning. */
const comparableTexts: readonly (readonly [type: RegExp, text: RegExp, what: string])[] = [
  [/^(?:(?:tiny|small|medium|big)?int|decimal|float|double)\b/i, numberText, 'numbers'],
  [/^time\b/i, /^\s*-?\d[\d\s:.]*$/, 'times'],
]

/**
 * `id <=> 'abc'` finds the row whose id is 0: https://dev.mysql.com/doc/refman/8.4/en/type-conversion.html. Throws INVALID_OPERATION. The
 * text is not shown: it may be a secret.
 */
function requireComparable(value: SqlValue, shown: string, column: string): void {
  if (typeof value !== 'string') return
  const [, text, what] = comparableTexts.find(([type]) => type.test(shown)) ?? []
  if (text === undefined || text.test(value)) return
  const [operation, why] = [
    `find rows by ${column}`,
    `a text is given that is none of the ${what} that the column holds`,
  ]
  throw new MigrateError('INVALID_OPERATION', { operation, why }, `${operation}: ${why}`, {
    remedy: `Give ${column} a value of its type, ${shown}: the server would take the text for 0, and find other rows.`,
  })
}

const strings = /^(?:(?:var)?(?:char|binary)|(?:tiny|medium|long)?(?:text|blob))\b/i

const shownType = ({ type, native }: ColumnModel): string =>
  toSql(folded(native?.mysql === undefined ? type : fromSql(native.mysql)))

const integers = /^(?:tiny|small|medium|big)?int\b/i

/** As the server rounds what is assigned to a column of integers: https://dev.mysql.com/doc/refman/8.4/en/precision-math-rounding.html */
function integerValue(value: SqlValue): SqlValue {
  const number = value instanceof Uint8Array || value === '' || value === null ? Number.NaN : Number(value)
  if (Number.isNaN(number) || Number.isInteger(number)) return value
  return Math.sign(number) * Math.round(Math.abs(number))
}

/** The double that a FLOAT counts as in comparisons: https://dev.mysql.com/doc/refman/8.4/en/problems-with-float.html */
function floatValue(value: SqlValue): SqlValue {
  const float = value instanceof Uint8Array || value === '' ? Number.NaN : Math.fround(Number(value))
  return Number.isFinite(float) ? float : value
}

/**
 * A value as a column stores it, and so compares it:
 *
 * - a number as text in a column of strings; compared with the number itself, each string counts as the number at its beginning, so that 0
 *   finds 'abc' (https://dev.mysql.com/doc/refman/8.4/en/type-conversion.html)
 * - without the blanks at its end in a CHAR (https://dev.mysql.com/doc/refman/8.4/en/char.html)
 * - filled up with zero bytes in a BINARY (https://dev.mysql.com/doc/refman/8.4/en/binary-varbinary.html)
 * - the number that the bytes of a BIT are: MariaDB compares them as text
 */
export const fitted: NonNullable<DialectRows['fitted']> = (value, column) => {
  const shown = shownType(column)
  if (value === null) return value
  requireComparable(value, shown, column.name)
  if (/^float\b/i.test(shown)) return floatValue(value)
  if (integers.test(shown)) return integerValue(value)
  if (/^bit\b/i.test(shown) && value instanceof Uint8Array) return BigInt(`0x0${Buffer.from(value).toString('hex')}`)
  if (!strings.test(shown)) return value
  const text = String(typeof value === 'boolean' ? Number(value) : value)
  // The server writes 1e21 where JavaScript writes 1e+21.
  const stored = value instanceof Uint8Array ? value : typeof value === 'number' ? text.replace('e+', 'e') : text
  const [isBinary, length = '1'] = /^binary\b(?:\((\d+)\))?/i.exec(shown) ?? []
  if (isBinary === undefined)
    return typeof stored === 'string' && /^char\b/i.test(shown) ? stored.replace(/ +$/, '') : stored
  const bytes = Buffer.from(stored)
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, Number(length) - bytes.length))])
}

/** What a value is rounded or cut as where it is assigned, and by nothing else of its type. */
const storedAs: readonly (readonly [type: RegExp, cast: string])[] = [
  [/^(?:decimal|numeric)(\(\d+(?:,\d+)?\))?/i, 'DECIMAL'],
  [/^(?:datetime|timestamp)\b(\(\d\))?/i, 'DATETIME'],
  [/^time\b(\(\d\))?/i, 'TIME'],
  [/^date\b/i, 'DATE'],
]

/** MariaDB stores a document as the text that it is given, and has no type for a cast. */
export const storedFor =
  ({ flavour }: Server): NonNullable<DialectRows['stored']> =>
  (value, column) => {
    const shown = shownType(column)
    const types = flavour === 'mysql' ? [...storedAs, [/^json\b/i, 'JSON'] as const] : storedAs
    for (const [type, cast] of types) {
      const [found, size = ''] = type.exec(shown) ?? []
      if (found !== undefined) return sql`CAST(${value} AS ${verbatim(`${cast}${size}`)})`
    }
    return undefined
  }

export const rowStatementsFor = (server: Server): Pick<CompileTable, 'insertRows' | 'deleteRows'> => ({
  insertRows: ({ operation: { table, columns, rows } }) => {
    const head = sql`INSERT INTO ${quote.table(table)} (${join(columns.map(quote.identifier))}) VALUES`
    const placeholders = `(${columns.map(() => '?').join(', ')})`
    return inParts(rows).map(({ part, count }) =>
      statement(sql`${head} ${repeated(placeholders, part, ', ')}`, [table], {
        params: part.flat().map(decodeRowValue),
        note: `insert ${count} into ${table.name}`,
        inserts: part.length,
      }),
    )
  },
  deleteRows: ({ operation: { table, key, rows }, before }) => {
    const fit = fittedTo(fitted, before, table, key)
    const model = findTable(before, table)
    const condition = (value: SqlValue, at: number): SqlFragment => {
      const name = key[at] ?? ''
      if (value === null) return sql`${quote.identifier(name)} <=> ?`
      return equals({ quote, stored: storedFor(server) }, model, name, sql`?`)
    }
    return inParts(rows).map(({ part, count }) => {
      const values = part.map(fit)
      const found = values.map((row) => sql`(${join(row.map(condition), ' AND ')})`)
      return statement(sql`DELETE FROM ${quote.table(table)} WHERE ${join(found, ' OR ')}`, [table], {
        params: values.flat(),
        note: `delete ${count} from ${table.name}`,
        deletes: part.length,
      })
    })
  },
})
