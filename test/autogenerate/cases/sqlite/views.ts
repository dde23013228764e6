import { sql } from 'drizzle-orm'
import { integer, sqliteTable, sqliteView, text } from 'drizzle-orm/sqlite-core'
import { type Case, cell } from '../case.ts'
import { noNumber } from './types.ts'

const itself = cell('view', 'itself')
const query = cell('view', 'query')
const around = cell('view', 'what it reads')
const triggers = cell('trigger', 'itself')

const t = sqliteTable('t', { id: integer().primaryKey(), a: text() })
const wider = sqliteTable('t', { id: integer().primaryKey(), a: text(), b: text() })
const numbers = sqliteTable('t', { id: integer().primaryKey(), a: integer() })
const sized = { id: integer(), a: text() }
const v = (as: ReturnType<typeof sql>, name = 'v') => sqliteView(name, sized).as(as)
const all = v(sql`SELECT id, a FROM t`)
const second = v(sql`SELECT id, a FROM v`, 'w')
const has = (created: string): string => `CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, a TEXT); ${created}`
const trigger = 'CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET a = upper(a) WHERE id = new.id; END'

export const views: readonly Case[] = [
  itself.add('of a query in SQL', { t }, { t, all }, ['create view v: SELECT id, a FROM t']),
  itself.add('of a query of Drizzle', { t }, { t, v: sqliteView('v').as((q) => q.select({ id: t.id }).from(t)) }, [
    'create view v: select "id" from "t"',
  ]),
  itself.add('two, one of which reads the other', { t }, { t, second, all }, [
    'create view v: SELECT id, a FROM t',
    'create view w: SELECT id, a FROM v',
  ]),
  itself.drop('and no data with it', { t, all }, { t }, ['drop view v']),
  itself.drop('two, one of which reads the other', { t, all, second }, { t }, ['drop view w', 'drop view v']),
  itself.rename(
    'is a new view, and the old one goes: no data is in it',
    { t, all },
    { t, v: v(sql`SELECT id, a FROM t`, 'renamed') },
    ['drop view v', 'create view renamed: SELECT id, a FROM t'],
  ),
  itself.equal('quoted, IF NOT EXISTS', has('CREATE VIEW IF NOT EXISTS "v" AS SELECT id, a FROM t'), { t, all }),
  itself.equal('of another owner: existing()', { t }, { t, v: sqliteView('v', sized).existing() }),
  itself.equal('of another owner, and it exists', has('CREATE VIEW v AS SELECT 1 AS id'), {
    t,
    v: sqliteView('v', sized).existing(),
  }),
  query.change('another condition', { t, all }, { t, v: v(sql`SELECT id, a FROM t WHERE id > 1`) }, [
    'replace view v: SELECT id, a FROM t WHERE id > 1',
  ]),
  query.change('a column more', { t, all }, { t, v: v(sql`SELECT id, a, 1 AS b FROM t`) }, [
    'replace view v: SELECT id, a, 1 AS b FROM t',
  ]),
  query.equal('in other spaces and letters of its words', has('CREATE VIEW v AS select  id,\n a from t'), { t, all }),
  query.equal('a comment in it', has('CREATE VIEW v AS SELECT id, a FROM t -- all of them\n'), { t, all }),
  query.equal('a query of Drizzle, as it writes it', has('CREATE VIEW v AS select "id", "a" from "t"'), {
    t,
    v: sqliteView('v').as((q) => q.select().from(t)),
  }),
  around.change('its table is rebuilt under it', { t, all }, { t: numbers, all }, [
    noNumber,
    'alter column t.a: type integer',
  ]),
  around.drop(
    'a column that it reads goes, and it reads another',
    { t: wider, v: v(sql`SELECT id, b FROM t`) },
    { t, v: v(sql`SELECT id, a FROM t`) },
    ['drop view v', 'drop column t.b -- loses the values of t.b', 'create view v: SELECT id, a FROM t'],
  ),
  around.drop('the table that it reads goes with it', { t, all }, {}, [
    'drop view v',
    'drop table t -- loses the table t and its rows',
  ]),
  around.add('a column that it begins to read', { t, all }, { t: wider, v: v(sql`SELECT id, b AS a FROM t`) }, [
    'add column t.b text',
    'replace view v: SELECT id, b AS a FROM t',
  ]),
  around.rename(
    'a column that it reads',
    { t, all },
    { t: sqliteTable('t', { id: integer().primaryKey(), c: text() }), v: v(sql`SELECT id, c FROM t`) },
    ['rename column t.a to c'],
    { answers: { renamed: [{ from: 't.a', to: 'c' }] } },
  ),
  around.equal(
    'a column more in its table, which it does not read',
    has('CREATE VIEW v AS SELECT id, a FROM t; ALTER TABLE t ADD COLUMN b TEXT'),
    { t: wider, all },
  ),
  triggers.equal('none is declared: it stays', has(trigger), { t }),
  triggers.drop('goes with its table', has(trigger), {}, ['drop table t -- loses the table t and its rows']),
  triggers.change(
    'its table is rebuilt, and it is there again',
    has(trigger),
    { t: sqliteTable('t', { id: integer().primaryKey(), a: text().default('x') }) },
    ["alter column t.a: default 'x'"],
    { finds: { sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'", rows: ['tr'] } },
  ),
]
