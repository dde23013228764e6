import { createMigrator, type Direction, MigrateError, type Migrator, type RunResult } from '@org/migrate-core'
import { isDialect, isFunction, type OptionCheck, requireOptions, shaped } from '@org/migrate-core/dialect'
import { contextOf, createSharedPlans, isCount, runTo, type SharedPlans } from '@org/migrate-core/internal'
import type { Fleet, FleetOptions, FleetRunOptions } from './fleet-types.ts'
import { checkMember, type FleetMember } from './members/member.ts'
import { rollOut } from './run/rollout.ts'
import { checkStages, isParallel, isStages } from './stages/stage.ts'
import { readRecord } from './state/store.ts'
import { planFleet, readFleetStatus } from './survey.ts'

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
    ...migrator
  } = options
  const own = { members, dialect, state, stages, parallel, retry }
  requireOptions('createFleet', own, ownChecks, ['members', 'dialect'])
  checkStages(stages)
  const on = async (member: FleetMember): Promise<Migrator> =>
    createMigrator({ ...migrator, dialect: await dialect(member) })
  const survey = { members, parallel, on }

  const move = async (
    target: string | undefined,
    direction: Direction,
    { signal: _, onEvent: __, ...run }: FleetRunOptions,
    member: FleetMember,
    sharing: SharedPlans,
  ): Promise<RunResult> =>
    runTo(contextOf(direction, await on(member)).resolved, target, { ...run, direction, sharing })

  const roll = async (target: string | undefined, direction: Direction, run: FleetRunOptions) => {
    const sharing = createSharedPlans()
    const migrate = (member: FleetMember): Promise<RunResult> => move(target, direction, run, member, sharing)
    return rollOut({ members, stages, parallel, retry, state, migrate, plans: () => sharing.planCount }, run)
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
    status: (read = {}) => readFleetStatus(survey, read),
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
    async record(id) {
      if (state !== undefined) return readRecord(state, id)
      const why = 'the fleet has none, so that no outcome is recorded'
      throw new MigrateError('INVALID_OPTION', { option: 'state', why }, `The option \`state\`: ${why}.`)
    },
  }
}
