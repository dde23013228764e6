import { sql } from 'drizzle-orm'
import { bigint, int, mysqlTable, mysqlView, varchar } from 'drizzle-orm/mysql-core'
import { type Case, cell } from '../case.ts'
import { inUtf8mb4 } from './declared.ts'
import { noNumber } from './types.ts'

const itself = cell('view', 'itself')
const query = cell('view', 'query')
const around = cell('view', 'what it reads')
const options = cell('view', 'options')
const sequences = cell('sequence', 'itself')

const text = () => varchar({ length: 20 })
const t = mysqlTable('t', { id: int().primaryKey(), a: text() })
const wider = mysqlTable('t', { id: int().primaryKey(), a: text(), b: text() })
const numbers = mysqlTable('t', { id: int().primaryKey(), a: int() })
const sized = { id: int(), a: text() }
const v = (as: ReturnType<typeof sql>, name = 'v') => mysqlView(name, sized).as(as)
const all = v(sql`SELECT id, a FROM t`)
const secured = mysqlView('v', sized)
  .algorithm('merge')
  .sqlSecurity('invoker')
  .withCheckOption('local')
  .as(sql`SELECT id, a FROM t WHERE id < 10`)
const statedOptions = '{"options":{"algorithm":"merge","check_option":"local","sql_security":"invoker"}}'
const shown =
  "SELECT CHECK_OPTION, SECURITY_TYPE FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'v'"
const second = v(sql`SELECT id, a FROM v`, 'w')
const has = (created: string): string => inUtf8mb4(`CREATE TABLE t (id int PRIMARY KEY, a varchar(20)); ${created}`)

