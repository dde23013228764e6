import { randomUUID } from 'node:crypto'
import { isMigrateError, type MigrationEvent, type Migrator, type Readiness, type RunResult } from '@org/migrate-core'
import { type ConnectionScope, canonicalJson, type UnloadedDialect } from '@org/migrate-core/dialect'
import {
  connectingWith,
  createSharedPlans,
  type SharedPlans,
  withConnectionScope,
  withDialectSession,
} from '@org/migrate-core/internal'
import { AttemptChanges, type RowChanges } from '../row-changes.ts'
import { checkMember, type FleetMember } from './member.ts'
import type { MemberTemplates } from './template.ts'

/** What was done for a single member, and what it did to its rows. */
export interface EnsuredMember extends RowChanges {
  /** `tier:revision` of what ran. */
  readonly applied: readonly string[]
  /** `tier:revision` of what the template made: recorded, and not run. */
  readonly loaded?: readonly string[]
  /** Why the revisions of a new member ran, and no template made it. */
  readonly withoutTemplate?: string
  /** Absent: none. */
  readonly warnings?: readonly string[]
}

export interface EnsureMemberOptions {
  /** What the run does, also where it fails later. Calls that share a run get the events from their call on. */
  readonly onEvent?: (event: MigrationEvent) => void
}

type Listener = NonNullable<EnsureMemberOptions['onEvent']>

interface Ensuring {
  dialect(member: FleetMember): UnloadedDialect | Promise<UnloadedDialect>
  migratorOn(dialect: UnloadedDialect): Migrator
  upgrade(member: FleetMember, sharing: SharedPlans, onEvent: Listener): Promise<RunResult>
  /** Absent: new members come from the revisions. */
  readonly templates?: MemberTemplates
}

interface SingleMembers {
  ensure(member: FleetMember, options?: EnsureMemberOptions): Promise<EnsuredMember>
  create(member: FleetMember, options?: EnsureMemberOptions): Promise<EnsuredMember>
}

/** A run for a member, and those who listen to it. */
interface EnsuringRun {
  readonly work: Promise<EnsuredMember>
  readonly listeners: Set<Listener>
}

/** Brings single members to the head, at their first use. Calls for the same member share one run. */
export function ensuring({ dialect, migratorOn, upgrade, templates }: Ensuring): SingleMembers {
  const sharing = createSharedPlans()
  const on = async (member: FleetMember, scope: ConnectionScope): Promise<Migrator> =>
    migratorOn(connectingWith(await dialect(member), { scope }))
  /** Makes the schema, the database or the file where there is none; gives the dialect as its server speaks it. */
  const make = async (member: FleetMember, scope: ConnectionScope): Promise<UnloadedDialect> => {
    const own = await dialect(member)
    return withDialectSession(own, { purpose: 'run', whenMissing: 'create', scope }, async (_session, server) => server)
  }
  const upgradeOne = async (
    member: FleetMember,
    migrator: Migrator,
    state: Readiness['state'],
    onEvent: Listener,
  ): Promise<EnsuredMember> => {
    const isPlain = state === 'behind' || state === 'empty'
    const changes = new AttemptChanges()
    const hear: Listener = (event) => {
      changes.onEvent(event)
      onEvent(event)
    }
    const { applied, warnings: last } = isPlain
      ? await upgrade(member, sharing, hear)
      : await migrator.ensure({ mode: 'apply', onEvent: hear })
    const { warnings, applied: _, ...ofRows } = changes.ended()
    const all = [...new Set([...warnings, ...last])]
    return { applied, ...ofRows, ...(all.length === 0 ? {} : { warnings: all }) }
  }
  const stateOf = async (migrator: Migrator) => (await migrator.status({ files: false })).state
  const createOne = async (member: FleetMember, scope: ConnectionScope, onEvent: Listener): Promise<EnsuredMember> => {
    const server = await make(member, scope)
    const migrator = await on(member, scope)
    const outcome = await templates?.load(member, migrator, server)
    if (outcome !== undefined && 'loaded' in outcome) return { applied: [], ...outcome }
    const state = await stateOf(migrator)
    if (state === 'atHead') return { applied: [] }
    return { ...(await upgradeOne(member, migrator, state, onEvent)), ...outcome }
  }
  const inScope = (work: (scope: ConnectionScope) => Promise<EnsuredMember>): Promise<EnsuredMember> =>
    withConnectionScope(2, work)
  const create = (member: FleetMember, onEvent: Listener): Promise<EnsuredMember> =>
    inScope((scope) => createOne(member, scope, onEvent))
  const ensureOne = async (member: FleetMember, onEvent: Listener): Promise<EnsuredMember> => {
    // Most are at head, and need one session.
    const state = await stateOf(migratorOn(await dialect(member))).catch((error: unknown) => {
      if (!isMigrateError(error, 'DATABASE_UNREACHABLE') || error.details.isRefused) throw error
      // A server that has no such database may make it; what is out of reach stays so.
      return 'empty' as const
    })
    if (state === 'atHead') return { applied: [] }
    if (state === 'empty') return create(member, onEvent)
    return inScope(async (scope) => upgradeOne(member, await on(member, scope), state, onEvent))
  }
  return sharingRuns((member, isNew, onEvent) => (isNew ? create : ensureOne)(member, onEvent))
}

const drivers = new WeakMap<object, string>()

/** Members of one id in two databases are two. The dialect may take anything of a member, what it is labelled with too. */
function databaseKey({ id, url, schema, group, labels, weight, driver }: FleetMember): string {
  const facts = [id, url, schema, group, labels, weight]
  if ((typeof driver !== 'object' && typeof driver !== 'function') || driver === null) return canonicalJson(facts)
  const name = drivers.get(driver) ?? randomUUID()
  drivers.set(driver, name)
  return canonicalJson([...facts, name])
}

/** Calls for the same member, while it runs, share one run. */
function sharingRuns(
  work: (member: FleetMember, isNew: boolean, onEvent: Listener) => Promise<EnsuredMember>,
): SingleMembers {
  const running = new Map<string, EnsuringRun>()
  const start = (key: string, member: FleetMember, isNew: boolean): EnsuringRun => {
    const listeners = new Set<Listener>()
    const onEvent: Listener = (event) => {
      for (const listener of listeners) listener(event)
    }
    const run = { work: work(member, isNew, onEvent).finally(() => running.delete(key)), listeners }
    running.set(key, run)
    return run
  }
  const joined = (given: FleetMember, isNew: boolean, { onEvent }: EnsureMemberOptions = {}) => {
    const member = checkMember(given)
    const key = databaseKey(member)
    const run = running.get(key) ?? start(key, member, isNew)
    if (onEvent !== undefined) run.listeners.add(onEvent)
    return run.work
  }
  return {
    ensure: async (member, options) => joined(member, false, options),
    create: async (member, options) => joined(member, true, options),
  }
}
