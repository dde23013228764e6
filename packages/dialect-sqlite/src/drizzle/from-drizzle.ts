import { type DeclaredTable, MigrateError, toModel } from '@org/migrate-core'
import type {
  ColumnModel,
  ColumnType,
  ConstraintModel,
  DefaultValue,
  IndexElement,
  IndexModel,
  ReferentialAction,
  SchemaModel,
  TableModel,
  ViewModel,
} from '@org/migrate-core/dialect'
import { put } from '@org/migrate-core/dialect'
import { Column, getTableName, is, SQL, Table } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { getTableConfig, getViewConfig, type SQLiteColumn, SQLiteTable, SQLiteView } from 'drizzle-orm/sqlite-core'
import { readExpressionDefault, settleDefault } from '../introspect/defaults.ts'
import { literalText } from '../quote.ts'
import { types } from '../types.ts'
import { bare, type Casing, queryText, sqlText } from './sql-text.ts'
import { declaredModel } from './to-drizzle.ts'

export interface FromDrizzleOptions {
  /** The casing that the application gives to `drizzle()`: names that were not written out follow it. */
  readonly casing?: Casing
}

type TableConfig = ReturnType<typeof getTableConfig>

/** How one table's columns are called in the database, and how its chunks are written. */
interface Reading {
  readonly table: string
  readonly casing: Casing | undefined
  name(column: Column): string
}

function defaultFrom(column: SQLiteColumn, type: ColumnType, reading: Reading): DefaultValue | undefined {
  const { default: value } = column as { readonly default: unknown }
  if (value === undefined) return undefined
  const object = `default of ${reading.table}.${reading.name(column)}`
  const read = (text: string) => settleDefault(readExpressionDefault(bare(text)), type)
  if (is(value, SQL)) return read(sqlText(value, object, reading.casing))
  // The default is what the application would write: the column turns it into what the database stores.
  const stored: unknown = value === null ? null : column.mapToDriverValue(value)
  if (typeof stored === 'string' || typeof stored === 'boolean' || stored === null) {
    return settleDefault({ kind: 'literal', value: stored }, type)
  }
  if (typeof stored === 'bigint' || typeof stored === 'number' || stored instanceof Uint8Array) {
    return read(literalText(stored))
  }
  const why = `a value of type ${typeof stored} has no SQL text`
  throw new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation: object, why }, `The ${object}: ${why}.`)
}

function generatedFrom(column: SQLiteColumn, reading: Reading): ColumnModel['generated'] {
  const { generated } = column
  if (generated === undefined) return undefined
  const as: unknown = typeof generated.as === 'function' ? (generated.as as () => unknown)() : generated.as
  const object = `generated column ${reading.table}.${reading.name(column)}`
  // Not a chunk: the value itself, for every row.
  const text = is(as, SQL) ? sqlText(as, object, reading.casing) : literalText(column.mapToDriverValue(as) as string)
  return { expression: bare(text), stored: generated.mode === 'stored' }
}

function columnFrom(column: SQLiteColumn, reading: Reading): ColumnModel {
  const type = types.fromSql(column.getSQLType())
  const found = defaultFrom(column, type, reading)
  const generated = generatedFrom(column, reading)
  const increments = (column as { readonly autoIncrement?: boolean }).autoIncrement === true
  return {
    name: reading.name(column),
    type,
    nullable: !column.notNull,
    ...(found === undefined ? {} : { default: found }),
    ...(generated === undefined ? {} : { generated }),
    ...(increments ? { identity: { mode: 'autoIncrement' } } : {}),
  }
}

const actions: { readonly [action: string]: ReferentialAction | undefined } = {
  'no action': 'noAction',
  restrict: 'restrict',
  cascade: 'cascade',
  'set null': 'setNull',
  'set default': 'setDefault',
}

function constraintsFrom(config: TableConfig, reading: Reading, names: Names): readonly ConstraintModel[] {
  const own = config.columns.filter(({ primary }) => primary).map((column) => reading.name(column))
  return [
    ...(own.length > 0 ? [{ kind: 'primaryKey', columns: own } as const] : []),
    ...config.primaryKeys.map(({ columns, name }) => ({
      kind: 'primaryKey' as const,
      ...(name === undefined ? {} : { name }),
      columns: columns.map((column) => reading.name(column)),
    })),
    ...config.checks.map(({ name, value }) => ({
      kind: 'check' as const,
      ...(name === '' ? {} : { name }),
      expression: sqlText(value, `check ${name} of ${reading.table}`, reading.casing),
    })),
    ...config.foreignKeys.map((key): ConstraintModel => {
      const { name, columns, foreignTable, foreignColumns } = key.reference()
      const onUpdate = actions[key.onUpdate ?? '']
      const onDelete = actions[key.onDelete ?? '']
      return {
        kind: 'foreignKey',
        ...(name === undefined ? {} : { name }),
        columns: columns.map((column) => reading.name(column)),
        references: {
          table: { name: getTableName(foreignTable) },
          columns: foreignColumns.map((column) => names.of(column)),
        },
        ...(onDelete === undefined ? {} : { onDelete }),
        ...(onUpdate === undefined ? {} : { onUpdate }),
      }
    }),
  ]
}

const columnElement = /^"((?:[^"]|"")+)"(?:\s+collate\s+("(?:[^"]|"")+"|\w+))?(?:\s+(asc|desc))?$/i
const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)

