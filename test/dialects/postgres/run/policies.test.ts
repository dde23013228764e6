import { expression, integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { wholeDump } from '../../../kit/pg-dump.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

type Upgrade = (op: OperationRecorder) => void

const migratorOn = (db: TestDatabase, ...upgrades: readonly Upgrade[]) =>
  migratorOf(
    postgresDialect({ url: db.url }),
    upgrades.map((upgrade, at) => ({
      revision: `r${at}`,
      downRevision: at === 0 ? null : `r${at - 1}`,
      upgrade,
    })),
  )

const t = 'CREATE TABLE t (a varchar(10), b integer); ALTER TABLE t ENABLE ROW LEVEL SECURITY'
const retype: Upgrade = (op) => op.alterTable('t', (table) => table.alterColumn('a', { type: text() }))

interface Followed {
  readonly setup: string
  readonly change: Upgrade
  /** What follows, as the server writes it afterwards. */
  readonly after: readonly string[]
}

const cases: Readonly<Record<string, Followed>> = {
  'the type of a column that it reads': {
    setup: `${t}; CREATE POLICY own ON t USING (a > '1'); COMMENT ON POLICY own ON t IS 'why'`,
    change: retype,
    after: ["own on t: (a > '1'::text), why"],
  },
  'the type of a column that a policy of another table reads': {
    setup: `${t}; CREATE TABLE u (a text); CREATE POLICY far ON u AS RESTRICTIVE FOR DELETE TO pg_monitor USING (EXISTS (SELECT FROM t WHERE t.a = u.a)); CREATE POLICY near ON t USING (b > 1)`,
    change: retype,
    after: ['far on u: (EXISTS ( SELECT\n   FROM t\n  WHERE (t.a = u.a))), null', 'near on t: (b > 1), null'],
  },
  'the values of an enum that it names': {
    setup: `CREATE TYPE mood AS ENUM ('x', 'y', 'z'); CREATE TABLE t (a integer, m mood); CREATE POLICY own ON t USING (m = 'y')`,
    change: (op) => op.alterEnum('mood', { drop: [{ value: 'x' }] }),
    after: ["own on t: (m = 'y'::mood), null"],
  },
  'its expression, where two of its roles are the same': {
    setup: `${t}; CREATE POLICY own ON t TO current_user, session_user USING (b > 1)`,
    change: (op) => op.alterTable('t', (table) => table.alterPolicy('own', { using: expression('b > 2') })),
    after: ['own on t: (b > 2), null'],
  },
  'the name of a column, of the table, and the type': {
    setup: `${t}; CREATE POLICY own ON t USING (a > '1')`,
    change: (op) => {
      op.alterTable('t', (table) => table.renameColumn('a', 'c'))
      op.renameTable('t', 'u')
      op.alterTable('u', (table) => table.alterColumn('c', { type: text() }))
    },
    after: ["own on u: (c > '1'::text), null"],
  },
}

const policiesSql = `SELECT c.relname, w.polname, pg_get_expr(w.polqual, w.polrelid) AS text, obj_description(w.oid, 'pg_policy') AS comment
FROM pg_policy w JOIN pg_class c ON c.oid = w.polrelid ORDER BY w.polname`

const policyFacts = async (db: TestDatabase): Promise<readonly string[]> =>
  (await db.sql(policiesSql)).map(
    ({ relname, polname, text: of, comment }) => `${polname} on ${relname}: ${of}, ${comment}`,
  )

describeOnDialects(['postgres', 'postgres-next'], 'policies follow what they read', (createDatabase) => {
  for (const [title, { setup, change, after }] of Object.entries(cases)) {
    it(`${title}, and comes back`, async () => {
      const db = await createDatabase()
      await db.sql(setup)
      const before = await wholeDump(db)
      const migrator = migratorOn(db, change)
      await migrator.upgrade()
      expect(await policyFacts(db)).toEqual(after)
      await migrator.downgrade('base', { allowDataLoss: true })
      expect(await wholeDump(db)).toEqual(before)
    })
  }

  it('a column that a policy reads is not dropped: the policy is named', async () => {
    const db = await createDatabase()
    await db.sql(`${t}; CREATE TABLE u (a text); CREATE POLICY far ON u USING (EXISTS (SELECT FROM t WHERE t.a = u.a))`)
    const migrator = migratorOn(db, (op) => op.alterTable('t', (table) => table.dropColumn('a')))
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      details: { object: 'column t.a', dependants: ['policy far of u'] },
    })
    const both = migratorOn(db, (op) => {
      op.alterTable('u', (table) => table.dropPolicy('far'))
      op.alterTable('t', (table) => table.dropColumn('a'))
    })
    await both.upgrade()
    expect(await policyFacts(db)).toEqual([])
  })

  it("a column goes with a downgrade, though a policy that comes back names another table's column of its name", async () => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE notes (owner integer);
      CREATE TABLE orgs (org integer);
      CREATE POLICY own ON orgs FOR UPDATE USING (EXISTS (SELECT FROM notes WHERE notes.owner = 1)) WITH CHECK (org > 1)`)
    const before = await policyFacts(db)
    const migrator = migratorOn(db, (op) => {
      op.alterTable('notes', (table) => table.addColumn('org', integer()))
      op.alterTable('orgs', (table) =>
        table.alterPolicy('own', { using: expression('EXISTS (SELECT FROM notes WHERE notes.org = 2)') }),
      )
    })
    await migrator.upgrade()
    expect(await policyFacts(db)).toEqual([
      'own on orgs: (EXISTS ( SELECT\n   FROM notes\n  WHERE (notes.org = 2))), null',
    ])
    await migrator.downgrade('-1', { allowDataLoss: true })
    expect(await policyFacts(db)).toEqual(before)
  })

  it('a table that is dropped comes back with its policies, and its rows are hidden', async () => {
    const db = await createDatabase()
    const make: Upgrade = (op) =>
      op.createTable('t', (table) => {
        table.column('a', integer())
        table.rowSecurity({ enabled: true, forced: true })
        table.policy('own', {
          as: 'restrictive',
          for: 'update',
          to: 'pg_monitor',
          using: expression('a > 1'),
          withCheck: expression('a > 2'),
        })
      })
    await migratorOn(db, make).upgrade()
    const migrator = migratorOn(db, make, (op) => op.dropTable('t'))
    await migrator.upgrade()
    expect(await policyFacts(db)).toEqual([])
    await migrator.downgrade('-1', { allowDataLoss: true })
    expect(await policyFacts(db)).toEqual(['own on t: (a > 1), null'])
    const [state] = await db.sql(
      "SELECT relrowsecurity AS e, relforcerowsecurity AS f FROM pg_class WHERE oid = 't'::regclass",
    )
    expect(state).toEqual({ e: true, f: true })
  })

  it('the plan says what a policy that goes, and row security that ends, open', async () => {
    const db = await createDatabase()
    await db.sql(
      `${t}; ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE POLICY p ON t AS RESTRICTIVE FOR SELECT TO pg_monitor USING (true)`,
    )
    const migrator = migratorOn(db, (op) =>
      op.alterTable('t', (table) => {
        table.alterPolicy('p', { to: 'public' })
        table.dropPolicy('p')
        table.rowSecurity({ enabled: false, forced: false })
      }),
    )
    expect((await migrator.plan()).steps.map(({ notes }) => notes)).toEqual([
      [
        'change policy p of t: who can see rows of t changes: to of policy p',
        'drop policy p of t: all roles can see rows of t that the policy kept from them',
        'disable and stop forcing row security of t: every role with privileges on t can see and write all of its rows; the owner of t can see and write all of its rows',
      ],
    ])
  })

  it('a role that was changed by hand is drift; what the server stores for a role of the session is not', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db, (op) =>
      op.createTable('t', (table) => {
        table.column('a', integer())
        table.policy('own', { to: ['pg_monitor', 'pg_signal_backend'], using: expression('a > 1') })
        table.policy('mine', { to: 'current_user', using: expression('a > 2') })
      }),
    )
    await migrator.upgrade()
    await db.sql('ALTER POLICY own ON t TO pg_monitor')
    await expect(migrator.downgrade('base', { allowDataLoss: true })).rejects.toMatchObject({
      code: 'DRIFT',
      details: { differences: ['table t: policy own: to is pg_monitor, expected pg_monitor, pg_signal_backend'] },
    })
    await db.sql('ALTER POLICY own ON t TO pg_signal_backend, pg_monitor')
    await migrator.downgrade('base', { allowDataLoss: true })
    expect(await policyFacts(db)).toEqual([])
  })
})
