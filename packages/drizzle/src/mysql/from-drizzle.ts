import type {
  ColumnModel,
  ColumnType,
  ConstraintModel,
  DeclaredSchema,
  DefaultValue,
  Exports,
  IndexElement,
  IndexModel,
  SchemaModel,
} from '@org/migrate-core/dialect'
import {
  boundText,
  capabilities,
  grammar,
  newest,
  readSqlDefault,
  typesFor,
  viewOptions,
} from '@org/migrate-dialect-mysql/internal'
import { Column, is, type SQL } from 'drizzle-orm'
import {
  getTableConfig,
  getViewConfig,
  type MySqlColumn,
  MySqlDialect,
  MySqlEnumColumn,
  MySqlEnumObjectColumn,
  MySqlSchema,
  MySqlTable,
  MySqlView,
} from 'drizzle-orm/mysql-core'
import { defaultFrom, generatedFrom } from '../read/column.ts'
import { bareText } from '../read/default-text.ts'
import type { Entity } from '../read/entities.ts'
import { autoIncrements, isUpdatedNow, textSettings } from '../read/internals.ts'
import {
  type FromDrizzleOptions,
  type ReadDialect,
  readSchema,
  tableAndViewFeatures,
  viewFrom,
} from '../read/reader.ts'
import {
  constraintsFrom,
  indexName,
  type Reading,
  type TableReading,
  tableOf,
  uniquesFrom,
  withKeysNotNull,
} from '../read/table.ts'

type Config = ReturnType<typeof getTableConfig>

const columnElement = /^(?:`((?:[^`]|``)+)`|([\p{L}\p{N}_$]+))\s*(?:\((\d+)\))?$/u

// Types are the same on both flavours, whatever their versions.
const types = typesFor(newest.mysql)

const bare = (text: string): string => bareText(text, grammar)

/** `serial` stands for all of `BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE`. */
const isSerial = (column: MySqlColumn): boolean => column.getSQLType() === 'serial'

function typeFrom(column: MySqlColumn): ColumnType {
  // Drizzle does not escape the values in the text; a text column may also have values, which are TypeScript's alone.
  if (is(column, MySqlEnumColumn) || is(column, MySqlEnumObjectColumn)) {
    return { kind: 'enum', values: [...(column.enumValues ?? [])] }
  }
  return types.fromSql(isSerial(column) ? 'bigint unsigned' : column.getSQLType())
}

/** A Date of a `date` is given whole to the driver. */
function canonicaliseDate(literal: DefaultValue, type: ColumnType): DefaultValue {
  if (type.kind !== 'date' || literal.kind !== 'literal' || typeof literal.value !== 'string') return literal
  return { kind: 'literal', value: literal.value.replace(/^(\d{4}-\d\d-\d\d)T[\d:.]+Z$/, '$1') }
}

function columnFrom(column: MySqlColumn, reading: TableReading): ColumnModel {
  const type = typeFrom(column)
  const defaultValue = defaultFrom(
    column,
    reading,
    (text) => readSqlDefault(type, text),
    (literal) => canonicaliseDate(literal, type),
  )
  const generated = generatedFrom(column, reading, 'virtual')
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull && !isSerial(column),
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...(generated && { generated: { ...generated, expression: bare(generated.expression) } }),
    ...(autoIncrements(column) ? { identity: { mode: 'autoIncrement' } } : {}),
    ...(isUpdatedNow(column) ? { onUpdate: 'now' } : {}),
  }
}

/** Drizzle has no words for order and length of an element, so people write them as SQL: `sql`${t.at} desc``. */
function elementFrom(part: unknown, index: string, columns: readonly string[], reading: TableReading): IndexElement {
  if (is(part, Column)) return { column: reading.nameOf(part) }
  const text = reading.text(part as SQL, `index ${index}`).trim()
  const [, term = text, order] = /^([\s\S]+?[\s)`])\s*(asc|desc)$/i.exec(text) ?? []
  const [, quoted, plain, length] = columnElement.exec(term.trim()) ?? []
  const column = quoted?.replaceAll('``', '`') ?? columns.find((name) => name === plain)
  return {
    ...(column === undefined ? { expression: bare(term.trim()) } : { column }),
    ...(column === undefined || length === undefined ? {} : { prefixLength: Number(length) }),
    ...(order === undefined ? {} : { order: order.toLowerCase() as 'asc' | 'desc' }),
  }
}

/** ALGORITHM and LOCK are how an index is built, and nothing of what is there then. */
function indexesFrom(config: Config, reading: TableReading): readonly IndexModel[] {
  const names = config.columns.map((column) => reading.nameOf(column))
  return config.indexes.map(({ config: { name: given, columns, unique, using } }): IndexModel => {
    const elements = columns.map((part) => elementFrom(part, given ?? `of ${reading.ref.name}`, names, reading))
    const name = indexName(given, elements, reading)
    return { name, unique: unique ?? false, elements, ...(using === undefined ? {} : { method: using }) }
  })
}

/** Names of unique constraints are given, or drizzle-kit's; what `serial` brings has the column's, as the server gives it. */
function allConstraints(config: Config, reading: TableReading): readonly ConstraintModel[] {
  const unique = (name: string, columns: readonly string[]) => ({ kind: 'unique', name, columns }) as const
  return [
    ...constraintsFrom(config, reading),
    ...uniquesFrom(config, reading).map(({ name, columns }) => unique(name, columns)),
    ...config.columns.filter(isSerial).map((column) => {
      const name = reading.nameOf(column)
      return unique(reading.names.generated(name), [name])
    }),
  ]
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

/** The model has a collation, and a comparison of Drizzle's tables leaves collations alone. */
const textNotes = ({ name: table, columns }: Config): readonly string[] =>
  columns.flatMap((column) =>
    textSettings(column).map(
      (setting) => `${setting} of ${table}.${column.name} is not compared: set it in a revision`,
    ),
  )

function viewOf(view: MySqlView, reading: Reading): Entity | undefined {
  const config = getViewConfig(view)
  const { algorithm = '', sqlSecurity = '', withCheckOption = '' } = config
  const options = viewOptions({ algorithm, sql_security: sqlSecurity, check_option: withCheckOption })
  return viewFrom(config, reading, { options })
}

const dialect: ReadDialect<MySqlTable, Config> = {
  name: 'mysql',
  server: 'MySQL',
  tableWord: 'mysqlTable',
  features: tableAndViewFeatures,
  limit: capabilities.identifierLimit,
  // Every primary key is called PRIMARY.
  namedKeys: ['foreignKey'],
  // Not the spelling that means the same in every mode: MariaDB stores the bytes of a CHECK as a string, and forgets its backslashes.
  literal: boundText,
  writer: (options) => new MySqlDialect(options),
  isTable: (entity) => is(entity, MySqlTable),
  configOf: getTableConfig,
  qualifiedName: (table) => getTableConfig(table as MySqlTable),
  tableFrom(config, reading) {
    const columns = config.columns.map((column) => columnFrom(column, reading))
    const constraints = allConstraints(config, reading)
    return {
      table: withKeysNotNull(tableOf(reading.ref, columns, constraints, indexesFrom(config, reading))),
      notes: [...indexNotes(config), ...textNotes(config)],
    }
  },
  readOther: (reading) => (entity) => {
    if (is(entity, MySqlView)) return viewOf(entity, reading)
    if (!is(entity, MySqlSchema)) return undefined
    return { notes: [`schema ${entity.schemaName} is not compared: MySQL's schemas are databases of their own`] }
  },
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
  return readSchema(exports, options, dialect)
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
