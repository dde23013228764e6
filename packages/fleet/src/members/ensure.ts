import type { Migrator, RunResult } from '@org/migrate-core'
import { createSharedPlans, type SharedPlans } from '@org/migrate-core/internal'
import { checkMember, type FleetMember } from './member.ts'

export interface EnsuredMember {
  readonly applied: readonly string[]
}

/** Brings single members to the head, at their first use. Calls for the same member share one run. */
export function ensuring(
  on: (member: FleetMember) => Promise<Migrator>,
  upgrade: (member: FleetMember, sharing: SharedPlans) => Promise<RunResult>,
): (member: FleetMember) => Promise<EnsuredMember> {
  const running = new Map<string, Promise<EnsuredMember>>()
  const sharing = createSharedPlans()
  const ensureOne = async (member: FleetMember): Promise<EnsuredMember> => {
    const migrator = await on(member)
    const { state } = await migrator.status({ files: false })
    if (state === 'atHead') return { applied: [] }
    const isPlain = state === 'behind' || state === 'empty'
    const { applied } = isPlain ? await upgrade(member, sharing) : await migrator.ensure({ mode: 'apply' })
    return { applied }
  }
  return async (given) => {
    const member = checkMember(given)
    // Members of one id in two databases are two.
    const key = JSON.stringify([member.id, member.url, member.schema])
    const work = running.get(key) ?? ensureOne(member).finally(() => running.delete(key))
    running.set(key, work)
    return work
  }
}
