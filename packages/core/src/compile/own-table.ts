import type { Dialect } from '../dialect/dialect.ts'
import { emptySchema } from '../model/edit.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Statement } from '../sql/statement.ts'

/** The statements that make a table of our own: it is declared like any other, and compiled like any other. */
export function ownTableStatements(dialect: Dialect, table: TableModel): readonly Statement[] {
  const operation = { kind: 'createTable', table } as const
  const after = dialect.model.apply(emptySchema, operation)
  return dialect.compiler.table.createTable({ operation, before: emptySchema, after })
}
