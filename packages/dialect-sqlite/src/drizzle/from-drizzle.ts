import { type DeclaredTable, toModel } from '@org/migrate-core'
import {
  type ColumnModel,
  type ColumnType,
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
  tableOf,
  uniquesFrom,
  unsayable,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { Column, getTableName, is, SQL, Table } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { getTableConfig, getViewConfig, type SQLiteColumn, SQLiteTable, SQLiteView } from 'drizzle-orm/sqlite-core'
import { readExpressionDefault, settleDefault } from '../introspect/defaults.ts'
import { literalText } from '../quote.ts'
import { types } from '../types.ts'
import { bare, type Casing, queryText, sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

type Config = ReturnType<typeof getTableConfig>
type Reader = Reading<Column, SQL>

function defaultFrom(column: SQLiteColumn, type: ColumnType, reading: Reader): DefaultValue | undefined {
  const { default: value } = column as { readonly default: unknown }
  if (value === undefined) return undefined
  const object = `default of ${reading.ref.name}.${reading.nameOf(column)}`
  const read = (text: string) => settleDefault(readExpressionDefault(bare(text)), type)
  if (is(value, SQL)) return read(reading.text(value, object))
  // The default is what the application would write: the column turns it into what the database stores.
  const stored: unknown = value === null ? null : column.mapToDriverValue(value)
  if (typeof stored === 'string' || typeof stored === 'boolean' || stored === null) {
    return settleDefault({ kind: 'literal', value: stored }, type)
  }
  if (typeof stored === 'bigint' || typeof stored === 'number' || stored instanceof Uint8Array) {
    return read(literalText(stored))
  }
  throw unsayable('sqlite', `The ${object}`, `a value of type ${typeof stored} has no SQL text`)
}

function generatedFrom(column: SQLiteColumn, reading: Reader): ColumnModel['generated'] {
  const { generated } = column
  if (generated === undefined) return undefined
  const as: unknown = typeof generated.as === 'function' ? (generated.as as () => unknown)() : generated.as
  const object = `generated column ${reading.ref.name}.${reading.nameOf(column)}`
  // Not a chunk: the value itself, for every row.
  const text = is(as, SQL) ? reading.text(as, object) : literalText(column.mapToDriverValue(as) as string)
  return { expression: bare(text), stored: generated.mode === 'stored' }
}

function columnFrom(column: SQLiteColumn, reading: Reader): ColumnModel {
  const type = types.fromSql(column.getSQLType())
  const found = defaultFrom(column, type, reading)
  const generated = generatedFrom(column, reading)
  const increments = (column as { readonly autoIncrement?: boolean }).autoIncrement === true
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull,
    ...(found === undefined ? {} : { default: found }),
    ...(generated === undefined ? {} : { generated }),
    ...(increments ? { identity: { mode: 'autoIncrement' } } : {}),
  }
}

const columnElement = /^"((?:[^"]|"")+)"(?:\s+collate\s+("(?:[^"]|"")+"|\w+))?(?:\s+(asc|desc))?$/i
const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)

/** Drizzle has no words for order and collation of an element, so people write them as SQL: `sql`${t.at} desc``. */
function elementFrom(part: unknown, index: string, reading: Reader): IndexElement {
  if (is(part, Column)) return { column: reading.nameOf(part) }
  const text = reading.text(part as SQL, `index ${index}`)
  const match = columnElement.exec(text.trim())
  if (match?.[1] === undefined) return { expression: bare(text) }
  return {
    column: match[1].replaceAll('""', '"'),
    ...(match[2] === undefined ? {} : { collation: unquoted(match[2]) }),
    ...(match[3] === undefined ? {} : { order: match[3].toLowerCase() as 'asc' | 'desc' }),
  }
}

function indexesFrom(config: Config, reading: Reader): readonly IndexModel[] {
  return [
    ...config.indexes.map(({ config: { name: given, columns, unique, where } }): IndexModel => {
      const elements = columns.map((part) => elementFrom(part, given ?? `of ${reading.ref.name}`, reading))
      const name = indexName(given, elements, reading.ref)
      return {
        name,
        unique,
        elements,
        ...(where === undefined ? {} : { where: reading.text(where, `index ${name}`) }),
      }
    }),
    // Drizzle makes a unique index of unique(), never a constraint, and databases that it made have that.
    ...uniquesFrom<Column, SQL>(config, reading).map(({ name, columns }) => ({
      name,
      unique: true,
      elements: columns.map((column) => ({ column })),
    })),
  ]
}

function tableFrom(table: SQLiteTable, casing: Casing | undefined, cache: CasingCache): TableModel {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = getTableConfig(table)
  const reading: Reader = {
    ref: { name: config.name },
    nameOf: (column) => (column.keyAsName ? cache.getColumnCasing(column) : column.name),
    refOf: (other) => ({ name: getTableName(other as Table) }),
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  return tableOf(
    reading.ref,
    config.columns.map((column) => columnFrom(column, reading)),
    constraintsFrom<Column, SQL>(config, reading),
    indexesFrom(config, reading),
  )
}

function viewFrom(view: SQLiteView, casing: Casing | undefined): ViewModel | undefined {
  const { name, query } = getViewConfig(view)
  // A view that exists already is somebody else's.
  if (query === undefined) return undefined
  return { ref: { name }, definition: queryText(query, `view ${name}`, casing) }
}

/**
 * The schema that Drizzle tables and views of SQLite describe: a module's exports, or a list. What is no table or view
 * (relations, helpers, aliases) is passed by. A table of `toDrizzle` gives the model that it was declared with.
 *
 * Throws WRONG_DIALECT for a table of another database, OBJECT_EXISTS when two tables or columns have one name, UNSUPPORTED
 * and INVALID_NAME for what cannot be said in SQLite's DDL.
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
    if (is(entity, SQLiteTable)) {
      if (!isAlias(entity)) tables.push({ model: declaredModel(entity) ?? tableFrom(entity, options.casing, cache) })
    } else if (is(entity, SQLiteView)) {
      views.push(...[viewFrom(entity, options.casing)].filter((view) => view !== undefined))
    } else if (is(entity, Table)) {
      throw strangeTable(getTableName(entity), 'sqlite', 'SQLite', 'sqliteTable')
    }
  }
  return views.reduce((model, view) => put(model, 'views', view.ref.name, view), toModel(tables))
}
