export type { SqliteOptions } from './connect.ts'
export { sqliteDialect } from './dialect.ts'
