import { integer, type OperationRecorder, revisions, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOnOwn } from '../../kit/own-server.ts'
import { familyOf, type ServerName } from '../../kit/servers.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { otherSession } from '../proxy/other.ts'

const first = {
  revision: 'r1',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('v', text())
      t.primaryKey(['id'])
    })
  },
}
const chain = revisions([
  first,
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade(op: OperationRecorder) {
      op.run('grows', {
        up: async (db) => {
          for (let id = 1; id <= 60; id += 1) {
            await db.execute('INSERT INTO "t" ("id", "v") VALUES (?, ?)', [
              id,
              `${id}`.padEnd(1_000_000, `${id} abcdefgh`),
            ])
          }
        },
        down: 'none',
      })
      op.createTable('after', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
    },
  },
])

/** MariaDB knows no lower limit. */
const leastConnections = { postgres: 6, 'postgres-next': 6, mariadb: 10, mysql: 3 } as const

const sizes = { postgres: '300m', 'postgres-next': '300m', mariadb: '420m', mysql: '480m' } as const

for (const name of ['postgres', 'mariadb', 'mysql'] as const satisfies readonly ServerName[]) {
  const postgres = familyOf(name) === 'postgres'
  // PostgreSQL compresses such values, and MySQL does not: they are stored as they are.
  const settings = postgres ? ['-c', 'max_wal_size=64MB'] : ['--innodb-file-per-table=ON']
  // MariaDB itself ends where it has no room for its own files, and what it has in memory goes with it.
  if (name !== 'mariadb')
    describeOnOwn(name, 'a disk that runs full', { tmpfs: sizes[name], settings }, (server) => {
      it('rows 24 and 25: the revision fails as a whole, and the next run does it when there is room', async () => {
        const own = server()
        const database = await own.createDatabase()
        expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
        if (postgres) await database.sql('ALTER TABLE t ALTER COLUMN v SET STORAGE EXTERNAL')
        await own.fill(20_000_000)
        const { error } = await upgradeAt(database.url, { revisions: chain })
        expect(error).toMatchObject({ location: { revision: 'r2' } })
        expect(error?.message).toMatch(/full|space|extend|lost/i)
        expect(error?.remedy).not.toBe('')
        // PostgreSQL ends by itself where it has no room for its own recovery.
        await own.kill('SIGKILL')
        await own.fill()
        const answer = () => own.start().then(() => own.sql('SELECT 1 AS one'))
        await expect.poll(answer, { timeout: 60_000 }).toHaveLength(1)
        expect((await upgradeAt(database.url, { revisions: chain })).error).toBeUndefined()
        expect(String((await database.sql('SELECT COUNT(*) AS n FROM t'))[0]?.n)).toBe('60')
        expect(await database.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r2' }])
      })
    })

  const few = postgres ? ['-c', 'max_connections=6', '-c', 'superuser_reserved_connections=0'] : ['--max-connections=3']
  describeOnOwn(name, 'few connections', { settings: few }, (server) => {
    it('row 30: a run needs two at most; with none left it waits as long as it may, and says so', async () => {
      const own = server()
      const database = await own.createDatabase()
      const otherSessions = []
      // Two are left; an administrator of MySQL has one more than the limit.
      const taken = leastConnections[name] - (postgres ? 2 : 1)
      for (let at = 0; at < taken; at += 1) otherSessions.push(await otherSession(database.url))
      expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
      for (let at = 0; at < 2; at += 1) otherSessions.push(await otherSession(database.url))
      const { error } = await upgradeAt(database.url, { revisions: chain, waitMs: 300 })
      expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE', remedy: expect.stringMatching(/connection/) })
      const waiting = upgradeAt(database.url, { revisions: chain, waitMs: 60_000 })
      for (const each of otherSessions) await each.close()
      expect((await waiting).error).toBeUndefined()
    })
  })
}

describeOnOwn(
  'postgres',
  'few locks',
  { settings: ['-c', 'max_locks_per_transaction=10', '-c', 'max_connections=5', '-c', 'max_prepared_transactions=0'] },
  (server) => {
    const many = (op: OperationRecorder, from: number, to: number): void => {
      for (let at = from; at < to; at += 1) op.createTable(`t${at}`, (t) => t.column('n', integer()))
    }
    it('row 34: more tables than a transaction has locks for: nothing stays, the setting is named, and in parts it goes', async () => {
      const own = server()
      const database = await own.createDatabase()
      const all = revisions([{ revision: 'all', downRevision: null, upgrade: (op) => many(op, 0, 3_000) }])
      const { error } = await upgradeAt(database.url, { revisions: all })
      expect(error).toMatchObject({ code: 'STATEMENT_FAILED', location: { revision: 'all' } })
      expect(`${error?.message} ${error?.remedy} ${JSON.stringify(error?.cause)}`).toContain(
        'max_locks_per_transaction',
      )
      expect(await database.sql("SELECT count(*) AS n FROM pg_tables WHERE tablename ~ '^t[0-9]'")).toEqual([
        { n: '0' },
      ])
    })
  },
)
