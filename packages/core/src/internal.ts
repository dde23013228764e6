/**
 * What our own packages need of core and users do not: `@org/migrate-core/internal`. Without any promise: names go and change with any
 * release.
 */

export { historySource } from './bookkeeping/history.ts'
export { loadName } from './bookkeeping/push-record.ts'
export { type RecordedStep, readAllSteps } from './bookkeeping/resolved-operations.ts'
export { defaultNames } from './bookkeeping/tables.ts'
export { constraintBody, findCounterpart, matchConstraints } from './compare/constraint-match.ts'
export { comparableSequence, comparableTable } from './compare/database-differences.ts'
export { sequenceFacts, viewDifferences } from './compare/schema-differences.ts'
export {
  differingColumnFacts,
  differingIndexFacts,
  differingOptions,
  differingPolicyFacts,
  type PolicyFact,
} from './compare/table-differences.ts'
export { type CompiledGroup, compileOperations, isBarrier } from './compile/compile.ts'
export { executeStatement } from './compile/execute-statement.ts'
export { namedSchemas } from './compile/named-schemas.ts'
export { namedTables } from './compile/named-tables.ts'
export { deleteRows, insertRows, selectRows } from './compile/own-rows.ts'
export { endsPart } from './compile/parts.ts'
export { statementError } from './compile/statement-error.ts'
export { type ExactRow, pagesByKey, rowKeyOf } from './data-steps/paging.ts'
export { type ExactValue, isRawText } from './data-steps/preserved/encode.ts'
export { isDeclaredTable } from './declare/argument-checks.ts'
export { clientDefaultOf } from './declare/client.ts'
export {
  allFeatures,
  generatedNameKey,
  isDeclaredSchema,
  portableFeatures,
  supportedFeaturesOf,
  wholeSchema,
} from './declare/declared-schema.ts'
export { declaredInOwnSchema, inhabitedSchemas, inOwnSchema } from './declare/own-schema.ts'
export {
  exportedOnce,
  holdsJsonOf,
  type PortableTable,
  portableTableOf,
  withDeclaredModel,
} from './declare/read-declared.ts'
export { connectingWith, withConnectionScope } from './dialect/connection-scope.ts'
export { remedies } from './errors/codes.ts'
export { isAbort, locate } from './errors/migrate-error.ts'
export { nearNames } from './errors/near-names.ts'
export {
  isCount,
  isDate,
  isList,
  isTextRecord,
  isTexts,
  isWholeCount,
  listOf,
  withMember,
  withMethods,
} from './errors/option-check.ts'
export { absoluteFolder, isFolder } from './files/folder-names.ts'
export { sqlHeaderText } from './files/sql-header.ts'
export { sqlText } from './files/sql-revision.ts'
export { namingChecks } from './files/write/argument-checks.ts'
export { fileNameOf } from './files/write/file-name.ts'
export { timestampParts } from './files/write/timestamp-parts.ts'
export { isGraph } from './graph/argument-checks.ts'
export { currentNodes } from './graph/current-nodes.ts'
export { branchTips, maximalOf, overlapsOf, requireSeparateTargets } from './graph/extremes.ts'
export { listHistory } from './graph/history.ts'
export { parentsOfNewRevision } from './graph/new-revision.ts'
export { crossed, type InsideSquash, refuseInside, replaceNodes } from './graph/replace.ts'
export { countsFromRows, resolveTargets } from './graph/target.ts'
export { type BookkeepingInspection, inspectBookkeeping } from './history/inspect-bookkeeping.ts'
export { reportLock } from './history/lock-report.ts'
export { ownTables } from './history/own-tables.ts'
export { readingAhead } from './history/read-ahead.ts'
export { describeDriverError, describeError, inTransaction, withDialectSession } from './history/with-session.ts'
export { checkMigratorOptions, migratorChecks, waitChecks } from './migrator/checked-calls.ts'
export { contextOf, type MigratorContext } from './migrator/context.ts'
export { ensureVersion } from './migrator/ensure-version.ts'
export { countCounters, countPreserved } from './migrator/records.ts'
export { runSeeds, type Seed } from './migrator/run-seeds.ts'
export { readTierPosition } from './migrator/state.ts'
export { isSame, normaliseSource, sha256 } from './model/canonical.ts'
export { isReadonlyMap } from './model/chunked-map.ts'
export { primaryColumns, uniqueKeyOf } from './model/keys.ts'
export { isSchemaModel } from './model/model-check.ts'
export { whyUnreadable } from './model/unreadable.ts'
export { conflicts } from './operations/conflict.ts'
export { renamedTable } from './operations/object-moves.ts'
export { isOpaque } from './operations/operation.ts'
export { encodeRowValue, record } from './operations/recorder.ts'
export type { RecordedOperation } from './operations/recording.ts'
export { securityImpact } from './operations/security.ts'
export { selectorOf } from './operations/traits/constraints.ts'
export { enumOf, isOfEnum, usesEnum } from './operations/traits/enum-columns.ts'
export { invalid } from './operations/traits/objects.ts'
export { migratorDefaults } from './options/defaults.ts'
export { loadParts, type ResolvedOptions, resolveForDialect, type UnloadedOptions } from './options/resolve-options.ts'
export {
  findEdited,
  findMoved,
  findUnrecorded,
  readRecorded,
} from './planning/edited-revisions.ts'
export {
  hasFileOf,
  interruptedError,
  interruptedRemedy,
  interruptedText,
  resumedElsewhere,
} from './planning/journal/interrupted-revision.ts'
export { forecastLosses } from './planning/losses/forecast-losses.ts'
export { pendingRows } from './planning/losses/pending-rows.ts'
export { headsAfter, makePlan, readTierGraphs, refuseForeign } from './planning/plan-route.ts'
export { pendingOf, readPosition } from './planning/readiness.ts'
export { recordDowngrade, recordingHash, recordUpgrade } from './planning/recording/record-file.ts'
export { interruptedLoadRemedy, interruptedLoadText, refusePushed } from './planning/refuse-pushed.ts'
export { type ReplayResult, replayAll, replayApplied, replayUpTo } from './planning/replay-applied.ts'
export { graphsOfFiles, planRoute, type RouteStep, selectTier, type TierGraph } from './planning/route.ts'
export { createSharedPlans, type SharedPlans, stateName } from './planning/shared-plans.ts'
export { rulesOf } from './planning/tier-rules.ts'
export {
  findUnversioned,
  type UnversionedTier,
  unversionedRemedy,
  unversionedText,
} from './planning/unversioned-tiers.ts'
export { copyDatabase } from './run/backup/copy.ts'
export { limitStatements } from './run/limit-statements.ts'
export { callAfterHeadHook, runTo } from './run/move/run-to.ts'
export { createListener, observeRun } from './run/observe-run.ts'
export { type PushedOperations, pushOperations } from './run/push/push-operations.ts'
export { recordPush } from './run/push/record-push.ts'
export { revisionKey, stampRoute } from './run/push/stamp-route.ts'
export { sendStatements, statementsOf } from './run/send-operations.ts'
export { inSpan } from './run/telemetry/in-span.ts'
export { withLock } from './run/with-lock.ts'
export { planAssumed } from './script/assumed-plan.ts'
export { withChecksum } from './script/checksum.ts'
export { createScriptWriter, scriptParts } from './script/script-writer.ts'
export { inlineParams } from './sql/inline.ts'
export { positionInText } from './sql/split-statements.ts'
