import { MigrateError } from '@org/migrate-core'
import type { FleetMember } from '@org/migrate-fleet'
import type { OpenFleet } from './open-fleet.ts'

/** Throws USAGE for a member that is not listed. */
export async function findMember({ members }: OpenFleet, id: string): Promise<FleetMember> {
  for await (const member of typeof members === 'function' ? await members() : members) {
    if (member.id === id) return member
  }
  const problem = `the fleet has no member ${id}`
  throw new MigrateError('USAGE', { problem }, problem, { remedy: 'Add it to what `fleet.members` lists first.' })
}
