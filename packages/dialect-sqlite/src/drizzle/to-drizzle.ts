import { type DeclaredTable, MigrateError } from '@org/migrate-core'
import type {
  ColumnModel,
  ConstraintModel,
  ConstraintOf,
  DefaultValue,
  IndexElement,
  IndexModel,
  ReferentialAction,
  TableModel,
  TableRef,
} from '@org/migrate-core/dialect'
import { type SQL, sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  primaryKey,
  type SQLiteTable,
  type SQLiteTableExtraConfigValue,
  sqliteTable,
  type UpdateDeleteAction,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { literalText, quoteName } from '../quote.ts'
import { type PortableColumn, PortableColumnBuilder } from './portable-column.ts'
import type { SqliteTableOf } from './types.ts'
import { type ColumnCodec, codecOf, type JsonCodec, plainJson } from './values.ts'

/** Under this name a Drizzle table carries the model it was made from: Drizzle has no words for all of it. */
const declaration: unique symbol = Symbol.for('@org/migrate-dialect-sqlite/declaration/1') as never

/** The model that a Drizzle table of `toDrizzle` was made from. */
export function declaredModel(table: SQLiteTable): TableModel | undefined {
  return (table as { readonly [declaration]?: TableModel })[declaration]
}

export interface ToDrizzleOptions<T extends DeclaredTable = DeclaredTable> {
  /** How JSON columns are read and written. Default: JSON.parse and JSON.stringify. */
  readonly json?: JsonCodec
  /** How single columns are read and written instead. */
  readonly codecs?: { readonly [K in keyof T['columns'] & string]?: ColumnCodec }
  /** The Drizzle table that a foreign key points to; without it the reference gets a table of its own that has the key only. */
  readonly references?: (ref: TableRef) => SQLiteTable | undefined
}

function unsupported(operation: string, why: string): MigrateError<'UNSUPPORTED'> {
  return new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation, why }, `${operation}: ${why}.`)
}

function defaultSql(value: DefaultValue | undefined): SQL | undefined {
  if (value === undefined) return undefined
  if (value.kind === 'literal') return sql.raw(literalText(value.value))
  return value.kind === 'now' ? sql`CURRENT_TIMESTAMP` : sql.raw(`(${value.sql})`)
}

/** AUTOINCREMENT stands in a column's own PRIMARY KEY only, and a key's name in a table's only. */
function ownKey(model: TableModel): string | undefined {
  const key = model.constraints.find((one) => one.kind === 'primaryKey')
  return key?.columns.length === 1 && key.name === undefined ? key.columns[0] : undefined
}

function elementSql(element: IndexElement): SQL {
  const parts = [
    element.column === undefined ? `(${element.expression ?? ''})` : quoteName(element.column),
    ...(element.collation === undefined ? [] : [`COLLATE ${quoteName(element.collation)}`]),
    ...(element.order === undefined ? [] : [element.order.toUpperCase()]),
  ]
  return sql.raw(parts.join(' '))
}

type Columns = { readonly [name: string]: PortableColumn }

function columnIn(columns: Columns, name: string): PortableColumn {
  const found = columns[name]
  if (found === undefined) throw new MigrateError('INTERNAL', { where: 'toDrizzle' }, `There is no column ${name}.`)
  return found
}

const columnsIn = (columns: Columns, names: readonly string[]): [PortableColumn, ...PortableColumn[]] =>
  names.map((name) => columnIn(columns, name)) as [PortableColumn, ...PortableColumn[]]

function indexOf(model: IndexModel, columns: Columns): SQLiteTableExtraConfigValue {
  const plain = (element: IndexElement): boolean => Object.keys(element).length === 1
  const [first, ...rest] = model.elements.map((element) =>
    element.column !== undefined && plain(element) ? columnIn(columns, element.column) : elementSql(element),
  )
  if (first === undefined) throw unsupported(`index ${model.name}`, 'it is over nothing')
  const built = (model.unique ? uniqueIndex(model.name) : index(model.name)).on(first, ...rest)
  return model.where === undefined ? built : built.where(sql.raw(model.where))
}

const actions: { readonly [A in ReferentialAction]: UpdateDeleteAction } = {
  noAction: 'no action',
  restrict: 'restrict',
  cascade: 'cascade',
  setNull: 'set null',
  setDefault: 'set default',
}

/** Enough of a table to point at: its name and the columns of the key. */
function referenceOnly(ref: TableRef, names: readonly string[]): SQLiteTable {
  const model = (name: string): ColumnModel => ({ name, type: { kind: 'text' }, nullable: true })
  const builders = names.map((name) => [
    name,
    new PortableColumnBuilder(model(name), codecOf({ kind: 'text' }, plainJson), {
      primary: false,
      default: undefined,
      generated: undefined,
    }),
  ])
  return sqliteTable(ref.name, Object.fromEntries(builders) as Record<string, PortableColumnBuilder>)
}

