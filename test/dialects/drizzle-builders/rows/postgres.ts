import type { Exports } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { isVersion1 } from '../../../kit/drizzle-version.ts'
import {
  atRunTime,
  creates,
  createsDefault,
  createsForNewRows,
  none,
  notManaged,
  type Rows,
  reports,
  typeOnly,
} from '../row.ts'

type Columns = Record<string, pg.PgColumnBuilderBase>
type Extras = NonNullable<Parameters<typeof pg.pgTable<'t', Columns>>[2]>

type Self = { readonly [C in 'a' | 'b']: pg.ExtraConfigColumn }

const id = () => pg.integer().primaryKey()
const t = (columns: Columns, extras: (self: Self) => pg.PgTableExtraConfigValue[] = () => []) => ({
  t: pg.pgTable('t', { id: id(), ...columns }, extras as unknown as Extras),
})
const a = (column: pg.PgColumnBuilderBase) => t({ a: column })
const o = pg.pgTable('o', { id: id() })
const withIndex = (index: (self: Self) => pg.IndexBuilder) => t({ a: pg.text(), b: pg.text() }, (self) => [index(self)])
const plain = t({ a: pg.text(), b: pg.text() })
const indexed = withIndex((self) => pg.index('i').on(self.a))
const keyed = (more: object) => ({
  o,
  ...t({ a: pg.integer() }, (self) => [
    pg.foreignKey({ name: 'k', columns: [self.a], foreignColumns: [o.id], ...more }),
  ]),
})
/** A word of 1.0. */
const existing = (schema: object): object => (schema as { existing(): object }).existing()
const query = sql`select 1 as one`
const table = a(pg.text())
const app = pg.pgSchema('app')
const view = pg.pgView('v', { one: pg.integer() })
const materialized = pg.pgMaterializedView('m', { one: pg.integer() })
const policy = () => pg.pgPolicy('p', { using: sql`true` })

