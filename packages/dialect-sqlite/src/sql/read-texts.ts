import type { ReadStatement, SqlValue } from '@org/migrate-core/dialect'

type Reads = readonly Pick<ReadStatement, 'sql' | 'params'>[]

interface TextsStatement {
  readonly sql: string
  readonly params: readonly SqlValue[]
}

const known = new WeakMap<Reads, TextsStatement>()

/**
 * One statement that gives the rows of each read as a JSON text. JSON tells a text from a number and an integer from a REAL; a BLOB is
 * refused: https://www.sqlite.org/json1.html#jarray
 */
export function textsStatement(reads: Reads, columnCount: (sql: string) => number): TextsStatement {
  const existing = known.get(reads)
  if (existing !== undefined) return existing
  const texts = reads.map(({ sql }) => {
    const names = Array.from({ length: columnCount(sql) }, (_, at) => `c${at}`).join(', ')
    return `(WITH r(${names}) AS (${sql}) SELECT json_group_array(json_array(${names})) FROM r)`
  })
  const statement = { sql: `SELECT ${texts.join(', ')}`, params: reads.flatMap(({ params = [] }) => params) }
  known.set(reads, statement)
  return statement
}
