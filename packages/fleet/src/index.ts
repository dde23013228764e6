export { createFleet } from './fleet.ts'
export type { FleetEvent, StageResult } from './fleet-events.ts'
export type {
  DriftGroup,
  FindingGroup,
  Fleet,
  FleetCheck,
  FleetDrift,
  FleetGroup,
  FleetOptions,
  FleetPart,
  FleetPlan,
  FleetReadOptions,
  FleetResult,
  FleetRunOptions,
  FleetStatus,
  FleetStatusOptions,
  MemberExamination,
  ObservedMember,
  PlannedGroup,
} from './fleet-types.ts'
export type { EnsuredMember, EnsureMemberOptions } from './members/ensure-types.ts'
export type { FleetMember, FleetMemberSource, FleetMembers } from './members/member.ts'
export { fileMembers, queryMembers } from './members/sources.ts'
export type { FailureGroup, MemberFailure } from './run/failures.ts'
export type { SharedTier } from './shared-tier.ts'
export type { StageGate } from './stages/gate.ts'
export type { FleetStage, StageMatch } from './stages/stage.ts'
export type { RunRecord, StageProgress } from './state/runs.ts'
export type { MemberOutcome, MemberRecord } from './state/store.ts'
export type { RetryOptions } from './transient.ts'
export type { FleetQueueOptions } from './work/queue-options.ts'
export type { FleetWorkEvent, FleetWorkOptions, FleetWorkResult } from './work/work-types.ts'
