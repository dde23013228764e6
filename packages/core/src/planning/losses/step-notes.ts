import type { ForecastStep } from '../../compile/compile-step.ts'
import { withEffects } from '../../compile/named-tables.ts'
import { isNonTransactional } from '../../compile/parts.ts'
import type { PlannedOperation } from '../../compile/plan.ts'
import { mentions, textFor } from '../../data-steps/preserved/bases.ts'
import { followNames } from '../../data-steps/preserved/drops.ts'
import { downgradeStep, leftStep, type PreservedStore } from '../../data-steps/preserved/store.ts'
import type { BlockedTable } from '../../dialect/compiler.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { counted } from '../../errors/count-text.ts'
import { nameOfKey, refOfKey, refText, tableKey } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { renamedTable } from '../../operations/object-moves.ts'
import type { Operation } from '../../operations/operation.ts'
import { counterLabel, isPreservedLabel, preservingLabel } from '../../operations/preserved-label.ts'
import { type ExecutableStep, stepIdentity } from '../prepare.ts'
import { operationsAround } from './forecast-losses.ts'

/** A name that an operation takes away, as it is before the plan runs. */
interface RemovedName {
  readonly key: string
  readonly table: string
  readonly column?: string
}

interface StoredBody {
  readonly kind: string
  /** For people, with its arguments. */
  readonly name: string
  readonly body: string
}

/** The table and column whose name is gone after the operation. */
function removedName(operation: Operation): { readonly key: string; readonly column?: string } | undefined {
  const from = operation.kind === 'dropTable' ? operation.table : renamedTable(operation)?.from
  if (from !== undefined) return { key: tableKey(from) }
  const isColumn = operation.kind === 'renameColumn' || operation.kind === 'dropColumn'
  return isColumn ? { key: tableKey(operation.table), column: operation.column } : undefined
}

/** `earlier`: the operations of the steps before. */
function removedNames(
  live: SchemaModel,
  earlier: readonly Operation[],
  own: readonly Operation[],
): readonly RemovedName[] {
  const names = followNames(earlier)
  return withEffects(own).flatMap((operation) => {
    const removed = removedName(operation)
    const key = removed && names.table(removed.key)
    const table = key === undefined ? undefined : live.tables.get(key)
    const column = removed?.column === undefined || key === undefined ? undefined : names.column(key, removed.column)
    names.follow(operation)
    if (key === undefined || table === undefined) return []
    if (removed?.column === undefined) return [{ key, table: table.ref.name }]
    return column === undefined ? [] : [{ key, table: table.ref.name, column }]
  })
}

/** Programs of the database whose bodies the server keeps as text. */
async function readBodies(dialect: Dialect, session: Session, live: SchemaModel): Promise<readonly StoredBody[]> {
  if (live.programs !== undefined)
    return live.programs.map(({ definition, ...rest }) => ({ ...rest, body: definition }))
  const functions = (await dialect.introspection.routines?.(session)) ?? []
  return functions.map(({ name, body = '' }) => ({ kind: 'function', name, body }))
}

/**
 * Functions, procedures and events whose body has a name that the step takes away, a line for each: the server keeps the body as text, and
 * it fails when it is called next. A program that SQL of the step names is its author's.
 */
