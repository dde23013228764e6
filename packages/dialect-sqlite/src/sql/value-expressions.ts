import { type DialectValues, sql } from '@org/migrate-core/dialect'

export const values: DialectValues = {
  // octet_length looks at the length in the record's header: a value of 50 MB is not read.
  byteLength: (column) => sql`octet_length(${column})`,
  sameText: (one, other) => sql`typeof(${one}) = 'text' AND ${one} COLLATE BINARY = ${other}`,
  // SQLite has no digest, and sends the text nowhere.
  textDigest: (column) => column,
  exact: {
    bytes: (column) => sql`CASE WHEN typeof(${column}) = 'text' THEN CAST(${column} AS BLOB) END`,
    text: sql`CAST(? AS TEXT)`,
    // Without its affinity, by which a text in a column without one would be compared as a number.
    real: sql`+CAST(? AS REAL)`,
  },
}
