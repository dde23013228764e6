import { randomUUID } from 'node:crypto'
import { createMigrator, type Direction, MigrateError, type Migrator, type RunResult } from '@org/migrate-core'
import {
  isAnything,
  isDialect,
  isFunction,
  type OptionCheck,
  requireOptions,
  shaped,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import { contextOf, createSharedPlans, inSpan, isCount, runTo, type SharedPlans } from '@org/migrate-core/internal'
import type { Fleet, FleetOptions, FleetRunOptions } from './fleet-types.ts'
import { checkMember, type FleetMember } from './members/member.ts'
import { type Rollout, rollOut } from './run/rollout.ts'
import { takeMember } from './run/take-member.ts'
import { checkStages, isParallel, isStages } from './stages/stage.ts'
import { readRecord, readRecords, readRuns } from './state/store.ts'
import { planFleet, readFleetStatus } from './survey.ts'
import { checkQueue } from './work/queue.ts'
import { releaseOf } from './work/release.ts'
import type { Worker } from './work/work.ts'

const defaultParallel = 8

const isSource: OptionCheck = (value) =>
  Array.isArray(value) || typeof value === 'function'
    ? undefined
    : 'a list of members, or a function that lists them, is expected'

const ownChecks = {
  members: isSource,
  dialect: isFunction,
  state: isDialect,
  stages: isStages,
  parallel: isParallel,
  retry: shaped({ times: isCount, delayMs: isCount }),
  queue: isAnything,
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
    queue,
    ...migrator
  } = options
  const own = { members, dialect, state, stages, parallel, retry, queue }
  requireOptions('createFleet', own, ownChecks, ['members', 'dialect'])
  checkStages(stages)
  if (queue !== undefined) checkQueue(queue)
  const on = async (member: FleetMember): Promise<Migrator> =>
    createMigrator({ ...migrator, dialect: await dialect(member) })
  const { tiers } = migrator
  const survey = { members, parallel, on }

  const move = async (
    target: string | undefined,
    direction: Direction,
    { signal: _, onEvent: __, ...run }: FleetRunOptions,
    member: FleetMember,
    sharing: SharedPlans,
  ): Promise<RunResult> =>
    inSpan('migrate.member', { 'migrate.member': member.id }, async () =>
      runTo(contextOf(direction, await on(member)).resolved, target, { ...run, direction, sharing }),
    )

  const roll = async (target: string | undefined, direction: Direction, run: FleetRunOptions) => {
    const sharing = createSharedPlans()
    const release = await releaseOf(tiers)
    const rollout: Rollout = {
      ...{ members, stages, parallel, state, direction, target, release, run: randomUUID() },
      take: (member, _stage, onRetry) =>
        takeMember(member, retry, (each) => move(target, direction, run, each, sharing), onRetry),
      plans: () => sharing.planCount,
    }
    if (queue === undefined) return rollOut(rollout, run)
    const { handOut } = await import('./work/hand-out.ts')
    return handOut(rollout, run, queue)
  }

  const requireState = (): UnloadedDialect => {
    if (state !== undefined) return state
    throw missing('state', 'the fleet has none, so that no outcome is recorded')
  }

  const ensuring = new Map<string, Promise<{ readonly applied: readonly string[] }>>()
  const shared = createSharedPlans()
  const ensureOne = async (member: FleetMember): Promise<{ readonly applied: readonly string[] }> => {
    const migratorOfMember = await on(checkMember(member))
    const { state: at } = await migratorOfMember.status({ files: false })
    if (at === 'atHead') return { applied: [] }
    const { applied } =
      at === 'behind' || at === 'empty'
        ? await move(undefined, 'up', {}, member, shared)
        : await migratorOfMember.ensure({ mode: 'apply' })
    return { applied }
  }

  return {
    status: (read = {}) => readFleetStatus(survey, stages, read),
    plan: (target, read = {}) => planFleet(survey, target, read),
    upgrade: (target, run = {}) => roll(target, 'up', run),
    downgrade: (target, run = {}) => roll(target, 'down', run),
    ensure(member) {
      const running = ensuring.get(member.id)
      if (running !== undefined) return running
      const work = ensureOne(member).finally(() => ensuring.delete(member.id))
      ensuring.set(member.id, work)
      return work
    },
    async create(member) {
      const { connection } = await dialect(checkMember(member))
      // A session of a run makes the schema, the database or the file where there is none.
      await (await connection.connect({ purpose: 'run' })).close()
      return this.ensure(member)
    },
    history: async (member) => (await on(checkMember(member))).history(),
    record: async (id) => readRecord(requireState(), id),
    records: async () => readRecords(requireState()),
    runs: async (limit = 10) => readRuns(requireState(), limit),
    async work(options = {}) {
      if (queue === undefined) throw missing('queue', 'the fleet has none, so that there are no jobs to take')
      const { workOnQueue } = await import('./work/work.ts')
      const migrate: Worker['migrate'] = (member, { target, direction, accepted }, sharing) =>
        move(target, direction, accepted, member, sharing)
      const release = await releaseOf(tiers)
      return workOnQueue({ members, parallel, retry, queue, release, migrate, state: requireState() }, options)
    },
  }
}

function missing(option: string, why: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option, why }, `The option \`${option}\`: ${why}.`)
}
