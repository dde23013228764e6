import {
  type CompileTable,
  type ConstraintModel,
  type ConstraintOf,
  findColumn,
  joinWithSpaces,
  type Operation,
  type OperationAround,
  type SchemaModel,
  type SqlFragment,
  type Statement,
  type StatementExtras,
  sql,
  type TableModel,
  type TableRef,
  withArticle,
} from '@org/migrate-core/dialect'
import { hasNullableHeirs } from '../introspect/whole/heirs.ts'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import type { Features } from '../sql/version.ts'
import { constraintDefinition } from './definitions/definitions.ts'
import { extraStatements, requireRestorable } from './dependants/extras.ts'
import { refuseNeeded } from './dependants/foreign-keys.ts'
import { nullsOf, refusedByCheck } from './row-checks.ts'
import { alterTable, notInSchema, refText, sameRef, tableOf } from './statements.ts'

export function addConstraint(
  table: TableRef,
  constraint: ConstraintModel,
  features: Features,
  extra: StatementExtras = {},
  only?: SqlFragment,
): Statement {
  const notValid = 'notValid' in constraint && constraint.notValid === true
  return alterTable(
    table,
    joinWithSpaces(sql`ADD`, constraintDefinition(constraint, features), notValid && sql`NOT VALID`),
    constraint.kind === 'foreignKey' || notValid ? {} : { note: `check or index the rows of ${table.name}`, ...extra },
    only,
  )
}

/** The rows that a constraint is refused for without naming them: of a CHECK, and with NULL in a column that becomes NOT NULL with its primary key. */
export function rowsRefused(table: TableModel, one: ConstraintModel): StatementExtras {
  if (one.kind === 'check') return refusedByCheck(table, one)
  if (one.kind !== 'primaryKey') return {}
  const only = isKeyOfTableOnly(table, one)
  const nullable = one.columns.filter((name) => findColumn(table, name)?.nullable === true)
  return nullable.length === 0 ? {} : nullsOf(table, nullable, only)
}

/** The columns of a new primary key become NOT NULL in all heirs, also where they are it in the table itself: but for those that have them nullable. */
const isKeyOfTableOnly = (table: TableModel, { columns }: ConstraintOf<'primaryKey'>): boolean =>
  columns.some((name) => hasNullableHeirs(findColumn(table, name) ?? {}))

/** With what it had beside its definition: for one that was dropped. */
export function restoreConstraint(
  table: TableRef,
  constraint: ConstraintModel,
  features: Features,
  extra: StatementExtras = {},
  only?: SqlFragment,
): readonly Statement[] {
  requireRestorable(`constraint ${constraint.name ?? constraint.kind} of ${refText(table)}`, constraint)
  const extras = extraStatements(constraint.extras, { table, name: constraint.name })
  return [addConstraint(table, constraint, features, extra, only), ...extras]
}

/**
 * Drops a constraint by the name that the server has it under. `advance` gives constraints without a name the one that the
 * server makes; where that is of an expression, none is guessed.
 */
export function dropNamed(table: TableRef, constraint: ConstraintModel): Statement {
  if (constraint.name === undefined) {
    unsupported(
      `drop ${withArticle(constraint.kind)} without a name of ${refText(table)}`,
      'which name the server made for it is not known here',
      'Run it online, where the name is read from the database, or drop it by its name.',
    )
  }
  return alterTable(table, sql`DROP CONSTRAINT ${quote.identifier(constraint.name)}`)
}

/** The foreign keys of other tables to one. */
export function keysTo(model: SchemaModel, to: TableRef) {
  return [...model.tables.values()].flatMap(({ ref, constraints }) =>
    sameRef(ref, to)
      ? []
      : constraints.flatMap((key): { table: TableRef; key: ConstraintOf<'foreignKey'> }[] =>
          key.kind === 'foreignKey' && sameRef(key.references.table, to) ? [{ table: ref, key }] : [],
        ),
  )
}

/** The one that `applyToModel` took away. */
function dropped(before: TableModel, after: TableModel): ConstraintModel {
  const left = new Set(after.constraints)
  const removed = before.constraints.find((constraint) => !left.has(constraint))
  if (removed !== undefined) return removed
  throw notInSchema(`the constraint of ${refText(before.ref)}`)
}

export function constraintStatements(
  features: Features,
): Pick<CompileTable, 'addConstraint' | 'dropConstraint' | 'renameConstraint'> {
  return {
    addConstraint({ operation: { table: ref, constraint }, before }) {
      const table = tableOf(before, ref)
      const isOnly = constraint.kind === 'primaryKey' && isKeyOfTableOnly(table, constraint)
      return restoreConstraint(
        ref,
        constraint,
        features,
        rowsRefused(table, constraint),
        isOnly ? sql`ONLY ` : undefined,
      )
    },
    dropConstraint({ operation: { table }, before, after }) {
      const [from, to] = [tableOf(before, table), tableOf(after, table)]
      const constraint = dropped(from, to)
      const object = `constraint ${constraint.name ?? constraint.kind} of ${refText(table)}`
      refuseNeeded(object, before, from, to)
      return [dropNamed(table, constraint)]
    },
    renameConstraint: ({ operation: { table, constraint, to } }) => [
      alterTable(table, sql`RENAME CONSTRAINT ${quote.identifier(constraint)} TO ${quote.identifier(to)}`),
    ],
  }
}

/**
 * ADD PRIMARY KEY makes its columns NOT NULL, and DROP CONSTRAINT leaves them so (measured on 15 and 18; https://www.postgresql.org/docs/current/sql-altertable.html):
 * those that took NULLs before do so again.
 */
export function inverseWithNulls(
  { operation, before }: OperationAround,
  inverse: readonly Operation[],
): readonly Operation[] {
  if (operation.kind !== 'addConstraint' || operation.constraint.kind !== 'primaryKey') return inverse
  if (inverse.length === 0) return inverse
  const {
    table,
    constraint: { columns: key },
  } = operation
  const { columns } = tableOf(before, table)
  const nullable = columns.filter((column) => column.nullable && key.includes(column.name))
  return [
    ...inverse,
    ...nullable.map(
      ({ name }): Operation => ({ kind: 'alterColumn', table, column: name, change: { nullable: true } }),
    ),
  ]
}
