export { capabilities } from './capabilities.ts'
export type { PostgresOptions } from './connection/connector.ts'
export { postgresDialect } from './dialect.ts'
export { quote } from './sql/quote.ts'
