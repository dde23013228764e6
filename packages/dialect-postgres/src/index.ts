export { capabilities } from './capabilities.ts'
export type { PostgresOptions } from './connect.ts'
export { postgresDialect } from './dialect.ts'
export { quote } from './quote.ts'
