/** Drizzle for SQLite: `@org/migrate-drizzle/sqlite`. It needs `@org/migrate-dialect-sqlite` and drizzle-orm. */

export type { SqlitePragmas } from '@org/migrate-dialect-sqlite/internal'
export type { FromDrizzleOptions } from './read/reader.ts'
export { fromDrizzle, readDrizzle } from './sqlite/from-drizzle.ts'
export {
  type DatabaseSession,
  type OpenDatabase,
  type OpenSqliteOptions,
  openSqlite,
} from './sqlite/open.ts'
export { drizzleOf } from './sqlite/step.ts'
export { type ToDrizzleOptions, toDrizzle, toDrizzleAll } from './sqlite/to-drizzle.ts'
export type { SqliteColumnOf, SqliteTableOf } from './sqlite/types.ts'
