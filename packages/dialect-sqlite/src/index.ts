export type { SqliteOptions } from './connection/connector.ts'
export type { SqliteDriverName } from './connection/drivers/names.ts'
export type { SqliteClient } from './connection/drivers/open-client.ts'
export { sqliteDialect } from './dialect.ts'
