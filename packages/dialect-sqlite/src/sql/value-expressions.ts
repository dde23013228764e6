import { type DialectValues, sql } from '@org/migrate-core/dialect'

export const values: DialectValues = {
  // octet_length looks at the length in the record's header: a value of 50 MB is not read.
  byteLength: (column) => sql`octet_length(${column})`,
  sameText: (one, other) => sql`typeof(${one}) = 'text' AND ${one} COLLATE BINARY = ${other}`,
  // SQLite has no digest, and sends the text nowhere.
  textDigest: (column) => column,
  // A column of numbers keeps every other text as text, and says nothing: https://www.sqlite.org/datatype3.html#type_affinity
  isNumber: (column, isWhole) =>
    isWhole
      ? sql`LTRIM(TRIM(${column}), '+-') GLOB '[0-9]*' AND LTRIM(TRIM(${column}), '+-') NOT GLOB '*[^0-9]*'`
      : sql`TRIM(${column}) GLOB '*[0-9]*' AND TRIM(${column}) NOT GLOB '*[^0-9.eE+-]*'`,
  exact: {
    bytes: (column) => sql`CASE WHEN typeof(${column}) = 'text' THEN CAST(${column} AS BLOB) END`,
    text: sql`CAST(? AS TEXT)`,
    // Without its affinity, by which a text in a column without one would be compared as a number.
    real: sql`+CAST(? AS REAL)`,
  },
}
