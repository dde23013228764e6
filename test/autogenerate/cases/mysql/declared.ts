import { type ColumnRecord, column, integer as int32, type TableExtras, table } from '@org/migrate-core'
import type { BuildColumns } from 'drizzle-orm'
import { int, type MySqlColumnBuilderBase, type MySqlTableExtraConfigValue, mysqlTable } from 'drizzle-orm/mysql-core'

type Columns = Record<string, MySqlColumnBuilderBase>

const key = () => int().primaryKey()

/** The table `t` with a key and these columns, in Drizzle; the callback is that of mysqlTable. */
export function t<C extends Columns>(
  columns: C,
  extras: (
    table: BuildColumns<'t', C & { id: ReturnType<typeof key> }, 'mysql'>,
  ) => MySqlTableExtraConfigValue[] = () => [],
) {
  return { t: mysqlTable('t', { id: key(), ...columns }, extras as never) }
}

/** The same in `table(…)`, which has words for what Drizzle has none for. */
export function own<const C extends ColumnRecord>(columns: C, extras: TableExtras<(keyof C & string) | 'id'> = {}) {
  const id = column(int32(), { nullable: false })
  return { t: table('t', { id, ...columns }, { primaryKey: ['id'], ...extras } as TableExtras) }
}

/** SQL in a database of utf8mb4, as most are: one that MariaDB makes where nothing is said may be of latin1. */
export const inUtf8mb4 = (statements: string): string => `ALTER DATABASE CHARACTER SET utf8mb4; ${statements}`

/** The same table in SQL. */
export const has = (columns: string, behind = ''): string =>
  inUtf8mb4(`CREATE TABLE t (id int PRIMARY KEY, ${columns})${behind}`)

/** Rows of it. */
export const rows = (columns: string, ...values: readonly string[]): string =>
  `INSERT INTO t (${columns}) VALUES ${values.map((value) => `(${value})`).join(', ')}`
