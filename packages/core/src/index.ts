export type {
  Plan,
  PlannedLoss,
  PlannedOperation,
  PlannedRestore,
  PlannedStatement,
  PlanStep,
  TierHeads,
} from './compile/plan.ts'
export { type ClientDefault, client } from './declare/client.ts'
export {
  bigint,
  boolean,
  bytes,
  char,
  type DefaultInput,
  date,
  decimal,
  defaultValue,
  double,
  type Expression,
  enumeration,
  expression,
  integer,
  json,
  native,
  now,
  real,
  smallint,
  type Typed,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from './declare/column.ts'
export type { DeclaredSchema, SupportedFeatures } from './declare/declared-schema.ts'
export type { ColumnFacts, ColumnRecord, DeclaredColumn, DeclaredTable, TableExtras } from './declare/declared-table.ts'
export { type Exports, readDeclared } from './declare/read-declared.ts'
export { column, type FactsOf, type InsertOf, type RowOf, type TableFacts, table } from './declare/table.ts'
export { toModel } from './declare/to-model.ts'
export type { Finding } from './dialect/dialect.ts'
export type { ErrorCode, ErrorDetails } from './errors/codes.ts'
export { type ErrorLocation, type ErrorOutcome, isMigrateError, MigrateError } from './errors/migrate-error.ts'
export type { HeaderOptions, RevisionLocations, RevisionSource } from './files/revision-source.ts'
export { type SqlRevisionInput, sqlRevision } from './files/sql-revision.ts'
export type { ForeignFinding, ForeignHistory, ForeignInspection, Tier } from './files/tier.ts'
export { type GraphTierOptions, graphOf, revisions } from './files/values.ts'
export { createRevisionGraph } from './graph/create-revision-graph.ts'
export type {
  Revision,
  RevisionHeader,
  RevisionModule,
  SqlEffect,
  SqlEffects,
  SqlFile,
  SqlFiles,
  TableRows,
  TestRows,
} from './graph/revision.ts'
export type { Edges, GraphNode, RevisionGraph } from './graph/revision-graph.ts'
export type { Direction } from './graph/selection/plan.ts'
export { resolveTarget, type TargetOptions } from './graph/target.ts'
export { createMigrator } from './migrator/migrator.ts'
export type * from './migrator/types.ts'
export type * from './model/sql-value.ts'
export type { Conflict } from './operations/conflict.ts'
export type * from './operations/operation.ts'
export { keepDataSteps } from './operations/recorder/keep-data-steps.ts'
export type * from './operations/recorder-types.ts'
export type * from './operations/recording.ts'
export type * from './operations/step-database.ts'
export { toFillIn } from './operations/to-fill-in.ts'
export type * from './options/ensure-options.ts'
export type { MigrationEvent, StepLoss, StepReport } from './options/events.ts'
export type * from './options/hooks.ts'
export type * from './options/migrator-options.ts'
export type * from './options/seeds.ts'
export { isWholeScript } from './script/checksum.ts'
