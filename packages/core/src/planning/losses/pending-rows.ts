import { withEffects } from '../../compile/named-tables.ts'
import { followNames, type Names } from '../../data-steps/preserved/drops.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { tableKey } from '../../model/edit.ts'
import type { ConstraintOf, SchemaModel, TableModel } from '../../model/schema-model.ts'
import type { Operation, OperationOf, StepTarget } from '../../operations/operation.ts'

/** What a plan knows of rows that its steps have still to change. */
export interface PendingRows {
  readonly names: Names
  /** A data step or SQL of the author comes first: nothing is known of any row. */
  all: boolean
  /** Tables, by their key in the live schema, whose rows an operation changes first. */
  readonly tables: Set<string>
  /** By table: the columns, by their names in the live schema, that a data step writes first; it adds and deletes no row. */
  readonly columns: Map<string, Set<string>>
  /** A data step writes tables or columns first that the plan makes. */
  newObjects: boolean
}

export function pendingRows(): PendingRows {
  return { names: followNames(), all: false, tables: new Set(), columns: new Map(), newObjects: false }
}

/** A target of a data step by the names of the live schema. */
interface LiveTarget {
  readonly table: string | undefined
  readonly columns?: ReadonlySet<string>
  /** It, or a column of it, has no name from before the revision: the revision makes it, or drops it after the step. */
  readonly isNew: boolean
}

/** What the steps of a revision write, by the names that it has now: `to` has those from after the revision. */
export type StepTargets = ReadonlyMap<Operation, readonly LiveTarget[]>

function liveTarget(own: Names, { names }: PendingRows, { table, columns }: StepTarget): LiveTarget {
  const before = own.table(tableKey(table))
  const key = names.table(before ?? tableKey(table))
  const isNew = before === undefined || key === undefined
  if (key === undefined || columns === undefined) return { table: key, isNew }
  const earlier = columns.map((name) => own.column(before ?? key, name))
  const live = columns.map((name, index) => names.column(key, earlier[index] ?? name))
  return {
    table: key,
    columns: new Set(live.filter((name) => name !== undefined)),
    isNew: isNew || [...earlier, ...live].includes(undefined),
  }
}

/** @param pending as it is before the first of the operations */
export function targetsOf(pending: PendingRows, operations: readonly Operation[]): StepTargets {
  const own = followNames(operations)
  return new Map(
    operations.flatMap((operation) =>
      operation.kind === 'run' && operation.direction === 'up' && operation.to !== undefined
        ? [[operation, operation.to.map((target) => liveTarget(own, pending, target))] as const]
        : [],
    ),
  )
}

const isActing = ({ onDelete = 'noAction', onUpdate = 'noAction' }: ConstraintOf<'foreignKey'>): boolean =>
  [onDelete, onUpdate].some((action) => action !== 'noAction' && action !== 'restrict')

/** Tables, by their keys in the live schema, that the server changes along with others, or may: a parent of theirs is not known. */
function changedAlong({ names }: PendingRows, model: SchemaModel, written: ReadonlySet<string>): ReadonlySet<string> {
  const reached = new Set<string>()
  const isReached = ({ constraints }: TableModel): boolean =>
    constraints.some((constraint) => {
      if (constraint.kind !== 'foreignKey' || !isActing(constraint)) return false
      const parent = tableKey(constraint.references.table)
      const key = model.tables.has(parent) ? names.table(parent) : undefined
      return key === undefined || written.has(key) || reached.has(key)
    })
  for (let size = -1; size !== reached.size; ) {
    size = reached.size
    for (const [name, table] of model.tables) {
      const key = names.table(name)
      if (key !== undefined && isReached(table)) reached.add(key)
    }
  }
  return reached
}

/** Rows of one table are rows of others, too. */
const isShared = ({ model }: Dialect, table: TableModel): boolean =>
  table.hasHeirs === true || table.opaque !== undefined || (model.parentsOf?.(table) ?? []).length > 0

/** Notes what a data step declares to write. False: what else it changes is not known, as by a view or a trigger. */
function followTargets(
  dialect: Dialect,
  pending: PendingRows,
  before: SchemaModel,
  targets: readonly LiveTarget[],
): boolean {
  const { names } = pending
  const tables = new Map([...before.tables].map(([name, table]) => [names.table(name), table]))
  const written = new Set(targets.flatMap(({ table, isNew }) => (isNew && !tables.has(table) ? [] : (table ?? []))))
  const isKnown = [...written].every((key) => {
    const table = tables.get(key)
    return table !== undefined && !isShared(dialect, table)
  })
  const reached = changedAlong(pending, before, written)
  const hasTriggers = [...before.triggers.values()].some(({ table }) => {
    const key = names.table(tableKey(table)) ?? ''
    return written.has(key) || reached.has(key)
  })
  if (!isKnown || hasTriggers) return false
  for (const key of reached) pending.tables.add(key)
  for (const { table, columns, isNew } of targets) {
    if (isNew) pending.newObjects = true
    if (table === undefined || !written.has(table)) continue
    if (columns === undefined) pending.tables.add(table)
    else pending.columns.set(table, new Set([...(pending.columns.get(table) ?? []), ...columns]))
  }
  return true
}

function followStep(
  dialect: Dialect,
  pending: PendingRows,
  operation: OperationOf<'run'>,
  before: SchemaModel | undefined,
  targets: StepTargets,
): void {
  if (operation.direction === 'down' && operation.down === 'none') return
  const declared = targets.get(operation)
  if (declared === undefined || before === undefined || !followTargets(dialect, pending, before, declared))
    pending.all = true
}

/** Notes an operation that comes before what is counted next. */
export function followPending(
  dialect: Dialect,
  pending: PendingRows,
  { operation, before }: { readonly operation: Operation; readonly before?: SchemaModel },
  targets: StepTargets,
): void {
  if (operation.kind === 'sql') pending.all = true
  if (operation.kind === 'run') followStep(dialect, pending, operation, before, targets)
  const changes =
    operation.kind === 'insertRows' ||
    operation.kind === 'deleteRows' ||
    (operation.kind === 'alterColumn' && operation.using !== undefined)
  if (changes) pending.tables.add(pending.names.table(tableKey(operation.table)) ?? tableKey(operation.table))
  for (const each of withEffects([operation])) pending.names.follow(each)
}

/** Whether the number of these rows, or of the values of the column in them, is known only when what comes before has run. */
export function isPending(pending: PendingRows, live: SchemaModel, key: string, column: string | undefined): boolean {
  if (pending.all || pending.tables.has(key)) return true
  const written = pending.columns.get(key)
  const model = live.tables.get(key)?.columns.find(({ name }) => name === column)
  if (written === undefined || column === undefined) return false
  return written.has(column) || model?.generated !== undefined || model?.onUpdate !== undefined
}
