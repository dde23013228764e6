import type { TableModel } from '@org/migrate-core/dialect'
import { arrow, type Code, literal, string } from './code.ts'
import { columnArguments } from './column.ts'
import { constraintCall, indexArguments } from './constraint.ts'
import type { Writing } from './imports.ts'
import { policyArguments } from './policy.ts'
import { type Call, statement, tableName } from './statement.ts'

/** The arguments of `createTable`. */
export function tableArguments(table: TableModel, writing: Writing): readonly Code[] {
  const { ref, columns, constraints, indexes, options, comment, opaque, rowSecurity, policies = [] } = table
  // No callback says of what other kind a table is; its model does.
  if (opaque !== undefined) {
    const plain = indexes.map(({ source: _, ...index }) => index)
    return [literal({ ref, columns, constraints, indexes: plain, options, comment, opaque })]
  }
  const calls: readonly Call[] = [
    ...columns.map((column) => ({ method: 'column', given: columnArguments(column, writing) })),
    ...constraints.map((constraint) => constraintCall(constraint, writing)),
    ...indexes.map((index) => ({ method: 'index', given: indexArguments(index, writing) })),
    ...(Object.keys(options).length === 0 ? [] : [{ method: 'options', given: [literal(options)] }]),
    ...(rowSecurity === undefined ? [] : [{ method: 'rowSecurity', given: [literal(rowSecurity)] }]),
    ...policies.map((policy) => ({ method: 'policy', given: policyArguments(policy, writing) })),
    ...(comment === undefined ? [] : [{ method: 'comment', given: [string(comment)] }]),
  ]
  return [
    tableName(ref),
    arrow(
      '(t)',
      calls.map((each) => statement('t', each)),
    ),
  ]
}