function foreignKeyOf(
  key: ConstraintOf<'foreignKey'>,
  columns: Columns,
  references: ToDrizzleOptions['references'],
): SQLiteTableExtraConfigValue {
  const { table: ref, columns: names } = key.references
  const built = foreignKey(() => {
    const target = (references?.(ref) ?? referenceOnly(ref, names)) as unknown as Columns
    return {
      ...(key.name === undefined ? {} : { name: key.name }),
      columns: columnsIn(columns, key.columns),
      foreignColumns: columnsIn(target, names),
    } as unknown as { name: string; columns: [PortableColumn]; foreignColumns: [PortableColumn] }
  })
  if (key.onUpdate !== undefined) built.onUpdate(actions[key.onUpdate])
  if (key.onDelete !== undefined) built.onDelete(actions[key.onDelete])
  return built
}

function constraintOf(
  model: TableModel,
  constraint: ConstraintModel,
  columns: Columns,
  references: ToDrizzleOptions['references'],
): readonly SQLiteTableExtraConfigValue[] {
  switch (constraint.kind) {
    case 'primaryKey': {
      if (ownKey(model) !== undefined) return []
      const name = constraint.name === undefined ? {} : { name: constraint.name }
      return [primaryKey({ ...name, columns: columnsIn(columns, constraint.columns) })]
    }
    case 'unique':
      return [unique(constraint.name).on(...columnsIn(columns, constraint.columns))]
    case 'check':
      return [check(constraint.name ?? '', sql.raw(constraint.expression))]
    case 'foreignKey': {
      if (constraint.references.columns.length > 0) return [foreignKeyOf(constraint, columns, references)]
      throw unsupported(`table ${model.ref.name}`, 'Drizzle has no foreign key to an unnamed primary key')
    }
    case 'exclude':
      throw unsupported(`table ${model.ref.name}`, 'SQLite has no exclusion constraints')
  }
}

/**
 * The typed Drizzle table of a declared one, for SQLite: 64-bit integers are bigint and exact, booleans boolean, JSON
 * parsed, decimals, dates and times text, bytes Buffer; keys, indexes and checks keep their names.
 *
 * Reading integers beyond 2^53 needs a connection with safe integers (`openSqlite` and `drizzleOf` have it); on others
 * such a value throws VALUE_INVALID instead of losing digits. Throws UNSUPPORTED for a table in a schema, and for exclusion
 * constraints.
 *
 * ```ts
 * const accounts = toDrizzle(declaredAccounts)
 * await db.insert(accounts).values({ id: 'a', seen: 9223372036854775807n })
 * ```
 */
export function toDrizzle<T extends DeclaredTable>(declared: T, options: ToDrizzleOptions<T> = {}): SqliteTableOf<T> {
  const { model } = declared
  if (model.ref.schema !== undefined)
    throw unsupported(`table ${model.ref.schema}.${model.ref.name}`, 'SQLite has no schemas')
  const key = ownKey(model)
  const codecs: { readonly [name: string]: ColumnCodec | undefined } = options.codecs ?? {}
  const builders = model.columns.map((column) => [
    column.name,
    new PortableColumnBuilder(column, codecs[column.name] ?? codecOf(column.type, options.json ?? plainJson), {
      primary: column.name === key,
      default: defaultSql(column.default),
      generated: column.generated && sql.raw(column.generated.expression),
    }),
  ])
  const table = sqliteTable(
    model.ref.name,
    Object.fromEntries(builders) as Record<string, PortableColumnBuilder>,
    (self) => {
      const columns = self as unknown as Columns
      return [
        ...model.constraints.flatMap((one) => constraintOf(model, one, columns, options.references)),
        ...model.indexes.map((one) => indexOf(one, columns)),
      ]
    },
  )
  // The builders above are computed, so TypeScript cannot see what they build: the declaration says it.
  return Object.assign(table, { [declaration]: model }) as unknown as SqliteTableOf<T>
}

/**
 * The Drizzle tables of several declarations, whose foreign keys point at each other.
 *
 * ```ts
 * const { users, posts } = toDrizzleAll({ users: declaredUsers, posts: declaredPosts })
 * ```
 */
export function toDrizzleAll<R extends { readonly [key: string]: DeclaredTable }>(
  declared: R,
  options: {
    readonly json?: JsonCodec
    readonly codecs?: { readonly [K in keyof R]?: ToDrizzleOptions<R[K]>['codecs'] }
  } = {},
): { readonly [K in keyof R]: SqliteTableOf<R[K]> } {
  const byName = new Map<string, SQLiteTable>()
  const tables = Object.entries(declared).map(([key, one]): [string, SQLiteTable] => {
    const codecs: ToDrizzleOptions['codecs'] = options.codecs?.[key]
    const built = toDrizzle<DeclaredTable>(one, {
      ...(options.json === undefined ? {} : { json: options.json }),
      ...(codecs === undefined ? {} : { codecs }),
      references: (ref) => byName.get(ref.name),
    }) as unknown as SQLiteTable
    byName.set(one.name, built)
    return [key, built]
  })
  return Object.fromEntries(tables) as unknown as { readonly [K in keyof R]: SqliteTableOf<R[K]> }
}
