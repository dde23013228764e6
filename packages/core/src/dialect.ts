/** What a dialect package builds on: `@org/migrate-core/dialect`. */

export { expressionText } from './compare/expression-text.ts'
export { schemaDifferences } from './compare/schema-differences.ts'
export { tableDifferences } from './compare/table-differences.ts'
export { type Counting, type CountingLimits, countingFault } from './compile/counting.ts'
export * from './compile/dialect-statements.ts'
export { noneExpected, type SqlSyntax } from './compile/expect-none.ts'
export { type NameRules, withFreeNames } from './compile/free-names.ts'
export { foreignType, unsupported } from './compile/unsupported.ts'
export { allFeatures, type DeclaredSchema, type SupportedFeatures } from './declare/declared-schema.ts'
export type { ColumnFacts, DeclaredTable } from './declare/declared-table.ts'
export type { Exports } from './declare/read-declared.ts'
export type { TableFacts } from './declare/table.ts'
export { AnswerWatch, type AnswerWatchOptions, type SessionProbeResult } from './dialect/answer-watch.ts'
export type {
  BackupProgram,
  BackupProof,
  BackupPurpose,
  LoadingProgram,
  OwnName,
  ServerBackup,
} from './dialect/backup.ts'
export { shellWord } from './dialect/backup.ts'
export { cancelUntilAnswered } from './dialect/cancel.ts'
export type * from './dialect/capabilities.ts'
export type * from './dialect/compiler.ts'
export { maskedUrl, noDatabase, noPathReason, requireUrl, schemeOf } from './dialect/database-url.ts'
export type * from './dialect/dialect.ts'
export { loadedItself, withStepParts } from './dialect/dialect.ts'
export { describeDriver } from './dialect/driver-text.ts'
export { isPackageAbsent } from './dialect/drivers/absent-package.ts'
export * from './dialect/errors.ts'
export { type IdleConnection, idleConnections, inTime } from './dialect/idle-connections.ts'
export type * from './dialect/introspection.ts'
export type * from './dialect/measures.ts'
export type * from './dialect/preserving.ts'
export type * from './dialect/rows.ts'
export type * from './dialect/script.ts'
export {
  invalidUrl,
  parseServerUrl,
  type ServerAddress,
  type UrlForms,
  withDatabaseName,
} from './dialect/server-url.ts'
export {
  refusedOverServiceConnection,
  type ServiceConnection,
  type StatementOutcome,
} from './dialect/service-connection.ts'
export type * from './dialect/session.ts'
export type * from './dialect/sql.ts'
export type * from './dialect/types.ts'
export { counted, withArticle } from './errors/count-text.ts'
export { type ErrorLocation, isMigrateError, MigrateError, type MigrateErrorOptions } from './errors/migrate-error.ts'
export {
  holding,
  isAnything,
  isDialect,
  isFlag,
  isFunction,
  isNumber,
  isRecord,
  isSignal,
  isText,
  type OptionCheck,
  type OptionChecks,
  oneOf,
  optional,
  requireArgument,
  requireArguments,
  requireOptions,
  shaped,
  withMethods,
} from './errors/option-check.ts'
export { someOf } from './errors/some-of.ts'
export { codeOf, thrownMessage, thrownStack } from './errors/thrown-value.ts'
export { canonicalJson, checksum } from './model/canonical.ts'
export { entriesUnshared } from './model/chunked-map.ts'
export type * from './model/column-type.ts'
export { deepFreeze } from './model/deep-freeze.ts'
export { defaultMisfit, misfitDefault } from './model/default-misfit.ts'
export * from './model/edit.ts'
export { cutName, fittingName, type NameSize } from './model/fit-name.ts'
export { itemsNamedIn, mayName } from './model/may-name.ts'
export type * from './model/schema-model.ts'
export * from './model/sql-value.ts'
export { movedTo } from './operations/object-moves.ts'
export type * from './operations/operation.ts'
export { decodeRowValue } from './operations/recorder/row-values.ts'
export type { OnlineChange } from './operations/recording.ts'
export { replay } from './operations/replay.ts'
export type { StepDatabase } from './operations/step-database.ts'
export { apply, describe, invert, touches } from './operations/table.ts'
export { classifySql, type SqlClass } from './sql/classification.ts'
export { closed, enclosed } from './sql/enclose.ts'
export { equalKeys } from './sql/equal-keys.ts'
export {
  isSignificant,
  joinAtPlaceholders,
  lexSql,
  type SqlGrammar,
  type SqlToken,
  type SqlTokenKind,
  spellPlaceholders,
  splitAtPlaceholders,
} from './sql/lexer.ts'
export { checkName, isWellFormed, type NameLimit } from './sql/names.ts'
export { qualifiersIn } from './sql/qualifiers.ts'
export { partsOfSql, type SqlPart, type SqlStatement } from './sql/split-statements.ts'
export type * from './sql/statement.ts'
export { join, joinWithSpaces, type Quote, type SqlFragment, sql, verbatim } from './sql/tag.ts'
export { type TouchedObjects, touchedObjects } from './sql/touched-tables.ts'
