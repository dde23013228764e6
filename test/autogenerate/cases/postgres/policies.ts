import { column, expression, text as txt } from '@org/migrate-core'
import { sql } from 'drizzle-orm'
import { integer, pgPolicy, pgRole, pgTable, text, varchar } from 'drizzle-orm/pg-core'
import { type Case, cell } from '../case.ts'
import { has, own, t } from './declared.ts'

const policy = cell('policy', 'itself')
const security = cell('policy', 'security')

const columns = { id: integer().primaryKey(), a: text() }
const plain = t({ a: text() })
const mine = (more: object = {}) => ({
  t: pgTable('t', columns, () => [pgPolicy('mine', { for: 'select', using: sql`a = current_user`, ...more })]),
})
const secured = { t: pgTable('t', columns).enableRLS() }
const on = 'ALTER TABLE t ENABLE ROW LEVEL SECURITY'
const live = (create: string): string => `${has('a text')}; ${on}; ${create}`
const liveMine = live('CREATE POLICY mine ON t FOR SELECT USING (a = current_user)')
const state = "SELECT relrowsecurity AS e, relforcerowsecurity AS f FROM pg_class WHERE relname = 't' AND relkind = 'r'"
const all =
  "SELECT policyname, permissive, array_to_string(roles, ' '), cmd, qual, with_check FROM pg_policies ORDER BY tablename, policyname"
const created =
  'createPolicy {"policy":{"as":"permissive","for":"select","name":"mine","to":["public"],"using":"a = current_user"},"table":{"name":"t"}}'
const mineRow = 'mine, PERMISSIVE, public, SELECT, (a = CURRENT_USER), NULL'
const orgs = { orgs: pgTable('orgs', { id: integer().primaryKey(), owner: text() }) }

