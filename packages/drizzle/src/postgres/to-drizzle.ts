import type { DeclaredTable } from '@org/migrate-core'
import type { Identity, IndexElement, IndexModel } from '@org/migrate-core/dialect'
import { quote, typeText } from '@org/migrate-dialect-postgres/internal'
import { type ColumnBaseConfig, type ColumnDataType, entityKind, type SQL, sql } from 'drizzle-orm'
import {
  check,
  type ExtraConfigColumn,
  foreignKey,
  getTableConfig,
  index,
  PgColumn,
  PgColumnBuilder,
  type PgSequenceOptions,
  type PgTable,
  type PgTableExtraConfigValue,
  pgSchema,
  pgTable,
  primaryKey,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { type ColumnPlan, columnName, readAndWrite, valueTypeOf } from '../build/column-plan.ts'
import {
  indexElements,
  type MakeAllOptions,
  type MakeOneOptions,
  makeTable,
  makeTables,
  type TableFactory,
} from '../build/make-table.ts'
import type { OnDialect } from '../build/types.ts'
import { objectRef } from '../read/entities.ts'
import { names, type PostgresTableOf } from './types.ts'

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

type Facts = ColumnBaseConfig<ColumnDataType, string>

class PortableColumn extends PgColumn<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumn'
  override readonly enumValues: string[] | undefined
  readonly length: number | undefined
  // Not #private: Drizzle hands columns out behind a Proxy, which private members refuse.
  protected readonly plan: ColumnPlan

  constructor(table: PgTable, config: ConstructorParameters<typeof PgColumn>[1] & { readonly plan: ColumnPlan }) {
    super(table, config)
    this.plan = config.plan
    readAndWrite(this, config.plan)
    this.enumValues = config.plan.shown.enumValues
    this.length = config.plan.shown.length
  }

  /** The named enum that the column is of, as a column of `pgEnum` has it. */
  get enum(): { readonly enumName: string; readonly schema: string | undefined } | undefined {
    const { type } = this.plan.model
    if (type.kind !== 'enum' || type.name === undefined) return undefined
    return { enumName: type.name, schema: type.schema ?? getTableConfig(this.table).schema }
  }

  getSQLType(): string {
    const { name, schema } = getTableConfig(this.table)
    return typeText(objectRef(name, schema), this.plan.model)
  }
}

function sequenceOptions({ mode: _, start, ...rest }: Identity): PgSequenceOptions {
  return { ...rest, ...(start === undefined ? {} : { startWith: start }) }
}

/** What `pgTable` builds a portable column from. */
class PortableColumnBuilder extends PgColumnBuilder<Facts> {
  static override readonly [entityKind]: string = 'MigratePortableColumnBuilder'

  constructor(plan: ColumnPlan) {
    super(plan.model.name, valueTypeOf(plan), columnName(plan, names))
    const { generated, identity } = plan.model
    Object.assign(this.config, {
      plan,
      ...plan.config,
      generated: generated && {
        as: sql.raw(generated.expression),
        type: 'always',
        mode: generated.stored ? 'stored' : 'virtual',
      },
      generatedIdentity: identity && {
        type: identity.mode === 'always' ? 'always' : 'byDefault',
        sequenceOptions: sequenceOptions(identity),
      },
    })
  }

  /** Called by pgTable; Drizzle leaves it out of its published types. */
  build(table: PgTable): PortableColumn {
    return new PortableColumn(table, this.config as ConstructorParameters<typeof PortableColumn>[1])
  }
}

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
