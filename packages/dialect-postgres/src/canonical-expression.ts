import { expressionText, type TableModel } from '@org/migrate-core/dialect'

export function canonicalExpression(sql: string, _table: TableModel): string {
  return expressionText(sql)
}
