import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { schemaDifferences, tableDifferences } from '../model/differences.ts'
import { emptySchema, findColumn, findTable, tableKey, triggerKey } from '../model/edit.ts'
import type { ConstraintModel, SchemaModel, TableModel } from '../model/schema-model.ts'
import type { ConstraintSelector, Operation } from '../operations/operation.ts'

/** What a guard comes to: run the operation, or leave it, saying why. */
export type Guarded = { readonly operation: Operation } | { readonly skipped: string }

const normalised = (dialect: Dialect, table: TableModel): TableModel => dialect.normalise(table)

function only(table: TableModel, part: Partial<TableModel>): TableModel {
  return { ref: table.ref, columns: [], constraints: [], indexes: [], options: {}, ...part }
}

/** Refuses when what exists has another shape than what would be created: a guard is no shrug. */
function sameOrRefuse(dialect: Dialect, object: string, declared: TableModel, found: TableModel): void {
  refuseDifferences(object, tableDifferences(normalised(dialect, declared), normalised(dialect, found)))
}

/** The same for what a server keeps as text. */
function sameTextOrRefuse(object: string, declared: Partial<SchemaModel>, found: Partial<SchemaModel>): void {
  refuseDifferences(object, schemaDifferences({ ...emptySchema, ...declared }, { ...emptySchema, ...found }))
}

function refuseDifferences(object: string, differences: readonly string[]): void {
  if (differences.length === 0) return
  throw new MigrateError(
    'GUARD_MISMATCH',
    { object, differences },
    `${object} exists already, in another shape:\n${differences.map((line) => `  - ${line}`).join('\n')}`,
  )
}

function matches(constraint: ConstraintModel, selector: ConstraintSelector): boolean {
  if ('name' in selector) return constraint.name === selector.name
  if (constraint.kind !== selector.kind) return false
  if (selector.kind === 'check') return constraint.kind === 'check' && constraint.expression === selector.expression
  if (selector.kind === 'primaryKey') return true
  return (
    (constraint.kind === 'unique' || constraint.kind === 'foreignKey') &&
    constraint.columns.join('\n') === selector.columns.join('\n')
  )
}

function sameConstraint(a: ConstraintModel, b: ConstraintModel): boolean {
  if (a.name !== undefined && b.name !== undefined) return a.name === b.name
  if (a.kind !== b.kind) return false
  if (a.kind === 'primaryKey') return true
  if (a.kind === 'check' && b.kind === 'check') return a.expression === b.expression
  return 'columns' in a && 'columns' in b && a.columns.join('\n') === b.columns.join('\n')
}

