/** The values of `/dialect` that a dialect needs before it has steps to plan or run: `@org/migrate-core/connection`. Every start loads them. */

export { foreignType, unsupported } from './compile/unsupported.ts'
export { AnswerWatch, timerMs } from './dialect/answer-watch.ts'
export { maskedUrl, noPathReason, requireUrl, schemeOf } from './dialect/database-url.ts'
export { missingDatabase, withStepParts } from './dialect/dialect.ts'
export { type ChosenDriver, driverChooser, driverNotLoaded } from './dialect/drivers/choose-driver.ts'
export { installedVersion } from './dialect/drivers/installed-version.ts'
export { packageFolder } from './dialect/drivers/package-folder.ts'
export { systemFaults } from './dialect/errors.ts'
export { invalidUrl, isLoopback, parseServerUrl, withDatabaseName } from './dialect/server-url.ts'
export { refusedOverServiceConnection } from './dialect/service-connection.ts'
export { isMigrateError, MigrateError } from './errors/migrate-error.ts'
export {
  isAnything,
  isFlag,
  isNumber,
  isRecord,
  isText,
  noDriver,
  oneOf,
  requireOptions,
} from './errors/option-check.ts'
export { codeOf, thrownMessage } from './errors/thrown-value.ts'
export { deepFreeze } from './model/deep-freeze.ts'
export { present, tableKey } from './model/edit.ts'
export { rowsOf } from './model/sql-value.ts'
export { classifySql } from './sql/classification.ts'
export {
  isSignificant,
  joinAtPlaceholders,
  lexSql,
  spellPlaceholders,
  splitAtPlaceholders,
} from './sql/lexer.ts'
export { checkName, isWellFormed } from './sql/names.ts'
export { sql, verbatim } from './sql/tag.ts'
export { touchedObjects } from './sql/touched-tables.ts'
