import { integer, type OperationRecorder, revisions, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects, familyOf, type TestDatabase } from '../../kit/own-sessions.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { type OtherSession, otherSession, reading } from '../proxy/other.ts'
import { pictureOf } from '../proxy/picture.ts'

const first = {
  revision: 'r1',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    for (const name of ['a', 'b']) {
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.primaryKey(['id'])
      })
      op.insertRows(name, [{ id: 1, n: 0 }], { key: ['id'] })
    }
  },
}
const chainOf = (upgrade: (op: OperationRecorder) => void) =>
  revisions([first, { revision: 'r2', downRevision: 'r1', upgrade }])

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'others at the same tables', (createDatabase, server) => {
  const begin = familyOf(server) === 'postgres' ? 'BEGIN' : 'START TRANSACTION'
  const atFirst = async (): Promise<TestDatabase> => {
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    return database
  }
  const addColumn = (op: OperationRecorder): void => op.alterTable('a', (t) => t.addColumn('more', varchar(9)))

  it('row 52: a reader who does not end holds a run up for a bounded time, and others no longer than that', async () => {
    const database = await atFirst()
    const reader = await reading(database, 'a')
    const limits = { lockTimeoutMs: 300, lockRetries: 1 }
    const { error } = await upgradeAt(database.url, { revisions: chainOf(addColumn), ...limits })
    expect(error).toMatchObject({
      code: 'STATEMENT_FAILED',
      details: { fault: 'busy' },
      location: { revision: 'r2', sql: expect.stringContaining('ALTER TABLE') },
    })
    const later = await otherSession(database.url)
    expect(await later.sql('SELECT id FROM a')).toHaveLength(1)
    await reader.close()
    expect((await upgradeAt(database.url, { revisions: chainOf(addColumn) })).applied).toEqual(['main:r2'])
    expect(await database.sql('SELECT id, n, more FROM a')).toEqual([{ id: 1, n: 0, more: null }])
  })

  it('row 54: the victim of a deadlock is done again as a whole, or by the next run', async () => {
    const database = await atFirst()
    const other: OtherSession = await otherSession(database.url)
    let crossed = false
    let theirs: Promise<unknown> | undefined
    const crossing = chainOf((op) =>
      op.run('crosses', {
        up: async (db) => {
          await db.execute('UPDATE "a" SET "n" = "n" + 1')
          if (!crossed) {
            crossed = true
            await other.sql(begin)
            // More to lose than the run has: where the server chooses by that, the run is the victim.
            for (let id = 2; id < 60; id += 1) await other.sql(`INSERT INTO b VALUES (${id}, 0)`)
            await other.sql('UPDATE b SET n = n + 1000 WHERE id = 1')
            theirs = other.sql('UPDATE a SET n = n + 1000 WHERE id = 1').catch((error: unknown) => error)
          }
          await db.execute('UPDATE "b" SET "n" = "n" + 1 WHERE "id" = 1')
        },
        down: 'none',
      }),
    )
    const { error } = await upgradeAt(database.url, { revisions: crossing })
    await theirs
    await other.sql('COMMIT').catch(() => undefined)
    if (error !== undefined) {
      expect(error.location).toMatchObject({ revision: 'r2', operation: 'data step: crosses' })
      expect(error.remedy).not.toBe('')
      expect((await upgradeAt(database.url, { revisions: crossing })).error).toBeUndefined()
    }
    const [[a], [b]] = [
      await database.sql('SELECT n FROM a WHERE id = 1'),
      await database.sql('SELECT n FROM b WHERE id = 1'),
    ]
    // Ours once; theirs on both tables, or on none.
    expect([Number(a?.n) % 1000, Number(b?.n) % 1000]).toEqual([1, 1])
    expect(Number(a?.n)).toBe(Number(b?.n))
  })

  it('row 57: a table that is changed between two runs is not taken for what it was', async () => {
    const database = await atFirst()
    await database.sql('ALTER TABLE a ADD COLUMN more int')
    await database.sql('UPDATE a SET more = 7')
    const { error } = await upgradeAt(database.url, { revisions: chainOf(addColumn) })
    expect(error).toMatchObject({ code: 'OBJECT_EXISTS', location: { revision: 'r2' } })
    expect(await database.sql('SELECT id, n, more FROM a')).toEqual([{ id: 1, n: 0, more: 7 }])
    await database.sql('ALTER TABLE a DROP COLUMN more')
    expect((await upgradeAt(database.url, { revisions: chainOf(addColumn) })).applied).toEqual(['main:r2'])
  })

  it('row 57: and between two steps of a revision, too', async () => {
    const database = await atFirst()
    const undisturbed = await atFirst()
    let meddled = false
    const chain = chainOf((op) => {
      op.run('first', {
        up: async (db) => {
          await db.execute('UPDATE "b" SET "n" = "n" + 1')
          if (meddled) return
          meddled = true
          await database.sql('ALTER TABLE a ADD COLUMN more int')
        },
        down: 'none',
      })
      addColumn(op)
    })
    const { error } = await upgradeAt(database.url, { revisions: chain })
    expect(error).toMatchObject({ code: 'OBJECT_EXISTS', location: { revision: 'r2' } })
    await database.sql('ALTER TABLE a DROP COLUMN more')
    expect((await upgradeAt(database.url, { revisions: chain })).error).toBeUndefined()
    expect((await upgradeAt(undisturbed.url, { revisions: chain })).error).toBeUndefined()
    expect(await pictureOf(database)).toEqual(await pictureOf(undisturbed))
  })
})

describeOn('postgres', 'others at the same tables', (createDatabase) => {
  it('row 53: CREATE INDEX CONCURRENTLY that waits for another session’s transaction ends in time, and leaves nothing', async () => {
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    const writer = await otherSession(database.url)
    await writer.sql('BEGIN')
    await writer.sql('UPDATE a SET n = 5')
    const chain = chainOf((op) => op.createIndex('a', 'a_n', ['n'], { concurrently: true }))
    const { error } = await upgradeAt(database.url, { revisions: chain, lockTimeoutMs: 300, lockRetries: 0 })
    expect(error).toMatchObject({
      code: 'STATEMENT_FAILED',
      details: { fault: 'busy' },
      location: { revision: 'r2', sql: expect.stringContaining('CONCURRENTLY') },
    })
    await writer.sql('COMMIT')
    expect((await upgradeAt(database.url, { revisions: chain })).applied).toEqual(['main:r2'])
    const valid =
      'SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid'
    expect(await database.sql(`${valid} WHERE c.relname LIKE 'a\\_%' ORDER BY 1`)).toEqual([
      { name: 'a_n', valid: true },
      { name: 'a_pkey', valid: true },
    ])
  })

  it('row 55: sessions that make the same schema in the same moment all have it', async () => {
    const database = await createDatabase()
    const url = `${database.url}?schema=app`
    const runs = await Promise.all(Array.from({ length: 6 }, () => upgradeAt(url, { revisions: revisions([first]) })))
    expect(runs.map(({ error }) => error)).toEqual(runs.map(() => undefined))
    expect(runs.flatMap(({ applied = [] }) => applied)).toEqual(['main:r1'])
    expect(await database.sql('SELECT n FROM app.a')).toEqual([{ n: 0 }])
  })
})
