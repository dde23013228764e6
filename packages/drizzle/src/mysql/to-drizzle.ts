import type { DeclaredTable } from '@org/migrate-core'
import type { IndexElement, IndexModel } from '@org/migrate-core/dialect'
import { precisionOf, quote, toSql } from '@org/migrate-dialect-mysql/internal'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, type SQL, sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  MySqlColumn,
  MySqlColumnBuilder,
  type MySqlTable,
  type MySqlTableExtraConfigValue,
  mysqlSchema,
  mysqlTable,
  primaryKey,
  unique,
  uniqueIndex,
} from 'drizzle-orm/mysql-core'
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
import { type MysqlTableOf, names } from './types.ts'

export type ToDrizzleOptions<T extends DeclaredTable = DeclaredTable> = MakeOneOptions<T, MySqlTable>

const literal = (value: string | number | boolean | null): string => quote.literal(value).text

/** https://dev.mysql.com/doc/refman/8.4/en/create-index.html */
function elementSql({ column, expression, prefixLength, order }: IndexElement): SQL {
  const parts = [
    column === undefined ? `(${expression ?? ''})` : quote.identifier(column).text,
    ...(prefixLength === undefined ? [] : [`(${prefixLength})`]),
    ...(order === undefined ? [] : [` ${order.toUpperCase()}`]),
  ]
  return sql.raw(parts.join(''))
}

type Facts = ColumnBaseConfig<ColumnDataType, string>

class PortableColumn extends MySqlColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly length: number | undefined
  readonly autoIncrement: boolean
  /** drizzle-zod reads it as the longest text. */
  readonly textType = 'longtext'
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(table: MySqlTable, config: ConstructorParameters<typeof MySqlColumn>[1] & { readonly plan: ColumnPlan }) {
    super(table, config)
    this.plan = config.plan
    readAndWrite(this, config.plan)
    this.enumValues = config.plan.shown.enumValues
    this.length = config.plan.shown.length
    this.autoIncrement = config.plan.model.identity !== undefined
  }

  getSQLType(): string {
    const { model } = this.plan
    return model.native?.mysql ?? toSql(model.type)
  }
}

/** What `mysqlTable` builds a portable column from. */
class PortableColumnBuilder extends MySqlColumnBuilder<Facts> {
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

  /** Called by mysqlTable; Drizzle leaves it out of its published types. */
  build(table: MySqlTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}

function indexOf(model: IndexModel, column: (name: string) => PortableColumn): MySqlTableExtraConfigValue {
  const refuse = (why: string) => notExpressible('mysql', `index ${model.name}`, why)
  const elements = indexElements('mysql', model, column, elementSql)
  if (model.where !== undefined) throw refuse('MySQL has no partial indexes')
  const built = (model.unique ? uniqueIndex(model.name) : index(model.name)).on(...elements)
  // Drizzle has no words for FULLTEXT and SPATIAL: they stay in the declaration that the table carries.
  const method = model.method?.toLowerCase()
  return method === 'btree' || method === 'hash' ? built.using(method) : built
}

type NonEmptyColumns = [PortableColumn, ...PortableColumn[]]

const tableFactory: TableFactory<PortableColumn, PortableColumnBuilder, MySqlTableExtraConfigValue> = {
  dialect: 'mysql',
  codecs: {},
  literal,
  now({ type }) {
    const digits = precisionOf(type)
    return digits === 0 ? 'CURRENT_TIMESTAMP' : `CURRENT_TIMESTAMP(${digits})`
  },
  column: (plan) => new PortableColumnBuilder(plan),
  table(ref, builders, parts) {
    const all = (self: object) => [...parts(self)]
    if (ref.schema === undefined) return mysqlTable(ref.name, builders, all)
    return mysqlSchema(ref.schema).table(ref.name, builders, all)
  },
  primaryKey: ({ columns, ...named }) => primaryKey({ ...named, columns: columns as NonEmptyColumns }),
  unique: ({ name }, columns) => unique(name).on(...(columns as NonEmptyColumns)),
  check: (name, expression) => check(name, sql.raw(expression)),
  foreignKey(parts, { onUpdate, onDelete }) {
    const key = parts as () => { name: string; columns: NonEmptyColumns; foreignColumns: NonEmptyColumns }
    const built = foreignKey(key())
    if (onUpdate !== undefined) built.onUpdate(onUpdate)
    if (onDelete !== undefined) built.onDelete(onDelete)
    return built
  },
  index: indexOf,
}

/**
 * The typed Drizzle table of a declared one, for MySQL and MariaDB: 64-bit integers are bigint and exact, booleans boolean, JSON
 * parsed, decimals, dates and times text, bytes Buffer; keys, indexes and checks keep their names.
 *
 * JSON is read from its text (`drizzleOf` gives it so): a driver that parses it by itself may have rounded its numbers, and its
 * objects are refused with VALUE_INVALID. A column with the native type of another dialect does not compile.
 *
 * ```ts
 * const accounts = toDrizzle(declaredAccounts)
 * await db.insert(accounts).values({ id: 'a', seen: 9223372036854775807n })
 * ```
 */
export function toDrizzle<T extends DeclaredTable>(
  declared: T & OnDialect<T, 'mysql'>,
  options: ToDrizzleOptions<T> = {},
): MysqlTableOf<T> {
  // What is built is computed, so TypeScript cannot see what it is: the declaration says it.
  return makeTable(declared, options, tableFactory) as MysqlTableOf<T>
}

/**
 * The Drizzle tables of several declarations, whose foreign keys point at each other.
 *
 * ```ts
 * const { users, posts } = toDrizzleAll({ users: declaredUsers, posts: declaredPosts })
 * ```
 */
export function toDrizzleAll<R extends { readonly [key: string]: DeclaredTable }>(
  declared: R & { readonly [K in keyof R]: OnDialect<R[K], 'mysql'> },
  options: MakeAllOptions<R> = {},
): { readonly [K in keyof R]: MysqlTableOf<R[K]> } {
  return makeTables(declared, options, tableFactory) as { readonly [K in keyof R]: MysqlTableOf<R[K]> }
}
