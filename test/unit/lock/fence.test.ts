import { createMigrator, graphOf, integer, isMigrateError, type OperationRecorder, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOnDialects, type TestDatabase } from '../../kit/own-sessions.ts'
import { faulty } from '../journal/fault-dialect.ts'

const dialectOf = (server: string, url: string): UnloadedDialect =>
  server.startsWith('postgres') ? postgresDialect({ url }) : mysqlDialect({ url })

/** Two revisions; the data step of the second stops until it is let on. */
function gated() {
  let go: () => void = () => undefined
  let enter: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  const inside = new Promise<void>((resolve) => {
    enter = resolve
  })
  let stop = true
  const first = {
    revision: 'aaaaaaaaaaaa',
    downRevision: null,
    upgrade: (op: OperationRecorder) => {
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
    },
  }
  const second = {
    revision: 'bbbbbbbbbbbb',
    downRevision: 'aaaaaaaaaaaa',
    upgrade: (op: OperationRecorder) => {
      op.createTable('u', (t) => {
        t.column('id', integer(), { nullable: false })
        t.primaryKey(['id'])
      })
      op.run('fill', {
        up: async (db) => {
          await db.execute('INSERT INTO t (id) VALUES (1)')
          if (!stop) return
          enter()
          await gate
        },
        down: 'none',
      })
    },
  }
  return {
    tiers: [graphOf(revisions([first, second]))],
    inside,
    go: () => {
      stop = false
      go()
    },
  }
}

const lockRow = async (db: TestDatabase): Promise<Record<string, unknown> | undefined> =>
  (await db.sql('SELECT epoch, owner, revision FROM migrate_lock WHERE id = 1')).map((row) => ({
    ...row,
    epoch: String(row.epoch),
  }))[0]

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'what a run writes', (createDatabase, server) => {
  it('is refused, and rolled back, once the lock was taken away; the next run resumes', async () => {
    const db = await createDatabase()
    const { tiers, inside, go } = gated()
    const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers, transaction: 'revision' })
    const run = migrator.upgrade().catch((error: unknown) => error)
    await inside
    expect(await lockRow(db)).toMatchObject({ epoch: '1', revision: 'bbbbbbbbbbbb', owner: expect.any(String) })
    const report = await migrator.lock.release()
    expect(report).toMatchObject({ held: true, kind: 'session', epoch: 1 })
    expect(report.holder).toContain('at revision bbbbbbbbbbbb')
    expect(await lockRow(db)).toMatchObject({ epoch: '2', owner: null })
    go()
    const error = await run
    expect(isMigrateError(error, 'LOCK_LOST')).toBe(true)
    expect(await db.sql('SELECT id FROM t')).toEqual([])
    expect(await db.sql('SELECT version_num FROM migrate_version')).toMatchObject([{ version_num: 'aaaaaaaaaaaa' }])
    // The lock of the run that came meanwhile is not released by the run that lost it.
    expect(await lockRow(db)).toMatchObject({ epoch: '2', owner: null })
    expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb'])
    expect((await db.sql('SELECT id FROM t')).map((row) => Number(row.id))).toEqual([1])
    expect(await lockRow(db)).toMatchObject({ epoch: '3', owner: null })
  })

  it('is held in a row without an owner after every end of a run, and nothing is written where nothing is to do', async () => {
    const db = await createDatabase()
    const { tiers, go } = gated()
    go()
    const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers })
    await migrator.upgrade()
    const after = await lockRow(db)
    expect(after).toEqual({ epoch: '1', owner: null, revision: null })
    expect((await migrator.upgrade()).applied).toEqual([])
    expect((await migrator.ensure({ mode: 'apply' })).applied).toEqual([])
    expect(await lockRow(db)).toEqual(after)
    expect(await migrator.lock.report()).toMatchObject({ held: false, kind: 'none', epoch: 1 })
    await migrator.stamp('aaaaaaaaaaaa')
    expect(await lockRow(db)).toEqual({ epoch: '2', owner: null, revision: null })
  })

  it('says who left the lock behind, and takes it over at once', async () => {
    const db = await createDatabase()
    const { tiers, go } = gated()
    go()
    const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers })
    await migrator.upgrade('aaaaaaaaaaaa')
    await db.sql(
      "UPDATE migrate_lock SET owner = 'x', host = 'web-1', user_name = 'app', revision = 'bbbbbbbbbbbb', since_ms = 0 WHERE id = 1",
    )
    expect(await migrator.lock.report()).toMatchObject({
      held: false,
      abandonedBy: expect.stringContaining('app on web-1'),
    })
    const warnings: string[] = []
    await migrator.upgrade('head', {
      onEvent: (event) => {
        if (event.type === 'warning') warnings.push(event.message)
      },
    })
    expect(warnings).toEqual([
      'The run of app on web-1 since 1970-01-01T00:00:00.000Z ended at revision bbbbbbbbbbbb without releasing its lock; this run takes it over.',
    ])
    expect(await lockRow(db)).toEqual({ epoch: '2', owner: null, revision: null })
  })

  it.each(['CREATE TABLE', 'INSERT INTO', 'UPDATE'])(
    'is tried again where the server tells it of a collision with another run at its %s',
    async (verb) => {
      const db = await createDatabase()
      const { tiers, go } = gated()
      go()
      const at = new RegExp(`^${verb} .migrate_lock`)
      const { dialect, struck } = faulty(dialectOf(server, db.url), { at, mode: 'collided' })
      expect((await createMigrator({ dialect, tiers }).upgrade()).applied).toHaveLength(2)
      expect(struck()).toBe(true)
    },
  )

  it('says what the server says where that does not end within the time for waiting', async () => {
    const db = await createDatabase()
    const { tiers, go } = gated()
    go()
    const at = /^CREATE TABLE .migrate_lock/
    const { dialect } = faulty(dialectOf(server, db.url), { at, mode: 'collided' })
    await expect(createMigrator({ dialect, tiers, lockWaitMs: 0 }).upgrade()).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      cause: { message: 'collided' },
    })
    const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers })
    expect((await migrator.upgrade()).applied).toEqual(['main:aaaaaaaaaaaa', 'main:bbbbbbbbbbbb'])
  })

  it('is made whole by the next run where one was killed between its two rows', async () => {
    const db = await createDatabase()
    const { tiers, go } = gated()
    go()
    // The first of the two is written, and then there is no connection any more.
    const cut = faulty(dialectOf(server, db.url), { at: /INSERT INTO .migrate_lock/, mode: 'cut after' })
    await expect(createMigrator({ dialect: cut.dialect, tiers }).upgrade()).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
    })
    expect(await db.sql('SELECT id FROM migrate_lock')).toHaveLength(1)
    const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers })
    expect((await migrator.upgrade()).applied).toEqual(['main:aaaaaaaaaaaa', 'main:bbbbbbbbbbbb'])
    const ids = await db.sql('SELECT id FROM migrate_lock ORDER BY id')
    expect(ids.map((row) => Number(row.id))).toEqual([1, 2])
  })

  it('of a protocol that this program does not know is not guessed at', async () => {
    const db = await createDatabase()
    const { tiers, go } = gated()
    go()
    const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers })
    await migrator.upgrade('aaaaaaaaaaaa')
    await db.sql('UPDATE migrate_lock SET protocol = 7')
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'BOOKKEEPING_NEWER',
      details: { table: 'migrate_lock', format: 7, supported: 1 },
    })
    expect(await db.sql('SELECT version_num FROM migrate_version')).toMatchObject([{ version_num: 'aaaaaaaaaaaa' }])
  })
})
