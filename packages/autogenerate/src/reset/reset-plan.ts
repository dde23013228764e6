import { MigrateError, type Operation } from '@org/migrate-core'
import {
  emptySchema,
  refText,
  type SchemaModel,
  type ServerSession,
  type Session,
  type Statement,
  tableKey,
} from '@org/migrate-core/dialect'
import {
  type BookkeepingInspection,
  deleteRows,
  historySource,
  inspectBookkeeping,
  isOpaque,
  ownTables,
  type RecordedStep,
  type ResolvedOptions,
  readAllSteps,
  readTierGraphs,
  recordUpgrade,
  refuseForeign,
  revisionKey,
  rulesOf,
  type TierGraph,
  wholeSchema,
} from '@org/migrate-core/internal'
import { diffSchemas } from '../compare/diff.ts'
import { ObjectNames, partOfSchema } from './object-names.ts'

/** What a reset drops, in words, and what it leaves. */
export interface ResetSummary {
  readonly drops: readonly string[]
  readonly remaining: readonly string[]
  /** Applied revisions with SQL that doesn't declare what it does: what it made may be left. */
  readonly opaque: readonly string[]
}

interface ResetPlan extends ResetSummary {
  /** The live schema, which the operations are compiled on. */
  readonly model: SchemaModel
  readonly operations: readonly Operation[]
  /**
   * Run behind the operations, because our own tables say what belongs to the history. They are emptied, not dropped, so that they are there for
   * a process that has looked which of them exist and is about to read them; tables of another format are dropped.
   */
  readonly emptied: readonly Statement[]
}

interface OwnObjects {
  readonly names: ObjectNames
  readonly opaque: readonly string[]
}

/** What the history says of its steps; nothing where there is no history. */
const readSteps = async (
  { dialect, names }: ResolvedOptions,
  session: Session,
  { present }: BookkeepingInspection,
): Promise<readonly RecordedStep[]> => (present.has(names.history) ? await readAllSteps(dialect, names, session) : [])

/** The newest upgrade of each revision, where it is known what that did: a guarded operation may have found what it was to make. */
function knownUpgrades(steps: readonly RecordedStep[]): ReadonlyMap<string, RecordedStep> {
  const known = new Map<string, RecordedStep>()
  for (const step of steps) {
    const key = revisionKey(step.tier, step.revision)
    if (step.direction === 'up' && step.operations !== undefined) known.set(key, step)
    else if (step.direction !== 'push') known.delete(key)
  }
  return known
}

/** What the applied and the interrupted revisions make: by the history, else by their files. A file that is gone is what the history is read for. */
async function namesByRevisions(
  { dialect }: ResolvedOptions,
  tiers: readonly TierGraph[],
  { interrupted }: BookkeepingInspection,
  steps: readonly RecordedStep[],
): Promise<OwnObjects> {
  const names = new ObjectNames()
  const opaque: string[] = []
  const known = knownUpgrades(steps)
  for (const each of tiers) {
    const { tier, graph } = each
    const isInterrupted = (revision: string): boolean =>
      interrupted.some((step) => step.tier === tier.name && step.revision === revision)
    const applied = rulesOf(each).applied(each)
    for (const revision of rulesOf(each).order(each)) {
      if (!applied.has(revision) && !isInterrupted(revision)) continue
      if (graph.has(revision) && graph.get(revision).source === historySource) continue
      const step = isInterrupted(revision) ? undefined : known.get(revisionKey(tier.name, revision))
      const operations =
        step?.operations ?? (await recordUpgrade(dialect, each, revision)).operations.map(({ operation }) => operation)
      names.followStep(dialect, step ?? { operations, columns: new Map() })
      if (operations.some(isOpaque)) opaque.push(revision)
    }
  }
  return { names, opaque }
}

/** What the history says that its revisions made, whether they have files or not. */
function namesByHistory({ dialect }: ResolvedOptions, steps: readonly RecordedStep[]): ObjectNames {
  const names = new ObjectNames()
  for (const step of steps) names.followStep(dialect, step)
  return names
}

