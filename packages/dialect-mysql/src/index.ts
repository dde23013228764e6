export type { MysqlOptions } from './connection/connector.ts'
export { mysqlDialect } from './dialect.ts'
