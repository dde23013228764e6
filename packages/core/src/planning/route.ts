import type { InterruptedStep } from '../bookkeeping/journal-entries.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { HeaderOptions } from '../files/revision-source.ts'
import { createRevisionGraph } from '../graph/create-revision-graph.ts'
import { currentNodes, isSquashed } from '../graph/current-nodes.ts'
import { maximalOf } from '../graph/extremes.ts'
import { parseTarget } from '../graph/parse-target.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import type { RevisionGraph } from '../graph/revision-graph.ts'
import type { Direction, RevisionStep } from '../graph/selection/plan.ts'
import { planDowngrade } from '../graph/selection/plan-downgrade.ts'
import { planSequential } from '../graph/selection/plan-sequential.ts'
import { planUpgrade } from '../graph/selection/plan-upgrade.ts'
import { defaultTarget } from '../graph/target.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'
import type { PlanOptions } from '../options/migrator-options.ts'
import type { ResolvedTier, UnloadedOptions } from '../options/resolve-options.ts'
import type { SquashedTier } from './squashed-tier.ts'

/** A tier with its revisions, read from their headers. */
export interface TierGraph {
  readonly tier: ResolvedTier
  readonly graph: RevisionGraph<RevisionHeader>
  /** Sequential: the names in their order. */
  readonly names: readonly string[]
  readonly applied: readonly string[]
  /** Applied, but no file has it. */
  readonly unknown: readonly string[]
  /** Absent: none of its files is a squashed revision. */
  readonly squashed?: SquashedTier | undefined
}

export interface RouteStep {
  readonly tier: TierGraph
  readonly header: RevisionHeader
  readonly step: RevisionStep
  /** The interrupted step that it takes back. */
  readonly reverts?: InterruptedStep
  /** A squashed revision whose range is applied: nothing of it is run. */
  readonly isRecordedOnly?: true
}

export interface Route {
  readonly direction: Direction
  readonly target: string
  readonly steps: readonly RouteStep[]
  readonly tiers: readonly TierGraph[]
  readonly warnings: readonly string[]
  /** The id of the run that it takes back. */
  readonly run?: string
}

/**
 * Applied revisions whose file is gone, and on which files stand that are there: `refuse` (MISSING_PARENT, MISSING_DEPENDENCY), or
 * `fill` in what the history knew of them.
 */
export type Gaps = 'refuse' | 'fill'

/**
 * Reads the headers of every tier. `missing` gives headers for applied revisions whose file is gone (from the history), so
 * that they can at least be reverted.
 */
export async function tierGraphs(
  resolved: UnloadedOptions,
  inspection: BookkeepingInspection,
  missing: (tier: string, revision: string) => Promise<RevisionHeader | undefined>,
  gaps: Gaps = 'refuse',
  options: HeaderOptions = {},
): Promise<readonly TierGraph[]> {
  const tiers = resolved.tiers.filter((tier) => !inspection.without.has(tier.name))
  return Promise.all(
    tiers.map(async (tier): Promise<TierGraph> => {
      const files = await tier.source.headers(options)
      const rows = inspection.applied.get(tier.name) ?? []
      const interrupted = inspection.interrupted.flatMap((step) => (step.tier === tier.name ? [step.revision] : []))
      const replaced =
        tier.kind === 'graph' && files.some(isSquashed)
          ? (await import('./squashed-tier.ts')).replaceHeaders(files, { rows, interrupted })
          : undefined
      const applied = replaced?.rows ?? rows
      const headers = [...(replaced?.nodes ?? files)]
      const headerIds = new Set(headers.map((header) => header.revision))
      const unknown = applied.filter((revision) => !headerIds.has(revision))
      const names = headers.map((header) => header.revision).sort()
      if (tier.kind === 'graph') {
        const undescribed = gaps === 'fill' ? [...unknown, ...namedWithoutFile(headers, headerIds)] : unknown
        if (undescribed.length > 0) {
          const { addMissing } = await import('../bookkeeping/missing-header.ts')
          await addMissing(headers, headerIds, undescribed, async (revision) => {
            const header = await missing(tier.name, revision)
            return header && (replaced?.rename(header) ?? header)
          })
        }
      }
      return { tier, graph: createRevisionGraph(headers), names, applied, unknown, squashed: replaced?.squashed }
    }),
  )
}

