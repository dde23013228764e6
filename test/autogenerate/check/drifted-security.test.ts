import { check, compare } from '@org/migrate-autogenerate'
import type { DeclaredSchema, Revision } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { sql } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects, describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { revisionWriter } from '../../kit/written-revision.ts'

/* Each attribute of row security, policies, view options and counters is changed by hand, and `check` has to report it. */

interface Drift {
  readonly attribute: string
  readonly by: readonly string[]
  readonly undo: readonly string[]
}

const policies = (): DeclaredSchema => {
  const docs = pg.pgTable('docs', { id: pg.integer().primaryKey(), owner: pg.text() }, () => [
    pg.pgPolicy('own', {
      as: 'permissive',
      for: 'all',
      to: ['pg_monitor'],
      using: sql`owner = current_user`,
      withCheck: sql`owner = current_user`,
    }),
    pg.pgPolicy('adults', { as: 'restrictive', for: 'select', to: 'public', using: sql`id > 17` }),
    pg.pgPolicy('mine', { for: 'insert', to: 'current_user', withCheck: sql`id in (1, 2)` }),
  ])
  const plain = pg.pgTable('plain', { id: pg.integer().primaryKey() })
  const bare = pg.pgTable('bare', { id: pg.integer().primaryKey() }).enableRLS()
  return readPostgres([docs, plain, bare])
}
const views = (): DeclaredSchema => {
  const t = pg.pgTable('t', { id: pg.integer().primaryKey(), n: pg.integer() })
  const columns = { id: pg.integer() }
  const query = sql`select id from t where n > 1`
  return readPostgres([
    t,
    pg.pgView('safe', columns).with({ securityInvoker: true, securityBarrier: true, checkOption: 'local' }).as(query),
    pg.pgView('plain', columns).as(query),
    pg.pgMaterializedView('kept', columns).with({ fillfactor: 70 }).as(query),
    pg.pgMaterializedView('simple', columns).as(query),
  ])
}
const counters = (): DeclaredSchema =>
  readPostgres([
    pg.pgSequence('s', { increment: 2, minValue: 1, maxValue: 1000, startWith: 3, cache: 4, cycle: true }),
    pg.pgSequence('d'),
    pg.pgTable('c', { id: pg.serial().primaryKey() }),
    pg.pgTable('i', { id: pg.integer().primaryKey().generatedAlwaysAsIdentity({ increment: 2, cache: 3 }) }),
    pg.pgTable('b', { id: pg.integer().primaryKey().generatedByDefaultAsIdentity() }),
  ])

const own = (change: string, back: string): Omit<Drift, 'attribute'> => ({
  by: [`ALTER POLICY own ON docs ${change}`],
  undo: [`ALTER POLICY own ON docs ${back}`],
})
const recreated = (adults: string): Omit<Drift, 'attribute'> => ({
  by: ['DROP POLICY adults ON docs', `CREATE POLICY adults ON docs ${adults}`],
  undo: [
    'DROP POLICY adults ON docs',
    'CREATE POLICY adults ON docs AS RESTRICTIVE FOR SELECT TO public USING (id > 17)',
  ],
})
const both = (object: string, change: string, back: string): Omit<Drift, 'attribute'> => ({
  by: [`ALTER ${object} ${change}`],
  undo: [`ALTER ${object} ${back}`],
})