function createGuard(dialect: Dialect, before: SchemaModel, operation: Operation): string | undefined {
  switch (operation.kind) {
    case 'createTable': {
      const found = findTable(before, operation.table.ref)
      if (found === undefined) return undefined
      sameOrRefuse(dialect, `table ${tableKey(operation.table.ref)}`, operation.table, found)
      return 'the table exists, in this shape'
    }
    case 'addColumn': {
      const table = findTable(before, operation.table)
      const found = table && findColumn(table, operation.column.name)
      if (table === undefined || found === undefined) return undefined
      const object = `column ${tableKey(operation.table)}.${operation.column.name}`
      sameOrRefuse(dialect, object, only(table, { columns: [operation.column] }), only(table, { columns: [found] }))
      return 'the column exists, in this shape'
    }
    case 'addConstraint': {
      const table = findTable(before, operation.table)
      const found = table?.constraints.find((constraint) => sameConstraint(constraint, operation.constraint))
      if (table === undefined || found === undefined) return undefined
      const object = `constraint ${operation.constraint.name ?? operation.constraint.kind} of ${tableKey(operation.table)}`
      const columns = table.columns
      sameOrRefuse(
        dialect,
        object,
        only(table, { columns, constraints: [operation.constraint] }),
        only(table, { columns, constraints: [found] }),
      )
      return 'the constraint exists, in this shape'
    }
    case 'createIndex': {
      const table = findTable(before, operation.table)
      const found = table?.indexes.find((index) => index.name === operation.index.name)
      if (table === undefined || found === undefined) return undefined
      const object = `index ${operation.index.name}`
      const columns = table.columns
      sameOrRefuse(
        dialect,
        object,
        only(table, { columns, indexes: [operation.index] }),
        only(table, { columns, indexes: [found] }),
      )
      return 'the index exists, in this shape'
    }
    case 'createSchema':
      return before.schemas.includes(operation.schema) ? 'the schema exists' : undefined
    case 'createExtension':
      return before.extensions.includes(operation.extension) ? 'the extension exists' : undefined
    case 'createEnum': {
      const found = before.enums.get(tableKey(operation.enum.ref))
      if (found === undefined) return undefined
      if (found.values.join('\n') === operation.enum.values.join('\n')) return 'the enum exists, with these values'
      const differences = [`values are ${found.values.join(', ')}; declared: ${operation.enum.values.join(', ')}`]
      const object = `enum ${tableKey(operation.enum.ref)}`
      throw new MigrateError('GUARD_MISMATCH', { object, differences }, `${object} exists already: ${differences[0]}`)
    }
    case 'createView': {
      const key = tableKey(operation.view.ref)
      const found = before.views.get(key)
      if (found === undefined) return undefined
      const [declared, live] = [new Map([[key, operation.view]]), new Map([[key, found]])]
      sameTextOrRefuse(`view ${key}`, { views: declared }, { views: live })
      return 'the view exists, with this SELECT'
    }
    case 'createTrigger': {
      const key = triggerKey(operation.trigger.table, operation.trigger.name)
      const found = before.triggers.get(key)
      if (found === undefined) return undefined
      const [declared, live] = [new Map([[key, operation.trigger]]), new Map([[key, found]])]
      sameTextOrRefuse(`trigger ${operation.trigger.name}`, { triggers: declared }, { triggers: live })
      return 'the trigger exists, with this text'
    }
    case 'createSequence': {
      const key = tableKey(operation.sequence.ref)
      const found = before.sequences.get(key)
      if (found === undefined) return undefined
      const [declared, live] = [new Map([[key, operation.sequence]]), new Map([[key, found]])]
      sameTextOrRefuse(`sequence ${key}`, { sequences: declared }, { sequences: live })
      return 'the sequence exists, with this definition'
    }
    default:
      return undefined
  }
}

function dropGuard(before: SchemaModel, operation: Operation): string | undefined {
  const table =
    'table' in operation && operation.kind !== 'createTable' ? findTable(before, operation.table) : undefined
  switch (operation.kind) {
    case 'dropTable':
    case 'renameTable':
      return table === undefined ? 'the table does not exist' : undefined
    case 'dropColumn':
    case 'renameColumn':
      return table === undefined || findColumn(table, operation.column) === undefined
        ? 'the column does not exist'
        : undefined
    case 'dropConstraint':
      return table?.constraints.some((constraint) => matches(constraint, operation.constraint))
        ? undefined
        : 'the constraint does not exist'
    case 'dropIndex':
      return table?.indexes.some((index) => index.name === operation.index) ? undefined : 'the index does not exist'
    case 'dropSchema':
      return before.schemas.includes(operation.schema) ? undefined : 'the schema does not exist'
    case 'dropEnum':
      return before.enums.has(tableKey(operation.enum)) ? undefined : 'the enum does not exist'
    case 'dropView':
      return before.views.has(tableKey(operation.view)) ? undefined : 'the view does not exist'
    case 'dropTrigger':
      return before.triggers.has(triggerKey(operation.table, operation.trigger))
        ? undefined
        : 'the trigger does not exist'
    case 'dropSequence':
      return before.sequences.has(tableKey(operation.sequence)) ? undefined : 'the sequence does not exist'
    case 'dropExtension':
      return before.extensions.includes(operation.extension) ? undefined : 'the extension does not exist'
    default:
      return undefined
  }
}

/**
 * Settles `ifExists` and `ifNotExists` against the schema before. The operation that comes out has no guard any more: it
 * is the effective one, which the history keeps. Throws GUARD_MISMATCH with every difference.
 */
export function resolveGuard(dialect: Dialect, before: SchemaModel, operation: Operation): Guarded {
  if ('ifNotExists' in operation && operation.ifNotExists) {
    const skipped = createGuard(dialect, before, operation)
    if (skipped !== undefined) return { skipped }
    const { ifNotExists: _, ...effective } = operation
    return { operation: effective as Operation }
  }
  if ('ifExists' in operation && operation.ifExists) {
    const skipped = dropGuard(before, operation)
    if (skipped !== undefined) return { skipped }
    const { ifExists: _, ...effective } = operation
    return { operation: effective as Operation }
  }
  return { operation }
}