/** Revisions that headers refer to and that have no header; a dependency may be a label. */
function namedWithoutFile(headers: readonly RevisionHeader[], headerIds: ReadonlySet<string>): readonly string[] {
  const unmatched = new Set<string>()
  for (const { parents, dependsOn } of headers) {
    for (const name of parents) if (!headerIds.has(name)) unmatched.add(name)
    for (const name of dependsOn) if (!headerIds.has(name)) unmatched.add(name)
  }
  if (unmatched.size > 0)
    for (const { branchLabels } of headers) for (const label of branchLabels) unmatched.delete(label)
  return [...unmatched]
}

/** Throws TIER_UNKNOWN. */
export function selectTier(tiers: readonly TierGraph[], name: string | undefined): TierGraph {
  const last = tiers.at(-1)
  const selected = name === undefined ? last : tiers.find((each) => each.tier.name === name)
  if (selected !== undefined) return selected
  const names = tiers.map((each) => each.tier.name)
  throw new MigrateError(
    'TIER_UNKNOWN',
    { tier: name ?? '', tiers: names },
    `There is no tier ${name}; there are ${names.join(', ')}.`,
  )
}

const ownHistory =
  'Use the release that knows these revisions, or bring their files back. If they are those of another service, give this one bookkeeping tables of its own by the option `tables`.'

/** Where the history describes all of them: the downgrade that reverts them. */
function revertUnknown(each: TierGraph): string | undefined {
  const { graph, names, unknown } = each
  if (!unknown.every((revision) => graph.has(revision))) return undefined
  if (isAnotherProgram(each)) return ownHistory
  const above = graph.ancestorsOf(unknown)
  const [stop, ...more] = maximalOf(
    graph,
    names.filter((name) => above.has(name)),
  )
  const [row, ...rows] = unknown
  if (stop === undefined || more.length > 0 || rows.length > 0) return undefined
  return `Use the release that knows these revisions, or bring their files back, or revert them by what the history has of them: \`migrate downgrade ${row}@${stop}\`.`
}

export function refuseUnknown(each: TierGraph): never {
  const table = each.tier.store.table.ref.name
  throw new MigrateError(
    'UNKNOWN_APPLIED_REVISION',
    { table, revisions: each.unknown },
    `${table} names applied revisions that no file has: ${each.unknown.join(', ')}.`,
    { remedy: revertUnknown(each) },
  )
}

/** Upwards nothing may stand on what only the history knows. Throws MISSING_PARENT, MISSING_DEPENDENCY. */
function refuseGaps({ graph, names }: TierGraph): void {
  if (graph.size !== names.length) createRevisionGraph(names.map((name) => graph.get(name)))
}

/**
 * Where a newer release went further, what it stands on has a file here. Where nothing has one this is the database of another
 * program, and a downgrade from the history alone would drop its tables.
 */
function isAnotherProgram({ graph, names, applied, unknown }: TierGraph): boolean {
  if (unknown.length === 0) return false
  const below = graph.ancestorsOf(applied)
  return !names.some((name) => below.has(name))
}

/** Throws UNKNOWN_APPLIED_REVISION where nothing describes what is applied. */
export function refuseUndescribed(each: TierGraph): void {
  const undescribed = each.unknown.filter((revision) => !each.graph.has(revision))
  if (undescribed.length > 0 || isAnotherProgram(each))
    refuseUnknown({ ...each, unknown: undescribed.length > 0 ? undescribed : each.unknown })
}

function down(each: TierGraph, target: string): readonly RevisionStep[] {
  refuseUndescribed(each)
  const { steps } = planDowngrade(each.graph, each.applied, target)
  return each.squashed?.actualRows(steps) ?? steps
}

