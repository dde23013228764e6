import { sql } from 'drizzle-orm'
import * as lite from 'drizzle-orm/sqlite-core'
import { atRunTime, creates, createsForNewRows, none, notManaged, type Rows, typeOnly } from '../row.ts'

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
  'ColumnBuilder.default': creates(plain, a(lite.text().default('x'))),
  'ColumnBuilder.notNull': createsForNewRows(plain, a(lite.text().notNull())),
  'ColumnBuilder.primaryKey': createsForNewRows(
    { t: lite.sqliteTable('t', { a: lite.text() }) },
    { t: lite.sqliteTable('t', { a: lite.text().primaryKey() }) },
  ),
  'SQLiteBaseIntegerBuilder.primaryKey': creates(
    { t: lite.sqliteTable('t', { id: id() }) },
    { t: lite.sqliteTable('t', { id: lite.integer().primaryKey({ autoIncrement: true }) }) },
  ),
  'ForeignKeyBuilder.onDelete': creates(keyed, {
    o,
    ...t({ a: lite.integer() }, (self) => [key(self).onDelete('cascade')]),
  }),
  'ForeignKeyBuilder.onUpdate': creates(keyed, {
    o,
    ...t({ a: lite.integer() }, (self) => [key(self).onUpdate('cascade')]),
  }),
  'IndexBuilder.where': creates(
    indexed,
    withIndex((self) => lite.index('i').on(self.a).where(sql`a > 'x'`)),
  ),
  'IndexBuilderOn.on': creates(plain, indexed),
  'ManualViewBuilder.as': creates({}, { v: view.as(query) }),
  'ManualViewBuilder.existing': none(notManaged, {}, { v: view.existing() }),
  'ViewBuilder.as': creates({ ...plain }, { ...plain, v: lite.sqliteView('v').as((qb) => qb.select().from(plain.t)) }),
  'SQLiteColumnBuilder.generatedAlwaysAs': creates(t({}), a(lite.integer().generatedAlwaysAs(sql`id + 1`))),
  'SQLiteColumnBuilder.references': creates(
    { o, ...a(lite.integer()) },
    { o, ...a(lite.integer().references(() => o.id)) },
  ),
  'SQLiteColumnBuilder.unique': creates(plain, a(lite.text().unique())),
  'SQLiteTimestampBuilder.defaultNow': creates(
    a(lite.integer({ mode: 'timestamp' })),
    a(lite.integer({ mode: 'timestamp' }).defaultNow()),
  ),
  'UniqueOnConstraintBuilder.on': creates(
    plain,
    t({ a: lite.text() }, (self) => [lite.unique('u').on(self.a)]),
  ),
}
