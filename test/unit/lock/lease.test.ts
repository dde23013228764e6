import { setTimeout as sleep } from 'node:timers/promises'
import { createMigrator, graphOf, integer, type Migrator, type OperationRecorder, revisions } from '@org/migrate-core'
import type { StepDatabase } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../kit/own-sessions.ts'

/** A revision whose data step does what the test wants. */
function migratorOn(
  db: TestDatabase,
  body: (data: StepDatabase) => Promise<unknown>,
  options: { leaseMs?: number; lockWaitMs?: number } = {},
): Migrator {
  const upgrade = (op: OperationRecorder): void => {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.run('wait', {
      up: async (data) => {
        await data.execute('INSERT INTO t (id) VALUES (1)')
        await body(data)
        await data.execute('INSERT INTO t (id) VALUES (2)')
      },
      down: 'none',
    })
  }
  const tiers = [graphOf(revisions([{ revision: 'aaaaaaaaaaaa', downRevision: null, upgrade }]))]
  return createMigrator({ dialect: postgresDialect({ url: db.url, lock: 'table' }), tiers, ...options })
}

const ids = async (db: TestDatabase): Promise<number[]> =>
  (await db.sql('SELECT id FROM t ORDER BY id')).map((row) => Number(row.id))

describeOn('postgres', 'a lease', (createDatabase) => {
  it('is renewed for as long as the run takes, and keeps others out', async () => {
    const db = await createDatabase()
    const leaseMs = 3_000
    const gates = { entered: (): void => undefined, leave: (): void => undefined }
    const inside = new Promise<void>((resolve) => {
      gates.entered = resolve
    })
    const left = new Promise<void>((resolve) => {
      gates.leave = resolve
    })
    const first = migratorOn(
      db,
      async () => {
        gates.entered()
        await left
      },
      { leaseMs },
    ).upgrade()
    await Promise.race([inside, first])
    // Longer than one lease.
    const other = migratorOn(db, async () => undefined, { leaseMs, lockWaitMs: 1.2 * leaseMs })
    expect(await other.lock.report()).toMatchObject({ held: true, kind: 'lease' })
    await expect(other.upgrade()).rejects.toMatchObject({ code: 'LOCKED' })
    gates.leave()
    expect((await first).applied).toEqual(['main:aaaaaaaaaaaa'])
    expect((await other.upgrade()).applied).toEqual([])
    expect(await ids(db)).toEqual([1, 2])
  })

  // What stops a statement can be caught in the server: what it says then is not why the run ends.
  const stubborn = `CREATE FUNCTION stubborn() RETURNS void LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(15); EXCEPTION WHEN query_canceled THEN RAISE EXCEPTION 'not now'; END $$`
  it.each<[string, (data: StepDatabase) => Promise<unknown>]>([
    ['', () => sleep(15_000)],
    [' while a statement is under way', (data) => data.execute('SELECT pg_sleep(15)')],
    [' while one is under way that fails in its own words', (data) => data.execute('SELECT stubborn()')],
  ])('that cannot be renewed%s ends the run before it runs out, and nothing of the revision stays', async (_, wait) => {
    const db = await createDatabase()
    await db.sql(stubborn)
    let isOver = false
    const blocker = postgres(db.url, { max: 1, onnotice: () => undefined })
    const hold = migratorOn(
      db,
      async (data) => {
        // The session that holds the row keeps the heartbeat waiting.
        await blocker.unsafe('BEGIN; SELECT * FROM migrate_lock WHERE id = 2 FOR UPDATE')
        await wait(data)
        isOver = true
      },
      { leaseMs: 1_500 },
    )
    await expect(hold.upgrade()).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect(isOver).toBe(false)
    await blocker.unsafe('ROLLBACK')
    await blocker.end()
    expect(await db.sql("SELECT to_regclass('t') AS found")).toEqual([{ found: null }])
    expect((await migratorOn(db, async () => undefined).upgrade()).applied).toEqual(['main:aaaaaaaaaaaa'])
    expect(await ids(db)).toEqual([1, 2])
  })

  it('of a run that died is taken over when it has run out, by the clock of the server', async () => {
    const db = await createDatabase()
    const [seconds] = [3]
    await migratorOn(db, async () => undefined).upgrade()
    await db.sql(
      `UPDATE migrate_lock SET owner = 'dead', session = '1/gone', host = 'web-1', user_name = 'app', lease_ms = ${seconds * 1000},
         since_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint WHERE id = 1`,
    )
    const impatient = migratorOn(db, async () => undefined, { lockWaitMs: 200 })
    await expect(impatient.downgrade('base')).rejects.toMatchObject({
      code: 'LOCKED',
      details: { holder: expect.stringContaining('app on web-1') },
    })
    expect((await migratorOn(db, async () => undefined).downgrade('base')).applied).toEqual(['main:aaaaaaaaaaaa'])
  })

  it('that another program holds is respected by a run that has the lock of its session', async () => {
    const db = await createDatabase()
    await migratorOn(db, async () => undefined).upgrade()
    await db.sql(
      `UPDATE migrate_lock SET owner = 'alive', lease_ms = 60000, host = 'web-1',
         since_ms = (extract(epoch FROM clock_timestamp()) * 1000)::bigint WHERE id = 1`,
    )
    const upgrade = (op: OperationRecorder): void => op.dropTable('t')
    const more = { revision: 'bbbbbbbbbbbb', downRevision: null, upgrade }
    const direct = migratorOf(
      postgresDialect({ url: db.url }),
      [
        { revision: 'aaaaaaaaaaaa', downRevision: null, upgrade: () => undefined },
        { ...more, downRevision: 'aaaaaaaaaaaa' },
      ],
      { lockWaitMs: 300 },
    )
    await expect(direct.upgrade()).rejects.toMatchObject({ code: 'LOCKED' })
    expect(await ids(db)).toEqual([1, 2])
    expect(await direct.lock.release()).toMatchObject({ held: true, kind: 'lease' })
    expect((await direct.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb'])
  })
})
