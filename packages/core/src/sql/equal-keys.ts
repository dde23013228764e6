import { enclosed } from './enclose.ts'
import { join, type SqlFragment, sql } from './tag.ts'

/** The condition of rows whose key another row of the same table has too. `where`: the rows that the key is of. */
export function equalKeys(from: SqlFragment, columns: readonly SqlFragment[], where?: SqlFragment): SqlFragment {
  const key = join(columns)
  const own = where === undefined ? [] : [enclosed(where.text)]
  const present = columns.map((each) => sql`${each} IS NOT NULL`)
  // A table of its own: MySQL pushes the comparison of IN into HAVING, and refuses that (1055).
  const equal = sql`SELECT ${key} FROM ${from} WHERE ${join([...present, ...own], ' AND ')} GROUP BY ${key} HAVING COUNT(*) > 1`
  return join([sql`(${key}) IN (SELECT * FROM (${equal}) AS equal_keys)`, ...own], ' AND ')
}
