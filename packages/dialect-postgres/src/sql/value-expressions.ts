import { type DialectValues, sql } from '@org/migrate-core/dialect'

export const values: DialectValues = {
  // octet_length knows texts and bytes only, and every type has a text; that of bytes is \x and two digits for each.
  byteLength: (column) =>
    sql`CASE WHEN pg_typeof(${column}) = 'bytea'::regtype THEN (octet_length(${column}::text) - 2) / 2 ELSE octet_length(${column}::text) END`,
  sameText: (one, other) => sql`(${one})::text COLLATE "C" = (${other})::text COLLATE "C"`,
  // Not md5(): it fails where the server allows approved algorithms only (FIPS).
  textDigest: (column) => sql`sha256(convert_to(${column}, 'UTF8'))`,
  // A composite value with a NULL in it IS neither NULL nor NOT NULL: https://www.postgresql.org/docs/current/functions-comparison.html
  isPresent: (column) => sql`${column} IS DISTINCT FROM NULL`,
  // A conversion refuses every other text, and names no row: https://www.postgresql.org/docs/current/functions-matching.html
  isNumber: (column, isWhole) =>
    isWhole
      ? sql`${column} ~ '^[[:space:]]*[+-]{0,1}[0-9]+[[:space:]]*$'`
      : sql`${column} ~ '^[[:space:]]*[+-]{0,1}([0-9]+[.]{0,1}[0-9]*|[.][0-9]+)([eE][+-]{0,1}[0-9]+){0,1}[[:space:]]*$'`,
}
