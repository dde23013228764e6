import { type DeclaredTable, toModel } from '@org/migrate-core'
import {
  bareText,
  type ColumnModel,
  type ColumnType,
  type ConstraintModel,
  constraintsFrom,
  type DefaultValue,
  declaredModel,
  type IndexElement,
  type IndexModel,
  indexName,
  isAlias,
  put,
  type Reading,
  type SchemaModel,
  strangeTable,
  type TableModel,
  type TableRef,
  tableKey,
  tableOf,
  uniquesFrom,
  unsayable,
  type ViewModel,
  withKeysNotNull,
} from '@org/migrate-core/dialect'
import { Column, getTableName, is, SQL, Table } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { getTableConfig, getViewConfig, type MySqlColumn, MySqlTable, MySqlView } from 'drizzle-orm/mysql-core'
import { grammar } from '../ddl/tokens.ts'
import { newest } from '../flavour.ts'
import { readSqlDefault } from '../introspect/defaults.ts'
import { quote } from '../quote.ts'
import { typesFor } from '../types.ts'
import { type Casing, queryText, sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

type Config = ReturnType<typeof getTableConfig>
type Reader = Reading<Column, SQL>

// Types are the same on both flavours, whatever their versions.
const types = typesFor(newest.mysql)
const bare = (text: string): string => bareText(text, grammar)

/** `serial` stands for all of `BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE`. */
const isSerial = (column: MySqlColumn): boolean => column.getSQLType() === 'serial'

function typeFrom(column: MySqlColumn): ColumnType {
  const sql = column.getSQLType()
  // Drizzle does not escape the values in the text; a text column may also have values, which are TypeScript's alone.
  if (sql.startsWith('enum(')) return { kind: 'enum', values: [...(column.enumValues ?? [])] }
  return types.fromSql(isSerial(column) ? 'bigint unsigned' : sql)
}

function defaultFrom(column: MySqlColumn, type: ColumnType, reading: Reader): DefaultValue | undefined {
  const { default: value } = column as { readonly default: unknown }
  if (value === undefined) return undefined
  const object = `default of ${reading.ref.name}.${reading.nameOf(column)}`
  if (is(value, SQL)) return readSqlDefault(type, reading.text(value, object))
  // The default is what the application would write: the column turns it into what the database stores.
  const stored: unknown = value === null ? null : column.mapToDriverValue(value)
  if (stored === null) return undefined
  if (typeof stored === 'string' || typeof stored === 'boolean' || typeof stored === 'number') {
    return { kind: 'literal', value: stored }
  }
  if (typeof stored === 'bigint' || stored instanceof Uint8Array) {
    return readSqlDefault(type, quote.literal(stored).text)
  }
  throw unsayable('mysql', `The ${object}`, `a value of type ${typeof stored} has no SQL text`)
}

function generatedFrom(column: MySqlColumn, reading: Reader): ColumnModel['generated'] {
  const { generated } = column
  if (generated === undefined) return undefined
  const as: unknown = typeof generated.as === 'function' ? (generated.as as () => unknown)() : generated.as
  const object = `generated column ${reading.ref.name}.${reading.nameOf(column)}`
  // Not a chunk: the value itself, for every row.
  const text = is(as, SQL) ? reading.text(as, object) : quote.literal(column.mapToDriverValue(as) as string).text
  return { expression: bare(text), stored: generated.mode === 'stored' }
}

function columnFrom(column: MySqlColumn, reading: Reader): ColumnModel {
  const type = typeFrom(column)
  const found = defaultFrom(column, type, reading)
  const generated = generatedFrom(column, reading)
  const increments = (column as { readonly autoIncrement?: boolean }).autoIncrement === true
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull && !isSerial(column),
    ...(found === undefined ? {} : { default: found }),
    ...(generated === undefined ? {} : { generated }),
    ...(increments ? { identity: { mode: 'autoIncrement' } } : {}),
  }
}

