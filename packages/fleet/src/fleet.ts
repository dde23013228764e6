import { randomUUID } from 'node:crypto'
import {
  createMigrator,
  type Direction,
  MigrateError,
  type Migrator,
  type RunOptions,
  type RunResult,
} from '@org/migrate-core'
import {
  type ConnectionScope,
  isAnything,
  isDialect,
  isFlag,
  isFunction,
  isText,
  type OptionCheck,
  shaped,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import {
  checkMigratorOptions,
  connectingWith,
  contextOf,
  createListener,
  createSharedPlans,
  inSpan,
  isWholeCount,
  migratorChecks,
  readingAhead,
  resolveForDialect,
  runTo,
  type SharedPlans,
  type UnloadedOptions,
  withConnectionScope,
} from '@org/migrate-core/internal'
import type { Fleet, FleetOptions, FleetResult, FleetRunOptions } from './fleet-types.ts'
import { ensuring } from './members/ensure.ts'
import { checkMember, type FleetMember } from './members/member.ts'
import { MemberTemplates } from './members/template.ts'
import { rowChanges } from './row-changes.ts'
import { type Rollout, rollOut } from './run/rollout.ts'
import { takeMember } from './run/take-member.ts'
import { isSharedTier, requireRoute, splitTiers, withShared } from './shared-tier.ts'
import { checkStages, type FleetStage, isParallel, isStages } from './stages/stage.ts'
import { readRecord, readRecords, readRuns } from './state/store.ts'
import { readingOf } from './survey.ts'
import { namedTarget } from './target.ts'
import { isTimer } from './timer.ts'
import { checkQueue } from './work/queue-options.ts'
import { releaseOf } from './work/release.ts'
import type { Worker } from './work/work.ts'
import type { FleetWorkOptions, FleetWorkResult } from './work/work-types.ts'

/** What members of one run have together. */
interface SharedByMembers {
  readonly sharing: SharedPlans
  readonly scope?: ConnectionScope
  /** Ends the run of a member in its middle. */
  readonly signal?: AbortSignal
}

const defaultParallel = 8

/** A member may take two sessions: one inspects, one runs. */
const mostIdle = (parallel: number, stages: readonly FleetStage[]): number =>
  2 * Math.max(parallel, ...stages.map((stage) => stage.parallel ?? 0))

const isSource: OptionCheck = (value) =>
  Array.isArray(value) || typeof value === 'function'
    ? undefined
    : 'a list of members, or a function that lists them, is expected'

function invalidOption(option: string, why: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option, why }, `The option \`${option}\`: ${why}.`)
}

/** Throws INVALID_OPTION: a gate that is named wrongly would stay closed. */
function requireGates(stages: FleetOptions['stages'] = [], { openGates = [] }: FleetRunOptions): void {
  const unknown = openGates.find((name) => !stages.some((stage) => stage.name === name && stage.gate !== undefined))
  if (unknown !== undefined) throw invalidOption('openGates', `no stage ${unknown} has a gate`)
}

function requireState(state: FleetOptions['state']): UnloadedDialect {
  if (state !== undefined) return state
  throw invalidOption('state', 'the fleet has none, so that no outcome is recorded')
}

const { dialect: _, onEvent: __, ...checksOfMembers } = migratorChecks

/** What a run on a member starts from, by dialect: it is resolved once. */
function optionsOfMembers(
  dialectOn: (member: FleetMember, scope?: ConnectionScope) => Promise<UnloadedDialect>,
  migratorOn: (own: UnloadedDialect) => Migrator,
): (member: FleetMember, scope?: ConnectionScope) => Promise<UnloadedOptions> {
  const known = new Map<string, UnloadedOptions>()
  return async (member, scope) => {
    const own = await dialectOn(member, scope)
    const first = known.get(own.name)
    if (first !== undefined && isDialect(own) === undefined) return resolveForDialect(first, own)
    const { resolved } = contextOf('createFleet', migratorOn(own))
    known.set(own.name, resolved)
    return resolved
  }
}