const onPostgres: readonly (readonly [string, () => DeclaredSchema, readonly Drift[]])[] = [
  [
    'policies',
    policies,
    [
      { attribute: 'roles', ...own('TO pg_signal_backend', 'TO pg_monitor') },
      { attribute: 'one more role', ...own('TO pg_monitor, pg_signal_backend', 'TO pg_monitor') },
      { attribute: 'USING', ...own('USING (true)', 'USING (owner = current_user)') },
      { attribute: 'USING, one word', ...own('USING (owner = session_user)', 'USING (owner = current_user)') },
      { attribute: 'WITH CHECK', ...own('WITH CHECK (true)', 'WITH CHECK (owner = current_user)') },
      { attribute: 'command', ...recreated('AS RESTRICTIVE FOR UPDATE TO public USING (id > 17)') },
      { attribute: 'permissive', ...recreated('AS PERMISSIVE FOR SELECT TO public USING (id > 17)') },
      { attribute: 'no USING', ...recreated('AS RESTRICTIVE FOR SELECT TO public') },
      {
        attribute: 'a list of values',
        ...both('POLICY mine ON docs', 'WITH CHECK (id IN (1, 2, 3))', 'WITH CHECK (id IN (1, 2))'),
      },
      { attribute: 'the role of the session', ...both('POLICY mine ON docs', 'TO public', 'TO current_user') },
      {
        attribute: 'name',
        ...both('POLICY own ON docs', 'RENAME TO other', 'RENAME TO other'),
        undo: ['ALTER POLICY other ON docs RENAME TO own'],
      },
      { attribute: 'a policy without a role', by: ['CREATE POLICY more ON docs'], undo: ['DROP POLICY more ON docs'] },
      {
        attribute: 'a policy on a table without',
        by: ['CREATE POLICY more ON plain'],
        undo: ['DROP POLICY more ON plain'],
      },
      {
        attribute: 'row security off',
        ...both('TABLE docs', 'DISABLE ROW LEVEL SECURITY', 'ENABLE ROW LEVEL SECURITY'),
      },
      {
        attribute: 'row security off, no policies',
        ...both('TABLE bare', 'DISABLE ROW LEVEL SECURITY', 'ENABLE ROW LEVEL SECURITY'),
      },
      {
        attribute: 'row security on',
        ...both('TABLE plain', 'ENABLE ROW LEVEL SECURITY', 'DISABLE ROW LEVEL SECURITY'),
      },
      { attribute: 'FORCE', ...both('TABLE docs', 'FORCE ROW LEVEL SECURITY', 'NO FORCE ROW LEVEL SECURITY') },
      {
        attribute: 'FORCE without row security',
        ...both('TABLE plain', 'FORCE ROW LEVEL SECURITY', 'NO FORCE ROW LEVEL SECURITY'),
      },
    ],
  ],
  [
    'views',
    views,
    [
      {
        attribute: 'security_invoker',
        ...both('VIEW safe', 'RESET (security_invoker)', 'SET (security_invoker = true)'),
      },
      {
        attribute: 'security_invoker off',
        ...both('VIEW safe', 'SET (security_invoker = false)', 'SET (security_invoker = true)'),
      },
      {
        attribute: 'security_barrier',
        ...both('VIEW safe', 'RESET (security_barrier)', 'SET (security_barrier = true)'),
      },
      {
        attribute: 'check option',
        ...both('VIEW safe', 'SET (check_option = cascaded)', 'SET (check_option = local)'),
      },
      { attribute: 'no check option', ...both('VIEW safe', 'RESET (check_option)', 'SET (check_option = local)') },
      {
        attribute: 'an option that is not declared',
        ...both('VIEW plain', 'SET (security_barrier = true)', 'RESET (security_barrier)'),
      },
      {
        attribute: 'an invoker that is not declared',
        ...both('VIEW plain', 'SET (security_invoker = true)', 'RESET (security_invoker)'),
      },
      { attribute: 'fillfactor', ...both('MATERIALIZED VIEW kept', 'SET (fillfactor = 71)', 'SET (fillfactor = 70)') },
      { attribute: 'no fillfactor', ...both('MATERIALIZED VIEW kept', 'RESET (fillfactor)', 'SET (fillfactor = 70)') },
      {
        attribute: 'a fillfactor that is not declared',
        ...both('MATERIALIZED VIEW simple', 'SET (fillfactor = 71)', 'RESET (fillfactor)'),
      },
    ],
  ],
  [
    'counters',
    counters,
    [
      { attribute: 'cycle', ...both('SEQUENCE s', 'NO CYCLE', 'CYCLE') },
      { attribute: 'cache', ...both('SEQUENCE s', 'CACHE 5', 'CACHE 4') },
      { attribute: 'increment', ...both('SEQUENCE s', 'INCREMENT 3', 'INCREMENT 2') },
      { attribute: 'minimum', ...both('SEQUENCE s', 'MINVALUE 2', 'MINVALUE 1') },
      { attribute: 'maximum', ...both('SEQUENCE s', 'MAXVALUE 999', 'MAXVALUE 1000') },
      { attribute: 'start', ...both('SEQUENCE s', 'START 5', 'START 3') },
      { attribute: 'type', ...both('SEQUENCE s', 'AS integer MAXVALUE 1000', 'AS bigint MAXVALUE 1000') },
      { attribute: 'cycle of a default one', ...both('SEQUENCE d', 'CYCLE', 'NO CYCLE') },
      { attribute: 'cache of a default one', ...both('SEQUENCE d', 'CACHE 5', 'CACHE 1') },
      { attribute: 'increment of a serial', ...both('SEQUENCE c_id_seq', 'INCREMENT 5', 'INCREMENT 1') },
      { attribute: 'cycle of a serial', ...both('SEQUENCE c_id_seq', 'CYCLE', 'NO CYCLE') },
      { attribute: 'cache of a serial', ...both('SEQUENCE c_id_seq', 'CACHE 9', 'CACHE 1') },
      {
        attribute: 'increment of an identity',
        ...both('TABLE i', 'ALTER id SET INCREMENT 5', 'ALTER id SET INCREMENT 2'),
      },
      { attribute: 'cache of an identity', ...both('TABLE i', 'ALTER id SET CACHE 5', 'ALTER id SET CACHE 3') },
      { attribute: 'cycle of an identity', ...both('TABLE b', 'ALTER id SET CYCLE', 'ALTER id SET NO CYCLE') },
      { attribute: 'cache of a plain identity', ...both('TABLE b', 'ALTER id SET CACHE 5', 'ALTER id SET CACHE 1') },
      {
        attribute: 'mode of an identity',
        ...both('TABLE b', 'ALTER id SET GENERATED ALWAYS', 'ALTER id SET GENERATED BY DEFAULT'),
      },
    ],
  ],
]

