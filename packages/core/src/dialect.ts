/** What a dialect package builds on: `@org/migrate-core/dialect`. */
export { bareText, textDefault } from './compile/default-text.ts'
export { noneExpected, type SqlSyntax } from './compile/expect-none.ts'
export { type NamedResults, nameResults } from './compile/result-names.ts'
export { listedRows, requireDialect, type StepText } from './compile/step-rows.ts'
export { AnswerWatch, type AnswerWatchOptions, type SessionProbeResult } from './connect/answer-watch.ts'
export { maskedUrl, noDatabase, noPathReason, requireUrl, schemeOf } from './connect/database-url.ts'
export { type DatabaseSession, type OpenDatabase, type OpeningParts, openOver } from './connect/open-database.ts'
export type { PoolLimits } from './connect/pool.ts'
export { type PoolOptions, poolChecks, poolLimits } from './connect/pool-options.ts'
export { invalidUrl, parseServerUrl, type ServerAddress, type UrlForms } from './connect/server-url.ts'
export type { ServiceConnection, Statements } from './connect/unit-of-work.ts'
export type { UseOptions } from './connect/use-signal.ts'
export { isDeclaredTable, isDeclaredTables } from './declare/argument-checks.ts'
export {
  allFeatures,
  type DeclaredSchema,
  generatedNameKey,
  portableFeatures,
  type SupportedFeatures,
  supportedFeaturesOf,
  wholeSchema,
} from './declare/declared-schema.ts'
export {
  type Casing,
  type ChunkTexts,
  type ChunkWriter,
  chunkTexts,
  type Writing,
  type Written,
} from './declare/typed/chunk-text.ts'
export { type ColumnNames, type ColumnPlan, columnName } from './declare/typed/column-plan.ts'
export {
  acting,
  declaredModel,
  indexElements,
  type MakeAllOptions,
  type MakeOneOptions,
  makeTable,
  makeTables,
  notExpressible,
  type TableFactory,
} from './declare/typed/make-table.ts'
export { defaultFrom, generatedFrom, type ValueReading } from './declare/typed/read-column.ts'
export {
  type Entity,
  type Exports,
  objectRef,
  portableFrom,
  readDeclared,
  readEntities,
  withPolicy,
} from './declare/typed/read-entities.ts'
export {
  constraintsFrom,
  indexName,
  type Reading,
  type TableConfig,
  tableOf,
  type UniqueDeclaration,
  uniquesFrom,
  withKeysNotNull,
  wrongDialectTable,
} from './declare/typed/read-table.ts'
export { plainErrors, type Runner, withTransactions } from './declare/typed/remote.ts'
export { type TableNames, tableNames } from './declare/typed/table-names.ts'
export type { ColumnClasses, DataTypeOf, OnDialect, TypedColumn } from './declare/typed/types.ts'
export {
  type Codecs,
  type ColumnCodec,
  codecOf,
  integerBoolean,
  invalidValue,
  type JsonCodec,
  jsonColumn,
  plainJson,
  type ValueLocation,
} from './declare/typed/values.ts'
export type * from './dialect/capabilities.ts'
export type * from './dialect/catalog.ts'
export type * from './dialect/dialect.ts'
export type * from './dialect/finding.ts'
export type * from './dialect/script.ts'
export type * from './dialect/session.ts'
export { counted } from './errors/count-text.ts'
export { type ErrorLocation, isMigrateError, MigrateError, type MigrateErrorOptions } from './errors/migrate-error.ts'
export {
  holding,
  isAnything,
  isDialect,
  isFlag,
  isFunction,
  isListOrRecord,
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
} from './errors/option-check.ts'
export { thrownMessage, thrownStack } from './errors/thrown-value.ts'
export { canonicalJson, checksum, deepFreeze } from './model/canonical.ts'
export type * from './model/column-type.ts'
export { tableDifferences } from './model/differences.ts'
export * from './model/edit.ts'
export { expressionText } from './model/expression-text.ts'
export { cutName, fittingName, type NameSize } from './model/fit-name.ts'
export { schemaDifferences } from './model/schema-differences.ts'
export type * from './model/schema-model.ts'
export type * from './model/sql-value.ts'
export { movedTo } from './operations/object-moves.ts'
export type * from './operations/operation.ts'
export { decodeRowValue } from './operations/recorder/row-values.ts'
export type { OnlineChange } from './operations/recording.ts'
export { replay } from './operations/replay.ts'
export { apply, describe, invert, touches } from './operations/table.ts'
export { classifySql, type SqlClass } from './sql/classification.ts'
export {
  isSignificant,
  lexSql,
  type SqlGrammar,
  type SqlToken,
  type SqlTokenKind,
  spellPlaceholders,
} from './sql/lexer.ts'
export { checkName, isWellFormed, type NameLimit } from './sql/names.ts'
export { qualifiersIn } from './sql/qualifiers.ts'
export { partsOfSql, type SqlPart, type SqlStatement } from './sql/split-statements.ts'
export type * from './sql/statement.ts'
export { join, joinWithSpaces, type Quote, type SqlFragment, sql, verbatim } from './sql/tag.ts'
