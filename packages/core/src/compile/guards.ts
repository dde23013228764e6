import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { tableDifferences } from '../model/differences.ts'
import { assign, emptySchema, findColumn, findTable, tableKey, triggerKey } from '../model/edit.ts'
import { schemaDifferences } from '../model/schema-differences.ts'
import type { SchemaModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { Operation, OperationKind, OperationOf } from '../operations/operation.ts'
import { findAlike, findConstraint } from '../operations/traits/constraints.ts'

/** What a guard comes to: run the operation, or leave it, saying why. */
export type Guarded = { readonly operation: Operation } | { readonly skipped: string }

const normalised = (dialect: Dialect, table: TableModel): TableModel => dialect.model.normalise(table)

function only(table: TableModel, part: Partial<TableModel>): TableModel {
  return { ref: table.ref, columns: [], constraints: [], indexes: [], options: {}, ...part }
}

/** Refuses when what exists has another shape than what would be created: a guard is no shrug. */
function sameOrRefuse(dialect: Dialect, object: string, declared: TableModel, existing: TableModel): void {
  refuseDifferences(object, tableDifferences(normalised(dialect, declared), normalised(dialect, existing)))
}

const uncompared = 'the server keeps its text in words of its own, so that the two were not compared'

/** The same for what a server keeps as text; gives what can be said of the two. */
function sameTextOrRefuse(
  dialect: Dialect,
  object: string,
  declared: Partial<SchemaModel>,
  existing: Partial<SchemaModel>,
): string {
  const differences = schemaDifferences({ ...emptySchema, ...declared }, { ...emptySchema, ...existing })
  if (differences.length > 0 && dialect.capabilities.storedTexts === 'rewritten') return uncompared
  refuseDifferences(object, differences)
  return 'the two texts say the same'
}

function refuseDifferences(object: string, differences: readonly string[]): void {
  if (differences.length === 0) return
  throw new MigrateError(
    'GUARD_MISMATCH',
    { object, differences },
    `${object} exists already, in another shape:\n${differences.map((line) => `  - ${line}`).join('\n')}`,
  )
}

type Guardable<G extends string> = {
  readonly [K in OperationKind]: G extends keyof OperationOf<K> ? K : never
}[OperationKind]

type Creating = Guardable<'ifNotExists'>
type Dropping = Guardable<'ifExists'>

/** Why there is nothing to create: it is there, in this shape. Throws where the shape is another. */
const createGuards: {
  readonly [K in Creating]: (dialect: Dialect, before: SchemaModel, operation: OperationOf<K>) => string | undefined
} = {
  createTable(dialect, before, { table }) {
    const existing = findTable(before, table.ref)
    if (existing === undefined) return undefined
    // Policies that are not described with the table are made by operations of their own.
    const like = table.policies === undefined ? assign(existing, 'policies', undefined) : existing
    sameOrRefuse(dialect, `table ${tableKey(table.ref)}`, table, like)
    return 'the table exists, in this shape'
  },
  addColumn(dialect, before, { table: ref, column }) {
    const table = findTable(before, ref)
    const existing = table && findColumn(table, column.name)
    if (table === undefined || existing === undefined) return undefined
    const object = `column ${tableKey(ref)}.${column.name}`
    sameOrRefuse(dialect, object, only(table, { columns: [column] }), only(table, { columns: [existing] }))
    return 'the column exists, in this shape'
  },
  addConstraint(dialect, before, { table: ref, constraint }) {
    const table = findTable(before, ref)
    const existing = table && findAlike(table, constraint)
    if (table === undefined || existing === undefined) return undefined
    const object = `constraint ${constraint.name ?? constraint.kind} of ${tableKey(ref)}`
    const { columns } = table
    const declared = only(table, { columns, constraints: [constraint] })
    sameOrRefuse(dialect, object, declared, only(table, { columns, constraints: [existing] }))
    return 'the constraint exists, in this shape'
  },
  createIndex(dialect, before, { table: ref, index }) {
    const table = findTable(before, ref)
    const existing = table?.indexes.find((each) => each.name === index.name)
    if (table === undefined || existing === undefined) return undefined
    const { columns } = table
    const declared = only(table, { columns, indexes: [index] })
    sameOrRefuse(dialect, `index ${index.name}`, declared, only(table, { columns, indexes: [existing] }))
    return 'the index exists, in this shape'
  },
  createPolicy(dialect, before, { table: ref, policy }) {
    const table = findTable(before, ref)
    const existing = table?.policies?.find(({ name }) => name === policy.name)
    if (table === undefined || existing === undefined) return undefined
    const { columns } = table
    const declared = only(table, { columns, policies: [policy] })
    sameOrRefuse(
      dialect,
      `policy ${policy.name} of ${tableKey(ref)}`,
      declared,
      only(table, { columns, policies: [existing] }),
    )
    return 'the policy exists, in this shape'
  },
  createSchema: (_dialect, before, { schema }) => (before.schemas.includes(schema) ? 'the schema exists' : undefined),
  createExtension: (_dialect, before, { extension }) =>
    before.extensions.includes(extension) ? 'the extension exists' : undefined,
  createEnum(_dialect, before, operation) {
    const key = tableKey(operation.enum.ref)
    const existing = before.enums.get(key)
    if (existing === undefined) return undefined
    if (existing.values.join('\n') === operation.enum.values.join('\n')) return 'the enum exists, with these values'
    refuseDifferences(`enum ${key}`, [
      `values are ${existing.values.join(', ')}; declared: ${operation.enum.values.join(', ')}`,
    ])
    return undefined
  },
  createView(dialect, before, { view }) {
    const key = tableKey(view.ref)
    const existing = before.views.get(key)
    if (existing === undefined) return undefined
    const [declared, live] = [new Map([[key, view]]), new Map([[key, existing]])]
    return `the view exists; ${sameTextOrRefuse(dialect, `view ${key}`, { views: declared }, { views: live })}`
  },
  createTrigger(dialect, before, { trigger }) {
    const key = triggerKey(trigger.table, trigger.name)
    const existing = before.triggers.get(key)
    if (existing === undefined) return undefined
    const [declared, live] = [new Map([[key, trigger]]), new Map([[key, existing]])]
    const comparison = sameTextOrRefuse(dialect, `trigger ${trigger.name}`, { triggers: declared }, { triggers: live })
    return `the trigger exists; ${comparison}`
  },
  createSequence(_dialect, before, { sequence }) {
    const key = tableKey(sequence.ref)
    const existing = before.sequences.get(key)
    if (existing === undefined) return undefined
    const [declared, live] = [new Map([[key, sequence]]), new Map([[key, existing]])]
    refuseDifferences(
      `sequence ${key}`,
      schemaDifferences({ ...emptySchema, sequences: declared }, { ...emptySchema, sequences: live }),
    )
    return 'the sequence exists, with this definition'
  },
}

const noTable = (before: SchemaModel, ref: TableRef): string | undefined =>
  findTable(before, ref) === undefined ? 'the table does not exist' : undefined

function noColumn(before: SchemaModel, ref: TableRef, column: string): string | undefined {
  const table = findTable(before, ref)
  return table === undefined || findColumn(table, column) === undefined ? 'the column does not exist' : undefined
}

/** Why there is nothing to take away or rename. */
const dropGuards: {
  readonly [K in Dropping]: (before: SchemaModel, operation: OperationOf<K>) => string | undefined
} = {
  dropTable: (before, { table }) => noTable(before, table),
  renameTable: (before, { table }) => noTable(before, table),
  dropColumn: (before, { table, column }) => noColumn(before, table, column),
  renameColumn: (before, { table, column }) => noColumn(before, table, column),
  dropConstraint(before, { table: ref, constraint }) {
    const table = findTable(before, ref)
    return table !== undefined && findConstraint(table, constraint) !== undefined
      ? undefined
      : 'the constraint does not exist'
  },
  dropIndex: (before, { table, index }) =>
    findTable(before, table)?.indexes.some((each) => each.name === index) ? undefined : 'the index does not exist',
  dropPolicy: (before, { table, policy }) =>
    findTable(before, table)?.policies?.some(({ name }) => name === policy) ? undefined : 'the policy does not exist',
  dropSchema: (before, { schema }) => (before.schemas.includes(schema) ? undefined : 'the schema does not exist'),
  dropEnum: (before, operation) => (before.enums.has(tableKey(operation.enum)) ? undefined : 'the enum does not exist'),
  dropView: (before, { view }) => (before.views.has(tableKey(view)) ? undefined : 'the view does not exist'),
  dropTrigger: (before, { table, trigger }) =>
    before.triggers.has(triggerKey(table, trigger)) ? undefined : 'the trigger does not exist',
  dropSequence: (before, { sequence }) =>
    before.sequences.has(tableKey(sequence)) ? undefined : 'the sequence does not exist',
  dropExtension: (before, { extension }) =>
    before.extensions.includes(extension) ? undefined : 'the extension does not exist',
}

const isCreating = (operation: Operation): operation is OperationOf<Creating> =>
  Object.hasOwn(createGuards, operation.kind)
const isDropping = (operation: Operation): operation is OperationOf<Dropping> =>
  Object.hasOwn(dropGuards, operation.kind)

function createGuard<K extends Creating>(
  dialect: Dialect,
  before: SchemaModel,
  operation: OperationOf<K>,
  kind: K,
): string | undefined {
  const guard: (dialect: Dialect, before: SchemaModel, operation: OperationOf<K>) => string | undefined =
    createGuards[kind]
  return guard(dialect, before, operation)
}

function dropGuard<K extends Dropping>(before: SchemaModel, operation: OperationOf<K>, kind: K): string | undefined {
  const guard: (before: SchemaModel, operation: OperationOf<K>) => string | undefined = dropGuards[kind]
  return guard(before, operation)
}

/**
 * Evaluates `ifExists` and `ifNotExists` against the schema before. The operation that comes out has no guard any more: it
 * is the effective one, which the history keeps. Throws GUARD_MISMATCH with every difference.
 */
export function resolveGuard(dialect: Dialect, before: SchemaModel, operation: Operation): Guarded {
  if (isCreating(operation) && operation.ifNotExists) {
    const skipped = createGuard(dialect, before, operation, operation.kind)
    if (skipped !== undefined) return { skipped }
    const { ifNotExists: _, ...effective } = operation
    return { operation: effective as Operation }
  }
  if (isDropping(operation) && operation.ifExists) {
    const skipped = dropGuard(before, operation, operation.kind)
    if (skipped !== undefined) return { skipped }
    const { ifExists: _, ...effective } = operation
    return { operation: effective as Operation }
  }
  return { operation }
}

/** What an operation changes and does not make: without it there is nothing to take back. */
function missingSubject(before: SchemaModel, operation: Operation): string | undefined {
  if (operation.kind === 'createTable' || !('table' in operation)) return undefined
  // The name that a rename gave is the one to take back.
  const table = noTable(before, operation.table)
  if (table !== undefined) return before.views.has(tableKey(operation.table)) ? undefined : table
  return operation.kind === 'alterColumn' ? noColumn(before, operation.table, operation.column) : undefined
}

/**
 * The same for the inverse of what an upgrade did, on a schema whose drift is accepted: each has both guards. Throws GUARD_MISMATCH
 * where what it would make again is there in another shape.
 */
export function resolveDerived(dialect: Dialect, before: SchemaModel, operation: Operation): Guarded {
  const skipped = missingSubject(before, operation)
  if (skipped !== undefined) return { skipped }
  if (isCreating(operation)) return resolveGuard(dialect, before, { ...operation, ifNotExists: true } as Operation)
  if (isDropping(operation)) return resolveGuard(dialect, before, { ...operation, ifExists: true } as Operation)
  return resolveGuard(dialect, before, operation)
}
