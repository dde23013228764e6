import {
  allFeatures,
  type DeclaredSchema,
  type Exports,
  type OptionChecks,
  oneOf,
  requireOptions,
  type SchemaModel,
  type SupportedFeatures,
} from '@org/migrate-core/dialect'
import { literalText } from '@org/migrate-dialect-sqlite/internal'
import { type Column, getTableName, is, SQL, Table } from 'drizzle-orm'
import { toCamelCase, toSnakeCase } from 'drizzle-orm/casing'
import { getTableConfig, getViewConfig, SQLiteTable, SQLiteView } from 'drizzle-orm/sqlite-core'
import type { Casing } from '../read/chunk-text.ts'
import { type Entity, portableFrom, readEntities } from '../read/entities.ts'
import { constraintsFrom, tableOf, wrongDialectTable } from '../read/table.ts'
import { tableNames } from '../read/table-names.ts'
import { columnFrom, type Reader } from './from-columns.ts'
import { indexesFrom } from './from-indexes.ts'
import { isAlias } from './internals.ts'
import { queryText, sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

const optionChecks: OptionChecks<FromDrizzleOptions> = { casing: oneOf('snake_case', 'camelCase') }
const casings = { snake_case: toSnakeCase, camelCase: toCamelCase }
const cased = (key: string, casing: Casing | undefined): string => (casing === undefined ? key : casings[casing](key))

/** What Drizzle has words for on SQLite. */
const supportedFeatures: SupportedFeatures = Object.freeze({
  ...allFeatures,
  comments: false,
  indexComments: false,
  collations: false,
  tableOptions: false,
  uniqueConstraints: false,
  datetimeOnUpdate: false,
  deferrable: false,
  match: false,
  notValid: false,
  exclusions: false,
  constraintDetails: false,
  indexIncludes: false,
  indexNullsNotDistinct: false,
  rowSecurity: false,
  forcedRowSecurity: false,
  indexOptions: false,
  specialIndexes: false,
  triggers: false,
  materializedViews: false,
  sequences: false,
  sequenceTypes: false,
  unusedEnums: false,
  emptySchemas: false,
  extensions: false,
})

function tableFrom(table: SQLiteTable, casing: Casing | undefined): Entity {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = getTableConfig(table)
  const names = tableNames()
  const reading: Reader = {
    dialect: 'sqlite',
    ref: { name: config.name },
    table: config.name,
    names,
    // Nothing shows the name of a key again but the text of the table, where Drizzle's own tool writes none.
    namedKeys: [],
    nameOf: (column) => (column.keyAsName ? cased(column.name, casing) : column.name),
    refOf: (other) => ({ name: getTableName(other as Table) }),
    isChunk: (value) => is(value, SQL),
    literal: literalText,
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  const columns = config.columns.map((column) => columnFrom(column, reading))
  const constraints = constraintsFrom<Column, SQL>(config, reading)
  return { table: tableOf(reading.ref, columns, constraints, indexesFrom(config, reading)), generatedNames: names.all }
}

function viewFrom(view: SQLiteView, casing: Casing | undefined): Entity | undefined {
  const { name, query, isAlias: alias } = getViewConfig(view)
  if (alias) return undefined
  const ref = { name }
  if (query === undefined) return { existing: ref }
  return { view: { ref, definition: queryText(query, `view ${name}`, casing) } }
}

function entityFrom(entity: unknown, casing: Casing | undefined): Entity | undefined {
  if (is(entity, SQLiteTable)) {
    return isAlias(entity) ? undefined : (portableFrom(entity) ?? tableFrom(entity, casing))
  }
  if (is(entity, SQLiteView)) return viewFrom(entity, casing)
  if (is(entity, Table)) throw wrongDialectTable(getTableName(entity), 'sqlite', 'SQLite', 'sqliteTable')
  return undefined
}

/**
 * What Drizzle tables and views of SQLite declare (a module's exports, or a list), with what is to be known of it to compare a database
 * with it: which facts Drizzle has no words for, which names were generated, which views are not managed by it. What is no table or view
 * (relations, helpers, aliases) is passed by. Tables of `table(…)` are read too, and one of `toDrizzle` gives the model that it was
 * declared with.
 *
 * What Drizzle says and a database does not have is no part of it: values of `text({ enum })`, `$default` and `$onUpdate`, `$type`, modes.
 * `unique()` is a unique index, as Drizzle's own tool makes it, and keys of `foreignKey()` have a name where one was given.
 *
 * Throws WRONG_DIALECT for a table of another database, OBJECT_EXISTS when two tables, views or columns have one name, UNSUPPORTED
 * and INVALID_NAME for what cannot be said in SQLite's DDL.
 *
 * ```ts
 * import * as schema from './schema.ts'
 * const { schema: model, existing } = readDrizzle(schema, { casing: 'snake_case' })
 * ```
 */
export function readDrizzle(exports: Exports, options: FromDrizzleOptions = {}): DeclaredSchema {
  const { casing } = requireOptions('readDrizzle', options, optionChecks)
  return readEntities(exports, supportedFeatures, (entity) => entityFrom(entity, casing))
}

/**
 * The schema that Drizzle tables and views of SQLite describe: that of `readDrizzle`, which says what is read and what is left out, and
 * throws the same.
 *
 * ```ts
 * import * as schema from './schema.ts'
 * const model = fromDrizzle(schema)
 * ```
 */
export function fromDrizzle(exports: Exports, options: FromDrizzleOptions = {}): SchemaModel {
  return readDrizzle(exports, options).schema
}
