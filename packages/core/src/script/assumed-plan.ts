import type { Plan, PlanStep, TierHeads } from '../compile/plan.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { deepFreeze } from '../model/deep-freeze.ts'
import { present } from '../model/edit.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { downgradeNotes, opaqueNotes, securityNotes } from '../planning/losses/downgrade-notes.ts'
import { cautionNotes, waitNotes } from '../planning/losses/step-notes.ts'
import { headsAfter, headsOf } from '../planning/plan-route.ts'
import { plannedStep } from '../planning/prepare.ts'
import { replayApplied } from '../planning/replay-applied.ts'
import { planRoute } from '../planning/route.ts'
import { compileAll } from './print.ts'
import type { ScriptStep } from './print-step.ts'
import { uncountedLosses } from './step-losses.ts'
import { assumedTiers, prepareAssumed } from './write-script.ts'

interface AssumedRange {
  /** A revision, or `base`. */
  readonly from: string
  readonly to: string
  /** Default: the last tier. */
  readonly tier?: string
}

function planStep(dialect: Dialect, each: ScriptStep): PlanStep {
  const { executableStep, compiled, before } = each
  return {
    ...plannedStep(executableStep, compiled),
    ...present({ foreignKeys: compiled.foreignKeys }),
    losses: uncountedLosses(dialect, compiled),
    notes: [
      ...securityNotes(compiled.groups),
      ...downgradeNotes(dialect, executableStep, compiled.groups),
      ...opaqueNotes(dialect, executableStep.operations),
      ...cautionNotes(dialect, executableStep, before, compiled),
      ...waitNotes(dialect, before, compiled),
    ],
  }
}

/**
 * The plan from one revision to another as the files alone have it: no database is opened, rows are not counted, and guards are answered by
 * the revisions before them. It cannot be run. Throws what a script of the same range throws, but not NOT_PRINTABLE.
 */
export async function planAssumed(resolved: ResolvedOptions, { from, to, tier }: AssumedRange): Promise<Plan> {
  const { dialect } = resolved
  const options = tier === undefined ? {} : { tier }
  const tiers = await assumedTiers(resolved, { from, direction: 'up', ...options })
  const route = planRoute(tiers, to, options)
  const steps = await prepareAssumed(resolved, tiers, to, options)
  const { schema } = await replayApplied(dialect, tiers)
  const heads: readonly TierHeads[] = tiers.map((each) => headsOf(each, each.applied))
  return deepFreeze({
    version: 2,
    dialect: dialect.name,
    database: '',
    tier: tier ?? resolved.tiers.at(-1)?.name ?? '',
    target: to,
    direction: route.direction,
    from: heads,
    to: headsAfter(route),
    transaction: resolved.transaction ?? 'revision',
    steps: compileAll(resolved, { before: schema, steps }).map((each) => planStep(dialect, each)),
    warnings: route.warnings,
  } satisfies Plan)
}
