export type { MysqlOptions } from './connection/connector.ts'
export type { DriverName as MysqlDriverName } from './connection/drivers/names.ts'
export type { MysqlClient } from './connection/drivers/open-client.ts'
export { mysqlDialect } from './dialect.ts'
