export { sqliteDialect } from './dialect.ts'
export type { SqliteOptions } from './connect.ts'
