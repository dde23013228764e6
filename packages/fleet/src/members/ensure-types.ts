import type { MigrationEvent } from '@org/migrate-core'
import type { AppliedChanges, RowChanges } from '../row-changes.ts'
import type { FleetMember } from './member.ts'

/** What was done for a single member, and what it did to its rows. */
export interface EnsuredMember extends RowChanges {
  /** `tier:revision` of what ran. */
  readonly applied: readonly string[]
  /** `tier:revision` of what the template made: recorded, and not run. */
  readonly loaded?: readonly string[]
  /** Why the revisions of a new member ran, and no template made it. */
  readonly withoutTemplate?: string
  /** What ran of the shared tier before it. Absent: there is none, or the member was at the head. */
  readonly shared?: AppliedChanges
  /** Absent: none. */
  readonly warnings?: readonly string[]
}

export interface EnsureMemberOptions {
  /** What the run does, also where it fails later. Calls that share a run get the events from their call on. */
  readonly onEvent?: (event: MigrationEvent) => void
  /** Ends the call, and its run where no other call waits for that. */
  readonly signal?: AbortSignal
}

/** Who hears a run, and what ends it. */
export interface HeardRun {
  readonly onEvent: (event: MigrationEvent) => void
  readonly signal: AbortSignal
}

export interface SingleMembers {
  ensure(member: FleetMember, options?: EnsureMemberOptions): Promise<EnsuredMember>
  create(member: FleetMember, options?: EnsureMemberOptions): Promise<EnsuredMember>
}
