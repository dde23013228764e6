import type { DeclaredTable } from '@org/migrate-core'
import type { IndexElement, IndexModel } from '@org/migrate-core/dialect'
import { quote } from '@org/migrate-dialect-postgres/internal'
import { type SQL, sql } from 'drizzle-orm'
import {
  check,
  type ExtraConfigColumn,
  foreignKey,
  index,
  type PgTable,
  type PgTableExtraConfigValue,
  pgSchema,
  pgTable,
  primaryKey,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import {
  indexElements,
  type MakeAllOptions,
  type MakeOneOptions,
  makeTable,
  makeTables,
  type TableFactory,
} from '../build/make-table.ts'
import type { OnDialect } from '../build/types.ts'
import { PortableColumnBuilder } from './portable-column.ts'
import type { PostgresTableOf } from './types.ts'

export type ToDrizzleOptions<T extends DeclaredTable = DeclaredTable> = MakeOneOptions<T, PgTable>

const name = (text: string): string => quote.identifier(text).text

/** In the order of the grammar: https://www.postgresql.org/docs/current/sql-createindex.html */
function elementSql({ column, expression, collation, operatorClass, order, nulls }: IndexElement): SQL {
  const parts = [
    column === undefined ? `(${expression ?? ''})` : name(column),
    ...(collation === undefined ? [] : [`COLLATE ${name(collation)}`]),
    ...(operatorClass === undefined ? [] : [operatorClass]),
    ...(order === undefined ? [] : [order.toUpperCase()]),
    ...(nulls === undefined ? [] : [`NULLS ${nulls.toUpperCase()}`]),
  ]
  return sql.raw(parts.join(' '))
}

/** INCLUDE and NULLS NOT DISTINCT of an index, Drizzle has no words for: they stay in the declaration that the table carries. */
function indexOf(model: IndexModel, column: (name: string) => ExtraConfigColumn): PgTableExtraConfigValue {
  const elements = indexElements('postgres', model, column, elementSql)
  const builder = model.unique ? uniqueIndex(model.name) : index(model.name)
  const built = model.method === undefined ? builder.on(...elements) : builder.using(model.method, ...elements)
  return model.where === undefined ? built : built.where(sql.raw(model.where))
}

type OneColumn = [ExtraConfigColumn, ...ExtraConfigColumn[]]

const tableFactory: TableFactory<ExtraConfigColumn, PortableColumnBuilder, PgTableExtraConfigValue> = {
  dialect: 'postgres',
  codecs: {},
  literal: (value) => quote.literal(value).text,
  now: () => 'now()',
  column: (plan) => new PortableColumnBuilder(plan),
  table(ref, builders, parts) {
    const all = (self: object) => [...parts(self)]
    // Drizzle has no schema of the name public: it is the one without a name.
    if (ref.schema === undefined || ref.schema === 'public') return pgTable(ref.name, builders, all)
    return pgSchema(ref.schema).table(ref.name, builders, all)
  },
  primaryKey: ({ columns, ...named }) => primaryKey({ ...named, columns: columns as OneColumn }),
  unique(constraint, columns) {
    const built = unique(constraint.name).on(...(columns as OneColumn))
    return constraint.nullsNotDistinct === true ? built.nullsNotDistinct() : built
  },
  check: (named, expression) => check(named, sql.raw(expression)),
  foreignKey(parts, { onUpdate, onDelete }) {
    const key = parts as () => { name: string; columns: OneColumn; foreignColumns: OneColumn }
    return foreignKey(key())
      .onUpdate(onUpdate ?? 'no action')
      .onDelete(onDelete ?? 'no action')
  },
  index: indexOf,
}

/**
 * The typed Drizzle table of a declared one, for PostgreSQL: 64-bit integers are bigint and exact, booleans boolean, JSON
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
  declared: T & OnDialect<T, 'postgres'>,
  options: ToDrizzleOptions<T> = {},
): PostgresTableOf<T> {
  // What is built is computed, so TypeScript cannot see what it is: the declaration says it.
  return makeTable(declared, options, tableFactory) as PostgresTableOf<T>
}

/**
 * The Drizzle tables of several declarations, whose foreign keys point at each other.
 *
 * ```ts
 * const { users, posts } = toDrizzleAll({ users: declaredUsers, posts: declaredPosts })
 * ```
 */
export function toDrizzleAll<R extends { readonly [key: string]: DeclaredTable }>(
  declared: R & { readonly [K in keyof R]: OnDialect<R[K], 'postgres'> },
  options: MakeAllOptions<R> = {},
): { readonly [K in keyof R]: PostgresTableOf<R[K]> } {
  return makeTables(declared, options, tableFactory) as { readonly [K in keyof R]: PostgresTableOf<R[K]> }
}