/** Drizzle has no words for order and collation of an element, so people write them as SQL: `sql`${t.at} desc``. */
function elementFrom(part: unknown, index: string, reading: Reading): IndexElement {
  if (is(part, Column)) return { column: reading.name(part) }
  const text = sqlText(part as SQL, `index ${index}`, reading.casing)
  const match = columnElement.exec(text.trim())
  if (match?.[1] === undefined) return { expression: bare(text) }
  return {
    column: match[1].replaceAll('""', '"'),
    ...(match[2] === undefined ? {} : { collation: unquoted(match[2]) }),
    ...(match[3] === undefined ? {} : { order: match[3].toLowerCase() as 'asc' | 'desc' }),
  }
}

function indexesFrom(config: TableConfig, reading: Reading): readonly IndexModel[] {
  const columnsOf = (columns: readonly Column[]): readonly string[] => columns.map((column) => reading.name(column))
  // Drizzle makes a unique index of unique(), never a constraint, and databases that it made have that.
  const unique = (given: string | undefined, uncased: string, columns: readonly Column[]): IndexModel => ({
    name: given !== undefined && given !== uncased ? given : `${reading.table}_${columnsOf(columns).join('_')}_unique`,
    unique: true,
    elements: columnsOf(columns).map((column) => ({ column })),
  })
  const uncasedName = (columns: readonly Column[]): string =>
    `${reading.table}_${columns.map(({ name }) => name).join('_')}_unique`
  return [
    ...config.indexes.map(({ config: { name: given, columns, unique: isUnique, where } }): IndexModel => {
      const elements = columns.map((part) => elementFrom(part, given ?? `of ${reading.table}`, reading))
      const name = given ?? unnamedIndex(elements, reading)
      return {
        name,
        unique: isUnique,
        elements,
        ...(where === undefined ? {} : { where: sqlText(where, `index ${name}`, reading.casing) }),
      }
    }),
    ...config.columns
      .filter(({ isUnique }) => isUnique)
      .map((column) => unique(column.uniqueName, uncasedName([column]), [column])),
    ...config.uniqueConstraints.map(({ name, columns }) => unique(name, uncasedName(columns), columns)),
  ]
}

/** The name that drizzle-kit gives; over an expression it gives none, and neither can anybody else. */
function unnamedIndex(elements: readonly IndexElement[], { table }: Reading): string {
  const columns = elements.flatMap(({ column }) => column ?? [])
  if (columns.length === elements.length) return `${table}_${columns.join('_')}_index`
  const message = `An index of ${table} is over an expression and has no name.`
  throw new MigrateError('INVALID_NAME', { name: '', why: 'an index over an expression needs a name' }, message)
}

class Names {
  readonly casing: Casing | undefined
  readonly #cache: CasingCache

  constructor(casing: Casing | undefined) {
    this.casing = casing
    this.#cache = new CasingCache(casing)
  }

  of(column: Column): string {
    return column.keyAsName ? this.#cache.getColumnCasing(column) : column.name
  }
}

function tableFrom(table: SQLiteTable, names: Names): TableModel {
  // Each call runs the table's callback again and gives other objects: once is enough.
  const config = getTableConfig(table)
  const reading: Reading = { table: config.name, casing: names.casing, name: (column) => names.of(column) }
  const columns = config.columns.map((column) => columnFrom(column, reading))
  const seen = new Set<string>()
  for (const { name } of columns) {
    if (seen.has(name)) {
      const message = `Two columns of ${config.name} are both called ${name} in the database.`
      throw new MigrateError('OBJECT_EXISTS', { object: `column ${config.name}.${name}` }, message, {
        remedy: 'Give one of them a name of its own: casing turns different keys into one name.',
      })
    }
    seen.add(name)
  }
  return {
    ref: { name: config.name },
    columns,
    constraints: constraintsFrom(config, reading, names),
    indexes: indexesFrom(config, reading),
    options: {},
  }
}

function viewFrom(view: SQLiteView, casing: Casing | undefined): ViewModel | undefined {
  const { name, query } = getViewConfig(view)
  // A view that exists already is somebody else's.
  if (query === undefined) return undefined
  return { ref: { name }, definition: queryText(query, `view ${name}`, casing) }
}

/** An alias passes for a table; only this internal symbol tells. */
const isAlias = (table: object): boolean =>
  (table as { readonly [key: symbol]: unknown })[Symbol.for('drizzle:IsAlias')] === true

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
  const names = new Names(options.casing)
  const tables: Pick<DeclaredTable, 'model'>[] = []
  const views: ViewModel[] = []
  for (const entity of entities) {
    if (is(entity, SQLiteTable)) {
      if (!isAlias(entity)) tables.push({ model: declaredModel(entity) ?? tableFrom(entity, names) })
    } else if (is(entity, SQLiteView)) {
      views.push(...[viewFrom(entity, options.casing)].filter((view) => view !== undefined))
    } else if (is(entity, Table)) {
      const message = `${getTableName(entity)} is not a table of SQLite.`
      throw new MigrateError('WRONG_DIALECT', { expected: 'sqlite', found: 'another dialect of Drizzle' }, message, {
        remedy: 'Declare it with sqliteTable, or read it with the package of its own dialect.',
      })
    }
  }
  return views.reduce((model, view) => put(model, 'views', view.ref.name, view), toModel(tables))
}
