export {
  defaultValue,
  bigint,
  boolean,
  bytes,
  char,
  date,
  decimal,
  double,
  enumeration,
  expression,
  integer,
  json,
  native,
  now,
  real,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from './declare/column.ts'
export { errorCodes, type ErrorCode, type ErrorDetails } from './errors/codes.ts'
export { isMigrateError, MigrateError, type ErrorLocation } from './errors/migrate-error.ts'
export { column, table, type FactsOf, type InsertOf, type RowOf, type TableFacts } from './declare/table.ts'
export type { ColumnFacts, ColumnRecord, DeclaredColumn, DeclaredTable, TableExtras } from './declare/declared.ts'
export { toModel } from './declare/to-model.ts'