/** A table that stays and refers to one that goes would be refused in the middle, on a server that commits each statement. */
function refuseReferences(model: SchemaModel, dropped: SchemaModel): void {
  for (const [key, table] of dropped.tables) {
    const dependants = [...model.tables.values()]
      .filter((other) => !dropped.tables.has(tableKey(other.ref)))
      .filter(({ constraints }) =>
        constraints.some((each) => each.kind === 'foreignKey' && tableKey(each.references.table) === key),
      )
      .map(({ ref }) => `table ${refText(ref)}`)
    if (dependants.length === 0) continue
    const object = `table ${refText(table.ref)}`
    throw new MigrateError(
      'DEPENDENT_OBJECTS',
      { object, dependants },
      `The ${object} cannot be dropped: ${dependants.join(', ')}, which no revision made, refers to it.`,
      { remedy: 'Drop what refers to it, or run `migrate reset --everything`.' },
    )
  }
}

function described(model: SchemaModel): readonly string[] {
  const texts = (kind: string, all: ReadonlyMap<string, { readonly ref: Parameters<typeof refText>[0] }>) =>
    [...all.values()].map(({ ref }) => `${kind} ${refText(ref)}`)
  return [
    ...texts('table', model.tables),
    ...texts('view', model.views),
    ...texts('enum', model.enums),
    ...[...model.sequences.values()]
      .filter(({ ownedBy }) => ownedBy === undefined)
      .map(({ ref }) => `sequence ${refText(ref)}`),
  ]
}

/**
 * What a reset of this database drops: the objects of its history, by the files and by what the history recorded; with `everything` all
 * others of the connection's own schema too.
 *
 * Throws DEPENDENT_OBJECTS, FOREIGN_HISTORY, and what reading the revisions throws.
 */
export async function planReset(
  resolved: ResolvedOptions,
  session: ServerSession,
  everything: boolean,
): Promise<ResetPlan> {
  const { dialect, names } = resolved
  const inspection = await inspectBookkeeping(resolved, session, { unreadable: 'skip' })
  if (!everything) refuseForeign(inspection)
  const tiers = await readTierGraphs(resolved, session, inspection, 'fill', { readAll: true })
  const steps = await readSteps(resolved, session, inspection)
  const { names: owned, opaque } = await namesByRevisions(resolved, tiers, inspection, steps)
  owned.addAll(namesByHistory(resolved, steps))
  const introspected = await dialect.introspection.schema(session, { whole: true })
  const model = dialect.model.respell?.(introspected, owned.tables()) ?? introspected
  const ours = new Set(ownTables(resolved).map(({ ref }) => ref.name))
  const isOurs = (kind: string, ref: { readonly name: string; readonly schema?: string }): boolean =>
    kind === 'table' && ref.schema === undefined && ours.has(ref.name)
  const dropped = partOfSchema(model, (kind, ref) => {
    if (isOurs(kind, ref)) return false
    return owned.has(kind, ref) || (everything && kind !== 'schema' && ref.schema === undefined)
  })
  const left = partOfSchema(
    model,
    (kind, ref) => !isOurs(kind, ref) && ref.schema === undefined && kind !== 'schema' && !isIn(dropped, kind, ref),
  )
  refuseReferences(model, dropped)
  const { changes } = await diffSchemas({ dialect, from: dropped, to: wholeSchema(emptySchema) })
  const operations = changes.flatMap((change) => (change.kind === 'operation' ? [change.operation] : []))
  // The table of the lock stays as it is: this run holds it. The one of the history comes last.
  const last = [names.journal, names.preserved, ...tiers.map(({ tier }) => tier.store.table.ref.name), names.history]
  const bookkeeping = last.filter((name) => inspection.present.has(name))
  const own = new Map(ownTables(resolved).map(({ ref, columns }) => [ref.name, columns]))
  const isWhole = (name: string): boolean => {
    const live = new Set(model.tables.get(tableKey({ name }))?.columns.map((column) => column.name))
    return own.get(name)?.every((column) => live.has(column.name)) === true
  }
  const isEmptied = bookkeeping.every(isWhole)
  return {
    model,
    operations: [
      ...operations,
      ...(isEmptied ? [] : bookkeeping).map((name): Operation => ({ kind: 'dropTable', table: { name } })),
    ],
    emptied: isEmptied ? bookkeeping.map((name) => deleteRows(dialect, name)) : [],
    drops: described(dropped),
    remaining: described(left),
    opaque,
  }
}

const parts = { table: 'tables', view: 'views', enum: 'enums', sequence: 'sequences' } as const

function isIn(model: SchemaModel, kind: keyof typeof parts, ref: Parameters<typeof tableKey>[0]): boolean {
  return model[parts[kind]].has(tableKey(ref))
}
