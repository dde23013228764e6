import { type DialectRows, type DialectValues, join, sql } from '@org/migrate-core/dialect'

export const values: DialectValues = {
  byteLength: (column) => sql`OCTET_LENGTH(${column})`,
  // utf8mb4_bin pads with blanks where it compares.
  sameText: (one, other) =>
    sql`CONVERT(${one} USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(${other} USING utf8mb4) COLLATE utf8mb4_bin AND CHAR_LENGTH(${one}) = CHAR_LENGTH(${other})`,
  textDigest: (column) => sql`SHA2(${column}, 256)`,
  // MySQL rounds '1.5' where it becomes a whole number, and says nothing; other texts are refused, and no row is named.
  isNumber: (column, isWhole) =>
    isWhole
      ? sql`${column} REGEXP '^[[:space:]]*[+-]{0,1}[0-9]+[[:space:]]*$'`
      : sql`${column} REGEXP '^[[:space:]]*[+-]{0,1}([0-9]+[.]{0,1}[0-9]*|[.][0-9]+)([eE][+-]{0,1}[0-9]+){0,1}[[:space:]]*$'`,
}

/**
 * A transaction reads what stood there when it read first; a locking read gives what stands there now:
 * https://dev.mysql.com/doc/refman/8.4/en/innodb-locking-reads.html
 */
export const lockRows: NonNullable<DialectRows['lockRows']> = sql`FOR UPDATE`

export const updateFrom: NonNullable<DialectRows['updateFrom']> = ({
  table,
  alias,
  source,
  sourceAlias,
  sets,
  where,
}) => {
  const assignments = join(sets.map(({ column, value }) => sql`${alias}.${column} = ${value}`))
  return sql`UPDATE ${table} AS ${alias} INNER JOIN (${source}) AS ${sourceAlias} SET ${assignments} WHERE ${where}`
}
