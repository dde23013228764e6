import { type BuiltInDialect, type Dialect, MigrateError } from '@org/migrate-core/dialect'
import type { InexpressibleFacts } from '../declarable-table.ts'
import { mysqlType } from './types/mysql.ts'
import { postgresType } from './types/postgres.ts'
import { sqliteType } from './types/sqlite.ts'
import type { ColumnTypeCall, CustomType } from './types/type-call.ts'

/** What Drizzle calls things for one dialect, and what it has no word for. */
export interface DrizzleVocabulary {
  readonly module: string
  readonly table: string
  readonly view: string
  /** The type of what the callback of a table returns. */
  readonly part: string
  readonly inexpressible: InexpressibleFacts
  /** The function for a type, from the text of that type; else the type that is written with `customType`. */
  typeOf(text: string): ColumnTypeCall | CustomType
}

const common: InexpressibleFacts = {
  table: ['comment', 'options'],
  column: ['comment', 'collation'],
  index: ['comment', 'include', 'nullsNotDistinct', 'options'],
  primaryKey: ['include', 'options', 'deferrable'],
  unique: ['include', 'options', 'deferrable'],
  check: ['noInherit', 'notValid'],
  foreignKey: ['onDeleteColumns', 'notValid', 'match', 'deferrable'],
  exclude: [],
}

const vocabulary: { readonly [D in BuiltInDialect]: DrizzleVocabulary } = {
  sqlite: {
    module: 'drizzle-orm/sqlite-core',
    table: 'sqliteTable',
    view: 'sqliteView',
    part: 'SQLiteTableExtraConfigValue',
    inexpressible: common,
    typeOf: sqliteType,
  },
  postgres: {
    module: 'drizzle-orm/pg-core',
    table: 'pgTable',
    view: 'pgView',
    part: 'PgTableExtraConfigValue',
    inexpressible: { ...common, index: ['comment', 'include', 'nullsNotDistinct'] },
    typeOf: postgresType,
  },
  mysql: {
    module: 'drizzle-orm/mysql-core',
    table: 'mysqlTable',
    view: 'mysqlView',
    part: 'MySqlTableExtraConfigValue',
    inexpressible: common,
    typeOf: mysqlType,
  },
}

/** Throws UNSUPPORTED for a dialect that Drizzle's declarations are not written for. */
export function vocabularyOf({ name }: Dialect): DrizzleVocabulary {
  if (Object.hasOwn(vocabulary, name)) return vocabulary[name as BuiltInDialect]
  const details = {
    dialect: name,
    operation: 'declarations with Drizzle',
    why: 'they are written for SQLite, PostgreSQL and MySQL',
  }
  throw new MigrateError('UNSUPPORTED', details, `There are no declarations with Drizzle for ${name}.`)
}