/** Whether a target names something that is applied already and lies below: then the way leads down. */
function leadsDown(each: TierGraph, target: string): boolean {
  const { branch, symbol, steps } = parseTarget(target) ?? {}
  if (symbol === undefined && steps !== undefined) return !target.includes('+')
  if (steps === undefined) {
    if (symbol === 'base') return true
    if (symbol === 'head' || symbol === 'heads') return false
    if (branch === undefined && each.applied.includes(target)) return false
  }
  if (each.applied.length === 0) return false
  if (each.unknown.length > 0) return true
  return planUpgrade(each.graph, each.applied, target).steps.length === 0
}

/**
 * Decides which revisions run, in which order. Tiers before the addressed one go to their head first; a target never leads
 * down past a tier that stands on it.
 */
export function planRoute(tiers: readonly TierGraph[], requested: string | undefined, options: PlanOptions): Route {
  const addressed = selectTier(tiers, options.tier)
  const target = requested ?? defaultTarget(addressed.graph)
  const at = tiers.indexOf(addressed)
  const steps: RouteStep[] = []
  const warnings: string[] = []
  const add = (each: TierGraph, planned: readonly RevisionStep[]): void => {
    for (const step of planned) steps.push({ tier: each, header: each.graph.get(step.revision), step })
  }
  const name = (each: TierGraph): string => each.tier.name
  for (const each of tiers) {
    if (each.tier.kind === 'sequential' && each.unknown.length > 0) {
      warnings.push(
        `Tier ${name(each)}: ${each.unknown.join(', ')} is recorded as applied but has no file; it is left as it is.`,
      )
    }
  }

  const sequential = (each: TierGraph, to: string, direction?: Direction): Direction => {
    const plan = planSequential(each.names, each.applied, to, direction)
    add(each, plan.steps)
    if (plan.gaps.length > 0)
      warnings.push(`Tier ${name(each)}: ${plan.gaps.join(', ')} is missing in the middle and will run now.`)
    return plan.direction
  }

  const refuseBelow = (): void => {
    const blocker = tiers.slice(at + 1).find((each) => each.applied.length > 0)
    if (blocker === undefined) return
    throw new MigrateError(
      'TIER_BLOCKED',
      { tier: name(addressed), by: name(blocker), applied: blocker.applied },
      `Tier ${name(addressed)} cannot be downgraded while ${name(blocker)} is at ${blocker.applied.join(', ')}.`,
    )
  }

  if (addressed.tier.kind === 'sequential') {
    if (options.direction !== 'down') for (const each of tiers.slice(0, at)) sequential(each, 'head', 'up')
    const direction = sequential(addressed, target, options.direction)
    if (direction === 'down') refuseBelow()
    return { direction, target, steps, tiers, warnings }
  }
  const direction = options.direction ?? (leadsDown(addressed, target) ? 'down' : 'up')
  if (direction === 'down') add(addressed, down(addressed, target))
  else {
    addressed.squashed?.refuseInside(requested)
    if (addressed.unknown.length > 0) refuseUnknown(addressed)
    refuseGaps(addressed)
    for (const each of tiers.slice(0, at)) if (each.tier.kind === 'sequential') sequential(each, 'head', 'up')
    for (const step of addressed.squashed?.recordings() ?? [])
      steps.push({ tier: addressed, header: addressed.graph.get(step.revision), step, isRecordedOnly: true })
    add(addressed, planUpgrade(addressed.graph, addressed.applied, target).steps)
  }
  return { direction, target, steps, tiers, warnings }
}

/** The tiers as their files alone have them. */
export function graphsOfFiles({ tiers }: UnloadedOptions, options: HeaderOptions = {}): Promise<readonly TierGraph[]> {
  return Promise.all(
    tiers.map(async (tier): Promise<TierGraph> => {
      const headers = await currentNodes(await tier.source.headers(options))
      const names = headers.map(({ revision }) => revision).sort()
      return { tier, graph: createRevisionGraph(headers), names, applied: [], unknown: [] }
    }),
  )
}
