import { sql } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import { isVersion1 } from '../../../kit/drizzle-version.ts'
import {
  atRunTime,
  creates,
  createsForNewRows,
  none,
  notManaged,
  type Rows,
  refused,
  reports,
  typeOnly,
} from '../row.ts'

type Columns = Record<string, my.MySqlColumnBuilderBase>

const id = () => my.int().primaryKey()
const t = (columns: Columns, extras: (self: { a: my.MySqlColumn }) => my.MySqlTableExtraConfigValue[] = () => []) => ({
  t: my.mysqlTable('t', { id: id(), ...columns }, extras as never),
})
const a = (column: my.MySqlColumnBuilderBase) => t({ a: column })
const o = my.mysqlTable('o', { id: id() })
const name = () => my.varchar({ length: 40 })
const withIndex = (index: (self: { a: my.MySqlColumn }) => my.IndexBuilder) => t({ a: name() }, (self) => [index(self)])
/** Words of 1.0. */
const withText = () => name() as unknown as Record<'charSet' | 'collate', (word: string) => my.MySqlColumnBuilderBase>
const plain = a(name())
const indexed = withIndex((self) => my.index('i').on(self.a))
const key = (self: { a: my.MySqlColumn }) => my.foreignKey({ name: 'k', columns: [self.a], foreignColumns: [o.id] })
const keyed = { o, ...t({ a: my.int() }, (self) => [key(self)]) }
// Of a table: the server merges no other view, and checks nothing of one.
const query = sql`select id from t`
const view = my.mysqlView('v', { id: my.int() })
const viewed = { ...plain, v: view.as(query) }

export const mysqlRows: Rows = {
  'ColumnBuilder.$defaultFn': none(atRunTime, plain, a(name().$defaultFn(() => 'x'))),
  'ColumnBuilder.$onUpdateFn': none(atRunTime, plain, a(name().$onUpdateFn(() => 'x'))),
  'column.$default': none(atRunTime, plain, a(name().$default(() => 'x'))),
  'column.$onUpdate': none(atRunTime, plain, a(name().$onUpdate(() => 'x'))),
  'ColumnBuilder.$type': none(typeOnly, plain, a(name().$type<'x'>())),
  'ColumnBuilder.default': creates(plain, a(name().default('x'))),
  'ColumnBuilder.notNull': createsForNewRows(plain, a(name().notNull())),
  'ColumnBuilder.primaryKey': createsForNewRows(
    { t: my.mysqlTable('t', { a: my.int() }) },
    { t: my.mysqlTable('t', { a: my.int().primaryKey() }) },
  ),
  'ForeignKeyBuilder.onDelete': creates(keyed, { o, ...t({ a: my.int() }, (self) => [key(self).onDelete('cascade')]) }),
  'ForeignKeyBuilder.onUpdate': creates(keyed, { o, ...t({ a: my.int() }, (self) => [key(self).onUpdate('cascade')]) }),
  'IndexBuilder.algorithm': reports(
    'ALGORITHM of index i of t is not followed: it is created like any other',
    indexed,
    withIndex((self) => my.index('i').on(self.a).algorithm('inplace')),
  ),
  'IndexBuilder.lock': reports(
    'LOCK of index i of t is not followed: it is created like any other',
    indexed,
    withIndex((self) => my.index('i').on(self.a).lock('none')),
  ),
  'IndexBuilder.using': none(
    'InnoDB makes a B-tree of every index, and says so',
    indexed,
    withIndex((self) => my.index('i').on(self.a).using('btree')),
  ),
  'IndexBuilderOn.on': creates(plain, indexed),
  'ManualViewBuilder.as': creates({ ...plain }, viewed),
  'ManualViewBuilder.existing': none(notManaged, {}, { v: view.existing() }),
  'ViewBuilder.as': creates({ ...plain }, { ...plain, v: my.mysqlView('v').as((qb) => qb.select().from(plain.t)) }),
  'ViewBuilderCore.algorithm': creates(viewed, {
    ...plain,
    v: my.mysqlView('v', { id: my.int() }).algorithm('merge').as(query),
  }),
  'ViewBuilderCore.sqlSecurity': creates(viewed, {
    ...plain,
    v: my.mysqlView('v', { id: my.int() }).sqlSecurity('invoker').as(query),
  }),
  'ViewBuilderCore.withCheckOption': creates(viewed, {
    ...plain,
    v: my.mysqlView('v', { id: my.int() }).withCheckOption('local').as(query),
  }),
  'MySqlColumnBuilder.generatedAlwaysAs': creates(t({}), a(my.int().generatedAlwaysAs(sql`id + 1`))),
  'MySqlColumnBuilder.references': creates({ o, ...a(my.int()) }, { o, ...a(my.int().references(() => o.id)) }),
  'MySqlColumnBuilder.unique': creates(plain, a(name().unique())),
  'MySqlColumnBuilderWithAutoIncrement.autoincrement': creates(
    { t: my.mysqlTable('t', { id: id() }) },
    { t: my.mysqlTable('t', { id: my.int().autoincrement().primaryKey() }) },
  ),
  'MySqlDateColumnBaseBuilder.defaultNow': creates(a(my.timestamp()), a(my.timestamp().defaultNow())),
  'MySqlDateColumnBaseBuilder.onUpdateNow': creates(a(my.timestamp()), a(my.timestamp().onUpdateNow())),
  'UniqueOnConstraintBuilder.on': creates(
    plain,
    t({ a: name() }, (self) => [my.unique('u').on(self.a)]),
  ),
  ...(isVersion1
    ? {
        'MySqlStringColumnBaseBuilder.charSet': reports(
          'CHARACTER SET latin1 of t.a is not compared: set it in a revision',
          plain,
          a(withText().charSet('latin1')),
        ),
        'MySqlStringColumnBaseBuilder.collate': reports(
          'COLLATE utf8mb4_bin of t.a is not compared: set it in a revision',
          plain,
          a(withText().collate('utf8mb4_bin')),
        ),
      }
    : {}),
  'schema.table': refused('UNSUPPORTED', {}, { t: my.mysqlSchema('app').table('t', { id: id() }) }),
  'schema.view': refused('UNSUPPORTED', {}, { v: my.mysqlSchema('app').view('v', { one: my.int() }).as(query) }),
  'mysqlSchema()': reports(
    "schema app is not compared: MySQL's schemas are databases of their own",
    {},
    { app: my.mysqlSchema('app') },
  ),
}
