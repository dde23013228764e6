import { findCounterpart } from '../compare/constraint-match.ts'
import { comparableSequence, comparableTable } from '../compare/database-differences.ts'
import { schemaDifferences } from '../compare/schema-differences.ts'
import { tableDifferences } from '../compare/table-differences.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { assign, columnAt, emptySchema, findColumn, findTable, tableKey, triggerKey } from '../model/edit.ts'
import type { SchemaModel, SequenceModel, TableModel, TableRef } from '../model/schema-model.ts'
import type { Operation, OperationKind, OperationOf } from '../operations/operation.ts'
import { meansConstraint } from '../operations/traits/constraints.ts'

/** What a guard comes to: run the operation, or leave it, saying why. */
type Guarded = { readonly operation: Operation } | { readonly skipped: string }

/** What is to be created and exists already. */
interface ExistingObject {
  readonly object: string
  /** What is reported where the two are the same. */
  readonly exists: string
  readonly differences: readonly string[]
  /** The server keeps its text. */
  readonly isText?: true
}

type Guardable<G extends string> = {
  readonly [K in OperationKind]: G extends keyof OperationOf<K> ? K : never
}[OperationKind]

type Creating = Guardable<'ifNotExists'>
type Dropping = Guardable<'ifExists'>

/** One part of a table, with the columns that it may name. */
function only(table: TableModel, part: Partial<TableModel>): TableModel {
  return { ref: table.ref, columns: table.columns, constraints: [], indexes: [], options: {}, ...part }
}

function existingPart(
  dialect: Dialect,
  before: SchemaModel,
  object: string,
  [declared, existing]: readonly [TableModel, TableModel],
): ExistingObject {
  const compared = (table: TableModel): TableModel => comparableTable(dialect, before, table)
  const [kind] = object.split(' ', 1)
  return {
    object,
    exists: `the ${kind} exists, in this shape`,
    differences: tableDifferences(compared(declared), compared(existing)),
  }
}

/** The operations of the same revision that come after. Asked for only where something differs. */
type Later = () => readonly Operation[]

/** The table without what a later operation makes with a guard of its own, which compares it then: a foreign key that closes a circle. */
function withoutLater(before: SchemaModel, declared: TableModel, existing: TableModel, later: Later): TableModel {
  const key = tableKey(declared.ref)
  let { columns, constraints, indexes } = existing
  for (const operation of later()) {
    if (operation.kind === 'addConstraint' && operation.ifNotExists && tableKey(operation.table) === key) {
      const same = findCounterpart(before, existing, operation.constraint, 'either')
      if (findCounterpart(before, declared, operation.constraint, 'either') === undefined)
        constraints = constraints.filter((each) => each !== same)
    } else if (operation.kind === 'createIndex' && operation.ifNotExists && tableKey(operation.table) === key) {
      const { name } = operation.index
      if (declared.indexes.every((each) => each.name !== name)) indexes = indexes.filter((each) => each.name !== name)
    } else if (operation.kind === 'addColumn' && operation.ifNotExists && tableKey(operation.table) === key) {
      const { name } = operation.column
      if (findColumn(declared, name) === undefined) columns = columns.filter((each) => each.name !== name)
    }
  }
  return { ...existing, columns, constraints, indexes }
}

const differencesOf = (declared: Partial<SchemaModel>, existing: Partial<SchemaModel>): readonly string[] =>
  schemaDifferences({ ...emptySchema, ...declared }, { ...emptySchema, ...existing })

/** The owner of a sequence is set once its table is there. */
function ownerSetLater(key: string, later: Later): SequenceModel['ownedBy'] {
  for (const operation of later()) {
    const isOwn = operation.kind === 'alterSequence' && tableKey(operation.sequence) === key
    if (isOwn && operation.change.ownedBy) return operation.change.ownedBy
  }
  return undefined
}

type CreateGuard<K extends Creating> = (
  dialect: Dialect,
  before: SchemaModel,
  operation: OperationOf<K>,
  later: Later,
) => ExistingObject | undefined

