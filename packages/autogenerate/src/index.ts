/** Comparing schemas, writing revisions from the differences, checking a database and taking over another tool's: `@org/migrate-autogenerate`. */

export type { FolderMigration, ForeignText, MigrationFolder } from './adopt/folders/foreign-folder.ts'
export { type FolderMatch, type FolderStatus, type MatchedBy, matchFolder } from './adopt/folders/match-folder.ts'
export type { ImportedRevision } from './adopt/imported-files.ts'
export { importedRevisions } from './adopt/imported-revisions.ts'
export { prove } from './adopt/prove.ts'
export { survey } from './adopt/survey.ts'
export type * from './adopt/types.ts'
export {
  type BranchConflict,
  type BranchPair,
  type BranchSide,
  checkBranches,
  compareBranches,
  type OperationsOf,
  type UnknownFootprint,
} from './check/branches.ts'
export { check } from './check/check.ts'
export { createDriftReader, type Drift } from './check/drift.ts'
export { examine } from './check/examine.ts'
export type * from './check/types.ts'
export { compare } from './compare/compare.ts'
export type { DerivedDowngrade } from './compare/derive-downgrade.ts'
export { type Diff, type DiffRequest, diffSchemas } from './compare/diff.ts'
export { notesBeyond } from './compare/notes-beyond.ts'
export { type ReadSchema, type ReadSchemaOptions, readSchema } from './compare/read-schema.ts'
export type * from './compare/types.ts'
export { withStatements } from './compare/with-statements.ts'
export type { FillAnswer } from './compose/composition.ts'
export type { Change, ChangesByDialect, FillChange, OperationChange } from './differences/change.ts'
export { type CreationOptions, creationsOf } from './differences/creations.ts'
export type { FilteredKind, FilteredObject, FilterRule, SchemaFilter } from './differences/filter.ts'
export { type MaterialiseOptions, materialise } from './differences/materialise.ts'
export type { UncomparedObject } from './differences/uncompared.ts'
export type { Declarations } from './pull/declarations.ts'
export { type PullOptions, pull } from './pull/pull.ts'
export { type DeclarationKind, type DeclarationsInput, renderDeclarations } from './pull/render-declarations.ts'
export type { UndeclaredObject } from './pull/undeclared.ts'
export type {
  PushOptions,
  PushResult,
  StampPushedOptions,
  StampPushedResult,
  SurveyPushOptions,
} from './push/options.ts'
export { pushChanges, surveyPush } from './push/push-changes.ts'
export { stampPushed } from './push/stamp-pushed.ts'
export { withoutTools } from './recognise/exclude-tools.ts'
export { type RecogniseOptions, recogniseTools } from './recognise/recognise.ts'
export type { AppliedMigration, Recogniser, RecogniserInspection, ToolHistory } from './recognise/recogniser.ts'
export { recognisers } from './recognise/tools.ts'
export type {
  RenameAnswer,
  RenameAnswers,
  RenameCandidate,
  RenameKind,
  RenameQuestion,
} from './renames/answers.ts'
export type { BodyChange, BodyChanges, GapChange } from './render/body-change.ts'
export type { OwnType, RenderType } from './render/imports.ts'
export { type BodyInput, type RenderedBody, renderBody } from './render/render-body.ts'
export { requireUpgrade } from './reset/require-upgrade.ts'
export { emptyDatabase, type ResetOptions, surveyReset } from './reset/reset.ts'
export type { ResetSummary } from './reset/reset-plan.ts'
export {
  compareSnapshot,
  isCurrentSnapshot,
  type SnapshotComparison,
} from './snapshot/compare-snapshot.ts'
export {
  type LoadOptions,
  type LoadResult,
  loadSnapshot,
  prepareSnapshot,
  type SnapshotLoader,
} from './snapshot/load-snapshot.ts'
export { makeSnapshot, type SchemaSnapshot, type SnapshotOptions } from './snapshot/make-snapshot.ts'
export { makeTemplate, type SchemaTemplate } from './snapshot/template.ts'
export { isSnapshotText, type SnapshotHeader } from './snapshot/text.ts'
export { readSource, type SchemaSource } from './sources/read-source.ts'
export type { SqlText } from './sources/run-sql.ts'
export { proveSquash, type SquashProof } from './squash/prove-squash.ts'
export { type SquashRange, squashRange } from './squash/range.ts'
export { type SquashContent, type SquashStep, squashContent } from './squash/squash-content.ts'
export {
  type CopiedTable,
  type CopyFinding,
  type CopyFindingKind,
  type CopyReport,
  type CopyTestOptions,
  proveOnCopy,
} from './stairway/on-copy.ts'
export { stairway } from './stairway/stairway.ts'
export type * from './stairway/types.ts'
