export type { MysqlOptions } from './connect.ts'
export { mysqlDialect } from './dialect.ts'
