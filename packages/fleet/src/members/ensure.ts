import { isMigrateError, type Migrator, type RunResult } from '@org/migrate-core'
import type { ServerSession } from '@org/migrate-core/dialect'
import { createSharedPlans, type SharedPlans } from '@org/migrate-core/internal'
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
  on(member: FleetMember): Promise<Migrator>
  /** Makes the schema, the database or the file where there is none. */
  open(member: FleetMember): Promise<ServerSession>
  upgrade(member: FleetMember, sharing: SharedPlans): Promise<RunResult>
  /** Absent: new members come from the revisions. */
  readonly templates?: MemberTemplates
}

export interface SingleMembers {
  ensure(member: FleetMember): Promise<EnsuredMember>
  create(member: FleetMember): Promise<EnsuredMember>
}

/** Brings single members to the head, at their first use. Calls for the same member share one run. */
export function ensuring({ on, open, upgrade, templates }: Ensuring): SingleMembers {
  const running = new Map<string, Promise<EnsuredMember>>()
  const sharing = createSharedPlans()
  const make = async (member: FleetMember): Promise<void> => (await open(member)).close()
  const stateOf = async (migrator: Migrator) => (await migrator.status({ files: false })).state
  const ensureOne = async (member: FleetMember, isNew: boolean): Promise<EnsuredMember> => {
    if (isNew) await make(member)
    const migrator = await on(member)
    const state = await stateOf(migrator).catch(async (error: unknown) => {
      if (isNew || !isMigrateError(error, 'DATABASE_UNREACHABLE')) throw error
      // A server that has no such database may make it; what is out of reach stays so.
      await make(member)
      return stateOf(migrator)
    })
    if (state === 'atHead') return { applied: [] }
    const outcome = state === 'empty' ? await templates?.load(member, migrator) : undefined
    if (outcome !== undefined && 'loaded' in outcome) return { applied: [], ...outcome }
    const isPlain = state === 'behind' || state === 'empty'
    const { applied } = isPlain ? await upgrade(member, sharing) : await migrator.ensure({ mode: 'apply' })
    return { applied, ...(applied.length === 0 ? {} : outcome) }
  }
  const sharingRuns = (given: FleetMember, isNew: boolean): Promise<EnsuredMember> => {
    const member = checkMember(given)
    // Members of one id in two databases are two.
    const key = JSON.stringify([member.id, member.url, member.schema])
    const work = running.get(key) ?? ensureOne(member, isNew).finally(() => running.delete(key))
    running.set(key, work)
    return work
  }
  return {
    ensure: async (member) => sharingRuns(member, false),
    create: async (member) => sharingRuns(member, true),
  }
}
