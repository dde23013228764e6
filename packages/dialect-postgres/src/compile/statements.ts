import {
  type ConstraintModel,
  type EnumModel,
  notInSchema,
  refText,
  type SchemaModel,
  type SqlFragment,
  type Statement,
  type StatementExtras,
  sql,
  statement,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'

export { columnOf, notInSchema, refText, statement, tableOf } from '@org/migrate-core/dialect'

/** One that a transaction block refuses: https://www.postgresql.org/docs/current/sql-createindex.html */
export function asNonTransactional(of: Statement): Statement {
  return { ...of, transaction: 'none' }
}

export function alterTable(
  table: TableRef,
  change: SqlFragment,
  extra: StatementExtras = {},
  only: SqlFragment = sql``,
): Statement {
  return statement(sql`ALTER TABLE ${only}${quote.table(table)} ${change}`, [table], extra)
}

export function enumOf(model: SchemaModel, ref: TableRef): EnumModel {
  const enumModel = model.enums.get(tableKey(ref))
  if (enumModel !== undefined) return enumModel
  throw notInSchema(`enum ${refText(ref)}`)
}

/** The expressions of a constraint that may name columns. */
export function constraintTexts(constraint: ConstraintModel): readonly string[] {
  if (constraint.kind === 'check') return [constraint.expression]
  if (constraint.kind !== 'exclude') return []
  return [...constraint.elements.map(({ expression }) => expression), constraint.where ?? '']
}

export function sameRef(a: TableRef, b: TableRef): boolean {
  return a.name === b.name && a.schema === b.schema
}
