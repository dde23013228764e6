import {
  type CompileTable,
  type DialectRows,
  decodeRowValue,
  fittedTo,
  join,
  type RowValue,
  rowParts,
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

const strings = /^(?:(?:var)?(?:char|binary)|(?:tiny|medium|long)?(?:text|blob))\b/i

/**
 * A number as the text that a column of strings stores of it: compared with the number itself, each string counts as the number at its
 * beginning, so that 0 finds 'abc'. https://dev.mysql.com/doc/refman/8.4/en/type-conversion.html
 */
export const fitted: NonNullable<DialectRows['fitted']> = (value, { type, native }) => {
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
  if (!isNumber || !strings.test(toSql(folded(native?.mysql === undefined ? type : fromSql(native.mysql)))))
    return value
  return String(typeof value === 'boolean' ? Number(value) : value)
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
