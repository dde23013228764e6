import { type ColumnRecord, column, integer as int32, type TableExtras, table } from '@org/migrate-core'
import type { BuildColumns } from 'drizzle-orm'
import {
  integer,
  type SQLiteColumnBuilderBase,
  type SQLiteTableExtraConfigValue,
  sqliteTable,
} from 'drizzle-orm/sqlite-core'

type Columns = Record<string, SQLiteColumnBuilderBase>

const key = () => integer().primaryKey()

/** The table `t` with a key and these columns, in Drizzle; the callback is that of sqliteTable. */
export function t<C extends Columns>(
  columns: C,
  extras: (
    table: BuildColumns<'t', C & { id: ReturnType<typeof key> }, 'sqlite'>,
  ) => SQLiteTableExtraConfigValue[] = () => [],
) {
  return { t: sqliteTable('t', { id: key(), ...columns }, extras) }
}

/** The same in `table(…)`, which has words for what Drizzle has none for. */
export function own<const C extends ColumnRecord>(columns: C, extras: TableExtras<(keyof C & string) | 'id'> = {}) {
  const id = column(int32(), { nullable: false })
  return { t: table('t', { id, ...columns }, { primaryKey: ['id'], ...extras } as TableExtras) }
}

/** The same table in SQL. */
export const has = (columns: string, behind = ''): string =>
  `CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, ${columns})${behind}`

/** Rows of it. */
export const rows = (columns: string, ...values: readonly string[]): string =>
  `INSERT INTO t (${columns}) VALUES ${values.map((value) => `(${value})`).join(', ')}`
