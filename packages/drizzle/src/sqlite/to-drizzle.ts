import type { DeclaredTable } from '@org/migrate-core'
import type { IndexElement } from '@org/migrate-core/dialect'
import { literalText, quoteName, types } from '@org/migrate-dialect-sqlite/internal'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, type SQL, sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  primaryKey,
  SQLiteColumn,
  SQLiteColumnBuilder,
  type SQLiteTable,
  type SQLiteTableExtraConfigValue,
  sqliteTable,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { type ColumnPlan, columnName, readAndWrite, valueTypeOf } from '../build/column-plan.ts'
import {
  indexElements,
  type MakeAllOptions,
  type MakeOneOptions,
  makeTable,
  makeTables,
  notExpressible,
  type TableFactory,
} from '../build/make-table.ts'
import type { OnDialect } from '../build/types.ts'
import { type Codecs, integerBoolean, jsonColumn } from '../build/values.ts'
import { names, type SqliteTableOf } from './types.ts'

export type ToDrizzleOptions<T extends DeclaredTable = DeclaredTable> = MakeOneOptions<T, SQLiteTable>

/** NUMERIC affinity stores a document that is only a number as INTEGER or REAL: digits beyond both are gone. */
function survivesAffinity(text: string): boolean {
  if (/^-?\d+$/.test(text)) return BigInt.asIntN(64, BigInt(text)) === BigInt(text)
  return Number.isFinite(Number(text))
}

const whyNot = (text: string): string | undefined =>
  !/^-?\d/.test(text) || survivesAffinity(text)
    ? undefined
    : 'a bare number of this size would lose digits; put it into an array or an object'

/**
 * What SQLite does otherwise. The affinity of a column declared JSON is NUMERIC: the document `42` comes back as the number 42, other
 * documents as their text.
 */
const codecs: Partial<Codecs> = {
  boolean: () => integerBoolean,
  json: (_type, json) => jsonColumn(json, whyNot),
}

function elementSql(element: IndexElement): SQL {
  const parts = [
    element.column === undefined ? `(${element.expression ?? ''})` : quoteName(element.column),
    ...(element.collation === undefined ? [] : [`COLLATE ${quoteName(element.collation)}`]),
    ...(element.order === undefined ? [] : [element.order.toUpperCase()]),
  ]
  return sql.raw(parts.join(' '))
}

type Facts = ColumnBaseConfig<ColumnDataType, string>

class PortableColumn extends SQLiteColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly length: number | undefined
  readonly autoIncrement: boolean
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(
    table: SQLiteTable,
    config: ConstructorParameters<typeof SQLiteColumn>[1] & { readonly plan: ColumnPlan },
  ) {
    super(table, config)
    this.plan = config.plan
    readAndWrite(this, config.plan)
    this.enumValues = config.plan.shown.enumValues
    this.length = config.plan.shown.length
    this.autoIncrement = config.plan.model.identity?.mode === 'autoIncrement'
  }

  getSQLType(): string {
    const { model } = this.plan
    return model.native?.sqlite ?? types.toSql(model.type)
  }
}

/** What `sqliteTable` builds a portable column from. */
class PortableColumnBuilder extends SQLiteColumnBuilder<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumnBuilder'

  constructor(plan: ColumnPlan) {
    super(plan.model.name, valueTypeOf(plan), columnName(plan, names))
    const { generated } = plan.model
    Object.assign(this.config, { plan, ...plan.config })
    if (generated !== undefined) {
      const mode = generated.stored ? 'stored' : 'virtual'
      this.generatedAlwaysAs(sql.raw(generated.expression), { mode })
    }
  }

  /** Called by sqliteTable; Drizzle leaves it out of its published types. */
  build(table: SQLiteTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}

type NonEmptyColumns = [PortableColumn, ...PortableColumn[]]

const tableFactory: TableFactory<PortableColumn, PortableColumnBuilder, SQLiteTableExtraConfigValue> = {
  dialect: 'sqlite',
  codecs,
  literal: literalText,
  now: () => 'CURRENT_TIMESTAMP',
  column: (plan) => new PortableColumnBuilder(plan),
  table(ref, builders, parts) {
    if (ref.schema !== undefined)
      throw notExpressible('sqlite', `table ${ref.schema}.${ref.name}`, 'SQLite has no schemas')
    return sqliteTable(ref.name, builders, (self) => [...parts(self)])
  },
  primaryKey: ({ columns, ...name }) => primaryKey({ ...name, columns: columns as NonEmptyColumns }),
  unique: ({ name }, columns) => unique(name).on(...(columns as NonEmptyColumns)),
  check: (name, expression) => check(name, sql.raw(expression)),
  foreignKey(parts, { onUpdate, onDelete }) {
    const key = parts as () => { name: string; columns: NonEmptyColumns; foreignColumns: NonEmptyColumns }
    return foreignKey(key)
      .onUpdate(onUpdate ?? 'no action')
      .onDelete(onDelete ?? 'no action')
  },
  index(model, column) {
    const elements = indexElements('sqlite', model, column, elementSql)
    const built = (model.unique ? uniqueIndex(model.name) : index(model.name)).on(...elements)
    return model.where === undefined ? built : built.where(sql.raw(model.where))
  },
}

/**
 * The typed Drizzle table of a declared one, for SQLite: 64-bit integers are bigint and exact, booleans boolean, JSON
 * parsed, decimals, dates and times text, bytes Buffer; keys, indexes and checks keep their names.
 *
 * Reading integers beyond 2^53 needs a connection with safe integers (`openSqlite` and `drizzleOf` have it); on others
 * such a value throws VALUE_INVALID instead of losing digits. Throws UNSUPPORTED for a table in a schema, and for exclusion
 * constraints; a column with the native type of another dialect does not compile.
 *
 * ```ts
 * const accounts = toDrizzle(declaredAccounts)
 * await db.insert(accounts).values({ id: 'a', seen: 9223372036854775807n })
 * ```
 */
export function toDrizzle<T extends DeclaredTable>(
  declared: T & OnDialect<T, 'sqlite'>,
  options: ToDrizzleOptions<T> = {},
): SqliteTableOf<T> {
  // What is built is computed, so TypeScript cannot see what it is: the declaration says it.
  return makeTable(declared, options, tableFactory) as SqliteTableOf<T>
}

/**
 * The Drizzle tables of several declarations, whose foreign keys point at each other.
 *
 * ```ts
 * const { users, posts } = toDrizzleAll({ users: declaredUsers, posts: declaredPosts })
 * ```
 */
export function toDrizzleAll<R extends { readonly [key: string]: DeclaredTable }>(
  declared: R & { readonly [K in keyof R]: OnDialect<R[K], 'sqlite'> },
  options: MakeAllOptions<R> = {},
): { readonly [K in keyof R]: SqliteTableOf<R[K]> } {
  return makeTables(declared, options, tableFactory) as { readonly [K in keyof R]: SqliteTableOf<R[K]> }
}
