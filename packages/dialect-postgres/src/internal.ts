/** What packages of this repository need of PostgreSQL beside the dialect: `@org/migrate-dialect-postgres/internal`. It may change in any version. */
export { capabilities } from './capabilities.ts'
export { connectChecks, type PostgresOptions, servingConnector } from './connection/connector.ts'
export { type DriverName, driverNames } from './connection/drivers/names.ts'
export { readIndexElement } from './introspect/index-definition.ts'
export { grammar } from './sql/grammar.ts'
export { quote } from './sql/quote.ts'
export { foldNumber, serialBits, typeText } from './types/canonicalise.ts'
export { types } from './types/types.ts'
