import {
  bareText,
  type Casing,
  type ColumnModel,
  type ColumnType,
  type ConstraintModel,
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
  placed,
  readEntities,
  type SchemaModel,
  strangeTable,
  type TableModel,
  tableOf,
  uniquesFrom,
  type ValueReading,
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
import { queryText, sqlText } from './sql-text.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

type Config = ReturnType<typeof getTableConfig>
type Reader = ValueReading<Column, SQL>

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

function columnFrom(column: MySqlColumn, reading: Reader): ColumnModel {
  const type = typeFrom(column)
  const found = defaultFrom<Column, SQL>(column, reading, (text) => readSqlDefault(type, text))
  const generated = generatedFrom<Column, SQL>(column, reading, 'virtual')
  const increments = (column as { readonly autoIncrement?: boolean }).autoIncrement === true
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull && !isSerial(column),
    ...(found === undefined ? {} : { default: found }),
    ...(generated && { generated: { ...generated, expression: bare(generated.expression) } }),
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

function tableFrom(table: MySqlTable, casing: Casing | undefined, cache: CasingCache): TableModel {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = getTableConfig(table)
  const reading: Reader = {
    dialect: 'mysql',
    ref: placed(config.name, config.schema),
    nameOf: (column) => (column.keyAsName ? cache.getColumnCasing(column) : column.name),
    refOf(other) {
      const { name, schema } = getTableConfig(other as MySqlTable)
      return placed(name, schema)
    },
    isChunk: (value) => is(value, SQL),
    literal: (value) => quote.literal(value).text,
    text: (chunk, object) => sqlText(chunk, object, casing),
  }
  const columns = config.columns.map((column) => columnFrom(column, reading))
  return withKeysNotNull(tableOf(reading.ref, columns, allConstraints(config, reading), indexesFrom(config, reading)))
}

function entityFrom(entity: unknown, casing: Casing | undefined, cache: CasingCache): Entity | undefined {
  if (is(entity, MySqlTable)) {
    return isAlias(entity) ? undefined : { table: declaredModel(entity) ?? tableFrom(entity, casing, cache) }
  }
  if (is(entity, MySqlView)) {
    const { name, schema, query } = getViewConfig(entity)
    // A view that exists already is somebody else's.
    return query && { view: { ref: placed(name, schema), definition: queryText(query, `view ${name}`, casing) } }
  }
  if (is(entity, Table)) throw strangeTable(getTableName(entity), 'mysql', 'MySQL', 'mysqlTable')
  return undefined
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
export function fromDrizzle(exports: Exports, { casing }: FromDrizzleOptions = {}): SchemaModel {
  const cache = new CasingCache(casing)
  return readEntities(exports, (entity) => entityFrom(entity, casing, cache))
}
