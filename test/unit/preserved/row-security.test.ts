import { randomBytes } from 'node:crypto'
import { integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it, onTestFinished } from 'vitest'
import { describeOnDialects, type TestDatabase } from '../../kit/servers.ts'
import { type Halves, migratorOn } from './grounds.ts'

const first: Halves = {
  upgrade: (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(40))
      t.column('spare', varchar(40))
      t.primaryKey(['id'])
    }),
}
const added: Halves = { upgrade: (op) => op.alterTable('t', (t) => t.addColumn('extra', varchar(40))) }
const dropped: Halves = { upgrade: (op) => op.alterTable('t', (t) => t.dropColumn('spare', { preserve: true })) }
const trimmed: Halves = {
  upgrade: (op: OperationRecorder) =>
    op.run('trim', {
      down: 'restore',
      up: async (db) => {
        for (const id of [1n, 2n, 3n])
          await db.preserve({ table: 't', key: { id }, column: 'name', value: `name ${id}`, written: 'trimmed' })
        await db.execute("UPDATE t SET name = 'trimmed'")
      },
    }),
}

/** A database whose tables belong to a role that is no superuser. */
async function ownedBy(database: TestDatabase) {
  const user = `u_${randomBytes(4).toString('hex')}`
  await database.sql(`CREATE ROLE ${user} LOGIN; GRANT ALL ON SCHEMA public TO ${user}`)
  onTestFinished(() => void database.sql(`DROP OWNED BY ${user}; DROP ROLE ${user}`).catch(() => undefined))
  const url = new URL(database.url)
  url.username = user
  url.password = ''
  const columnOf = async (column: string): Promise<unknown> =>
    (await database.sql(`SELECT ${column} AS v FROM t ORDER BY id`)).map(({ v }) => v)
  return {
    dialect: postgresDialect({ url: url.href }),
    sql: database.sql,
    columnOf,
    fill: () => database.sql("INSERT INTO t SELECT n, 'name ' || n, 'spare ' || n FROM generate_series(1, 3) AS n"),
    force: (policy: string) =>
      database.sql(`ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY; ${policy}`),
    free: () =>
      database.sql(`ALTER TABLE t NO FORCE ROW LEVEL SECURITY; ALTER TABLE t DISABLE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS reading ON t; DROP POLICY IF EXISTS changing ON t; DROP POLICY IF EXISTS hiding ON t`),
  }
}

const policies = {
  'may read, not change,':
    'CREATE POLICY reading ON t FOR SELECT USING (true); CREATE POLICY changing ON t FOR UPDATE USING (id <> 2)',
  'may not see': 'CREATE POLICY hiding ON t USING (id <> 2)',
} as const

describeOnDialects(['postgres', 'postgres-next'], 'a row that forced row security says the role', (createDatabase) => {
  it.each(Object.entries(policies))(
    '%s is passed over by no run: it is refused before anything changes',
    async (_, policy) => {
      for (const [second, column, prefix] of [
        [added, 'extra', 'extra'],
        [dropped, 'spare', 'spare'],
        [trimmed, 'name', 'name'],
      ] as const) {
        const db = await ownedBy(await createDatabase())
        const migrator = migratorOn(db.dialect, first, second)
        await migrator.upgrade('r1')
        await db.fill()
        await migrator.upgrade()
        const values = [1, 2, 3].map((id) => `${prefix} ${id}`)
        if (second === added) await db.sql("UPDATE t SET extra = 'extra ' || id")
        const refused = async (run: () => Promise<unknown>): Promise<void> => {
          const before = [await db.sql('SELECT * FROM t ORDER BY id'), (await migrator.status()).preserved]
          await db.force(policy)
          await expect(run()).rejects.toMatchObject({
            code: 'STATEMENT_FAILED',
            message: expect.stringContaining('row-level security policy for table "t"'),
            details: { fault: 'permission' },
            remedy: expect.stringMatching(/right|privilege|permission/),
          })
          expect([await db.sql('SELECT * FROM t ORDER BY id'), (await migrator.status()).preserved]).toEqual(before)
          await db.free()
        }
        await refused(() => migrator.downgrade('r1'))
        await migrator.downgrade('r1')
        if (second === added) {
          await refused(() => migrator.upgrade())
          await migrator.upgrade()
        }
        expect(await db.columnOf(column)).toEqual(values)
        expect(await migrator.status()).toMatchObject({ preserved: 0, superseded: 0 })
      }
    },
  )
})
