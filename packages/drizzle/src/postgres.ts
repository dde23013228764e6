/** Drizzle for PostgreSQL: `@org/migrate-drizzle/postgres`. It needs `@org/migrate-dialect-postgres` and drizzle-orm. */

export { fromDrizzle, readDrizzle } from './postgres/from-drizzle.ts'
export { type DatabaseSession, type OpenDatabase, type OpenPostgresOptions, openPostgres } from './postgres/open.ts'
export { drizzleOf } from './postgres/step.ts'
export { type ToDrizzleOptions, toDrizzle, toDrizzleAll } from './postgres/to-drizzle.ts'
export type { PostgresColumnOf, PostgresTableOf } from './postgres/types.ts'
export type { FromDrizzleOptions } from './read/reader.ts'
