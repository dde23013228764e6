import { createMigrator, type Direction, MigrateError, type Migrator, type RunResult } from '@org/migrate-core'
import {
  isDialect,
  isFunction,
  isText,
  type OptionCheck,
  requireOptions,
  shaped,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import {
  contextOf,
  createSharedPlans,
  isCount,
  readingAhead,
  runTo,
  type SharedPlans,
} from '@org/migrate-core/internal'
import type { Fleet, FleetOptions, FleetResult, FleetRunOptions } from './fleet-types.ts'
import { ensuring } from './members/ensure.ts'
import { checkMember, type FleetMember } from './members/member.ts'
import { rollOut } from './run/rollout.ts'
import { isSharedTier, splitTiers, withShared } from './shared-tier.ts'
import { checkStages, isParallel, isStages } from './stages/stage.ts'
import { readRecord } from './state/store.ts'
import { checkFleet, planFleet, readFleetStatus } from './survey.ts'

const defaultParallel = 8

const isSource: OptionCheck = (value) =>
  Array.isArray(value) || typeof value === 'function'
    ? undefined
    : 'a list of members, or a function that lists them, is expected'

/** Throws INVALID_OPTION: a gate that is named wrongly would stay closed. */
function requireGates(stages: FleetOptions['stages'] = [], { openGates = [] }: FleetRunOptions): void {
  const unknown = openGates.find((name) => !stages.some((stage) => stage.name === name && stage.gate !== undefined))
  if (unknown === undefined) return
  const why = `no stage ${unknown} has a gate`
  throw new MigrateError('INVALID_OPTION', { option: 'openGates', why }, `The option \`openGates\`: ${why}.`)
}

/** Throws INVALID_OPTION. */
function requireState(state: FleetOptions['state']): UnloadedDialect {
  if (state !== undefined) return state
  const why = 'the fleet has none, so that no outcome is recorded'
  throw new MigrateError('INVALID_OPTION', { option: 'state', why }, `The option \`state\`: ${why}.`)
}

const ownChecks = {
  members: isSource,
  dialect: isFunction,
  state: isDialect,
  stages: isStages,
  parallel: isParallel,
  retry: shaped({ times: isCount, delayMs: isCount }),
  shared: isSharedTier,
  baseDirectory: isText,
}

/**
 * Many databases with one history: schemas, databases or files. What a member needs is planned once for all members in the same state.
 *
 * Throws INVALID_OPTION.
 *
 * ```ts
 * const fleet = createFleet({
 *   members: fileMembers('tenants/*.db', { baseDirectory: '/var/lib/app' }),
 *   dialect: ({ url = '' }) => sqliteDialect({ url }),
 *   tiers: [graph(new URL('./migrations/', import.meta.url))],
 *   state: sqliteDialect({ url: 'sqlite:////var/lib/app/fleet.db' }),
 * })
 * const { failed, failures } = await fleet.upgrade()
 * ```
 */
export function createFleet(options: FleetOptions): Fleet {
  const {
    members,
    dialect,
    state,
    stages = [{ name: 'all' }],
    parallel = defaultParallel,
    retry = {},
    shared,
    baseDirectory,
    ...migrator
  } = options
  const own = { members, dialect, state, stages, parallel, retry, shared, baseDirectory }
  requireOptions('createFleet', own, ownChecks, ['members', 'dialect'])
  checkStages(stages)
  const tiers = splitTiers(migrator, shared)
  const on = async (member: FleetMember): Promise<Migrator> =>
    createMigrator({ ...migrator, tiers: tiers.ofMembers, dialect: await dialect(member) })
  const survey = { members, parallel, on }

  const move = async (
    target: string | undefined,
    direction: Direction,
    { signal: _, onEvent: __, openGates: ___, ...run }: FleetRunOptions,
    member: FleetMember,
    sharing: SharedPlans,
  ): Promise<RunResult> =>
    runTo(contextOf(direction, await on(member)).resolved, target, { ...run, direction, sharing })

  const upgradeShared = async (run: FleetRunOptions): Promise<FleetResult['shared']> => {
    if (tiers.shared === undefined) return undefined
    const { onEvent, openGates: _, tier: __, ...given } = run
    const { applied } = await tiers.shared.upgrade(undefined, given)
    onEvent?.({ type: 'sharedFinished', applied })
    return { applied }
  }

  const roll = async (target: string | undefined, direction: Direction, run: FleetRunOptions): Promise<FleetResult> => {
    requireGates(stages, run)
    const ofShared = direction === 'up' ? await upgradeShared(run) : undefined
    const sharing = createSharedPlans()
    const migrate = (member: FleetMember): Promise<RunResult> => move(target, direction, run, member, sharing)
    const isDue = async (member: FleetMember): Promise<boolean> => {
      const { tier } = run
      const options = { direction, unlessDue: () => true, ...(tier === undefined ? {} : { tier }) }
      const planned = await contextOf('plan', await on(member)).withReadOnlySession((session, here) =>
        sharing.plan(here, readingAhead(session), target, options),
      )
      return planned?.state !== 'planned' || planned.plan.steps.length > 0
    }
    const plans = (): number => sharing.planCount
    const rollout = { members, stages, parallel, retry, state, baseDirectory, migrate, isDue, plans }
    return withShared(ofShared, await rollOut(rollout, run))
  }

  const ensure = ensuring(on, (member, sharing) => move(undefined, 'up', {}, member, sharing))

  return {
    status: async (read = {}) =>
      withShared(await tiers.shared?.status({ files: false }), await readFleetStatus(survey, read)),
    plan: async (target, read = {}) => withShared(await tiers.shared?.plan(), await planFleet(survey, target, read)),
    check: (examine, read = {}) => checkFleet(survey, examine, read),
    upgrade: (target, run = {}) => roll(target, 'up', run),
    downgrade: (target, run = {}) => roll(target, 'down', run),
    ensure,
    async create(member) {
      const { connection } = await dialect(checkMember(member))
      // A session of a run makes the schema, the database or the file where there is none.
      await (await connection.connect({ purpose: 'run' })).close()
      return ensure(member)
    },
    record: async (id) => readRecord(requireState(state), id),
  }
}
