import {
  type Casing,
  type ColumnModel,
  constraintsFrom,
  declaredModel,
  defaultFrom,
  type Entity,
  type Exports,
  generatedFrom,
  type IndexElement,
  type IndexModel,
  indexName,
  isAlias,
  readEntities,
  type SchemaModel,
  strangeTable,
  type TableModel,
  tableOf,
  uniquesFrom,
  type ValueReading,
} from '@org/migrate-core/dialect'
import { Column, getTableName, is, SQL, Table } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { getTableConfig, getViewConfig, type SQLiteColumn, SQLiteTable, SQLiteView } from 'drizzle-orm/sqlite-core'
import { readExpressionDefault, settleDefault } from '../introspect/defaults.ts'
import { literalText } from '../quote.ts'
import { types } from '../types.ts'
import { bare, queryText, sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

type Config = ReturnType<typeof getTableConfig>
type Reader = ValueReading<Column, SQL>

function columnFrom(column: SQLiteColumn, reading: Reader): ColumnModel {
  const type = types.fromSql(column.getSQLType())
  const found = defaultFrom<Column, SQL>(
    column,
    reading,
    (text) => settleDefault(readExpressionDefault(bare(text)), type),
    (literal) => settleDefault(literal, type),
  )
  const generated = generatedFrom<Column, SQL>(column, reading, 'virtual')
  const increments = (column as { readonly autoIncrement?: boolean }).autoIncrement === true
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull,
    ...(found === undefined ? {} : { default: found }),
    ...(generated && { generated: { ...generated, expression: bare(generated.expression) } }),
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
    dialect: 'sqlite',
    ref: { name: config.name },
    nameOf: (column) => (column.keyAsName ? cache.getColumnCasing(column) : column.name),
    refOf: (other) => ({ name: getTableName(other as Table) }),
    isChunk: (value) => is(value, SQL),
    literal: literalText,
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  return tableOf(
    reading.ref,
    config.columns.map((column) => columnFrom(column, reading)),
    constraintsFrom<Column, SQL>(config, reading),
    indexesFrom(config, reading),
  )
}

function entityFrom(entity: unknown, casing: Casing | undefined, cache: CasingCache): Entity | undefined {
  if (is(entity, SQLiteTable)) {
    return isAlias(entity) ? undefined : { table: declaredModel(entity) ?? tableFrom(entity, casing, cache) }
  }
  if (is(entity, SQLiteView)) {
    const { name, query } = getViewConfig(entity)
    // A view that exists already is somebody else's.
    return query && { view: { ref: { name }, definition: queryText(query, `view ${name}`, casing) } }
  }
  if (is(entity, Table)) throw strangeTable(getTableName(entity), 'sqlite', 'SQLite', 'sqliteTable')
  return undefined
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
export function fromDrizzle(exports: Exports, { casing }: FromDrizzleOptions = {}): SchemaModel {
  const cache = new CasingCache(casing)
  return readEntities(exports, (entity) => entityFrom(entity, casing, cache))
}
