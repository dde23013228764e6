import {
  type CompileTable,
  type DialectRows,
  decodeRowValue,
  fittedTo,
  join,
  MigrateError,
  type RowValue,
  rowParts,
  type SqlValue,
  sql,
  verbatim,
} from '@org/migrate-core/dialect'
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
 */
export const fitted: NonNullable<DialectRows['fitted']> = (value, { name, type, native }) => {
  const shown = toSql(folded(native?.mysql === undefined ? type : fromSql(native.mysql)))
  if (value === null) return value
  requireComparable(value, shown, name)
  if (/^float\b/i.test(shown)) return floatValue(value)
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

export const rowStatements: Pick<CompileTable, 'insertRows' | 'deleteRows'> = {
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
    // <=> also finds NULL, and uses an index as = does.
    const one = `(${key.map((column) => `${quote.identifier(column).text} <=> ?`).join(' AND ')})`
    return inParts(rows).map(({ part, count }) =>
      statement(sql`DELETE FROM ${quote.table(table)} WHERE ${repeated(one, part, ' OR ')}`, [table], {
        params: part.flatMap(fit),
        note: `delete ${count} from ${table.name}`,
      }),
    )
  },
}
