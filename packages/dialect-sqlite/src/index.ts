export { sqliteDialect } from './dialect.ts'
export type { SqliteOptions } from './types/options.ts'
