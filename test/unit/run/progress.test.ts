import { join } from 'node:path'
import type { MigrationEvent, OperationRecorder } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach } from '../../kit/own-sessions.ts'
import { executeIn, temporaryFolder } from './kit.ts'

type Progress = Extract<MigrationEvent, { readonly type: 'progress' }>

function listener() {
  const progress: Progress[] = []
  const onEvent = (event: MigrationEvent): void => {
    if (event.type === 'progress') progress.push(event)
  }
  return { progress, onEvent }
}

const revisionWith = (upgrade: (op: OperationRecorder) => void) => [{ revision: 'r1', downRevision: null, upgrade }]

describeOnEach(['postgres'], 'an index that takes long', (createDatabase) => {
  // The server reports where it is while it evaluates an expression for each row.
  const slow = `CREATE TABLE t (id int PRIMARY KEY, name text);
INSERT INTO t SELECT n, repeat('x', 2000) FROM generate_series(1, 500) n;
CREATE FUNCTION slow(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN $1; END $$`

  it('tells how many blocks it has read of how many', async () => {
    const db = await createDatabase()
    await db.sql(slow)
    const { progress, onEvent } = listener()
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      revisionWith((op) => op.sql('CREATE INDEX t_slow ON t (slow(name))')),
    )
    await migrator.upgrade('heads', { onEvent })
    const blocks = Number((await db.sql("SELECT pg_relation_size('t') / 8192 AS n"))[0]?.n)
    expect(progress[0]).toMatchObject({ revision: 'r1', what: 'building index: scanning table', total: blocks })
    const sessions =
      'SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
    await expect.poll(async () => Number((await db.sql(sessions))[0]?.n)).toBe(0)
  })

  it('is built just the same where the server takes no other session', async () => {
    const db = await createDatabase()
    await db.sql(slow)
    const role = `${new URL(db.url).pathname.slice(1)}_one`
    await db.sql(`CREATE ROLE "${role}" LOGIN CONNECTION LIMIT 1`)
    await db.sql(`ALTER TABLE t OWNER TO "${role}"; GRANT CREATE ON SCHEMA public TO "${role}"`)
    try {
      const url = Object.assign(new URL(db.url), { username: role })
      const { progress, onEvent } = listener()
      const migrator = migratorOf(
        postgresDialect({ url: url.href }),
        revisionWith((op) => op.sql('CREATE INDEX t_slow ON t (slow(name))')),
      )
      await expect(migrator.upgrade('heads', { onEvent })).resolves.toMatchObject({ applied: ['main:r1'] })
      expect(progress).toEqual([])
    } finally {
      await db.sql(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`)
    }
  })
})

describeOnEach(['postgres'], 'a table that another session has locked', (createDatabase) => {
  it('is named with that session while the run waits for it', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE orders (id int PRIMARY KEY)')
    const events: MigrationEvent[] = []
    const migrator = migratorOf(
      postgresDialect({ url: db.url }),
      revisionWith((op) => op.sql('ALTER TABLE orders ADD COLUMN note text')),
    )
    const holding = db.sql(`DO $$ BEGIN LOCK TABLE orders; PERFORM pg_sleep(9); END $$`)
    const locked = "SELECT pid FROM pg_locks WHERE relation = 'orders'::regclass AND mode = 'AccessExclusiveLock'"
    await expect.poll(async () => (await db.sql(locked)).length).toBe(1)
    const [holder] = await db.sql(locked)
    await migrator.upgrade('heads', { onEvent: (event) => events.push(event) })
    await holding
    const waits = events.filter(({ type }) => type === 'waiting')
    expect(waits[0]).toMatchObject({ what: `a lock of orders, which session ${holder?.pid} holds` })
  })
})

describeOnEach(['mariadb', 'mysql'], 'a table that another session reads', (createDatabase) => {
  it('is said to be waited for', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE orders (id int PRIMARY KEY)')
    await db.sql('INSERT INTO orders VALUES (1)')
    const events: MigrationEvent[] = []
    const migrator = migratorOf(
      mysqlDialect({ url: db.url }),
      revisionWith((op) => op.sql('ALTER TABLE orders ADD COLUMN note text')),
    )
    const reading = db.sql('SELECT SLEEP(6) FROM orders')
    await migrator.upgrade('heads', { onEvent: (event) => events.push(event) })
    await reading
    const waits = events.filter(({ type }) => type === 'waiting')
    expect(waits[0]).toMatchObject({ what: 'a table metadata lock' })
  })
})

describeOnEach(['mariadb'], 'a table that is copied', (createDatabase) => {
  it('is said to be so far, in percent', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE orders (id int PRIMARY KEY, note varchar(2000))')
    await db.sql("INSERT INTO orders SELECT seq, REPEAT('x', 1500) FROM seq_1_to_800")
    // Some seconds: 3.6 GB are hashed.
    const slow = 'ALTER TABLE orders ADD COLUMN hash varchar(128) AS (SHA2(REPEAT(note, 3000), 512)) STORED'
    const { progress, onEvent } = listener()
    const migrator = migratorOf(
      mysqlDialect({ url: db.url }),
      revisionWith((op) => op.sql(slow)),
    )
    await migrator.upgrade('heads', { onEvent })
    expect(progress[0]).toMatchObject({ revision: 'r1', what: 'copy to tmp table', total: 100 })
  })
})

describe('a table of SQLite that is rebuilt', () => {
  const folder = temporaryFolder()

  it.each([
    [1_000, undefined],
    [6_000_000, 6_000_000],
  ])('is counted only where it is large: %i rows', async (rows, total) => {
    const file = join(folder.path, `${rows}.db`)
    executeIn(file, 'CREATE TABLE t (id INTEGER NOT NULL, PRIMARY KEY (id))')
    executeIn(
      file,
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO t SELECT i FROM n`,
    )
    const { progress, onEvent } = listener()
    const migrator = migratorOf(
      sqliteDialect({ url: `sqlite:${file}` }),
      revisionWith((op) => op.alterTable('t', (t) => t.addUnique(['id'], { name: 't_id' }))),
    )
    await migrator.upgrade('heads', { onEvent })
    expect(progress.at(-1)).toMatchObject({ revision: 'r1', done: rows })
    expect(progress.at(-1)?.total).toBe(total)
  })
})

describeOnEach(['postgres', 'mariadb'], 'values of many rows', (createDatabase, server) => {
  it('are counted while they are preserved, and while they are restored', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int NOT NULL PRIMARY KEY, name varchar(20))')
    const values = Array.from({ length: 10_500 }, (_, n) => `(${n}, 'name ${n}')`).join(', ')
    await db.sql(`INSERT INTO t VALUES ${values}`)
    const { progress, onEvent } = listener()
    const migrator = migratorOf(
      server === 'postgres' ? postgresDialect({ url: db.url }) : mysqlDialect({ url: db.url }),
      revisionWith((op) => op.dropColumn('t', 'name', { preserve: true })),
    )
    await migrator.upgrade('heads', { onEvent })
    expect(progress).toMatchObject([{ revision: 'r1', what: 'preserving column t.name', done: 10_000, total: 10_500 }])
    progress.length = 0
    await migrator.downgrade('base', { onEvent })
    expect(progress).toMatchObject([
      { revision: 'r1', what: 'restoring preserved values', done: 10_000, total: 10_500 },
    ])
    expect(await db.sql('SELECT count(*) AS n FROM t WHERE name IS NOT NULL')).toMatchObject([
      { n: expect.toSatisfy((n: unknown) => Number(n) === 10_500) },
    ])
  })
})