const columnElement = /^`((?:[^`]|``)+)`\s*(?:\((\d+)\))?(?:\s*(asc|desc))?$/i

/** Drizzle has no words for order and length of an element, so people write them as SQL: `sql`${t.at} desc``. */
function elementFrom(part: unknown, index: string, reading: Reader): IndexElement {
  if (is(part, Column)) return { column: reading.nameOf(part) }
  const text = reading.text(part as SQL, `index ${index}`)
  const [, column, length, order] = columnElement.exec(text.trim()) ?? []
  if (column === undefined) return { expression: bare(text) }
  return {
    column: column.replaceAll('``', '`'),
    ...(length === undefined ? {} : { prefixLength: Number(length) }),
    ...(order === undefined ? {} : { order: order.toLowerCase() as 'asc' | 'desc' }),
  }
}

function indexesFrom(config: Config, reading: Reader): readonly IndexModel[] {
  return config.indexes.map(({ config: { name: given, columns, unique, using } }): IndexModel => {
    const elements = columns.map((part) => elementFrom(part, given ?? `of ${reading.ref.name}`, reading))
    const name = indexName(given, elements, reading.ref)
    return { name, unique: unique ?? false, elements, ...(using === undefined ? {} : { method: using }) }
  })
}

/** Names of unique constraints are given, or drizzle-kit's; what `serial` brings has the column's, as the server gives it. */
function allConstraints(config: Config, reading: Reader): readonly ConstraintModel[] {
  const unique = (name: string, columns: readonly string[]) => ({ kind: 'unique', name, columns }) as const
  return [
    ...constraintsFrom<Column, SQL>(config, reading),
    ...uniquesFrom<Column, SQL>(config, reading).map(({ name, columns }) => unique(name, columns)),
    ...config.columns.filter(isSerial).map((column) => unique(reading.nameOf(column), [reading.nameOf(column)])),
  ]
}

const placed = (name: string, schema: string | undefined): TableRef =>
  schema === undefined ? { name } : { schema, name }

function tableFrom(table: MySqlTable, casing: Casing | undefined, cache: CasingCache): TableModel {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = getTableConfig(table)
  const reading: Reader = {
    ref: placed(config.name, config.schema),
    nameOf: (column) => (column.keyAsName ? cache.getColumnCasing(column) : column.name),
    refOf(other) {
      const { name, schema } = getTableConfig(other as MySqlTable)
      return placed(name, schema)
    },
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  const columns = config.columns.map((column) => columnFrom(column, reading))
  return withKeysNotNull(tableOf(reading.ref, columns, allConstraints(config, reading), indexesFrom(config, reading)))
}

function viewFrom(view: MySqlView, casing: Casing | undefined): ViewModel | undefined {
  const { name, schema, query } = getViewConfig(view)
  // A view that exists already is somebody else's.
  if (query === undefined) return undefined
  return { ref: placed(name, schema), definition: queryText(query, `view ${name}`, casing) }
}

/**
 * The schema that Drizzle tables and views of MySQL describe: a module's exports, or a list. What is no table or view
 * (relations, helpers, aliases) is passed by. A table of `toDrizzle` gives the model that it was declared with. What the model has no
 * words for is left out: ON UPDATE CURRENT_TIMESTAMP, and the algorithm and checks of a view.
 *
 * Throws WRONG_DIALECT for a table of another database, OBJECT_EXISTS when two tables or columns have one name, UNSUPPORTED
 * and INVALID_NAME for what cannot be said in MySQL's DDL.
 *
 * ```ts
 * import * as schema from './schema.ts'
 * const model = fromDrizzle(schema)
 * ```
 */
export function fromDrizzle(
  exports: readonly unknown[] | { readonly [name: string]: unknown },
  options: FromDrizzleOptions = {},
): SchemaModel {
  const entities = new Set(Array.isArray(exports) ? exports : Object.values(exports))
  const cache = new CasingCache(options.casing)
  const tables: Pick<DeclaredTable, 'model'>[] = []
  const views: ViewModel[] = []
  for (const entity of entities) {
    if (is(entity, MySqlTable)) {
      if (!isAlias(entity)) tables.push({ model: declaredModel(entity) ?? tableFrom(entity, options.casing, cache) })
    } else if (is(entity, MySqlView)) {
      views.push(...[viewFrom(entity, options.casing)].filter((view) => view !== undefined))
    } else if (is(entity, Table)) {
      throw strangeTable(getTableName(entity), 'mysql', 'MySQL', 'mysqlTable')
    }
  }
  return views.reduce((model, view) => put(model, 'views', tableKey(view.ref), view), toModel(tables))
}
