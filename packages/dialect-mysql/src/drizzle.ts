/** Drizzle for MySQL and MariaDB: `@org/migrate-dialect-mysql/drizzle`. drizzle-orm is an optional peer, needed here only. */

export {
  type ColumnCodec,
  invalidValue,
  type JsonCodec,
  type PoolOptions,
  type UseOptions,
  type ValueLocation,
} from '@org/migrate-core/dialect'
export { type FromDrizzleOptions, fromDrizzle, readDrizzle } from './drizzle/from-drizzle.ts'
export { type DatabaseSession, type OpenDatabase, type OpenMysqlOptions, openMysql } from './drizzle/open.ts'
export { drizzleOf } from './drizzle/step.ts'
export { type ToDrizzleOptions, toDrizzle, toDrizzleAll } from './drizzle/to-drizzle.ts'
export type { MysqlColumnOf, MysqlTableOf } from './drizzle/types.ts'