export async function routineNotes(
  dialect: Dialect,
  session: Session,
  live: SchemaModel,
  earlier: readonly Operation[],
  planned: readonly PlannedOperation[],
): Promise<readonly string[]> {
  const own = planned.flatMap(({ operation, skipped }) => (skipped === undefined ? [operation] : []))
  // Nearly every step takes no name away, and the steps before it are not gone through for it.
  if (!withEffects(own).some((operation) => removedName(operation) !== undefined)) return []
  const removed = removedNames(live, earlier, own)
  if (removed.length === 0) return []
  const sqlText = own.map((operation) => (operation.kind === 'sql' ? textFor(operation.text, dialect) : '')).join('\n')
  const bodies = await readBodies(dialect, session, live)
  return bodies.flatMap(({ kind, name, body }) => {
    const bare = new Set([name.replace(/\(.*$/s, '').replace(/^.*\./s, '')])
    if (mentions(sqlText, bare)) return []
    const isTriggered = (key: string): boolean =>
      [...live.triggers.values()].some(({ table, definition }) => tableKey(table) === key && mentions(definition, bare))
    const matches = removed.filter(
      ({ key, table, column }) =>
        mentions(body, new Set([column ?? table])) &&
        (column === undefined || mentions(body, new Set([table])) || isTriggered(key)),
    )
    const affectedNames = new Set(
      matches.map(({ key, column }) => (column === undefined ? nameOfKey(key) : `${nameOfKey(key)}.${column}`)),
    )
    return affectedNames.size === 0
      ? []
      : [
          `${kind} ${name} names ${[...affectedNames].join(', ')} in its body, which a rename or drop does not change: create it again in this revision if it uses ${affectedNames.size === 1 ? 'it' : 'them'}`,
        ]
  })
}

/** Of a plan: the triggers that will run when the step restores values, where the server cannot switch them off. */
export async function triggerNotes(
  dialect: Dialect,
  session: Session,
  preserved: PreservedStore,
  executableStep: ExecutableStep,
): Promise<readonly string[]> {
  if (dialect.rows?.silenceTriggers !== undefined || !preserved.exists) return []
  const { operations, upgraded = [] } = executableStep
  const { direction, ...owner } = stepIdentity(executableStep)
  const restoring = operations.flatMap(({ operation }) =>
    operation.kind === 'run' && operation.direction === 'down' && operation.down === 'restore' ? [operation.label] : [],
  )
  // What an operation of the upgrade preserved comes back with a written downgrade, too.
  const labels = upgraded.flatMap((operation) => preservingLabel(operation) ?? [])
  const steps = direction === 'up' ? [downgradeStep] : new Set([...restoring, ...labels])
  const keys = new Set<string>()
  for (const step of steps) for (const key of await preserved.tables(owner, step)) keys.add(key)
  if (keys.size === 0) return []
  const { triggers } = await dialect.introspection.schema(session, { tables: [...keys].map(refOfKey) })
  return [...keys].flatMap((key) => {
    const names = [...triggers.values()].flatMap(({ name, table }) => (tableKey(table) === key ? [name] : []))
    return names.length === 0
      ? []
      : [`restoring values of ${refText(refOfKey(key))} runs its triggers: ${names.join(', ')}`]
  })
}

type BlockedSessions = BlockedTable['who']
const waiting: { readonly [W in BlockedSessions]: string } = { all: 'readers and writers', writers: 'writers' }

/** A table whose other sessions wait from an operation to the end of the transaction, and the data steps that run meanwhile. */
interface Wait {
  readonly table: string
  readonly who: BlockedSessions
  readonly first: string
  readonly labels: string[]
  /** A commit of the revision before its last ends it. */
  isOfPart?: true
}

function waitText({ table, who, first, labels, isOfPart }: Wait): string {
  const names = labels.map((label) => `"${label}"`).join(', ')
  const steps = labels.length === 1 ? `the data step ${names} runs` : `the data steps ${names} run`
  const end = isOfPart ? 'the next commit of the revision' : 'the revision commits'
  return `${waiting[who]} of ${table} wait from "${first}" until ${end}, while ${steps}`
}

/** Data steps that run while other sessions wait for a table, a line for each table. `before`: the tables as the step finds them. */
export function waitNotes(
  dialect: Dialect,
  before: SchemaModel,
  { operations, groups }: Pick<ForecastStep, 'operations' | 'groups'>,
): readonly string[] {
  if (dialect.compiler.blocked === undefined) return []
  const waits: Wait[] = []
  const since = new Map<string, Wait>()
  const created = new Set<string>()
  // Those behind the last are compiled when they run: the tables are as they were last known.
  const around = operationsAround(groups)
  const due = operations.filter(({ skipped }) => skipped === undefined)
  for (const [at, { operation, describe, statements }] of due.entries()) {
    const { before: model } = around[Math.min(at, around.length - 1)] ?? { before }
    if (operation.kind === 'createTable') created.add(refText(operation.table.ref))
    // Other sessions know it by its old name, which is named already.
    const renamed = renamedTable(operation)
    if (renamed !== undefined) created.add(refText(renamed.to))
    for (const { table: ref, who } of dialect.compiler.blocked(model, operation)) {
      const table = refText(ref)
      const earlier = since.get(table)?.who
      // One that this step creates has no sessions that wait for it. One that a foreign key refers to need not have been read.
      if (created.has(table) || earlier === who || earlier === 'all') continue
      const wait = { table, who, first: describe, labels: [] }
      since.set(table, wait)
      waits.push(wait)
    }
    // What is committed before a data step blocks no other session during it.
    if (statements.some((each) => each.commitAfter === true || isNonTransactional(each))) {
      for (const wait of since.values()) wait.isOfPart = true
      since.clear()
    }
    if (operation.kind !== 'run') continue
    const name = isPreservedLabel(operation.label) ? describe : operation.label
    for (const { labels } of since.values()) labels.push(name)
  }
  return waits.filter(({ labels }) => labels.length > 0).map(waitText)
}

/** What the revisions preserved that a squashed one replaces comes back neither with its upgrade nor with its downgrade. */
export async function replacedNotes(preserved: PreservedStore, { route }: ExecutableStep): Promise<readonly string[]> {
  const { header, step, tier } = route
  if (!preserved.exists) return []
  const notes: string[] = []
  for (const revision of header.replaces ?? []) {
    const owner = { tier: tier.tier.name, revision }
    // An upgrade that recorded this revision has set it aside, and who reverts it was not there.
    const isAside = step.direction === 'down' && (await preserved.hasValues(owner, { step: leftStep }))
    if (isAside || (await preserved.hasValues(owner, { otherThan: downgradeStep })))
      notes.push(
        `what ${revision} preserved for its downgrade stays preserved: the downgrade of this revision does not restore it, and \`migrate preserved restore ${revision}\` writes it back afterwards`,
      )
    if (step.direction === 'down' || !(await preserved.hasValues(owner, { step: downgradeStep }))) continue
    notes.push(
      `what a downgrade of ${revision} preserved stays preserved: \`migrate preserved restore ${revision}\` writes it back afterwards, but no values of columns that this revision does not have; an upgrade with the replaced files restores them`,
    )
  }
  return notes
}

const preserves = (operation: Operation): boolean =>
  counterLabel(operation) !== undefined || (operation.kind === 'run' && operation.down === 'restore')

/**
 * The preserved values of an interrupted step, where their table was dropped since. Only where DDL ends the transaction is that known: there the table
 * is made before the step, whether or not there is something to preserve.
 */
export function lostPreservedNotes(
  { capabilities }: Dialect,
  table: string,
  preserved: Pick<PreservedStore, 'exists'>,
  { route: { step, reverts }, resumed }: ExecutableStep,
): readonly string[] {
  if (preserved.exists || capabilities.transactionalDdl !== 'implicitCommit') return []
  const done = resumed?.resolvedOperations ?? reverts?.parts.flatMap((part) => part.resolvedOperations)
  if (done === undefined) return []
  const direction = reverts?.direction ?? step.direction
  if (direction === 'up' && !done.some(({ operation }) => preserves(operation))) return []
  return [
    `the table ${table} was dropped after this revision was interrupted: the values that it preserved are lost, and nothing restores them`,
  ]
}

/** The counters that a step switches off and cannot preserve: a list of statements reads nothing on the way, and SQL of an author is sent as it is. */
function counterNotes({ capabilities }: Dialect, { route: { step }, operations }: ExecutableStep): readonly string[] {
  const isList = capabilities.statementList === true
  const unread = operations.flatMap(({ operation }) => {
    if (isList) return withEffects([operation])
    return operation.kind === 'sql' && step.direction === 'up' ? (operation.effects ?? []) : []
  })
  return unread.flatMap((operation) =>
    operation.kind === 'alterColumn' && operation.change.identity === null
      ? `the counter of ${refText(operation.table)}.${operation.column} is not preserved: switched on again it goes on behind the greatest number that is there`
      : [],
  )
}

/** A plan shows what is left of an interrupted step; this is the part that it does not show. */
function resumedNotes({ resumed, recorded = [] }: ExecutableStep): readonly string[] {
  if (resumed === undefined) return []
  const { operations, rest } = resumed
  const part = rest === undefined ? '' : ', the last of them in part, and the rest of it runs first'
  return [`it was interrupted: ${operations} of ${counted(recorded.length, 'operation')} applied already${part}`]
}

/** What a step does besides what its operations are for. */
export function cautionNotes(
  dialect: Dialect,
  step: ExecutableStep,
  before: SchemaModel,
  { groups, operations, after }: ForecastStep,
): readonly string[] {
  const cautions = groups.flatMap(({ statements }) => statements.flatMap(({ caution }) => caution ?? []))
  const due = operations.flatMap(({ operation, skipped }) => (skipped === undefined ? [operation] : []))
  // What only the catalog shows of what it does, or the server will refuse.
  const ofCatalog = dialect.compiler.notes?.(before, after, withEffects(due)) ?? []
  return [...resumedNotes(step), ...cautions, ...ofCatalog, ...counterNotes(dialect, step)]
}
