import {
  type ConstraintOf,
  findTable,
  MigrateError,
  type Operation,
  refText,
  type SchemaModel,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { sameName } from '../../sql/tokenize.ts'

interface Reference {
  readonly child: TableModel
  readonly key: ConstraintOf<'foreignKey'>
}

/**
 * Whether the parent has what SQLite looks for: its primary key, or a unique index over exactly these columns and all rows.
 * https://www.sqlite.org/foreignkeys.html#fk_indexes
 */
function isServed({ constraints, indexes }: TableModel, columns: readonly string[]): boolean {
  const isSame = (names: readonly (string | undefined)[]): boolean =>
    names.length === columns.length && columns.every((name) => names.some((each = '') => sameName(each, name)))
  const keys = constraints.flatMap((each) => (each.kind === 'primaryKey' || each.kind === 'unique' ? [each] : []))
  if (columns.length === 0) return keys.some(({ kind }) => kind === 'primaryKey')
  return (
    keys.some((each) => isSame(each.columns)) ||
    indexes.some(
      ({ unique, where, elements }) => unique && where === undefined && isSame(elements.map(({ column }) => column)),
    )
  )
}

/** The foreign keys whose parent has no such key. A parent that is missing is one that a revision may still make. */
function unserved({ tables }: SchemaModel): ReadonlyMap<string, Reference> {
  const parents = [...tables.values()]
  return new Map(
    parents.flatMap((child) =>
      child.constraints.flatMap((key): (readonly [string, Reference])[] => {
        if (key.kind !== 'foreignKey') return []
        const { columns, references } = key
        const parent = parents.find(({ ref }) => sameName(ref.name, references.table.name))
        if (parent === undefined || isServed(parent, references.columns)) return []
        return [[JSON.stringify([tableKey(child.ref), columns, references]), { child, key }]]
      }),
    ),
  )
}

function droppedKey(before: SchemaModel, operation: Operation): string | undefined {
  if (operation.kind === 'dropIndex') {
    const index = findTable(before, operation.table)?.indexes.find(({ name }) => name === operation.index)
    return index?.unique === false ? undefined : `index ${operation.index} of ${refText(operation.table)}`
  }
  if (operation.kind !== 'dropConstraint') return undefined
  const { constraint, table } = operation
  const name = 'name' in constraint ? constraint.name : constraint.kind
  return `constraint ${name} of ${refText(table)}`
}

/**
 * Throws DEPENDENT_OBJECTS where a foreign key is left without the key that it refers to. SQLite drops that key, and then refuses each change of the rows
 * ("foreign key mismatch"): only the end of the revision shows it, and a database that keeps foreign keys on not even that. Of the
 * whole step, since a revision may make another key.
 */
export function refuseNeededKeys(before: SchemaModel, after: SchemaModel, operations: readonly Operation[]): void {
  const drops = operations.flatMap((operation) => {
    const object = droppedKey(before, operation)
    return object === undefined || !('table' in operation) ? [] : [{ object, table: operation.table }]
  })
  if (drops.length === 0) return
  const known = unserved(before)
  const left = [...unserved(after)].flatMap(([key, reference]) => (known.has(key) ? [] : [reference]))
  const [first] = left
  if (first === undefined) return
  const parent = first.key.references.table.name
  const { object } = drops.find(({ table }) => 'name' in table && sameName(table.name, parent)) ?? {
    object: `the key of ${parent}`,
  }
  const dependants = left
    .filter(({ key }) => sameName(key.references.table.name, parent))
    .map(({ child, key }) => `foreign key ${key.name ?? key.columns.join(', ')} of ${refText(child.ref)}`)
  const message = `${object} cannot be dropped: ${dependants.join(', ')} ${dependants.length === 1 ? 'needs' : 'need'} it.`
  throw new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, message)
}
