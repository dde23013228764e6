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
import { type AppliedChanges, AttemptChanges } from '../row-changes.ts'
import { withShared } from '../shared-tier.ts'
import type { EnsuredMember, HeardRun, SingleMembers } from './ensure-types.ts'
import type { FleetMember } from './member.ts'
import { sharingRuns } from './shared-run.ts'
import type { MemberTemplates } from './template.ts'

interface Ensuring {
  dialect(member: FleetMember): UnloadedDialect | Promise<UnloadedDialect>
  migratorOn(dialect: UnloadedDialect): Migrator
  /** Undefined: no tier is shared. */
  upgradeShared(heard: HeardRun): Promise<AppliedChanges | undefined>
  upgrade(member: FleetMember, sharing: SharedPlans, heard: HeardRun): Promise<RunResult>
  /** Absent: new members come from the revisions. */
  readonly templates?: MemberTemplates
}

/** Brings single members to the head, at their first use. Calls for the same member share one run. */
export function ensuring({ dialect, migratorOn, upgradeShared, upgrade, templates }: Ensuring): SingleMembers {
  const sharing = createSharedPlans()
  const on = async (member: FleetMember, scope: ConnectionScope): Promise<Migrator> =>
    migratorOn(connectingWith(await dialect(member), { scope }))
  /** Makes the schema, the database or the file where there is none; gives the dialect as its server speaks it. */
  const make = async (member: FleetMember, scope: ConnectionScope, { signal }: HeardRun): Promise<UnloadedDialect> => {
    const own = await dialect(member)
    const options = { purpose: 'run', whenMissing: 'create', scope, signal } as const
    return withDialectSession(own, options, async (_session, server) => server)
  }
  const upgradeOne = async (
    member: FleetMember,
    migrator: Migrator,
    state: Readiness['state'],
    { onEvent, signal }: HeardRun,
  ): Promise<EnsuredMember> => {
    const isPlain = state === 'behind' || state === 'empty'
    const changes = new AttemptChanges()
    const hear = (event: MigrationEvent): void => {
      changes.onEvent(event)
      onEvent(event)
    }
    const { applied, warnings: last } = isPlain
      ? await upgrade(member, sharing, { onEvent: hear, signal })
      : await migrator.ensure({ mode: 'apply', onEvent: hear, signal })
    const { warnings, applied: _, ...ofRows } = changes.ended()
    const all = [...new Set([...warnings, ...last])]
    return { applied, ...ofRows, ...(all.length === 0 ? {} : { warnings: all }) }
  }
  const stateOf = async (migrator: Migrator) => (await migrator.status({ files: false })).state
  /** Before anything is made: where it fails there is no member. */
  const behindShared = async (heard: HeardRun, work: () => Promise<EnsuredMember>): Promise<EnsuredMember> =>
    withShared(await upgradeShared(heard), await work())
  const createOne = async (member: FleetMember, scope: ConnectionScope, heard: HeardRun): Promise<EnsuredMember> => {
    const server = await make(member, scope, heard)
    const migrator = await on(member, scope)
    const outcome = await templates?.load(member, migrator, server, heard.signal)
    if (outcome !== undefined && 'loaded' in outcome) return { applied: [], ...outcome }
    const state = await stateOf(migrator)
    if (state === 'atHead') return { applied: [] }
    return { ...(await upgradeOne(member, migrator, state, heard)), ...outcome }
  }
  const inScope = (work: (scope: ConnectionScope) => Promise<EnsuredMember>): Promise<EnsuredMember> =>
    withConnectionScope(2, work)
  const create = (member: FleetMember, heard: HeardRun): Promise<EnsuredMember> =>
    behindShared(heard, () => inScope((scope) => createOne(member, scope, heard)))
  const ensureOne = async (member: FleetMember, heard: HeardRun): Promise<EnsuredMember> => {
    // Most are at head, and need one session.
    const state = await stateOf(migratorOn(await dialect(member))).catch((error: unknown) => {
      if (!isMigrateError(error, 'DATABASE_UNREACHABLE') || error.details.isRefused) throw error
      // A server that has no such database may make it; what is out of reach stays so.
      return 'empty' as const
    })
    if (state === 'atHead') return { applied: [] }
    if (state === 'empty') return create(member, heard)
    return behindShared(heard, () =>
      inScope(async (scope) => upgradeOne(member, await on(member, scope), state, heard)),
    )
  }
  return sharingRuns(databaseKey, (member, isNew, heard) => (isNew ? create : ensureOne)(member, heard))
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