export const policies: readonly Case[] = [
  policy.add(
    'enables row security, as Drizzle does',
    plain,
    mine(),
    ['setRowSecurity {"change":{"enabled":true},"table":{"name":"t"}}', created],
    { finds: { sql: all, rows: [mineRow] } },
  ),
  policy.add('with its table, whose rows are hidden from the beginning', {}, mine(), [
    'create table t: id integer not null; a text; primary key (id) {"rowSecurity":{"enabled":true,"forced":false}}',
    created,
  ]),
  policy.add(
    'linked to its table',
    live(''),
    (() => {
      const { t: table } = secured
      return { table, other: pgPolicy('mine', { for: 'select', using: sql`a = current_user` }).link(table) }
    })(),
    [created],
    { finds: { sql: all, rows: [mineRow] } },
  ),
  policy.add(
    'that reads a table which is new as well',
    live(''),
    (() => {
      const { orgs: o } = orgs
      const table = pgTable('t', columns, (self) => [
        pgPolicy('of_org', {
          to: 'current_user',
          using: sql`exists (select 1 from ${o} where ${o.owner} = ${self.a})`,
        }),
      ])
      return { table, o }
    })(),
    [
      'create table orgs: id integer not null; owner text; primary key (id)',
      'createPolicy {"policy":{"as":"permissive","for":"all","name":"of_org","to":["current_user"],"using":"exists (select 1 from \\"orgs\\" where \\"orgs\\".\\"owner\\" = \\"t\\".\\"a\\")"},"table":{"name":"t"}}',
    ],
  ),
  policy.add(
    'restrictive, for two roles and one command',
    live(''),
    mine({
      as: 'restrictive',
      for: 'insert',
      using: undefined,
      to: ['pg_monitor', pgRole('pg_read_all_data').existing()],
      withCheck: sql`a <> ''`,
    }),
    [
      'createPolicy {"policy":{"as":"restrictive","for":"insert","name":"mine","to":["pg_monitor","pg_read_all_data"],"withCheck":"a <> \'\'"},"table":{"name":"t"}}',
    ],
    { finds: { sql: all, rows: ["mine, RESTRICTIVE, pg_monitor pg_read_all_data, INSERT, NULL, (a <> ''::text)"] } },
  ),
  policy.add(
    'of a table that is not declared: said, and not made',
    plain,
    { ...plain, other: pgPolicy('mine').link(pgTable('elsewhere', columns)) },
    [],
    { notes: ['policy mine is not compared: its table elsewhere is not declared'] },
  ),
  policy.add('linked to no table: said, and not made', plain, { ...plain, other: pgPolicy('mine') }, [], {
    notes: ['policy mine is not compared: it is linked to no table'],
  }),
  policy.add(
    'of table(…)',
    has('a text'),
    own(
      { a: column(txt()) },
      { rowSecurity: { enabled: true, forced: true }, policies: [{ name: 'p', using: expression('a IS NULL') }] },
    ),
    [
      'setRowSecurity {"change":{"enabled":true},"table":{"name":"t"}}',
      'createPolicy {"policy":{"as":"permissive","for":"all","name":"p","to":["public"],"using":"a IS NULL"},"table":{"name":"t"}}',
      'setRowSecurity {"change":{"forced":true},"table":{"name":"t"}}',
    ],
    { finds: { sql: state, rows: ['true, true'] } },
  ),
  policy.drop(
    'that lets rows be seen',
    liveMine,
    secured,
    [
      'dropPolicy {"policy":"mine","table":{"name":"t"}} {"security":"all roles can no longer see rows of t that no other policy permits"}',
    ],
    { finds: { sql: all, rows: [] }, returns: { sql: all, rows: [mineRow] } },
  ),
  policy.drop(
    'that keeps rows away: what that opens is said',
    live('CREATE POLICY mine ON t AS RESTRICTIVE TO pg_monitor USING (a IS NULL)'),
    secured,
    [
      'dropPolicy {"policy":"mine","table":{"name":"t"}} {"security":"pg_monitor can see and write rows of t that the policy kept from them"}',
    ],
    { returns: { sql: all, rows: ['mine, RESTRICTIVE, pg_monitor, ALL, (a IS NULL), NULL'] } },
  ),
  policy.drop(
    'with the column that it reads',
    live('CREATE POLICY mine ON t USING (a IS NULL)'),
    { t: pgTable('t', { id: columns.id }).enableRLS() },
    [
      'dropPolicy {"policy":"mine","table":{"name":"t"}} {"security":"all roles can no longer see and write rows of t that no other policy permits"}',
      'drop column t.a -- loses the values of t.a',
    ],
  ),
  policy.drop('with its table', liveMine, {}, ['drop table t -- loses the table t and its rows']),
  policy.drop(
    'with another table that it reads',
    live('CREATE TABLE orgs (id integer PRIMARY KEY); CREATE POLICY mine ON t USING (id IN (SELECT id FROM orgs))'),
    secured,
    [
      'dropPolicy {"policy":"mine","table":{"name":"t"}} {"security":"all roles can no longer see and write rows of t that no other policy permits"}',
      'drop table orgs -- loses the table orgs and its rows',
    ],
  ),
  policy.change(
    'roles and expressions, in place',
    liveMine,
    mine({ to: 'pg_monitor', using: sql`a = 'x'` }),
    [
      'alterPolicy {"change":{"to":["pg_monitor"],"using":"a = \'x\'"},"policy":"mine","table":{"name":"t"}} {"security":"who can see rows of t changes: to, using of policy mine"}',
    ],
    {
      finds: { sql: all, rows: ["mine, PERMISSIVE, pg_monitor, SELECT, (a = 'x'::text), NULL"] },
      returns: { sql: all, rows: [mineRow] },
    },
  ),
  policy.change(
    'its command and its kind',
    liveMine,
    mine({ for: 'delete', as: 'restrictive' }),
    [
      'alterPolicy {"change":{"as":"restrictive","for":"delete"},"policy":"mine","table":{"name":"t"}} {"security":"who can delete rows of t changes: as, for of policy mine"}',
    ],
    {
      finds: { sql: all, rows: ['mine, RESTRICTIVE, public, DELETE, (a = CURRENT_USER), NULL'] },
      returns: { sql: all, rows: [mineRow] },
    },
  ),
  policy.change(
    'the type of a column that it reads: it is there again',
    liveMine,
    {
      t: pgTable('t', { id: columns.id, a: varchar({ length: 40 }) }, () => [
        pgPolicy('mine', { for: 'select', using: sql`a = current_user` }),
      ]),
    },
    [
      'expect no rows of t whose a has no room in its new type: SELECT "id", "a" FROM "t" WHERE CHAR_LENGTH("a") > 40',
      'alter column t.a: type varchar(40)',
    ],
  ),
  policy.change(
    'with the column that it reads, which goes',
    live('CREATE POLICY mine ON t USING (a IS NULL)'),
    { t: pgTable('t', { id: columns.id }, () => [pgPolicy('mine', { using: sql`id > 1` })]) },
    [
      'dropPolicy {"policy":"mine","table":{"name":"t"}} {"security":"all roles can no longer see and write rows of t that no other policy permits"}',
      'drop column t.a -- loses the values of t.a',
      'createPolicy {"policy":{"as":"permissive","for":"all","name":"mine","to":["public"],"using":"id > 1"},"table":{"name":"t"}}',
    ],
  ),
  policy.equal('as the server writes it', liveMine, mine()),
  policy.equal(
    'the same roles in another order',
    live('CREATE POLICY mine ON t FOR SELECT TO pg_monitor, pg_signal_backend USING (a = current_user)'),
    mine({ to: ['pg_signal_backend', 'pg_monitor'] }),
  ),
  policy.equal(
    'in a list and exported as well',
    liveMine,
    (() => {
      const one = pgPolicy('mine', { for: 'select', using: sql`a = current_user` })
      return { one, t: pgTable('t', columns, () => [one]) }
    })(),
  ),
  policy.equal(
    'a subquery over its own table and another',
    live(
      'CREATE TABLE orgs (id integer PRIMARY KEY, owner text); CREATE POLICY mine ON t USING (EXISTS (SELECT 1 FROM orgs o WHERE o.owner = t.a))',
    ),
    (() => {
      const { orgs: o } = orgs
      const table = pgTable('t', columns, (self) => [
        pgPolicy('mine', { using: sql`exists (select 1 from ${o} o where o.owner = ${self.a})` }),
      ])
      return { table, o }
    })(),
  ),
  policy.equal(
    'its table and its column renamed since',
    `${liveMine}; ALTER TABLE t RENAME a TO b; ALTER TABLE t RENAME TO u`,
    {
      u: pgTable('u', { id: columns.id, b: text() }, () => [
        pgPolicy('mine', { for: 'select', using: sql`b = current_user` }),
      ]),
    },
  ),
  ...(
    [
      ['a list of values', "FOR ALL USING (a IN ('x', 'y'))", { for: 'all', using: sql`a in ('x', 'y')` }],
      ['casts and COALESCE', "FOR SELECT USING (coalesce(a, '') = 'x'::text)", { using: sql`coalesce("a", '') = 'x'` }],
      [
        'AND, OR and NOT',
        "FOR SELECT USING (NOT (a = 'x' OR a IS NULL) AND id > 1)",
        { using: sql`not (a = 'x' or a is null) and (id > 1)` },
      ],
      [
        'a setting of the session',
        "FOR SELECT USING (id = current_setting('app.id', true)::integer)",
        { using: sql`id = current_setting('app.id', true)::integer` },
      ],
      [
        'WITH CHECK alone',
        "FOR INSERT WITH CHECK (a <> '')",
        { for: 'insert', using: undefined, withCheck: sql`a <> ''` },
      ],
      ['a value that is put in', "FOR SELECT USING (a = 'it''s')", { using: sql`a = ${"it's"}` }],
      [
        'public beside other roles',
        'FOR SELECT TO PUBLIC USING (true)',
        { to: ['public', 'pg_monitor'], using: sql`true` },
      ],
      [
        'current_user, who is that role',
        'FOR SELECT TO current_user USING (true)',
        { to: 'current_user', using: sql`true` },
      ],
      ['neither expression', 'FOR DELETE', { for: 'delete', using: undefined }],
      ['a comment on it', "FOR SELECT USING (true); COMMENT ON POLICY mine ON t IS 'why'", { using: sql`true` }],
    ] as const
  ).map(([title, create, more]) => policy.equal(title, live(`CREATE POLICY mine ON t ${create}`), mine(more))),
  policy.equal('table(…) says nothing of them: they stay', liveMine, own({ a: column(txt()) })),

  security.add('enabled', plain, secured, ['setRowSecurity {"change":{"enabled":true},"table":{"name":"t"}}'], {
    finds: { sql: state, rows: ['true, false'] },
    returns: { sql: state, rows: ['false, false'] },
  }),
  security.drop(
    'disabled: what that opens is said',
    live(''),
    plain,
    [
      'setRowSecurity {"change":{"enabled":false},"table":{"name":"t"}} {"security":"every role with privileges on t can see and write all of its rows"}',
    ],
    { finds: { sql: state, rows: ['false, false'] }, returns: { sql: state, rows: ['true, false'] } },
  ),
  security.change(
    'no more forced, in table(…)',
    live('ALTER TABLE t FORCE ROW LEVEL SECURITY'),
    own({ a: column(txt()) }, { rowSecurity: { enabled: true } }),
    [
      'setRowSecurity {"change":{"forced":false},"table":{"name":"t"}} {"security":"the owner of t can see and write all of its rows"}',
    ],
    { finds: { sql: state, rows: ['true, false'] }, returns: { sql: state, rows: ['true, true'] } },
  ),
  security.equal('enabled in both', live(''), secured),
  security.equal('Drizzle has no word for FORCE: it stays', live('ALTER TABLE t FORCE ROW LEVEL SECURITY'), secured),
  security.equal(
    'table(…) says nothing of it',
    live('ALTER TABLE t FORCE ROW LEVEL SECURITY'),
    own({ a: column(txt()) }),
  ),
  security.equal(
    'FORCE without ENABLE, where nothing is said',
    `${has('a text')}; ALTER TABLE t FORCE ROW LEVEL SECURITY`,
    plain,
  ),
]
