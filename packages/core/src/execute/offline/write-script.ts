import type { ServerSession } from '../../dialect/dialect.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { interrupted } from '../journal/interrupted.ts'
import { look } from '../look.ts'
import type { PlanOptions, ScriptOptions } from '../migrator-types.ts'
import { invalid, type Settled } from '../options.ts'
import { makePlan, readTierGraphs, refuseForeign } from '../planning.ts'
import { type PreparedStep, prepareStep } from '../prepare.ts'
import { replayApplied } from '../replay-applied.ts'
import { planRoute, type TierGraph } from '../route.ts'
import { assumedTiers } from './assumed.ts'
import { printScriptOf } from './print.ts'
import { printStamp } from './stamp.ts'

/** What `from` says where the database itself is to be asked. */
export const atTheDatabase = 'current'

async function prepareAssumed(
  settled: Settled,
  tiers: readonly TierGraph[],
  target: string | undefined,
  options: PlanOptions,
) {
  const route = planRoute(tiers, target, options)
  const context = {
    dialect: settled.dialect,
    preserves: settled.preserve.upgrades,
    tiers: route.tiers,
    effective: async () => undefined,
    replays: new Map<string, SchemaModel>(),
  }
  const steps: PreparedStep[] = []
  for (const step of route.steps) steps.push(await prepareStep(context, step))
  return steps
}

type Targets = string | readonly string[] | undefined

/** Only a stamp has several at once. */
function oneOf(targets: Targets): string | undefined {
  if (targets === undefined || typeof targets === 'string') return targets
  const [target, ...more] = targets
  if (target !== undefined && more.length === 0) return target
  throw invalid('target', 'only a stamp has several at once')
}

function planOptions({ tier }: ScriptOptions, direction: 'up' | 'down' | undefined): PlanOptions {
  return { ...(tier === undefined ? {} : { tier }), ...(direction === undefined ? {} : { direction }) }
}

/** A script from an assumed position: the files say everything, and no database is opened. */
export async function writeAssumed(settled: Settled, targets: Targets, options: ScriptOptions): Promise<string> {
  const { from = 'base', tier, command = 'upgrade' } = options
  const direction = command === 'downgrade' ? 'down' : 'up'
  const place = { from, direction, ...(tier === undefined ? {} : { tier }) } as const
  const tiers = await assumedTiers(settled, place)
  if (command === 'stamp') return printStamp(settled, tiers, targets ?? 'head', tier)
  const steps = await prepareAssumed(settled, tiers, oneOf(targets), planOptions(options, direction))
  return printScriptOf(settled, {
    tiers,
    before: (await replayApplied(settled.dialect, tiers)).schema,
    steps,
    whole: settled.transaction === 'run',
    allowDataLoss: options.allowDataLoss === true,
    skipData: options.skipData === true,
  })
}

/** A script from where the database stands, compiled from its tables, for a server of its version. */
export async function writeLive(
  settled: Settled,
  session: ServerSession,
  targets: Targets,
  options: ScriptOptions,
): Promise<string> {
  const found = await look(settled, session)
  refuseForeign(found)
  const [open] = found.open
  if (open !== undefined) throw interrupted(open)
  const { command, allowDataLoss = false, skipData = false } = options
  if (command === 'stamp')
    return printStamp(settled, await readTierGraphs(settled, session, found), targets ?? 'head', options.tier)
  const direction = command === undefined ? undefined : command === 'downgrade' ? 'down' : 'up'
  const planned = await makePlan(settled, session, oneOf(targets), {
    ...planOptions(options, direction),
    allowDataLoss,
  })
  return printScriptOf(settled, {
    tiers: planned.route.tiers,
    before: planned.live,
    steps: planned.steps,
    whole: planned.plan.transaction === 'run',
    allowDataLoss,
    skipData,
  })
}
