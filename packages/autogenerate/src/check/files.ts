import { type Irreversible, isMigrateError, type Operation } from '@org/migrate-core'
import { type Dialect, describe, emptySchema, invert, type SchemaModel, someOf } from '@org/migrate-core/dialect'
import {
  historySource,
  isOpaque,
  type ResolvedOptions,
  recordDowngrade,
  recordUpgrade,
  type TierGraph,
} from '@org/migrate-core/internal'
import type { CheckFinding } from './types.ts'

/** What one file amounts to, as far as that is seen without a database. */
interface RecordedFile {
  readonly operations: readonly Operation[]
  readonly hasDowngrade: boolean
}

/** A tier with what its files record; those that could not be recorded are told and left out. */
interface RecordedTier extends Pick<TierGraph, 'tier' | 'graph'> {
  readonly files: ReadonlyMap<string, RecordedFile>
  readonly findings: readonly CheckFinding[]
}

/** The work; or what keeps a function of a revision from being recorded, as a finding. */
async function recordOrReport<T>(
  { tier }: TierGraph,
  revision: string,
  what: string,
  work: () => Promise<T>,
): Promise<{ readonly recorded: T } | { readonly finding: CheckFinding }> {
  try {
    return { recorded: await work() }
  } catch (error) {
    if (!isMigrateError(error)) throw error
    const finding = { kind: 'cannot be recorded', level: 'problem', tier: tier.name, revisions: [revision] } as const
    return { finding: { ...finding, what: `${what}: ${error.message}`, next: error.remedy } }
  }
}

/** Imports and records every file of a tier. No database is asked. */
export async function recordTier(dialect: Dialect, each: TierGraph): Promise<RecordedTier> {
  const { tier, graph } = each
  const files = new Map<string, RecordedFile>()
  const findings: CheckFinding[] = []
  for (const revision of graph.order) {
    const { source } = graph.get(revision)
    if (source === historySource) continue
    const refused = `cannot be recorded on ${dialect.name}`
    const up = await recordOrReport(each, revision, `Revision ${revision} ${refused}`, () =>
      recordUpgrade(dialect, each, revision),
    )
    if ('finding' in up) {
      findings.push(up.finding)
      continue
    }
    const down = await recordOrReport(each, revision, `The downgrade of revision ${revision} ${refused}`, () =>
      recordDowngrade(dialect, each, revision),
    )
    if ('finding' in down) findings.push(down.finding)
    files.set(revision, {
      operations: up.recorded.operations.map(({ operation }) => operation),
      hasDowngrade: 'finding' in down || down.recorded !== undefined,
    })
  }
  return { tier, graph, files, findings }
}

/** Where `upgrade head` cannot choose. With `heads: 'several'` that is intended; each head then needs a label that names no other. */
function severalHeads({ tier, graph }: RecordedTier, heads: ResolvedOptions['heads']): readonly CheckFinding[] {
  const { effectiveHeads } = graph
  if (tier.kind === 'sequential' || effectiveHeads.length < 2) return []
  const finding = { kind: 'several heads', tier: tier.name } as const
  const what = `There are ${effectiveHeads.length} heads: ${someOf(effectiveHeads)}.`
  if (heads === 'one') {
    return [
      {
        ...finding,
        level: 'problem',
        revisions: effectiveHeads,
        what: `${what} \`upgrade head\` will not choose between them.`,
        next: "Join them with `migrate merge heads`; `migrate check --branches` shows whether they touch the same things. If they are intended, set `heads: 'several'` in the configuration and give each a branch label.",
      },
    ]
  }
  const shared = (label: string): boolean =>
    effectiveHeads.filter((head) => graph.labelsOf(head).includes(label)).length > 1
  const unlabelled = effectiveHeads.filter((head) => graph.labelsOf(head).every(shared))
  const next = (ids: string): string =>
    `Write a branch label of its own into ${ids}, or join the heads with \`migrate merge heads\`.`
  return [
    {
      ...finding,
      level: 'information',
      revisions: effectiveHeads,
      what,
      next: 'Run `migrate upgrade heads`, or name a branch: `migrate upgrade <label>@head`.',
    },
    ...(unlabelled.length === 0
      ? []
      : [
          {
            ...finding,
            level: 'problem',
            revisions: unlabelled,
            what: `The configuration allows several heads, and ${someOf(unlabelled)} ${unlabelled.length === 1 ? 'has' : 'have'} no branch label of ${unlabelled.length === 1 ? 'its' : 'their'} own.`,
            next: next(someOf(unlabelled)),
          } as const,
        ]),
  ]
}

/** Revisions with SQL that does not say what it does to the schema. */
export function opaqueFindings({ tier, files }: RecordedTier): readonly CheckFinding[] {
  return [...files].flatMap(([revision, { operations }]): readonly CheckFinding[] => {
    const opaqueOperations = operations.filter(isOpaque)
    if (opaqueOperations.length === 0) return []
    return [
      {
        kind: 'opaque',
        level: 'information',
        tier: tier.name,
        revisions: [revision],
        what: `Revision ${revision} has SQL that does not say what it does: ${someOf(opaqueOperations.map(describe), 3, '; ')}.`,
        next: 'Declare its `effects` where it changes tables, and a replay and `check --branches` take it into account.',
      },
    ]
  })
}

function isIrreversible(inverse: readonly Operation[] | Irreversible): inverse is Irreversible {
  return 'irreversible' in inverse
}

/** Why a revision has no derived downgrade, operation by operation, and the schema behind it; undefined where that cannot be told. */
function foldOperations(
  dialect: Dialect,
  before: SchemaModel,
  operations: readonly Operation[],
): { readonly after: SchemaModel | undefined; readonly whys: readonly string[] } {
  const whys: string[] = []
  let model = before
  try {
    for (const operation of operations) {
      const inverse = invert(model, operation)
      model = dialect.model.apply(model, operation)
      if (isIrreversible(inverse)) whys.push(`${describe(operation)} (${inverse.why})`)
      if (isOpaque(operation)) return { after: undefined, whys }
    }
    return { after: model, whys }
  } catch (error) {
    // Tables that were there before the first revision, or that opaque SQL made, are in no replay: nothing is concluded from it.
    if (isMigrateError(error)) return { after: undefined, whys }
    throw error
  }
}

/** Revisions without a downgrade of their own from which none can be derived. */
function irreversible(dialect: Dialect, tiers: readonly RecordedTier[]): readonly CheckFinding[] {
  const findings: CheckFinding[] = []
  let model = emptySchema
  for (const { tier, graph, files } of tiers) {
    for (const revision of graph.order) {
      const file = files.get(revision)
      if (file === undefined) continue
      const { after, whys } = foldOperations(dialect, model, file.operations)
      model = after ?? model
      if (file.hasDowngrade || whys.length === 0) continue
      findings.push({
        kind: 'irreversible',
        level: 'information',
        tier: tier.name,
        revisions: [revision],
        what: `Revision ${revision} has no downgrade, and none can be derived: ${whys.join('; ')}.`,
        next: 'Write a `downgrade` (in SQL: a `down.sql`), or leave it: a downgrade below this revision is then refused.',
      })
    }
  }
  return findings
}

/** What the files alone tell. */
export function fileFindings(
  { dialect, heads }: ResolvedOptions,
  tiers: readonly RecordedTier[],
): readonly CheckFinding[] {
  return [
    ...tiers.flatMap((each) => [...each.findings, ...severalHeads(each, heads)]),
    ...irreversible(dialect, tiers),
    ...tiers.flatMap(opaqueFindings),
  ]
}
