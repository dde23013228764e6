/** Drizzle for MySQL and MariaDB: `@org/migrate-drizzle/mysql`. It needs `@org/migrate-dialect-mysql` and drizzle-orm. */

export { fromDrizzle, readDrizzle } from './mysql/from-drizzle.ts'
export { type DatabaseSession, type OpenDatabase, type OpenMysqlOptions, openMysql } from './mysql/open.ts'
export { drizzleOf } from './mysql/step.ts'
export { type ToDrizzleOptions, toDrizzle, toDrizzleAll } from './mysql/to-drizzle.ts'
export type { MysqlColumnOf, MysqlTableOf } from './mysql/types.ts'
export type { FromDrizzleOptions } from './read/reader.ts'
