export type { MysqlOptions } from './connection/connect.ts'
export { mysqlDialect } from './dialect.ts'