/** What an operation would create, where it exists. */
const createGuards: {
  readonly [K in Creating]: CreateGuard<K>
} = {
  createTable(dialect, before, { table }, later) {
    const existing = findTable(before, table.ref)
    if (existing === undefined) return undefined
    // Policies that are not described with the table are made by operations of their own.
    const like = table.policies === undefined ? assign(existing, 'policies', undefined) : existing
    const object = `table ${tableKey(table.ref)}`
    const whole = existingPart(dialect, before, object, [table, like])
    if (whole.differences.length === 0) return whole
    return existingPart(dialect, before, object, [table, withoutLater(before, table, like, later)])
  },
  addColumn(dialect, before, { table: ref, column }) {
    const table = findTable(before, ref)
    const existing = table && findColumn(table, column.name)
    if (table === undefined || existing === undefined) return undefined
    const object = `column ${tableKey(ref)}.${column.name}`
    return existingPart(dialect, before, object, [
      only(table, { columns: [column] }),
      only(table, { columns: [existing] }),
    ])
  },
  addConstraint(dialect, before, { table: ref, constraint }) {
    const table = findTable(before, ref)
    const existing = table && findCounterpart(before, table, constraint, 'either')
    if (table === undefined || existing === undefined) return undefined
    const object = `constraint ${constraint.name ?? constraint.kind} of ${tableKey(ref)}`
    return existingPart(dialect, before, object, [
      only(table, { constraints: [constraint] }),
      only(table, { constraints: [existing] }),
    ])
  },
  createIndex(dialect, before, { table: ref, index }) {
    const table = findTable(before, ref)
    const existing = table?.indexes.find((each) => each.name === index.name)
    if (table === undefined || existing === undefined) return undefined
    return existingPart(dialect, before, `index ${index.name}`, [
      only(table, { indexes: [index] }),
      only(table, { indexes: [existing] }),
    ])
  },
  createPolicy(dialect, before, { table: ref, policy }) {
    const table = findTable(before, ref)
    const existing = table?.policies?.find(({ name }) => name === policy.name)
    if (table === undefined || existing === undefined) return undefined
    return existingPart(dialect, before, `policy ${policy.name} of ${tableKey(ref)}`, [
      only(table, { policies: [policy] }),
      only(table, { policies: [existing] }),
    ])
  },
  createSchema: (_dialect, before, { schema }) =>
    before.schemas.includes(schema)
      ? { object: `schema ${schema}`, exists: 'the schema exists', differences: [] }
      : undefined,
  createExtension: (_dialect, before, { extension }) =>
    before.extensions.includes(extension)
      ? { object: `extension ${extension}`, exists: 'the extension exists', differences: [] }
      : undefined,
  createEnum(_dialect, before, { enum: declared }) {
    const key = tableKey(declared.ref)
    const existing = before.enums.get(key)
    if (existing === undefined) return undefined
    const differences = differencesOf({ enums: new Map([[key, declared]]) }, { enums: new Map([[key, existing]]) })
    return { object: `enum ${key}`, exists: 'the enum exists, with these values', differences }
  },
  createView(_dialect, before, { view }) {
    const key = tableKey(view.ref)
    const existing = before.views.get(key)
    if (existing === undefined) return undefined
    const differences = differencesOf({ views: new Map([[key, view]]) }, { views: new Map([[key, existing]]) })
    return { object: `view ${key}`, exists: 'the view exists', differences, isText: true }
  },
  createTrigger(_dialect, before, { trigger }) {
    const key = triggerKey(trigger.table, trigger.name)
    const existing = before.triggers.get(key)
    if (existing === undefined) return undefined
    const differences = differencesOf({ triggers: new Map([[key, trigger]]) }, { triggers: new Map([[key, existing]]) })
    return { object: `trigger ${trigger.name}`, exists: 'the trigger exists', differences, isText: true }
  },
  createSequence(dialect, before, { sequence }, later) {
    const key = tableKey(sequence.ref)
    const existing = before.sequences.get(key)
    if (existing === undefined) return undefined
    const compared = (each: SequenceModel) => ({ sequences: new Map([[key, comparableSequence(dialect, each)]]) })
    let differences = differencesOf(compared(sequence), compared(existing))
    const owner = differences.length === 0 ? undefined : ownerSetLater(key, later)
    if (owner !== undefined) differences = differencesOf(compared({ ...sequence, ownedBy: owner }), compared(existing))
    return { object: `sequence ${key}`, exists: 'the sequence exists, with this definition', differences }
  },
}

/** Why there is nothing to create. Throws where what exists has another shape than what would be created: a guard is no shrug. */
function whyExists(dialect: Dialect, { object, exists, differences, isText }: ExistingObject): string {
  if (differences.length === 0) return isText ? `${exists}; the two texts say the same` : exists
  if (isText && dialect.capabilities.storedTexts === 'rewritten')
    return `${exists}; the server keeps its text in words of its own, so that the two were not compared`
  throw new MigrateError(
    'GUARD_MISMATCH',
    { object, differences },
    `${object} exists already, in another shape:\n${differences.map((line) => `  - ${line}`).join('\n')}`,
  )
}

const noTable = (before: SchemaModel, ref: TableRef): string | undefined =>
  findTable(before, ref) === undefined ? 'the table does not exist' : undefined

const noColumn = (before: SchemaModel, ref: TableRef, column: string): string | undefined =>
  columnAt(before, ref, column) === undefined ? 'the column does not exist' : undefined

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
    return table !== undefined && meansConstraint(table, constraint) ? undefined : 'the constraint does not exist'
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
  later: Later,
): string | undefined {
  const guard: CreateGuard<K> = createGuards[kind]
  const existing = guard(dialect, before, operation, later)
  return existing === undefined ? undefined : whyExists(dialect, existing)
}

function dropGuard<K extends Dropping>(before: SchemaModel, operation: OperationOf<K>, kind: K): string | undefined {
  const guard: (before: SchemaModel, operation: OperationOf<K>) => string | undefined = dropGuards[kind]
  return guard(before, operation)
}

/**
 * Evaluates `ifExists` and `ifNotExists` against the schema before. The operation that comes out has no guard any more: it
 * is the effective one, which the history keeps. Throws GUARD_MISMATCH with every difference.
 */
export function resolveGuard(
  dialect: Dialect,
  before: SchemaModel,
  operation: Operation,
  later: Later = () => [],
): Guarded {
  if (isCreating(operation) && operation.ifNotExists) {
    const skipped = createGuard(dialect, before, operation, operation.kind, later)
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
