import type { SqlFragment, Statement, TableRef } from '@org/migrate-core/dialect'

export function statement(
  sql: SqlFragment,
  tables: readonly TableRef[] = [],
  more: Partial<Statement> = {},
): Statement {
  return { sql: sql.text, transaction: 'any', tables, ...more }
}
