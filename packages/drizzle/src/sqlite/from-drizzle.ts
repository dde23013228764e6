import type {
  ColumnModel,
  ColumnType,
  DeclaredSchema,
  DefaultValue,
  Exports,
  IndexElement,
  IndexModel,
  SchemaModel,
  TableModel,
} from '@org/migrate-core/dialect'
import {
  canonicaliseDefault,
  enumCheck,
  literalText,
  nameOf,
  readElements,
  readExpressionDefault,
  significant,
  tokenize,
  types,
} from '@org/migrate-dialect-sqlite/internal'
import { Column, getTableName, is, type SQL } from 'drizzle-orm'
import * as core from 'drizzle-orm/sqlite-core'
import { getTableConfig, getViewConfig, type SQLiteColumn, SQLiteTable, SQLiteView } from 'drizzle-orm/sqlite-core'
import { defaultFrom, generatedFrom } from '../read/column.ts'
import { autoIncrements } from '../read/internals.ts'
import {
  type FromDrizzleOptions,
  type ReadDialect,
  readSchema,
  tableAndViewFeatures,
  viewFrom,
} from '../read/reader.ts'
import { constraintsFrom, indexName, type TableReading, tableOf, uniquesFrom } from '../read/table.ts'

type Config = ReturnType<typeof getTableConfig>

/** Without the parentheses that stand around all of it: SQLite keeps `DEFAULT (x)` as `x`. */
function bare(text: string): string {
  const tokens = significant(tokenize(text))
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth === 0)
      return at === tokens.length - 1 && tokens[0]?.text === '(' ? bare(text.trim().slice(1, -1)) : text.trim()
  }
  return text.trim()
}

function defaultOf(column: SQLiteColumn, reading: TableReading, type: ColumnType): DefaultValue | undefined {
  const { default: given } = column
  // Stored it is 0 or 1. drizzle-kit writes it as the word, and compares the text of a default with that in the database.
  if (typeof given === 'boolean' && type.kind === 'integer') return { kind: 'literal', value: given }
  return defaultFrom(
    column,
    reading,
    (text) => canonicaliseDefault(readExpressionDefault(bare(text)), type),
    (literal) => canonicaliseDefault(literal, type),
  )
}

function columnFrom(column: SQLiteColumn, reading: TableReading): ColumnModel {
  const type = types.fromSql(column.getSQLType())
  const defaultValue = defaultOf(column, reading, type)
  const generated = generatedFrom(column, reading, 'virtual')
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull,
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...(generated && { generated: { ...generated, expression: bare(generated.expression) } }),
    ...(autoIncrements(column) ? { identity: { mode: 'autoIncrement' } } : {}),
  }
}

/** A CHECK without a name that holds the values of a text column is what an enum is on SQLite. */
function withEnums(table: TableModel): TableModel {
  const enums = new Map<string, readonly string[]>()
  const constraints = table.constraints.filter((one) => {
    if (one.kind !== 'check' || one.name !== undefined) return true
    const [first, ...rest] = significant(tokenize(one.expression))
    const column = table.columns.find(({ name, type }) => type.kind === 'text' && first && nameOf(first) === name)
    const values = rest.flatMap((token) => (token.kind === 'string' ? [nameOf(token) ?? ''] : []))
    if (column === undefined || enumCheck(column.name, values).text !== one.expression) return true
    enums.set(column.name, values)
    return false
  })
  const columns = table.columns.map((column) => {
    const values = enums.get(column.name)
    return values === undefined ? column : { ...column, type: { kind: 'enum', values } as const }
  })
  return enums.size === 0 ? table : { ...table, columns, constraints }
}

/** Drizzle has no words for order and collation of an element, so people write them as SQL: `sql`${t.at} desc``. */
function elementsFrom(
  part: unknown,
  index: string,
  columns: readonly string[],
  reading: TableReading,
): readonly IndexElement[] {
  if (is(part, Column)) return [{ column: reading.nameOf(part) }]
  return readElements(reading.text(part as SQL, `index ${index}`), columns)
}

function indexesFrom(config: Config, reading: TableReading): readonly IndexModel[] {
  const names = config.columns.map((column) => reading.nameOf(column))
  return [
    ...config.indexes.map(({ config: { name: given, columns, unique, where } }): IndexModel => {
      const elements = columns.flatMap((part) => elementsFrom(part, given ?? `of ${reading.ref.name}`, names, reading))
      const name = indexName(given, elements, reading)
      return {
        name,
        unique,
        elements,
        ...(where === undefined ? {} : { where: reading.text(where, `index ${name}`) }),
      }
    }),
    // Drizzle makes a unique index of unique(), never a constraint, and databases that it made have that.
    ...uniquesFrom(config, reading).map(({ name, columns }) => ({
      name,
      unique: true,
      elements: columns.map((column) => ({ column })),
    })),
  ]
}

/** 0.45 has one for drivers that wait and one for those that do not, 1.0 has one for both. */
const Dialect = ((core as { readonly SQLiteDialect?: unknown }).SQLiteDialect ??
  core.SQLiteSyncDialect) as typeof core.SQLiteSyncDialect

const dialect: ReadDialect<SQLiteTable, Config> = {
  name: 'sqlite',
  server: 'SQLite',
  tableWord: 'sqliteTable',
  features: tableAndViewFeatures,
  // Nothing shows the name of a key again but the text of the table, where Drizzle's own tool writes none.
  namedKeys: [],
  literal: literalText,
  writer: (options) => new Dialect(options),
  isTable: (entity) => is(entity, SQLiteTable),
  configOf: getTableConfig,
  qualifiedName: (table) => ({ name: getTableName(table) }),
  tableFrom: (config, reading) => ({
    table: withEnums(
      tableOf(
        reading.ref,
        config.columns.map((column) => columnFrom(column, reading)),
        constraintsFrom(config, reading),
        indexesFrom(config, reading),
      ),
    ),
  }),
  readOther: (reading) => (entity) => (is(entity, SQLiteView) ? viewFrom(getViewConfig(entity), reading) : undefined),
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
  return readSchema(exports, options, dialect)
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
