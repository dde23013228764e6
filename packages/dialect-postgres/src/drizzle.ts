/** Drizzle for PostgreSQL: `@org/migrate-dialect-postgres/drizzle`. drizzle-orm is an optional peer, needed here only. */

export {
  type ColumnCodec,
  invalidValue,
  type JsonCodec,
  type PoolOptions,
  type UseOptions,
  type ValueLocation,
} from '@org/migrate-core/dialect'
export { type FromDrizzleOptions, fromDrizzle, readDrizzle } from './drizzle/from-drizzle.ts'
export { type DatabaseSession, type OpenDatabase, type OpenPostgresOptions, openPostgres } from './drizzle/open.ts'
export { drizzleOf } from './drizzle/step.ts'
export { type ToDrizzleOptions, toDrizzle, toDrizzleAll } from './drizzle/to-drizzle.ts'
export type { PostgresColumnOf, PostgresTableOf } from './drizzle/types.ts'
