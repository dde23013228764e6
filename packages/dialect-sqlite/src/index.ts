export { sqliteDialect } from './dialect.ts'
export type { SqliteOptions } from './options.ts'
