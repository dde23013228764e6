import { historyRow } from '../bookkeeping/history-row.ts'
import { preservedTable } from '../bookkeeping/tables.ts'
import type { ServerSession } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import {
  isFlag,
  isText,
  isTextOrTexts,
  type OptionChecks,
  oneOf,
  requireArgument,
  requireOptions,
} from '../errors/option-check.ts'
import { planSequential } from '../graph/selection/plan-sequential.ts'
import { movedByStamp, planStamp } from '../graph/selection/plan-stamp.ts'
import { type BookkeepingInspection, inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { PlanOptions, ScriptOptions } from '../options/migrator-options.ts'
import { byScript, invalid, type ResolvedOptions, resolveForDialect } from '../options/resolve-options.ts'
import { hasFileOf, interruptedError } from '../planning/journal/interrupted-revision.ts'
import { makePlan, readTierGraphs, refuseForeign } from '../planning/plan-route.ts'
import { type ExecutableStep, type PrepareContext, prepareStep } from '../planning/prepare.ts'
import { recordingHash, recordUpgrade } from '../planning/recording/record-file.ts'
import { replayApplied } from '../planning/replay-applied.ts'
import { graphsOfFiles, planRoute, selectTier, type TierGraph, tierGraphs } from '../planning/route.ts'
import { forgetPushes } from '../run/push/forget-pushes.ts'
import { printAround, printChecked, printScriptOf } from './print.ts'
import { printLeft } from './print-left.ts'
import { scriptParts, scriptTransaction, whenItRuns } from './script-writer.ts'

/** A script that records a position and changes no table, with the rows of an online stamp. */
async function printStamp(
  resolved: ResolvedOptions,
  tiers: readonly TierGraph[],
  target: string | readonly string[],
  tier: string | undefined,
): Promise<string> {
  const each = tier === undefined ? tiers.at(-1) : tiers.find((one) => one.tier.name === tier)
  if (each?.tier.kind !== 'graph') {
    const why = tier === undefined ? 'there is no graph tier' : `${tier} is not a graph tier`
    throw new MigrateError('INVALID_OPTION', { option: 'tier', why }, `Only the graph tier can be stamped: ${why}.`)
  }
  const { dialect, names } = resolved
  const { to } = planStamp(each.graph, each.applied, target)
  const current = each.squashed?.rows(each.applied) ?? each.applied
  const removed = current.filter((head) => !to.includes(head))
  const added = to.filter((head) => !current.includes(head))
  const shown = (heads: readonly string[]): string => heads.join(', ') || 'base'
  const title = [`stamp ${each.tier.name} from ${shown(current)} to ${shown(to)}: no table is changed`]
  const rows = await Promise.all(
    to.map(async (revision) =>
      historyRow(dialect, names, {
        tier: each.tier.name,
        header: each.graph.get(revision),
        tiers: tiers.map((one) => one.tier.name),
        direction: 'stamp',
        operationsHash: recordingHash(await recordUpgrade(dialect, each, revision)),
        resolvedOperations: [],
        startedAt: whenItRuns,
        finishedAt: whenItRuns,
        ...byScript,
      }),
    ),
  )
  const left = movedByStamp(each.graph, each.applied, to)
  const own = left.length === 0 ? [] : [preservedTable(names)]
  const opening = { title, tiers: [each], steps: [], own }
  return printChecked(resolved, (on, server) =>
    printAround(on, opening, server, async (writer) => {
      const transaction = scriptTransaction(on.dialect, writer, undefined)
      transaction.begin()
      const move = { revision: to[0] ?? '', direction: 'up' as const, removed, added }
      for (const statement of each.tier.store.move(move, whenItRuns.toISOString())) writer.record(statement)
      printLeft(on, writer, each.tier.name, left)
      writer.record(forgetPushes(on.dialect, names))
      for (const row of rows) writer.record(row)
      transaction.end()
    }),
  )
}

const scriptChecks: OptionChecks<ScriptOptions> = {
  command: oneOf('upgrade', 'downgrade', 'stamp'),
  from: isText,
  tier: isText,
  serverVersion: isText,
  skipData: isFlag,
  allowDataLoss: isFlag,
}

/** Whether the database is read for the script. Throws INVALID_OPTION for what `script` doesn't take. */
export function isLive(target: unknown, options: ScriptOptions): boolean {
  if (target !== undefined) requireArgument('script', 'target', target, isTextOrTexts)
  return requireOptions('script', options, scriptChecks).from === 'current'
}

/** The tiers as their files have them, with nothing applied. No database is asked. */
async function unapplied(resolved: ResolvedOptions): Promise<readonly TierGraph[]> {
  return tierGraphs(
    resolved,
    {
      applied: new Map(),
      present: new Set(),
      outdated: new Set(),
      isCurrent: true,
      empty: true,
      without: new Set(),
      interrupted: [],
    },
    async () => undefined,
    'refuse',
  )
}

function appliedAt(each: TierGraph, from: string): readonly string[] {
  if (from === 'base') return []
  if (each.tier.kind === 'graph') return planStamp(each.graph, [], from).to
  return planSequential(each.names, [], from, 'up').steps.map((step) => step.revision)
}

/**
 * The tiers with what is assumed of the database: the addressed one stands at `from`. The tiers before it have gone their whole way,
 * unless an upgrade begins at `base`: then nothing at all is there. Those behind it have nothing.
 */
export async function assumedTiers(
  resolved: ResolvedOptions,
  { from, tier, direction }: { readonly from: string; readonly tier?: string; readonly direction: 'up' | 'down' },
): Promise<readonly TierGraph[]> {
  const tiers = await unapplied(resolved)
  const addressed = selectTier(tiers, tier)
  const at = tiers.indexOf(addressed)
  const applied = appliedAt(addressed, from)
  const nothing = applied.length === 0 && direction === 'up'
  return tiers.map((each, index) => {
    if (index > at || (nothing && index < at)) return each
    return { ...each, applied: index === at ? applied : each.names }
  })
}

/** The steps from an assumed position to a target. */
export async function prepareAssumed(
  resolved: ResolvedOptions,
  tiers: readonly TierGraph[],
  target: string | undefined,
  options: PlanOptions,
) {
  const route = planRoute(tiers, target, options)
  const context: PrepareContext = {
    dialect: resolved.dialect,
    preserves: resolved.preserve.upgrades,
    isAssumed: true,
    tiers: route.tiers,
    resolvedOperations: async () => undefined,
    replays: new Map<string, SchemaModel>(),
  }
  const steps: ExecutableStep[] = []
  for (const step of route.steps) steps.push(await prepareStep(context, step))
  return steps
}

type Targets = string | readonly string[] | undefined

/** Only a stamp has several at once. */
function singleTarget(targets: Targets): string | undefined {
  if (targets === undefined || typeof targets === 'string') return targets
  const [target, ...more] = targets
  if (target !== undefined && more.length === 0) return target
  throw invalid('target', 'only a stamp has several at once')
}

function planOptions({ tier }: ScriptOptions, direction: 'up' | 'down' | undefined): PlanOptions {
  return { ...(tier === undefined ? {} : { tier }), ...(direction === undefined ? {} : { direction }) }
}

/** With the dialect of the version that the script is for. */
async function forServer(resolved: ResolvedOptions, { serverVersion }: ScriptOptions): Promise<ResolvedOptions> {
  if (serverVersion === undefined) return resolved
  const { dialect } = resolved
  const script = scriptParts(dialect)
  if (script.forServer === undefined)
    throw invalid('serverVersion', `scripts for ${dialect.name} are the same for every version`)
  const named = script.forServer(serverVersion)
  if (named === undefined)
    throw invalid('serverVersion', `"${serverVersion}" is no supported version of ${dialect.name}`)
  return resolveForDialect(resolved, await named.load())
}

/** A script from an assumed position: the files say everything, and no database is opened. */
export async function writeAssumed(
  unversioned: ResolvedOptions,
  targets: Targets,
  options: ScriptOptions,
): Promise<string> {
  const resolved = await forServer(unversioned, options)
  const { from = 'base', tier, command = 'upgrade' } = options
  const direction = command === 'downgrade' ? 'down' : 'up'
  const assumption = { from, direction, ...(tier === undefined ? {} : { tier }) } as const
  const tiers = await assumedTiers(resolved, assumption)
  if (command === 'stamp') return printStamp(resolved, tiers, targets ?? 'head', tier)
  const steps = await prepareAssumed(resolved, tiers, singleTarget(targets), planOptions(options, direction))
  return printScriptOf(resolved, {
    tiers,
    before: (await replayApplied(resolved.dialect, tiers)).schema,
    steps,
    whole: resolved.transaction === 'run',
    allowDataLoss: options.allowDataLoss === true,
    skipData: options.skipData === true,
  })
}

function refuseOutdated({ dialect }: ResolvedOptions, { outdated }: BookkeepingInspection): void {
  const [table] = outdated
  if (table === undefined) return
  const why = 'its rows have an earlier format than those that the script writes'
  throw new MigrateError(
    'BOOKKEEPING_INVALID',
    { table, why },
    `The table ${table} in ${dialect.connection.database} is out of date: ${why}.`,
    {
      remedy:
        'Run `migrate ensure-version`, which brings the tables to the current format, and write the script again.',
    },
  )
}

/** A script from where the database stands, compiled from its tables, for a server of its version. */
export async function writeLive(
  unversioned: ResolvedOptions,
  session: ServerSession,
  targets: Targets,
  options: ScriptOptions,
): Promise<string> {
  const resolved = await forServer(unversioned, options)
  const inspection = await inspectBookkeeping(resolved, session)
  refuseForeign(inspection)
  refuseOutdated(resolved, inspection)
  const [interrupted] = inspection.interrupted
  if (interrupted !== undefined)
    throw interruptedError(interrupted, hasFileOf(await graphsOfFiles(resolved), interrupted))
  const { command, allowDataLoss = false, skipData = false } = options
  if (command === 'stamp')
    return printStamp(resolved, await readTierGraphs(resolved, session, inspection), targets ?? 'head', options.tier)
  const direction = command === undefined ? undefined : command === 'downgrade' ? 'down' : 'up'
  const planned = await makePlan(resolved, session, singleTarget(targets), {
    ...planOptions(options, direction),
    allowDataLoss,
  })
  return printScriptOf(resolved, {
    tiers: planned.route.tiers,
    before: planned.live,
    steps: planned.steps,
    whole: planned.plan.transaction === 'run',
    allowDataLoss,
    skipData,
  })
}
