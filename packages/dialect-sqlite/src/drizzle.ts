/** Drizzle for SQLite: `@org/migrate-dialect-sqlite/drizzle`. drizzle-orm is an optional peer, needed here only. */

export {
  type ColumnCodec,
  invalidValue,
  type JsonCodec,
  type UseOptions,
  type ValueLocation,
} from '@org/migrate-core/dialect'
export { type FromDrizzleOptions, fromDrizzle, readDrizzle } from './drizzle/from-drizzle.ts'
export {
  type DatabaseSession,
  type OpenDatabase,
  type OpenSqliteOptions,
  openSqlite,
} from './drizzle/open.ts'
export type { SqlitePragmas } from './drizzle/pragmas.ts'
export { drizzleOf } from './drizzle/step.ts'
export { type ToDrizzleOptions, toDrizzle, toDrizzleAll } from './drizzle/to-drizzle.ts'
export type { SqliteColumnOf, SqliteTableOf } from './drizzle/types.ts'
export { jsonCodec } from './drizzle/values.ts'
