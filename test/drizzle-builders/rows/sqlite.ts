import { sql } from 'drizzle-orm'
import * as lite from 'drizzle-orm/sqlite-core'
import { atRunTime, made, madeForNewRows, none, ofOthers, type Rows, typeOnly } from '../row.ts'

type Columns = Record<string, lite.SQLiteColumnBuilderBase>

const id = () => lite.integer().primaryKey()
const t = (
  columns: Columns,
  extras: (self: { a: lite.SQLiteColumn }) => lite.SQLiteTableExtraConfigValue[] = () => [],
) => ({
  t: lite.sqliteTable('t', { id: id(), ...columns }, extras as never),
})
const a = (column: lite.SQLiteColumnBuilderBase) => t({ a: column })
const o = lite.sqliteTable('o', { id: id() })
const withIndex = (index: (self: { a: lite.SQLiteColumn }) => lite.IndexBuilder) =>
  t({ a: lite.text() }, (self) => [index(self)])
const plain = a(lite.text())
const indexed = withIndex((self) => lite.index('i').on(self.a))
const key = (self: { a: lite.SQLiteColumn }) =>
  lite.foreignKey({ name: 'k', columns: [self.a], foreignColumns: [o.id] })
const keyed = { o, ...t({ a: lite.integer() }, (self) => [key(self)]) }
const query = sql`select 1 as one`
const view = lite.sqliteView('v', { one: lite.integer() })

export const sqliteRows: Rows = {
  'ColumnBuilder.$defaultFn': none(atRunTime, plain, a(lite.text().$defaultFn(() => 'x'))),
  'ColumnBuilder.$onUpdateFn': none(atRunTime, plain, a(lite.text().$onUpdateFn(() => 'x'))),
  'column.$default': none(atRunTime, plain, a(lite.text().$default(() => 'x'))),
  'column.$onUpdate': none(atRunTime, plain, a(lite.text().$onUpdate(() => 'x'))),
  'ColumnBuilder.$type': none(typeOnly, plain, a(lite.text().$type<'x'>())),
  'ColumnBuilder.default': made(plain, a(lite.text().default('x'))),
  'ColumnBuilder.notNull': madeForNewRows(plain, a(lite.text().notNull())),
  'ColumnBuilder.primaryKey': made(
    { t: lite.sqliteTable('t', { a: lite.text() }) },
    { t: lite.sqliteTable('t', { a: lite.text().primaryKey() }) },
  ),
  'SQLiteBaseIntegerBuilder.primaryKey': made(
    { t: lite.sqliteTable('t', { id: id() }) },
    { t: lite.sqliteTable('t', { id: lite.integer().primaryKey({ autoIncrement: true }) }) },
  ),
  'ForeignKeyBuilder.onDelete': made(keyed, {
    o,
    ...t({ a: lite.integer() }, (self) => [key(self).onDelete('cascade')]),
  }),
  'ForeignKeyBuilder.onUpdate': made(keyed, {
    o,
    ...t({ a: lite.integer() }, (self) => [key(self).onUpdate('cascade')]),
  }),
  'IndexBuilder.where': made(
    indexed,
    withIndex((self) => lite.index('i').on(self.a).where(sql`a > 'x'`)),
  ),
  'IndexBuilderOn.on': made(plain, indexed),
  'ManualViewBuilder.as': made({}, { v: view.as(query) }),
  'ManualViewBuilder.existing': none(ofOthers, {}, { v: view.existing() }),
  'ViewBuilder.as': made({ ...plain }, { ...plain, v: lite.sqliteView('v').as((qb) => qb.select().from(plain.t)) }),
  'SQLiteColumnBuilder.generatedAlwaysAs': made(t({}), a(lite.integer().generatedAlwaysAs(sql`id + 1`))),
  'SQLiteColumnBuilder.references': made(
    { o, ...a(lite.integer()) },
    { o, ...a(lite.integer().references(() => o.id)) },
  ),
  'SQLiteColumnBuilder.unique': made(plain, a(lite.text().unique())),
  'SQLiteTimestampBuilder.defaultNow': made(
    a(lite.integer({ mode: 'timestamp' })),
    a(lite.integer({ mode: 'timestamp' }).defaultNow()),
  ),
  'UniqueOnConstraintBuilder.on': made(
    plain,
    t({ a: lite.text() }, (self) => [lite.unique('u').on(self.a)]),
  ),
}
