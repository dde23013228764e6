import { isMigrateError, type Migrator, type Readiness, type RunResult } from '@org/migrate-core'
import type { ConnectionScope, UnloadedDialect } from '@org/migrate-core/dialect'
import {
  connectingWith,
  createSharedPlans,
  type SharedPlans,
  withConnectionScope,
  withDialectSession,
} from '@org/migrate-core/internal'
import { checkMember, type FleetMember } from './member.ts'
import type { MemberTemplates } from './template.ts'

/** What was done for a single member. */
export interface EnsuredMember {
  /** `tier:revision` of what ran. */
  readonly applied: readonly string[]
  /** `tier:revision` of what the template made: recorded, and not run. */
  readonly loaded?: readonly string[]
  /** Why the revisions of a new member ran, and no template made it. */
  readonly withoutTemplate?: string
}

interface Ensuring {
  dialect(member: FleetMember): UnloadedDialect | Promise<UnloadedDialect>
  migratorOn(dialect: UnloadedDialect): Migrator
  upgrade(member: FleetMember, sharing: SharedPlans): Promise<RunResult>
  /** Absent: new members come from the revisions. */
  readonly templates?: MemberTemplates
}

interface SingleMembers {
  ensure(member: FleetMember): Promise<EnsuredMember>
  create(member: FleetMember): Promise<EnsuredMember>
}

/** Brings single members to the head, at their first use. Calls for the same member share one run. */
export function ensuring({ dialect, migratorOn, upgrade, templates }: Ensuring): SingleMembers {
  const running = new Map<string, Promise<EnsuredMember>>()
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
  ): Promise<EnsuredMember> => {
    const isPlain = state === 'behind' || state === 'empty'
    const { applied } = isPlain ? await upgrade(member, sharing) : await migrator.ensure({ mode: 'apply' })
    return { applied }
  }
  const stateOf = async (migrator: Migrator) => (await migrator.status({ files: false })).state
  const createOne = async (member: FleetMember, scope: ConnectionScope): Promise<EnsuredMember> => {
    const server = await make(member, scope)
    const migrator = await on(member, scope)
    const outcome = await templates?.load(member, migrator, server)
    if (outcome !== undefined && 'loaded' in outcome) return { applied: [], ...outcome }
    const state = await stateOf(migrator)
    if (state === 'atHead') return { applied: [] }
    const { applied } = await upgradeOne(member, migrator, state)
    return { applied, ...outcome }
  }
  const inScope = (work: (scope: ConnectionScope) => Promise<EnsuredMember>): Promise<EnsuredMember> =>
    withConnectionScope(2, work)
  const create = (member: FleetMember): Promise<EnsuredMember> => inScope((scope) => createOne(member, scope))
  const ensureOne = async (member: FleetMember): Promise<EnsuredMember> => {
    // Most are at head, and need one session.
    const state = await stateOf(migratorOn(await dialect(member))).catch((error: unknown) => {
      if (!isMigrateError(error, 'DATABASE_UNREACHABLE') || error.details.isRefused) throw error
      // A server that has no such database may make it; what is out of reach stays so.
      return 'empty' as const
    })
    if (state === 'atHead') return { applied: [] }
    if (state === 'empty') return create(member)
    return inScope(async (scope) => upgradeOne(member, await on(member, scope), state))
  }
  const sharingRuns = (given: FleetMember, isNew: boolean): Promise<EnsuredMember> => {
    const member = checkMember(given)
    // Members of one id in two databases are two.
    const key = JSON.stringify([member.id, member.url, member.schema])
    const work = running.get(key) ?? (isNew ? create : ensureOne)(member).finally(() => running.delete(key))
    running.set(key, work)
    return work
  }
  return {
    ensure: async (member) => sharingRuns(member, false),
    create: async (member) => sharingRuns(member, true),
  }
}
