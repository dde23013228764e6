import {
  allFeatures,
  type ConstraintModel,
  type DeclaredSchema,
  type Exports,
  type OptionChecks,
  oneOf,
  requireOptions,
  type SchemaModel,
  type SupportedFeatures,
} from '@org/migrate-core/dialect'
import { boundText, capabilities, viewOptions } from '@org/migrate-dialect-mysql/internal'
import { type Column, getTableName, is, SQL, Table } from 'drizzle-orm'
import { toCamelCase, toSnakeCase } from 'drizzle-orm/casing'
import { getTableConfig, getViewConfig, MySqlSchema, MySqlTable, MySqlView } from 'drizzle-orm/mysql-core'
import type { Casing } from '../read/chunk-text.ts'
import { type Entity, objectRef, portableFrom, readEntities } from '../read/entities.ts'
import { constraintsFrom, tableOf, uniquesFrom, withKeysNotNull, wrongDialectTable } from '../read/table.ts'
import { tableNames } from '../read/table-names.ts'
import { columnFrom, isSerial, type Reader } from './from-columns.ts'
import { type Config, indexesFrom } from './from-indexes.ts'
import { isAlias } from './internals.ts'
import { queryText, sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

const optionChecks: OptionChecks<FromDrizzleOptions> = { casing: oneOf('snake_case', 'camelCase') }
const casings = { snake_case: toSnakeCase, camelCase: toCamelCase }
const cased = (key: string, casing: Casing | undefined): string => (casing === undefined ? key : casings[casing](key))

/** What Drizzle has words for on MySQL. */
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

/** Names of unique constraints are given, or drizzle-kit's; what `serial` brings has the column's, as the server gives it. */
function allConstraints(config: Config, reading: Reader): readonly ConstraintModel[] {
  const unique = (name: string, columns: readonly string[]) => ({ kind: 'unique', name, columns }) as const
  return [
    ...constraintsFrom<Column, SQL>(config, reading),
    ...uniquesFrom<Column, SQL>(config, reading).map(({ name, columns }) => unique(name, columns)),
    ...config.columns.filter(isSerial).map((column) => {
      const name = reading.nameOf(column)
      return unique(reading.names.generated(name), [name])
    }),
  ]
}

function tableFrom(table: MySqlTable, casing: Casing | undefined): Entity {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = getTableConfig(table)
  const names = tableNames(capabilities.identifierLimit)
  const reading: Reader = {
    dialect: 'mysql',
    ref: objectRef(config.name, config.schema),
    table: config.name,
    names,
    // Every primary key is called PRIMARY.
    namedKeys: ['foreignKey'],
    nameOf: (column) => (column.keyAsName ? cased(column.name, casing) : column.name),
    refOf(other) {
      const { name, schema } = getTableConfig(other as MySqlTable)
      return objectRef(name, schema)
    },
    isChunk: (value) => is(value, SQL),
    literal: boundText,
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  const columns = config.columns.map((column) => columnFrom(column, reading))
  const constraints = allConstraints(config, reading)
  return {
    table: withKeysNotNull(tableOf(reading.ref, columns, constraints, indexesFrom(config, reading))),
    generatedNames: names.all,
    notes: indexNotes(config),
  }
}

/** How an index is built is said by `op.limits`, for the statements of a revision. */
const indexNotes = ({ name: table, indexes }: Config): readonly string[] =>
  indexes.flatMap(({ config }) =>
    (['algorithm', 'lock'] as const).flatMap((word) =>
      config[word] === undefined
        ? []
        : [`${word.toUpperCase()} of index ${config.name} of ${table} is not followed: it is created like any other`],
    ),
  )

function viewFrom(view: MySqlView, casing: Casing | undefined): Entity | undefined {
  const config = getViewConfig(view)
  const { name, schema, query } = config
  if (config.isAlias) return undefined
  const ref = objectRef(name, schema)
  if (query === undefined) return { existing: ref }
  const { algorithm = '', sqlSecurity = '', withCheckOption = '' } = config
  const options = viewOptions({ algorithm, sql_security: sqlSecurity, check_option: withCheckOption })
  return { view: { ref, definition: queryText(query, `view ${name}`, casing), options } }
}

function entityFrom(entity: unknown, casing: Casing | undefined): Entity | undefined {
  if (is(entity, MySqlTable)) {
    return isAlias(entity) ? undefined : (portableFrom(entity) ?? tableFrom(entity, casing))
  }
  if (is(entity, MySqlView)) return viewFrom(entity, casing)
  if (is(entity, MySqlSchema)) {
    return { notes: [`schema ${entity.schemaName} is not compared: MySQL's schemas are databases of their own`] }
  }
  if (is(entity, Table)) throw wrongDialectTable(getTableName(entity), 'mysql', 'MySQL', 'mysqlTable')
  return undefined
}

/**
 * What Drizzle tables and views of MySQL declare (a module's exports, or a list), with what is to be known of it to compare a database
 * with it: which facts Drizzle has no words for, which names were generated, which views are not managed by it. What is no table or view
 * (relations, helpers, aliases) is passed by. Tables of `table(…)` are read too, and one of `toDrizzle` gives the model that it was
 * declared with.
 *
 * What Drizzle says and a database does not have is no part of it: values of `text({ enum })`, `$default` and `$onUpdate`, `$type`, modes.
 * What the model has no words for is left out and is a line of `notes`: ALGORITHM and LOCK of an index, schemas. Foreign keys have the
 * names that Drizzle's own tool gives them where they were not given one, cut to what the server takes.
 *
 * Throws WRONG_DIALECT for a table of another database, OBJECT_EXISTS when two tables, views or columns have one name, UNSUPPORTED
 * and INVALID_NAME for what cannot be said in MySQL's DDL.
 *
 * ```ts
 * import * as schema from './schema.ts'
 * const { schema: model, notes } = readDrizzle(schema, { casing: 'snake_case' })
 * ```
 */
export function readDrizzle(exports: Exports, options: FromDrizzleOptions = {}): DeclaredSchema {
  const { casing } = requireOptions('readDrizzle', options, optionChecks)
  return readEntities(exports, supportedFeatures, (entity) => entityFrom(entity, casing))
}

/**
 * The schema that Drizzle tables and views of MySQL describe: that of `readDrizzle`, which says what is read and what is left out, and
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
