import type { Dialect } from '../dialect/dialect.ts'
import type { MigrateError } from '../errors/migrate-error.ts'
import { findColumn, findTable, refText } from '../model/edit.ts'
import { primaryColumns } from '../model/keys.ts'
import type { ConstraintModel, ConstraintOf, SchemaModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { describe } from '../operations/table.ts'
import { invalid, missing, sameColumns } from '../operations/traits/objects.ts'

type ForeignKey = ConstraintOf<'foreignKey'>

const foreignKeysIn = (constraints: readonly ConstraintModel[]): readonly ForeignKey[] =>
  constraints.filter((constraint) => constraint.kind === 'foreignKey')

/** The foreign keys that an operation makes, with their table. */
function createdKeys(
  operation: Operation,
): { readonly ref: TableRef; readonly keys: readonly ForeignKey[] } | undefined {
  if (operation.kind === 'createTable')
    return { ref: operation.table.ref, keys: foreignKeysIn(operation.table.constraints) }
  return operation.kind === 'addConstraint'
    ? { ref: operation.table, keys: foreignKeysIn([operation.constraint]) }
    : undefined
}

/** The columns of each key or index that a foreign key may refer to. */
function referableColumns(table: TableModel, { referencesAnyIndex }: Dialect['capabilities']): readonly string[][] {
  const constraints = table.constraints.flatMap((constraint) =>
    constraint.kind === 'primaryKey' || constraint.kind === 'unique' ? [[...constraint.columns]] : [],
  )
  const indexes = [...table.indexes, ...(table.hiddenIndexes ?? [])].flatMap(({ unique, where, elements }) => {
    const columns = elements.flatMap(({ column = [] }) => column)
    if (referencesAnyIndex) return [[...columns, ...primaryColumns(table)]]
    return unique && where === undefined && columns.length === elements.length ? [columns] : []
  })
  return [...constraints, ...indexes]
}

/** Why the key cannot refer to what it names. Absent: it can, or its table is not in sight. */
function faultOf(
  { capabilities }: Dialect,
  model: SchemaModel,
  operation: Operation,
  { references }: ForeignKey,
): MigrateError | undefined {
  const table = findTable(model, references.table)
  if (table === undefined || table.opaque !== undefined) return undefined
  const own = references.columns.length === 0 ? primaryColumns(table) : references.columns
  const absent = own.find((column) => findColumn(table, column) === undefined)
  if (absent !== undefined) return missing(`column ${refText(table.ref)}.${absent}`)
  const keys = referableColumns(table, capabilities).map((columns) =>
    capabilities.referencesAnyIndex ? columns.slice(0, own.length) : columns,
  )
  const isKey = keys.some((columns) => columns.length === own.length && own.every((one) => columns.includes(one)))
  if (isKey && own.length > 0) return undefined
  const named = own.length === 0 ? '' : ` (${own.join(', ')})`
  const needed = capabilities.referencesAnyIndex ? 'a key or an index' : 'a primary key or a unique one'
  return invalid(
    describe(operation),
    `the foreign key refers to ${refText(table.ref)}${named}, which needs ${needed} on it`,
  )
}

/**
 * Throws OBJECT_MISSING or INVALID_OPERATION where a foreign key that this operation makes refers to no key of its table. A server says so in
 * the middle of the revision, and SQLite says nothing: it refuses each row that a service writes later, as a "foreign key mismatch".
 *
 * @param model the schema behind it, or behind the whole revision where a foreign key may refer to what is made later
 */
export function requireReferencedKeys(dialect: Dialect, model: SchemaModel, operation: Operation): void {
  const { ref, keys = [] } = createdKeys(operation) ?? {}
  if (ref === undefined || keys.length === 0) return
  for (const key of foreignKeysIn(findTable(model, ref)?.constraints ?? [])) {
    // The model has the name that the server gives a key without one.
    const isCreated = keys.some(
      ({ name = key.name, columns }) => name === key.name && sameColumns(columns, key.columns),
    )
    const fault = isCreated ? faultOf(dialect, model, operation, key) : undefined
    if (fault !== undefined) throw fault
  }
}
