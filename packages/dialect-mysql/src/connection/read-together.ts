import type { ReadStatement, Row } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { losesDigits, toRows } from '../types/values.ts'
import type { Reply } from './drivers/driver.ts'

/**
 * Several reads as one UNION of texts, each row with the number of its read: the driver sends a statement only when the one before it
 * was answered.
 *
 * @param texts those of the reads, with their values
 */
export function togetherSql(reads: readonly ReadStatement[], texts: readonly string[]): string {
  const width = Math.max(...reads.map(({ columns }) => columns.length))
  const parts = reads.map(({ columns }, at) => {
    const cells = Array.from({ length: width }, (_, cell) => {
      const column = columns[cell]
      const value = column === undefined ? 'NULL' : `r.${quote.identifier(column.name).text}`
      return `CAST(${value} AS CHAR) AS c${cell}`
    })
    return `SELECT ${at} AS part, ${cells.join(', ')} FROM (${texts[at] ?? ''}) AS r`
  })
  return parts.join('\nUNION ALL\n')
}

/** Any reads as a block of MariaDB, which answers with a result for each. MySQL has blocks in stored programs only. */
export function blockSql(texts: readonly string[]): string {
  return `BEGIN NOT ATOMIC\n${texts.map((text) => `${text};`).join('\n')}\nEND`
}

/** The rows of each read. Throws where a number has lost digits on the way. */
export function splitBlock({ results = [] }: Reply, count: number): readonly (readonly Row[])[] {
  if (results.length !== count) throw new Error(`${count} results expected, not ${results.length}`)
  return results.map(({ rows, fields = [] }) => {
    if (losesDigits(fields)) throw new Error('a FLOAT comes with six digits')
    return toRows(rows, fields)
  })
}

/** The rows of each read. */
export function splitTogether(reads: readonly ReadStatement[], rows: readonly Row[]): readonly (readonly Row[])[] {
  const results = reads.map((): Row[] => [])
  for (const row of rows) {
    const at = Number(row.part)
    const cells = (reads[at]?.columns ?? []).map(({ name, isInteger }, cell) => {
      const value = row[`c${cell}`] ?? null
      return [name, isInteger && typeof value === 'string' ? BigInt(value) : value] as const
    })
    results[at]?.push(Object.fromEntries(cells))
  }
  return reads.map(({ orderBy }, at) => sorted(results[at] ?? [], orderBy))
}

/** No server promises that the rows of a UNION come in the orders of its parts. */
function sorted(rows: readonly Row[], column: string | undefined): readonly Row[] {
  return column === undefined ? rows : rows.toSorted((a, b) => Number(a[column]) - Number(b[column]))
}
