import { type DialectValues, sql } from '@org/migrate-core/dialect'

export const values: DialectValues = {
  // octet_length looks at the length in the record's header: a value of 50 MB is not read.
  byteLength: (column) => sql`octet_length(${column})`,
  sameText: (one, other) => sql`typeof(${one}) = 'text' AND ${one} COLLATE BINARY = ${other}`,
  // SQLite has no digest, and sends the text nowhere.
  textDigest: (column) => column,
  // A column of numbers keeps every other text as text, and says nothing. Compared with a number a text becomes one, where a column of
  // numbers would make one of it: https://www.sqlite.org/datatype3.html#type_conversions_prior_to_comparison
  isNumber: (column, isWhole) => {
    const number = sql`CAST(${column} AS NUMERIC)`
    // One of more than 64 bits becomes a REAL, which has about 16 of its digits.
    return isWhole ? sql`${column} = ${number} AND typeof(${number}) <> 'real'` : sql`${column} = ${number}`
  },
  exact: {
    bytes: (column) => sql`CASE WHEN typeof(${column}) = 'text' THEN CAST(${column} AS BLOB) END`,
    text: sql`CAST(? AS TEXT)`,
    // Without its affinity, by which a text in a column without one would be compared as a number.
    real: sql`+CAST(? AS REAL)`,
  },
}