export const postgresRows: Rows = {
  'ColumnBuilder.$defaultFn': none(atRunTime, a(pg.text()), a(pg.text().$defaultFn(() => 'x'))),
  'ColumnBuilder.$onUpdateFn': none(atRunTime, a(pg.text()), a(pg.text().$onUpdateFn(() => 'x'))),
  'column.$default': none(atRunTime, a(pg.text()), a(pg.text().$default(() => 'x'))),
  'column.$onUpdate': none(atRunTime, a(pg.text()), a(pg.text().$onUpdate(() => 'x'))),
  'ColumnBuilder.$type': none(typeOnly, a(pg.text()), a(pg.text().$type<'x'>())),
  'ColumnBuilder.default': creates(a(pg.text()), a(pg.text().default('x'))),
  'ColumnBuilder.notNull': createsForNewRows(a(pg.text()), a(pg.text().notNull())),
  'ColumnBuilder.primaryKey': createsForNewRows(
    { t: pg.pgTable('t', { a: pg.integer() }) },
    { t: pg.pgTable('t', { a: pg.integer().primaryKey() }) },
  ),
  'DefaultViewBuilderCore.with': creates(
    { v: view.as(query) },
    { v: pg.pgView('v', { one: pg.integer() }).with({ securityBarrier: true }).as(query) },
  ),
  'ExtraConfigColumn.asc': none(
    'it is what an index has without it',
    indexed,
    withIndex((self) => pg.index('i').on(self.a.asc())),
  ),
  'ExtraConfigColumn.desc': creates(
    indexed,
    withIndex((self) => pg.index('i').on(self.a.desc())),
  ),
  'ExtraConfigColumn.nullsFirst': creates(
    indexed,
    withIndex((self) => pg.index('i').on(self.a.nullsFirst())),
  ),
  'ExtraConfigColumn.nullsLast': none(
    'it is what an index has without it',
    indexed,
    withIndex((self) => pg.index('i').on(self.a.nullsLast())),
  ),
  'ExtraConfigColumn.op': creates(
    indexed,
    withIndex((self) => pg.index('i').on(self.a.op('text_pattern_ops'))),
  ),
  'ForeignKeyBuilder.onDelete': creates(keyed({}), {
    o,
    ...t({ a: pg.integer() }, (self) => [
      pg.foreignKey({ name: 'k', columns: [self.a], foreignColumns: [o.id] }).onDelete('cascade'),
    ]),
  }),
  'ForeignKeyBuilder.onUpdate': creates(keyed({}), {
    o,
    ...t({ a: pg.integer() }, (self) => [
      pg.foreignKey({ name: 'k', columns: [self.a], foreignColumns: [o.id] }).onUpdate('cascade'),
    ]),
  }),
  'IndexBuilder.concurrently': reports(
    'CONCURRENTLY of index i of t is not followed: it is created like any other',
    indexed,
    withIndex((self) => pg.index('i').on(self.a).concurrently()),
  ),
  'IndexBuilder.where': creates(
    indexed,
    withIndex((self) => pg.index('i').on(self.a).where(sql`b > 'x'`)),
  ),
  'IndexBuilder.with': creates(
    indexed,
    withIndex((self) => pg.index('i').on(self.a).with({ fillfactor: 70 })),
  ),
  'IndexBuilderOn.on': creates(plain, indexed),
  'IndexBuilderOn.onOnly': none(
    'a table without partitions has the same index without it, and Drizzle declares no partitions',
    indexed,
    withIndex((self) => pg.index('i').onOnly(self.a)),
  ),
  'IndexBuilderOn.using': creates(
    indexed,
    withIndex((self) => pg.index('i').using('hash', self.a)),
  ),
  'ManualViewBuilder.as': creates({}, { v: view.as(query) }),
  'ManualViewBuilder.existing': none(notManaged, {}, { v: view.existing() }),
  'ViewBuilder.as': creates({ ...table }, { ...table, v: pg.pgView('v').as((qb) => qb.select().from(table.t)) }),
  'ManualMaterializedViewBuilder.as': creates({}, { m: materialized.as(query) }),
  'ManualMaterializedViewBuilder.existing': none(notManaged, {}, { m: materialized.existing() }),
  'MaterializedViewBuilder.as': creates(
    { ...table },
    { ...table, m: pg.pgMaterializedView('m').as((qb) => qb.select().from(table.t)) },
  ),
  'MaterializedViewBuilderCore.tablespace': createsDefault(
    { m: materialized.as(query) },
    { m: pg.pgMaterializedView('m', { one: pg.integer() }).tablespace('pg_default').as(query) },
  ),
  'MaterializedViewBuilderCore.using': createsDefault(
    { m: materialized.as(query) },
    { m: pg.pgMaterializedView('m', { one: pg.integer() }).using('heap').as(query) },
  ),
  'MaterializedViewBuilderCore.with': creates(
    { m: materialized.as(query) },
    { m: pg.pgMaterializedView('m', { one: pg.integer() }).with({ fillfactor: 70 }).as(query) },
  ),
  'MaterializedViewBuilderCore.withNoData': creates(
    {},
    { m: pg.pgMaterializedView('m', { one: pg.integer() }).withNoData().as(query) },
  ),
  'PgColumnBuilder.array': creates(t({}), a(pg.text().array())),
  'PgColumnBuilder.generatedAlwaysAs': creates(t({}), a(pg.integer().generatedAlwaysAs(sql`id + 1`))),
  'PgColumnBuilder.references': creates({ o, ...a(pg.integer()) }, { o, ...a(pg.integer().references(() => o.id)) }),
  'PgColumnBuilder.unique': creates(a(pg.text()), a(pg.text().unique())),
  'PgDateColumnBaseBuilder.defaultNow': creates(a(pg.timestamp()), a(pg.timestamp().defaultNow())),
  'PgIntColumnBaseBuilder.generatedAlwaysAsIdentity': creates(
    a(pg.integer().notNull()),
    a(pg.integer().generatedAlwaysAsIdentity()),
  ),
  'PgIntColumnBaseBuilder.generatedByDefaultAsIdentity': creates(
    a(pg.integer().notNull()),
    a(pg.integer().generatedByDefaultAsIdentity()),
  ),
  'PgPolicy.link': creates({ ...table }, { ...table, p: policy().link(table.t) }),
  'PgRole.existing': none('a role belongs to the server', {}, { r: pg.pgRole('r').existing() }),
  'PgSchema.enum': creates({ app }, { app, e: app.enum('e', ['a']) }),
  'PgUUIDBuilder.defaultRandom': creates(a(pg.uuid()), a(pg.uuid().defaultRandom())),
  'UniqueConstraintBuilder.nullsNotDistinct': creates(
    t({ a: pg.text() }, (self) => [pg.unique('u').on(self.a)]),
    t({ a: pg.text() }, (self) => [pg.unique('u').on(self.a).nullsNotDistinct()]),
  ),
  'UniqueOnConstraintBuilder.on': creates(
    t({ a: pg.text() }),
    t({ a: pg.text() }, (self) => [pg.unique('u').on(self.a)]),
  ),
  'schema.materializedView': creates({ app }, { app, m: app.materializedView('m', { one: pg.integer() }).as(query) }),
  'schema.sequence': creates({ app }, { app, s: app.sequence('s') }),
  'schema.table': creates({ app }, { app, t: app.table('t', { id: id() }) }),
  'schema.view': creates({ app }, { app, v: app.view('v', { one: pg.integer() }).as(query) }),
  'table.enableRLS': creates(table, { t: pg.pgTable('t', { id: id(), a: pg.text() }).enableRLS() }),

  // What is said in the objects that functions take, each as `function(member)`.
  'pgRole()': reports(
    'role r is not compared: roles belong to the server; create it there, and declare it with .existing()',
    {},
    { r: pg.pgRole('r') },
  ),
  'pgEnum()': creates({}, { e: pg.pgEnum('e', ['a']) }),
  'pgSequence()': creates({}, { s: pg.pgSequence('s') }),
  'pgSequence(startWith)': creates({ s: pg.pgSequence('s') }, { s: pg.pgSequence('s', { startWith: 5 }) }),
  'pgSequence(increment)': creates({ s: pg.pgSequence('s') }, { s: pg.pgSequence('s', { increment: 5 }) }),
  'pgSequence(minValue)': creates(
    { s: pg.pgSequence('s', { startWith: 5 }) },
    { s: pg.pgSequence('s', { startWith: 5, minValue: 2 }) },
  ),
  'pgSequence(maxValue)': creates({ s: pg.pgSequence('s') }, { s: pg.pgSequence('s', { maxValue: 500 }) }),
  'pgSequence(cache)': creates({ s: pg.pgSequence('s') }, { s: pg.pgSequence('s', { cache: 20 }) }),
  'pgSequence(cycle)': creates({ s: pg.pgSequence('s') }, { s: pg.pgSequence('s', { cycle: true }) }),
  'pgPolicy()': reports('policy p is not compared: it is linked to no table', table, { ...table, p: policy() }),
  'pgPolicy(as)': policies({}, { as: 'restrictive' }),
  'pgPolicy(for)': policies({}, { for: 'select' }),
  'pgPolicy(to)': policies({}, { to: 'pg_monitor' }),
  'pgPolicy(using)': policies({}, { using: sql`a is null` }),
  'pgPolicy(withCheck)': policies({}, { withCheck: sql`a is null` }),
  'identity(name)': creates(
    a(pg.integer().generatedAlwaysAsIdentity()),
    a(pg.integer().generatedAlwaysAsIdentity({ name: 's' })),
  ),
  'identity(startWith)': creates(
    a(pg.integer().generatedAlwaysAsIdentity()),
    a(pg.integer().generatedAlwaysAsIdentity({ startWith: 5 })),
  ),
  'text(enum)': none(typeOnly, a(pg.text()), a(pg.text({ enum: ['x'] }))),
  'geometry(srid)': (isVersion1
    ? creates
    : (without: Exports, declaring: Exports) =>
        reports('the SRID of t.a is not known: Drizzle does not keep it', without, declaring))(
    t({}),
    a(pg.geometry({ type: 'point', srid: 4326 })),
  ),
  ...(isVersion1 ? { 'PgSchema.existing': none(notManaged, plain, { ...plain, s: existing(pg.pgSchema('s')) }) } : {}),
}

function policies(without: pg.PgPolicyConfig, declaring: pg.PgPolicyConfig) {
  const of = (more: pg.PgPolicyConfig) =>
    t({ a: pg.text() }, () => [pg.pgPolicy('p', { using: sql`a = current_user`, ...more })])
  return creates(of(without), of(declaring))
}