const viewsOfMysql = (): DeclaredSchema => {
  const t = my.mysqlTable('t', { id: my.int().primaryKey(), n: my.int() })
  const columns = { id: my.int() }
  const query = sql`select id from t where n > 1`
  return readMysql([
    t,
    my.mysqlView('safe', columns).algorithm('merge').sqlSecurity('invoker').withCheckOption('local').as(query),
    my.mysqlView('plain', columns).as(query),
  ])
}
const view = (name: string, head: string, foot = ''): readonly string[] => [
  `CREATE OR REPLACE ${head} VIEW ${name} (id) AS select id from t where n > 1 ${foot}`,
]
const safe = view('safe', 'ALGORITHM = MERGE SQL SECURITY INVOKER', 'WITH LOCAL CHECK OPTION')
const onMysql: typeof onPostgres = [
  [
    'views',
    viewsOfMysql,
    [
      {
        attribute: 'ALGORITHM',
        by: view('safe', 'ALGORITHM = UNDEFINED SQL SECURITY INVOKER', 'WITH LOCAL CHECK OPTION'),
        undo: safe,
      },
      {
        attribute: 'SQL SECURITY',
        by: view('safe', 'ALGORITHM = MERGE SQL SECURITY DEFINER', 'WITH LOCAL CHECK OPTION'),
        undo: safe,
      },
      {
        attribute: 'check option',
        by: view('safe', 'ALGORITHM = MERGE SQL SECURITY INVOKER', 'WITH CASCADED CHECK OPTION'),
        undo: safe,
      },
      { attribute: 'no check option', by: view('safe', 'ALGORITHM = MERGE SQL SECURITY INVOKER'), undo: safe },
      {
        attribute: 'SQL SECURITY that is not declared',
        by: view('plain', 'SQL SECURITY INVOKER'),
        undo: view('plain', 'SQL SECURITY DEFINER'),
      },
      {
        attribute: 'a check option that is not declared',
        by: view('plain', '', 'WITH CHECK OPTION'),
        undo: view('plain', ''),
      },
    ],
  ],
]

const run = (
  declarations: typeof onPostgres,
  dialectOf: (url: string) => UnloadedDialect,
  createDatabase: () => Promise<TestDatabase>,
): void => {
  const write = revisionWriter()
  describe.each(declarations)('%s', (_name, declare, drifts) => {
    it('are reported when they were changed by hand', async () => {
      const db = await createDatabase()
      const migratorOn = (chain: readonly Revision[]) => migratorOf(dialectOf(db.url), chain)
      const declared = declare()
      const chain = await write(await compare(migratorOn([]), declared, { answers: { none: true } }), [])
      await migratorOn(chain).upgrade()
      const isGreen = async (): Promise<object> => ({
        declared: (await check(migratorOn(chain), { declared })).ok,
        revisions: (await check(migratorOn(chain))).ok,
      })
      const green: Record<string, object> = { before: await isGreen() }
      for (const { attribute, by, undo } of drifts) {
        for (const statement of by) await db.sql(statement)
        green[attribute] = await isGreen()
        for (const statement of undo) await db.sql(statement)
      }
      green.after = await isGreen()
      const isReported = { declared: false, revisions: false }
      expect(green).toEqual({
        before: { declared: true, revisions: true },
        ...Object.fromEntries(drifts.map(({ attribute }) => [attribute, isReported])),
        after: { declared: true, revisions: true },
      })
    })
  })
}

describeOnDialects(['postgres', 'postgres-next'], 'security and counters', (createDatabase) => {
  run(onPostgres, (url) => postgresDialect({ url }), createDatabase)
})
describeOnEach(['mariadb', 'mysql'], 'options of views', (createDatabase) => {
  run(onMysql, (url) => mysqlDialect({ url }), createDatabase)
})
