import * as my from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import {
  getTableConfig,
  index,
  integer,
  pgEnum,
  pgPolicy,
  pgRole,
  pgSchema,
  pgSequence,
  pgTable,
} from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'

/*
 * Every method of every builder that drizzle-orm exports for declarations, as `Class.method`, read of the classes themselves: a method that
 * a later version brings is a row without an answer.
 */

export const dialects = ['postgres', 'mysql', 'sqlite'] as const
export type DialectName = (typeof dialects)[number]

const cores: { readonly [D in DialectName]: object } = { postgres: pg, mysql: my, sqlite: lite }

/** Classes whose objects declare nothing: queries, sessions, what builders are turned into. */
const notDeclaring =
  /(?:Select|Insert|Update|Delete|Query|Raw|Count|Relational|Session|Transaction|Database|Dialect|Prepared|RefreshMaterializedView|WithSubquery|ExecuteResult)/

/** Methods of Drizzle's own use: they say nothing of a declaration. */
const internal =
  /^(?:constructor|postBuild|onInit|isNameExplicit|map\w*Elements|build\w*|getSQL|getSQLType|getName|setName|mapFromDriverValue|mapToDriverValue|shouldDisableInsert|shouldOmitSQLParens|\w+Value|parse\w*|from\w+|to\w+|_\w*)$/

type Class = abstract new (...given: never[]) => object

const isClass = (value: unknown): value is Class =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))

function ancestry(one: Class): readonly Class[] {
  const collected: Class[] = []
  for (let each: unknown = one; isClass(each); each = Object.getPrototypeOf(each)) collected.push(each)
  return collected
}

/** What 1.0 exports beside its builders: what they are turned into, and SQL of queries. */
const isDeclaring = (one: Class): boolean => !notDeclaring.test(one.name) && one.name !== 'SQL' && one.name !== 'Column'

/** In 1.0 the builders of PostgreSQL have a base of their own, and two of them another name. */
const renamed: readonly (readonly [RegExp, string])[] = [
  [/^(?:Pg)?ColumnBuilder\.(\$default|\$onUpdate)$/, 'column.$1'],
  [/^PgColumnBuilder\.(\$\w+|default|notNull|primaryKey)$/, 'ColumnBuilder.$1'],
  [/^Pg(Date|Int)ColumnBuilder\./, 'Pg$1ColumnBaseBuilder.'],
]
const knownAs = (member: string): string => renamed.reduce((name, [from, to]) => name.replace(from, to), member)

function methodsOf({ name, prototype }: Class): readonly string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([method, { value }]) =>
    typeof value === 'function' && !internal.test(method) ? [knownAs(`${name}.${method}`)] : [],
  )
}

/** Functions that are members of the objects themselves, and not of their classes. */
function ownFunctions(name: string, of: object): readonly string[] {
  return Object.entries(of).flatMap(([method, value]) =>
    typeof value === 'function' && !internal.test(method) ? [`${name}.${method}`] : [],
  )
}

const table = pgTable('t', { id: integer() })
const samples: { readonly [D in DialectName]: readonly (readonly [string, object])[] } = {
  postgres: [
    ['column', integer()],
    ['table', table],
    ['schema', pgSchema('s')],
    ['sequence', pgSequence('s')],
    ['enum', pgEnum('e', ['a'])],
    ['policy', pgPolicy('p')],
    ['role', pgRole('r')],
    ['index', index('i')],
    ['config', getTableConfig(table).columns[0] ?? {}],
  ],
  mysql: [
    ['column', my.int()],
    ['table', my.mysqlTable('t', { id: my.int() })],
    ['schema', my.mysqlSchema('s')],
    ['index', my.index('i')],
    ['view', my.mysqlView('v')],
  ],
  sqlite: [
    ['column', lite.int()],
    ['table', lite.sqliteTable('t', { id: lite.int() })],
    ['index', lite.index('i')],
    ['view', lite.sqliteView('v')],
  ],
}

/** All members of the builders of a dialect, and the functions that make builders. */
export function membersOf(dialect: DialectName): readonly string[] {
  const core = cores[dialect]
  const classes = new Set(Object.values(core).flatMap((each) => (isClass(each) ? ancestry(each) : [])))
  // What a column is inside an index is exported as a class of its own.
  const collected = [...classes].filter(isDeclaring).flatMap(methodsOf)
  const own = samples[dialect].flatMap(([name, of]) => ownFunctions(name, of))
  return [...new Set([...collected, ...own])].sort()
}