export const views: readonly Case[] = [
  itself.add('of a query in SQL', { t }, { t, all }, ['create view v: SELECT id, a FROM t']),
  itself.add('of a query of Drizzle', { t }, { t, v: mysqlView('v').as((q) => q.select({ id: t.id }).from(t)) }, [
    'create view v: select `id` from `t`',
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
  itself.equal('OR REPLACE, quoted', has('CREATE OR REPLACE VIEW `v` AS SELECT id, a FROM t'), { t, all }),
  itself.equal('of another owner: existing()', { t }, { t, v: mysqlView('v', sized).existing() }),
  itself.equal('of another owner, and it exists', has('CREATE VIEW v AS SELECT 1 AS id'), {
    t,
    v: mysqlView('v', sized).existing(),
  }),
  query.change('another condition', { t, all }, { t, v: v(sql`SELECT id, a FROM t WHERE id > 1`) }, [
    'replace view v: SELECT id, a FROM t WHERE id > 1',
  ]),
  query.change('a column more', { t, all }, { t, v: v(sql`SELECT id, a, 1 AS b FROM t`) }, [
    'replace view v: SELECT id, a, 1 AS b FROM t',
  ]),
  query.equal('in other spaces and letters of its words', has('CREATE VIEW v AS select  id,\n a from t'), { t, all }),
  query.equal(
    'with the names of tables and the database',
    has('CREATE VIEW v AS SELECT t.id AS id, t.a AS a FROM t AS t'),
    { t, all },
  ),
  query.equal('a comment in it', has('CREATE VIEW v AS SELECT id, a /* both */ FROM t'), { t, all }),
  query.equal('a star', has('CREATE VIEW v AS SELECT * FROM t'), { t, v: v(sql`SELECT * FROM t`) }),
  query.equal('a query of Drizzle, as it writes it', has('CREATE VIEW v AS select `id`, `a` from `t`'), {
    t,
    v: mysqlView('v').as((q) => q.select().from(t)),
  }),
  query.equal(
    'texts, functions and a join',
    has(
      "CREATE VIEW v AS SELECT x.id, CONCAT(x.a, ' it''s') AS a FROM t x LEFT JOIN t y ON y.id = x.id + 1 WHERE x.a <> 'é' OR y.a IS NULL",
    ),
    {
      t,
      v: v(
        sql`select x.id, concat(x.a, ' it''s') as a from t as x left join t as y on (y.id = (x.id + 1)) where x.a != 'é' or isnull(y.a)`,
      ),
    },
    { only: 'mysql' },
  ),
  query.equal(
    'groups and an order',
    has('CREATE VIEW v AS SELECT MAX(id) AS id, a FROM t GROUP BY a HAVING COUNT(*) > 1 ORDER BY a DESC LIMIT 5'),
    { t, v: v(sql`select max(id) as id, a from t group by a having count(*) > 1 order by a desc limit 5`) },
  ),
  around.change('its table is changed under it', { t, all }, { t: numbers, all }, [
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
    'add column t.b varchar(20)',
    'replace view v: SELECT id, b AS a FROM t',
  ]),
  around.rename(
    'a column that it reads',
    { t, all },
    { t: mysqlTable('t', { id: int().primaryKey(), c: text() }), v: v(sql`SELECT id, c FROM t`) },
    ['drop view v', 'rename column t.a to c', 'create view v: SELECT id, c FROM t'],
    { answers: { renamed: [{ from: 't.a', to: 'c' }] } },
  ),
  around.rename(
    'the table that it reads',
    { t, all },
    { t: mysqlTable('s', { id: int().primaryKey(), a: text() }), v: v(sql`SELECT id, a FROM s`) },
    ['rename table t to s'],
    { answers: { renamed: [{ from: 't', to: 's' }] } },
  ),
  around.equal(
    'a view, in the order of their names',
    has('CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT id, a FROM v'),
    { t, second, all },
  ),
  options.equal(
    'ALGORITHM, SQL SECURITY and a check',
    has(
      'CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW v AS SELECT id, a FROM t WHERE id < 10 WITH LOCAL CHECK OPTION',
    ),
    { t, v: secured },
  ),
  options.equal('the usual ones, said', has('CREATE VIEW v AS SELECT id, a FROM t'), {
    t,
    v: mysqlView('v', sized).algorithm('undefined').sqlSecurity('definer').as(sql`SELECT id, a FROM t`),
  }),
  options.equal(
    'a check at the end of the query',
    has('CREATE VIEW v AS SELECT id, a FROM t WHERE id < 10 WITH CHECK OPTION'),
    { t, v: v(sql`SELECT id, a FROM t WHERE id < 10 WITH CASCADED CHECK OPTION`) },
  ),
  options.equal(
    'another definer, which is no part of a declaration',
    has("CREATE DEFINER = 'nobody'@'localhost' VIEW v AS SELECT id, a FROM t"),
    { t, all },
  ),
  options.add(
    'of a new view',
    { t },
    { t, v: secured },
    [`create view v: SELECT id, a FROM t WHERE id < 10 ${statedOptions}`],
    {
      finds: { sql: shown, rows: ['LOCAL, INVOKER'] },
    },
  ),
  options.add(
    'of a view that is there',
    { t, all },
    { t, v: secured },
    [`replace view v: SELECT id, a FROM t WHERE id < 10 ${statedOptions}`],
    { finds: { sql: shown, rows: ['LOCAL, INVOKER'] }, returns: { sql: shown, rows: ['NONE, DEFINER'] } },
  ),
  options.change(
    'the query, and they stay',
    has(
      'CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW v AS SELECT id, a FROM t WHERE id < 9 WITH LOCAL CHECK OPTION',
    ),
    { t, v: secured },
    [`replace view v: SELECT id, a FROM t WHERE id < 10 ${statedOptions}`],
    { finds: { sql: shown, rows: ['LOCAL, INVOKER'] } },
  ),
  options.change(
    'the scope of the check',
    has('CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW v AS SELECT id, a FROM t WHERE id < 10 WITH CHECK OPTION'),
    { t, v: secured },
    [`replace view v: SELECT id, a FROM t WHERE id < 10 ${statedOptions}`],
    { finds: { sql: shown, rows: ['LOCAL, INVOKER'] }, returns: { sql: shown, rows: ['CASCADED, INVOKER'] } },
  ),
  options.drop(
    'those that the declaration does not state',
    { t, v: secured },
    { t, v: v(sql`SELECT id, a FROM t WHERE id < 10`) },
    ['replace view v: SELECT id, a FROM t WHERE id < 10 {"options":{}}'],
    {
      notes: [
        'View v has algorithm=merge, which the declaration does not state: it is reset.',
        'View v has sql_security=invoker, which the declaration does not state: it is reset.',
        'View v has check_option=local, which the declaration does not state: it is reset.',
      ],
      finds: { sql: shown, rows: ['NONE, DEFINER'] },
      returns: { sql: shown, rows: ['LOCAL, INVOKER'] },
    },
  ),
  options.rename(
    'of a view that is made again around a rename',
    { t, v: secured },
    {
      t: mysqlTable('t', { id: int().primaryKey(), c: text() }),
      v: mysqlView('v', { id: int(), c: text() })
        .algorithm('merge')
        .sqlSecurity('invoker')
        .withCheckOption('local')
        .as(sql`SELECT id, c FROM t WHERE id < 10`),
    },
    ['drop view v', 'rename column t.a to c', `create view v: SELECT id, c FROM t WHERE id < 10 ${statedOptions}`],
    { answers: { renamed: [{ from: 't.a', to: 'c' }] }, finds: { sql: shown, rows: ['LOCAL, INVOKER'] } },
  ),
  sequences.equal(
    'of MariaDB, for which no declaration has a word',
    has('CREATE SEQUENCE s START WITH 5 INCREMENT BY 2'),
    { t },
    { only: 'mariadb' },
  ),
  sequences.equal(
    'of MariaDB, that a default takes its values from',
    inUtf8mb4('CREATE SEQUENCE s; CREATE TABLE t (id int PRIMARY KEY, a bigint DEFAULT (NEXT VALUE FOR s))'),
    { t: mysqlTable('t', { id: int().primaryKey(), a: bigint({ mode: 'number' }).default(sql`nextval(s)`) }) },
    { only: 'mariadb' },
  ),
]