const fleetChecks = {
  ...checksOfMembers,
  members: isSource,
  dialect: isFunction,
  state: isDialect,
  stages: isStages,
  parallel: isParallel,
  retry: shaped({ times: isWholeCount, delayMs: isTimer }),
  queue: isAnything,
  shared: isSharedTier,
  template: isFlag,
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
  checkMigratorOptions('createFleet', options, fleetChecks, ['members', 'dialect', 'tiers'])
  const {
    members,
    dialect,
    state,
    stages = [{ name: 'all' }],
    parallel = defaultParallel,
    retry = {},
    queue,
    shared,
    template = false,
    baseDirectory,
    ...migrator
  } = options
  checkStages(stages)
  if (queue !== undefined) checkQueue(queue)
  const tiers = splitTiers(migrator, shared)
  const migratorOn = (own: UnloadedDialect): Migrator =>
    createMigrator({ ...migrator, tiers: tiers.ofMembers, dialect: own })
  // A name that is wrong in the list of members makes no new one.
  const dialectOn = async (member: FleetMember, scope?: ConnectionScope): Promise<UnloadedDialect> =>
    connectingWith(await dialect(member), { whenMissing: 'refuse', ...(scope === undefined ? {} : { scope }) })
  const on = async (member: FleetMember, scope?: ConnectionScope) => migratorOn(await dialectOn(member, scope))
  const survey = { members, parallel, on }
  const resolvedOn = optionsOfMembers(dialectOn, migratorOn)

  const move = async (
    target: string | undefined,
    direction: Direction,
    { signal: _, onEvent: __, openGates: ___, ...run }: FleetRunOptions,
    member: FleetMember,
    { sharing, scope, ...stopping }: SharedByMembers,
    onEvent: NonNullable<RunOptions['onEvent']>,
  ): Promise<RunResult> =>
    inSpan('migrate.member', { 'migrate.member': member.id }, async () =>
      runTo(await resolvedOn(member, scope), target, { ...run, ...stopping, direction, sharing, onEvent }),
    )

  const roll = (target: string | undefined, direction: Direction) => async (run: FleetRunOptions) => {
    requireGates(stages, run)
    const ofShared = direction === 'up' ? await rollShared(tiers.shared, run, [migratorOn, target]) : undefined
    const sharing = createSharedPlans()
    const release = await releaseOf(tiers.ofMembers)
    const result = await withConnectionScope(mostIdle(parallel, stages), async (scope) => {
      const take: Rollout['take'] = (member, _stage, onRetry) =>
        takeMember(member, retry, (each, hear) => move(target, direction, run, each, { sharing, scope }, hear), onRetry)
      const isDue: Rollout['isDue'] = async (member) =>
        hasSteps(await on(member, scope), sharing, target, { ...run, direction })
      const facts = { run: randomUUID(), direction, target, release, plans: () => sharing.planCount }
      const rollout: Rollout = { ...facts, members, stages, parallel, state, baseDirectory, take, isDue }
      return queue ? (await import('./work/hand-out.ts')).handOut(rollout, run, queue) : rollOut(rollout, run)
    })
    return withShared(ofShared, result)
  }

  const single = ensuring({
    dialect,
    migratorOn,
    upgradeShared: (heard) => upgradeShared(tiers.shared, heard, [migratorOn, undefined]),
    upgrade: (member, sharing, { onEvent, signal }) => move(undefined, 'up', {}, member, { sharing, signal }, onEvent),
    ...(template ? { templates: new MemberTemplates(state, () => releaseOf(tiers.ofMembers)) } : {}),
  })

  return {
    ...readingOf(survey, { stages, shared: tiers.shared && shared && { id: shared.tier, migrator: tiers.shared } }),
    upgrade: async (target, run = {}) => withListener(run, roll(namedTarget(target), 'up')),
    downgrade: async (target, run = {}) => withListener(run, roll(namedTarget(target), 'down')),
    ...single,
    history: async (member) => (await on(checkMember(member))).history(),
    ...recordsOf(state),
    work: (options = {}) =>
      takeJobs({ members, parallel, retry, state, queue }, tiers.ofMembers, options, (member, job, shared, onEvent) =>
        move(job.target, job.direction, job.accepted, member, shared, onEvent),
      ),
  }
}

/** What the listener of a run throws ends it not; it is named once. */
async function withListener(
  given: FleetRunOptions,
  work: (run: FleetRunOptions) => Promise<FleetResult>,
): Promise<FleetResult> {
  const { emit, complaints } = createListener(given.onEvent)
  const result = await work({ ...given, onEvent: emit })
  const warnings = complaints.map((text) => ({ text, count: 1, first: '' }))
  return { ...result, warnings: [...result.warnings, ...warnings] }
}

async function takeJobs(
  {
    state,
    queue,
    ...own
  }: Pick<Worker, 'members' | 'parallel' | 'retry'> & {
    readonly state: UnloadedDialect | undefined
    readonly queue: FleetOptions['queue'] | undefined
  },
  tiers: FleetOptions['tiers'],
  options: FleetWorkOptions,
  migrate: Worker['migrate'],
): Promise<FleetWorkResult> {
  if (queue === undefined) throw invalidOption('queue', 'the fleet has none, so that there are no jobs to take')
  const { workOnQueue } = await import('./work/work.ts')
  const release = await releaseOf(tiers)
  const { emit, complaints } = createListener(options.onEvent)
  const worker = { ...own, queue, release, migrate, state: requireState(state) }
  return { ...(await workOnQueue(worker, { ...options, onEvent: emit })), warnings: complaints }
}

async function upgradeShared(
  shared: Migrator | undefined,
  { tier, ...run }: RunOptions,
  [migratorOn, target]: readonly [migratorOn: (dialect: UnloadedDialect) => Migrator, target: string | undefined],
): Promise<FleetResult['shared']> {
  if (shared === undefined) return undefined
  await requireRoute(migratorOn(contextOf('upgrade', shared).resolved.dialect), target, tier)
  const { applied, losses, reports, warnings } = await shared.upgrade(undefined, run)
  return { applied, ...rowChanges(losses, reports), warnings }
}

/** The same before a run over the members, which hears of it. */
async function rollShared(
  shared: Migrator | undefined,
  { onEvent, openGates: _, ...run }: FleetRunOptions,
  route: Parameters<typeof upgradeShared>[2],
): Promise<FleetResult['shared']> {
  const ran = await upgradeShared(shared, run, route)
  if (ran !== undefined) {
    const { warnings: _, ...facts } = ran
    onEvent?.({ type: 'sharedFinished', ...facts })
  }
  return ran
}

/** Whether a member has something to run. */
async function hasSteps(
  migrator: Migrator,
  sharing: SharedPlans,
  target: string | undefined,
  { tier, direction }: FleetRunOptions & { readonly direction: Direction },
): Promise<boolean> {
  const options = { direction, unlessDue: () => true, ...(tier === undefined ? {} : { tier }) }
  const planned = await contextOf('plan', migrator).withReadOnlySession((session, here) =>
    sharing.plan(here, readingAhead(session), target, options),
  )
  return planned?.state !== 'planned' || planned.plan.steps.length > 0
}

function recordsOf(state: FleetOptions['state']): Pick<Fleet, 'record' | 'records' | 'runs'> {
  return {
    record: async (id) => readRecord(requireState(state), id),
    records: async () => readRecords(requireState(state)),
    runs: async (limit = 10) => readRuns(requireState(state), limit),
  }
}
