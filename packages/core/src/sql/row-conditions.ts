import { join, type SqlFragment, sql } from './tag.ts'

const allThere = (columns: readonly SqlFragment[]): SqlFragment =>
  join(
    columns.map((each) => sql`${each} IS NOT NULL`),
    ' AND ',
  )

/** Of rows whose key another row of the same table has too. `where`: the rows that the key is of. */
export function equalKeys(from: SqlFragment, columns: readonly SqlFragment[], where?: SqlFragment): SqlFragment {
  const key = join(columns)
  const rows = where === undefined ? allThere(columns) : sql`${allThere(columns)} AND (${where})`
  // A table of its own: MySQL pushes the comparison of IN into HAVING, and refuses that (1055).
  const equal = sql`SELECT ${key} FROM ${from} WHERE ${rows} GROUP BY ${key} HAVING COUNT(*) > 1`
  const found = sql`(${key}) IN (SELECT * FROM (${equal}) AS equal_keys)`
  return where === undefined ? found : sql`${found} AND (${where})`
}

/** Of rows that refer to a row which is not there. */
export function missingParents(
  columns: readonly SqlFragment[],
  parent: { readonly table: SqlFragment; readonly columns: readonly SqlFragment[] },
): SqlFragment {
  const keys = sql`SELECT ${join(parent.columns)} FROM ${parent.table} WHERE ${allThere(parent.columns)}`
  return sql`${allThere(columns)} AND (${join(columns)}) NOT IN (${keys})`
}
