import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { findTable, refText } from '../model/edit.ts'
import { primaryColumns } from '../model/keys.ts'
import type { ConstraintModel, ConstraintOf, SchemaModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { describe } from '../operations/table.ts'
import { invalid, missing } from '../operations/traits/objects.ts'
import { located } from './compile.ts'
import type { PlannedOperation } from './plan.ts'

type ForeignKey = ConstraintOf<'foreignKey'>

// SQLite and MySQL find a name whatever its case is; where it counts, the server has the last word.
const isAlike = (name: string, other: string): boolean => name.toLowerCase() === other.toLowerCase()
const tableAt = (model: SchemaModel, ref: TableRef): TableModel | undefined =>
  findTable(model, ref) ?? [...model.tables.values()].find((table) => isAlike(refText(table.ref), refText(ref)))
const has = (names: readonly string[], name: string): boolean => names.some((each) => isAlike(each, name))

const foreignKeysIn = (constraints: readonly ConstraintModel[]): readonly ForeignKey[] =>
  constraints.filter((constraint) => constraint.kind === 'foreignKey')

/** The columns of each key or index that a foreign key may refer to. */
function referableColumns(
  table: TableModel,
  { referencesAnyIndex }: Dialect['capabilities'],
): readonly (readonly string[])[] {
  const constraints = table.constraints.flatMap((constraint) =>
    constraint.kind === 'primaryKey' || constraint.kind === 'unique' ? [constraint.columns] : [],
  )
  const indexes = [...table.indexes, ...(table.hiddenIndexes ?? [])].flatMap(({ unique, where, elements }) => {
    const columns = elements.flatMap(({ column = [] }) => column)
    // https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html: the columns that InnoDB adds to an index count.
    if (referencesAnyIndex) return [[...columns, ...primaryColumns(table)]]
    return unique && where === undefined && columns.length === elements.length ? [columns] : []
  })
  return [...constraints, ...indexes]
}

/** What is missing where a foreign key refers to. Absent: nothing, or its table is not in sight, which a later revision may make. */
function faultOf(
  { capabilities }: Dialect,
  model: SchemaModel,
  { references }: ForeignKey,
): { readonly column: string } | { readonly keyOf: string } | undefined {
  const table = tableAt(model, references.table)
  if (table === undefined || table.opaque !== undefined) return undefined
  const own = references.columns.length === 0 ? primaryColumns(table) : references.columns
  const names = table.columns.map(({ name }) => name)
  const absent = own.find((column) => !has(names, column))
  if (absent !== undefined) return { column: `${refText(table.ref)}.${absent}` }
  const isKey = referableColumns(table, capabilities)
    .map((columns) => (capabilities.referencesAnyIndex ? columns.slice(0, own.length) : columns))
    .some((columns) => columns.length === own.length && own.every((one) => has(columns, one)))
  if (isKey && own.length > 0) return undefined
  return { keyOf: own.length === 0 ? refText(table.ref) : `${refText(table.ref)} (${own.join(', ')})` }
}

/** The foreign keys that an operation makes, as they stand behind the step. */
function createdKeys(after: SchemaModel, operation: Operation): readonly ForeignKey[] {
  const isTable = operation.kind === 'createTable'
  if (!isTable && operation.kind !== 'addConstraint') return []
  const [ref, created] = isTable
    ? [operation.table.ref, operation.table.constraints]
    : [operation.table, [operation.constraint]]
  const keys = foreignKeysIn(created).map(({ columns }) => columns.join())
  if (keys.length === 0) return []
  return foreignKeysIn(findTable(after, ref)?.constraints ?? []).filter(({ columns }) => keys.includes(columns.join()))
}

function refuseUnkeyed(dialect: Dialect, after: SchemaModel, operation: Operation): void {
  for (const key of createdKeys(after, operation)) {
    const fault = faultOf(dialect, after, key)
    if (fault === undefined) continue
    if ('column' in fault) throw missing(`column ${fault.column}`)
    const needed = dialect.capabilities.referencesAnyIndex ? 'a key or an index' : 'a primary key or a unique one'
    throw invalid(describe(operation), `the foreign key refers to ${fault.keyOf}, which needs ${needed} on it`)
  }
}

/** What an operation drops that may be a key, and its table. */
function droppedKey(operation: Operation): { readonly object: string; readonly table: TableRef } | undefined {
  if (operation.kind === 'dropIndex')
    return { object: `index ${operation.index} of ${refText(operation.table)}`, table: operation.table }
  if (operation.kind !== 'dropConstraint') return undefined
  const { constraint, table } = operation
  return {
    object: `constraint ${'name' in constraint ? constraint.name : constraint.kind} of ${refText(table)}`,
    table,
  }
}

function refuseNeeded(dialect: Dialect, before: SchemaModel, after: SchemaModel, operation: Operation): void {
  const dropped = droppedKey(operation)
  if (dropped === undefined) return
  const dependants = [...after.tables.values()].flatMap(({ ref, constraints }) =>
    foreignKeysIn(constraints).flatMap((key) =>
      isAlike(refText(key.references.table), refText(dropped.table)) &&
      faultOf(dialect, before, key) === undefined &&
      faultOf(dialect, after, key) !== undefined
        ? [`foreign key ${key.name ?? key.columns.join(', ')} of ${refText(ref)}`]
        : [],
    ),
  )
  if (dependants.length === 0) return
  const { object } = dropped
  const message = `${object} cannot be dropped: ${dependants.join(', ')} ${dependants.length === 1 ? 'needs' : 'need'} it.`
  throw new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, message)
}

/**
 * Throws OBJECT_MISSING, INVALID_OPERATION or DEPENDENT_OBJECTS where a step leaves a foreign key without the key that it refers to. Servers say so in the
 * middle of the revision. SQLite says nothing, and refuses each row that a service writes later ("foreign key mismatch"):
 * https://www.sqlite.org/foreignkeys.html#fk_indexes. Of the whole step, since it may make the key later.
 */
export function refuseUnservedKeys(
  dialect: Dialect,
  before: SchemaModel,
  after: SchemaModel,
  operations: readonly PlannedOperation[],
): void {
  for (const planned of operations) {
    if (planned.skipped !== undefined) continue
    located(planned, () => {
      refuseUnkeyed(dialect, after, planned.operation)
      if (dialect.capabilities.lateReferences) refuseNeeded(dialect, before, after, planned.operation)
    })
  }
}
