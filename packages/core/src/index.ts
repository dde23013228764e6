export {
  defaultValue,
  bigint,
  boolean,
  bytes,
  char,
  date,
  decimal,
  double,
  enumeration,
  expression,
  integer,
  json,
  native,
  now,
  real,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
  type DefaultInput,
  type Expression,
  type Typed,
} from './declare/column.ts'
export { errorCodes, type ErrorCode, type ErrorDetails } from './errors/codes.ts'
export { isMigrateError, MigrateError, type ErrorLocation } from './errors/migrate-error.ts'
export { column, table, type FactsOf, type InsertOf, type RowOf, type TableFacts } from './declare/table.ts'
export type { ColumnFacts, ColumnRecord, DeclaredColumn, DeclaredTable, TableExtras } from './declare/declared.ts'
export { toModel } from './declare/to-model.ts'
export { graphOf, type GraphTierOptions, revisions } from './load/values.ts'
export { createRevisionGraph } from './graph/create-revision-graph.ts'
export { branchTips } from './graph/extremes.ts'
export { factsOf, type GraphFacts } from './graph/facts.ts'
export { nearNames } from './graph/near-names.ts'
export { listHistory, revisionsBetween, type RevisionRange } from './graph/history.ts'
export { parentsOfNewRevision, type NewRevisionOptions } from './graph/new-revision.ts'
export type { Edges, GraphNode, RevisionGraph } from './graph/revision-graph.ts'
export { parseTarget, resolveTarget, resolveTargets, type ParsedTarget, type TargetOptions } from './graph/target.ts'
export { applyHeadChange, followHeads, headMoveKind, headsAlong, type HeadMoveKind, type HeadMoves } from './plan/head-moves.ts'
export { planDowngrade, selectDowngrade, type DowngradeSelection } from './plan/plan-downgrade.ts'
export { planStamp, type StampOptions } from './plan/plan-stamp.ts'
export { planUpgrade } from './plan/plan-upgrade.ts'
export type { Direction, HeadChange, RevisionPlan, RevisionStep, RowChange, StampPlan } from './plan/plan.ts'
export type * from './operations/step-database.ts'
export type * from './operations/recorder-types.ts'
export { assertRepeatable, decodeRowValue, encodeRowValue, record, recordRepeatable, type RecordOptions } from './operations/recorder.ts'
export { conflicts, type Conflict } from './operations/conflict.ts'
export { apply, describe, invert, touches } from './operations/table.ts'
export { replay } from './operations/replay.ts'
export type * from './operations/operation.ts'
export type * from './operations/recording.ts'
export type * from './model/sql-value.ts'
export { createMigrator } from './execute/migrator.ts'
export type * from './execute/migrator-types.ts'
export type { MigrationEvent, StepReport } from './execute/events.ts'
export type { Plan, PlannedLoss, PlannedOperation, PlannedStatement, PlanStep, TierHeads } from './compile/plan.ts'
export type { Revision, RevisionHeader, RevisionModule } from './graph/revision.ts'
export type { RevisionSource } from './load/revision-source.ts'
export type { ForeignFinding, ForeignHistory, ForeignLook, Tier } from './load/tier.ts'
export { schemaDifferences, tableDifferences } from './model/differences.ts'
export { script, type ScriptSettings } from './execute/script.ts'
