/** What packages of this repository need of SQLite beside the dialect: `@org/migrate-dialect-sqlite/internal`. It may change in any version. */
export type { SqlitePragmas } from './connection/pragmas.ts'
export { type ServingOptions, servingConnector } from './connection/serving.ts'
export { readElements } from './introspect/indexes.ts'
export { literalText, quoteName } from './sql/quote.ts'
export { nameOf, significant, tokenize } from './sql/tokenize.ts'
export { canonicaliseDefault, readExpressionDefault } from './types/defaults.ts'
export { enumCheck } from './types/definition-text.ts'
export { types } from './types/types.ts'
