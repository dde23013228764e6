import type {
  HistoryRow,
  Migrator,
  MigratorOptions,
  Plan,
  Readiness,
  RunOptions,
  StepLoss,
  StepReport,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import type { FleetEvent, StageResult } from './fleet-events.ts'
import type { EnsuredMember, EnsureMemberOptions } from './members/ensure-types.ts'
import type { FleetMember, FleetMemberSource } from './members/member.ts'
import type { AppliedChanges } from './row-changes.ts'
import type { FailureGroup } from './run/failures.ts'
import type { SharedTier } from './shared-tier.ts'
import type { FleetStage } from './stages/stage.ts'
import type { RunRecord } from './state/runs.ts'
import type { MemberRecord } from './state/store.ts'
import type { RetryOptions } from './transient.ts'
import type { FleetQueueOptions } from './work/queue-options.ts'
import type { FleetWorkOptions, FleetWorkResult } from './work/work-types.ts'

export interface FleetOptions extends Omit<MigratorOptions, 'dialect' | 'onEvent'> {
  readonly members: FleetMemberSource
  /** The dialect on the database of a member: its own URL or client, or its schema on a server that all of them share. */
  readonly dialect: (member: FleetMember) => UnloadedDialect | Promise<UnloadedDialect>
  /** The database in which outcomes are recorded. Default: they are not; each member knows itself where it is. */
  readonly state?: UnloadedDialect
  /** One after the other. Default: one stage with every member. */
  readonly stages?: readonly FleetStage[]
  /** How many members are worked on at a time; default 8. */
  readonly parallel?: number
  readonly retry?: RetryOptions
  /**
   * Workers on other machines migrate the members: `upgrade` sends them as jobs, and `work` takes jobs. It needs a `state` that all of
   * them reach.
   */
  readonly queue?: FleetQueueOptions
  /** A tier that is no member's: it runs first, once, on the database of this dialect. Members have the other tiers. */
  readonly shared?: SharedTier
  /**
   * New members come from a snapshot of the schema at head instead of all revisions. It is made once for these revisions on that kind of server,
   * in shadow databases, and recorded in the state. What it can't hold, the revisions make. Default: false.
   */
  readonly template?: boolean
  /** Where the commands of gates run; default: the working directory of the process. */
  readonly baseDirectory?: string
}

/** Members in one state: they have the same plan. */
export interface FleetGroup {
  readonly state: string
  readonly heads: readonly string[]
  readonly pending: number
  readonly count: number
  /** The first ones. */
  readonly members: readonly string[]
}

/** Where one member is, as reading it found. */
export interface ObservedMember {
  readonly id: string
  readonly group?: string
  /** The stage that takes it; absent: none does. */
  readonly stage?: string
  /** `unreadable`: it is among the failures. */
  readonly state: string
  readonly heads: readonly string[]
  readonly pending: number
}

/** Members that have something in common: a group, or a stage. */
export interface FleetPart {
  /** Empty for the members that have none. */
  readonly name: string
  readonly members: number
  readonly atHead: number
  readonly unreadable: number
}

/** Members whose schema differs from what their applied revisions make. */
export interface FleetDrift {
  readonly drifted: number
  /** Those that could not be compared: in the middle of a revision, or with SQL whose effect is not declared. */
  readonly notCompared: number
  /** By their differences, or by why they could not be compared; the most frequent first. */
  readonly groups: readonly DriftGroup[]
  /** Of the shared tier, where there is one; it is in none of the numbers. */
  readonly shared?: Pick<DriftGroup, 'differences' | 'notCompared'>
}

export interface DriftGroup {
  /** A line each; empty: not compared. */
  readonly differences: readonly string[]
  readonly notCompared?: string
  readonly count: number
  /** The first ones. */
  readonly members: readonly string[]
}

export interface FleetStatus {
  readonly members: number
  /** By state, heads and number of pending revisions; the largest group first. */
  readonly groups: readonly FleetGroup[]
  /** By the `group` of the members. */
  readonly parts: readonly FleetPart[]
  readonly stages: readonly FleetPart[]
  /** The member with the most pending revisions; absent: none has any. */
  readonly oldest?: Pick<ObservedMember, 'id' | 'heads' | 'pending'>
  readonly failures: readonly FailureGroup[]
  /** Where `drift` asks for it. */
  readonly drift?: FleetDrift
  /** Of the shared tier, where there is one. */
  readonly shared?: Readiness
}

/** Members for which one plan was made. */
export interface PlannedGroup {
  /** Names the group: the same heads, tables and statements give the same name. */
  readonly fingerprint: string
  readonly count: number
  /** The first ones. */
  readonly members: readonly string[]
  /** As it was made for the first of them; what its steps take away and restore is of all of them. */
  readonly plan: Plan
  /**
   * Of members with a `schema`: statements in the author's own SQL that may reach another one, with the reason. What they do there can't be
   * checked before they run.
   */
  readonly unproven: readonly string[]
}

export interface FleetPlan {
  readonly members: number
  /** The largest group first. */
  readonly groups: readonly PlannedGroup[]
  readonly failures: readonly FailureGroup[]
  /** How many plans were made. */
  readonly plans: number
  /** Of the shared tier, where there is one. */
  readonly shared?: Plan
}

/** What an examination found, with the members that have it. */
export interface FindingGroup {
  readonly finding: string
  readonly count: number
  /** The first ones. */
  readonly members: readonly string[]
}

export interface FleetCheck {
  readonly members: number
  /** Members without a finding. */
  readonly ok: number
  /** The most frequent first. */
  readonly findings: readonly FindingGroup[]
  readonly failures: readonly FailureGroup[]
  /** What was found of the shared tier, where there is one. */
  readonly shared?: readonly string[]
}

/** Gives what is not right with a member, as texts: the same text is one finding of several members. */
export type MemberExamination = (migrator: Migrator, member: FleetMember) => Promise<readonly string[]>

/** With how many members had it, and the first of them. */
type OfMembers<T> = T & { readonly members: number; readonly first: string }

export interface FleetResult {
  readonly run: string
  /** Members that were taken. */
  readonly members: number
  readonly migrated: number
  readonly upToDate: number
  readonly failed: number
  /** Members that were not taken: the run stopped before, or no stage has them. */
  readonly left: number
  /** Why not every member was taken. */
  readonly stopped?: 'failures' | 'signal' | 'gate'
  /** The gate that ended the run. */
  readonly gate?: { readonly stage: string; readonly why: string }
  /** Where there is a shared tier, and the members went up. */
  readonly shared?: AppliedChanges
  readonly stages: readonly StageResult[]
  readonly failures: readonly FailureGroup[]
  /** Warnings of members by their text, with how many had it and the first of them; empty: what `onEvent` threw. */
  readonly warnings: readonly { readonly text: string; readonly count: number; readonly first: string }[]
  /** What steps took from the rows of members: each with the sum of its rows. */
  readonly losses: readonly OfMembers<StepLoss>[]
  /** What steps reported of rows, as preserved values that were held back: each with the sum of its counts. Events have those of a member. */
  readonly reports: readonly OfMembers<Omit<StepReport, 'firstKeys'>>[]
  /** How many plans were made: one for each distinct state. */
  readonly plans: number
  readonly ms: number
}

export interface FleetRunOptions
  extends Pick<RunOptions, 'tier' | 'allowDataLoss' | 'acceptDrift' | 'strict' | 'lockWaitMs'> {
  /** Ends the run after the members that are running. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: FleetEvent) => void
  /** Stages whose gates are taken as open. */
  readonly openGates?: readonly string[]
}

export type FleetReadOptions = Pick<FleetRunOptions, 'tier' | 'allowDataLoss' | 'acceptDrift' | 'strict' | 'signal'>

export interface FleetStatusOptions extends Pick<FleetReadOptions, 'signal'> {
  /** Whether the schema of each member is read and compared, too. Default: false; heads and journals are read. */
  readonly drift?: boolean
  /** Called for each member that was read, in the order in which they answer. */
  readonly onMember?: (member: ObservedMember) => void
}

/** Many databases with one history. Holds nothing open between calls. */
export interface Fleet {
  /** Where the members are, by state; nothing is written. */
  status(options?: FleetStatusOptions): Promise<FleetStatus>
  /**
   * The plan of each distinct state, and who is in it; nothing is run. Targets are those of `upgrade` and `downgrade`: a member above the
   * target has the plan of `downgrade`, each other one that of `upgrade`.
   */
  plan(target?: string, options?: FleetReadOptions): Promise<FleetPlan>
  /**
   * Migrates the members, stage after stage. A plan is made once for each distinct state, and run on a member after its heads and tables
   * were found to be the same under the lock. Failures are collected; run it again to try what is left.
   *
   * Throws INVALID_OPTION for a target that counts from where a member is: `+1`, `-1`, `current`, `label@-1`.
   */
  upgrade(target?: string, options?: FleetRunOptions): Promise<FleetResult>
  /** The same in the other direction. The shared tier stays as it is. */
  downgrade(target: string, options?: FleetRunOptions): Promise<FleetResult>
  /**
   * Examines the members, and gives each finding once. Nothing is written. A shared tier is examined too, as a member whose `id` is the name
   * of the tier; what its database throws is thrown.
   *
   * ```ts
   * await fleet.check(async (migrator) => (await check(migrator)).findings.map(({ what }) => what))
   * ```
   */
  check(examine: MemberExamination, options?: Pick<FleetReadOptions, 'signal'>): Promise<FleetCheck>
  /**
   * Brings one member to the head, at its first use; where there is no such schema, database or file, it is made. Calls for the same member
   * share one run. A shared tier goes first, unless the member is at the head. Throws what `migrator.ensure` throws.
   */
  ensure(member: FleetMember, options?: EnsureMemberOptions): Promise<EnsuredMember>
  /**
   * Makes the schema, the database or the file of a new member, where there is none, and brings it to the head. Of two calls the second waits
   * for the first one's lock, and finds the member at the head.
   */
  create(member: FleetMember, options?: EnsureMemberOptions): Promise<EnsuredMember>
  /** The rows of a member's own history, the oldest first. Throws what reading it throws. */
  history(member: FleetMember): Promise<readonly HistoryRow[]>
  /** What the last runs recorded of a member; undefined: nothing. Throws INVALID_OPTION for a fleet without a state. */
  record(id: string): Promise<MemberRecord | undefined>
  /** The same of every member, by id. */
  records(): Promise<readonly MemberRecord[]>
  /** The last runs with their progress, the newest first; default: ten. Throws INVALID_OPTION for a fleet without a state. */
  runs(limit?: number): Promise<readonly RunRecord[]>
  /**
   * Takes jobs of the queue until the signal. It works on runs with the same revisions only. Throws QUEUE_FAILED, INVALID_OPTION for a fleet
   * without a queue, and what opening the state throws.
   */
  work(options?: FleetWorkOptions): Promise<FleetWorkResult>
}
