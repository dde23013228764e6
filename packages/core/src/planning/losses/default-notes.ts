import type { PlannedOperation } from '../../compile/plan.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { canonicalJson } from '../../model/canonical.ts'
import { findTable, refText } from '../../model/edit.ts'
import type { ColumnModel, ConstraintOf, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { Operation } from '../../operations/operation.ts'
import { enclosed } from '../../sql/enclose.ts'
import { isSignificant, lexSql } from '../../sql/lexer.ts'
import { join, sql } from '../../sql/tag.ts'

/** Types whose values compare as their literals do. A collation may hold more to be equal than the literals are. */
const plainTypes: { readonly [kind in ColumnModel['type']['kind']]?: 'string' | 'number' | 'boolean' } = {
  text: 'string',
  varchar: 'string',
  enum: 'string',
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
  real: 'number',
  double: 'number',
}

interface CheckedDefaults {
  readonly check: ConstraintOf<'check'>
  readonly columns: readonly (readonly [ColumnModel, string | number | boolean])[]
}

const plainDefault = ({ type, native, collation, default: value }: ColumnModel) =>
  native === undefined &&
  collation === undefined &&
  value?.kind === 'literal' &&
  value.value !== null &&
  plainTypes[type.kind] === typeof value.value
    ? value.value
    : undefined

/** The checks of a table that read only columns with a default. */
function checkedDefaults({ sql: { grammar } }: Dialect, table: TableModel): readonly CheckedDefaults[] {
  return table.constraints.flatMap((check) => {
    if (check.kind !== 'check' || check.lasting !== undefined) return []
    const tokens = lexSql(check.expression, grammar).filter(isSignificant)
    const names = new Set(tokens.map(({ text }) => text.replaceAll(/^["`[]|["`\]]$/g, '').toLowerCase()))
    const read = table.columns.filter(({ name }) => names.has(name.toLowerCase()))
    const columns = read.flatMap((column) => {
      const value = plainDefault(column)
      return value === undefined ? [] : [[column, value] as const]
    })
    return read.length === 0 || columns.length < read.length ? [] : [{ check, columns }]
  })
}

const factsOf = ({ check, columns }: CheckedDefaults): string =>
  canonicalJson([check.expression, columns.map(([{ name }, value]) => [name, value])])

function changedTable(operation: Operation): TableRef | undefined {
  if (operation.kind === 'createTable') return operation.table.ref
  const changes =
    operation.kind === 'addColumn' || operation.kind === 'alterColumn' || operation.kind === 'addConstraint'
  return changes ? operation.table : undefined
}

async function isViolated(
  { sql: { quote } }: Dialect,
  session: Session,
  table: TableModel,
  { check, columns }: CheckedDefaults,
): Promise<boolean> {
  const row = join(columns.map(([{ name }, value]) => sql`${quote.literal(value)} AS ${quote.identifier(name)}`))
  const source = sql`(SELECT ${row}) AS ${quote.identifier(table.ref.name)}`
  try {
    const rows = await session.query(sql`SELECT 1 AS one FROM ${source} WHERE NOT ${enclosed(check.expression)}`.text)
    return rows.length > 0
  } catch {
    // It reads what the step makes, or compares the column as another type.
    return false
  }
}

/**
 * The defaults of an upgrade that a check of their table refuses: the step succeeds, and each INSERT that leaves the columns out fails. The
 * server evaluates the checks.
 */
export async function defaultNotes(
  dialect: Dialect,
  session: Session,
  before: SchemaModel,
  after: SchemaModel,
  operations: readonly PlannedOperation[],
): Promise<readonly string[]> {
  const tables = new Set(
    operations.flatMap(({ operation }) => {
      const ref = changedTable(operation)
      return (ref && findTable(after, ref)) ?? []
    }),
  )
  const notes: string[] = []
  for (const table of tables) {
    const previous = findTable(before, table.ref)
    const known = new Set(previous === undefined ? [] : checkedDefaults(dialect, previous).map(factsOf))
    for (const checked of checkedDefaults(dialect, table)) {
      if (known.has(factsOf(checked)) || !(await isViolated(dialect, session, table, checked))) continue
      const { name, expression } = checked.check
      const names = checked.columns.map(([column]) => column.name).join(', ')
      const values = checked.columns.map(([, value]) => JSON.stringify(value)).join(', ')
      notes.push(
        `the default of ${refText(table.ref)}.${names}, ${values}, violates its check ${name ?? `(${expression})`}: each INSERT without ${names} will fail; give ${checked.columns.length === 1 ? 'it' : 'them'} another default, or none`,
      )
    }
  }
  return notes
}
