import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunLock } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { codeOf, connectionId, one, open, openPlain } from './kit.ts'

const lockOf = (session: Awaited<ReturnType<typeof open>>, key = 'migrate_history'): RunLock =>
  session.runLock?.(key) as RunLock

const holderId = async (session: Awaited<ReturnType<typeof open>>): Promise<string> =>
  /^connection (\d+)/.exec((await lockOf(session).holder())?.who ?? '')?.[1] ?? '0'

describeOnEach(['mariadb', 'mysql'], 'the lock of a run', (createDatabase) => {
  it('belongs to one session', async () => {
    const db = await createDatabase()
    const [one, two] = [await open(db), await open(db)]
    expect(await lockOf(one).holder()).toBe(undefined)
    expect(await lockOf(one).take()).toBe(true)
    expect(await lockOf(one).take()).toBe(true)
    expect(await lockOf(two).take()).toBe(false)
    expect(await lockOf(two).holder()).toEqual({
      who: expect.stringMatching(new RegExp(`^connection ${await connectionId(one)} of root@`)),
      doing: 'nothing, it is idle',
    })
    expect(await lockOf(two).release()).toBe(false)
    expect(await lockOf(one).release()).toBe(true)
    expect(await lockOf(one).release()).toBe(false)
    expect(await lockOf(two).take()).toBe(true)
  })

  it('is one for each database and key, under a name that anybody can compute', async () => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    const sessions = [await open(db), await open(db), await open(other)]
    const [first, second, third] = sessions as [(typeof sessions)[0], (typeof sessions)[0], (typeof sessions)[0]]
    expect(await lockOf(first).take()).toBe(true)
    expect(await lockOf(second, 'another_history').take()).toBe(true)
    expect(await lockOf(third).take()).toBe(true)
    const name = `migrate:${createHash('sha256').update(`${db.name}\0migrate_history`).digest('hex').slice(0, 40)}`
    expect(name.length).toBeLessThanOrEqual(64)
    expect(await one(first, 'SELECT IS_USED_LOCK(?)', [name])).toBe(await connectionId(first))
  })

  it('is freed by the server when the session ends', async () => {
    const db = await createDatabase()
    const [closed, killed, next] = [await open(db), await open(db), await open(db)]
    expect(await lockOf(closed).take()).toBe(true)
    await closed.close()
    await expect.poll(() => lockOf(killed).take()).toBe(true)
    await db.sql(`KILL ${await connectionId(killed)}`)
    await expect.poll(() => lockOf(next).take()).toBe(true)
    expect(await codeOf(lockOf(killed).release())).toBe('CONNECTION_LOST')
  })

  it('proves that its holder is alone, and a session that has lost it is told so', async () => {
    const db = await createDatabase()
    const [session, other] = [await open(db), await open(db)]
    const [mine, theirs] = [lockOf(session), lockOf(other)]
    expect(mine.proof).toBe('exclusive')
    expect(session.leased).toBe(undefined)
    expect(await mine.holds()).toBe(false)
    await mine.take()
    expect(await mine.holds()).toBe(true)
    expect(await theirs.holds()).toBe(false)
    const name = `migrate:${createHash('sha256').update(`${db.name}\0migrate_history`).digest('hex').slice(0, 40)}`
    // A step of the user's own may do this.
    await session.query('DO RELEASE_LOCK(?)', [name])
    expect(await mine.holds()).toBe(false)
    expect(await theirs.take()).toBe(true)
    expect(await mine.holds()).toBe(false)
    expect(await mine.release()).toBe(false)
    expect(await theirs.holds()).toBe(true)
  })

  it('says what its holder is doing, in one line that is not long', async () => {
    const db = await createDatabase()
    const [session, other] = [await open(db), await open(db)]
    await lockOf(session).take()
    const running = session.query(`SELECT\n  SLEEP(60) AS a, '${'x'.repeat(200)}' AS b`).catch(() => undefined)
    await expect
      .poll(async () => (await lockOf(other).holder())?.doing)
      .toBe(`SELECT SLEEP(60) AS a, '${'x'.repeat(80 - 26)}`)
    await db.sql(`KILL QUERY ${await holderId(other)}`)
    await running
  })

  it('tells a user without privileges whose it is, by the number of the connection', async () => {
    const db = await createDatabase()
    const plain = await openPlain(db)
    const session = await open(db)
    await lockOf(session).take()
    expect(await lockOf(plain).take()).toBe(false)
    expect(await lockOf(plain).holder()).toEqual({ who: `connection ${await connectionId(session)}` })
    await lockOf(session).release()
    expect(await lockOf(plain).take()).toBe(true)
    const reopened = await openPlain(db)
    expect(await lockOf(reopened).holder()).toEqual({
      who: expect.stringMatching(new RegExp(`^connection ${await connectionId(plain)} of plain_`)),
      doing: 'nothing, it is idle',
    })
  })

  it('can be released after the signal', async () => {
    const db = await createDatabase()
    const stop = new AbortController()
    const session = await open(db, { signal: stop.signal })
    await lockOf(session).take()
    stop.abort(new Error('enough'))
    expect(await lockOf(session).release()).toBe(true)
  })
})

describeOnEach(['mariadb', 'mysql'], 'limits', (createDatabase, server) => {
  const names = `@@lock_wait_timeout AS md, @@innodb_lock_wait_timeout AS row_, ${server === 'mysql' ? '@@max_execution_time' : '@@max_statement_time'} AS statement`

  it('are set in what the server counts, and put back', async () => {
    const db = await createDatabase()
    const session = await open(db, { waitMs: 7_000 })
    const read = async (): Promise<unknown[]> =>
      Object.values((await session.query(`SELECT ${names}`))[0] ?? {}).map(Number)
    expect(await read()).toEqual([7, 7, 0])
    await session.limit?.({ lockMs: 1, statementMs: 1_500 })
    expect(await read()).toEqual([1, 1, server === 'mysql' ? 1_500 : 1.5])
    await session.limit?.({ lockMs: 2_500 })
    expect(await read()).toEqual([3, 3, 0])
    await session.limit?.({ lockMs: 0, statementMs: 0 })
    expect(await read()).toEqual([31_536_000, server === 'mysql' ? 31_536_000 : 31_536_000, 0])
    await session.limit?.()
    expect(await read()).toEqual([7, 7, 0])
  })

  it('end a wait for the lock of a table, and a statement that takes too long', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO t VALUES (1)')
    const [session, holder] = [await open(db), await open(db)]
    const held = await holder.begin()
    await holder.query('SELECT * FROM t')
    await session.limit?.({ lockMs: 500, statementMs: 300 })
    await session.limit?.({ lockMs: 500 })
    expect(await codeOf(session.execute('ALTER TABLE t ADD a int'))).toBe(1205)
    await held.rollback()
    await session.limit?.({ statementMs: 300 })
    await db.sql(
      'INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n',
    )
    expect(await codeOf(session.query('SELECT SUM(a.id * b.id * c.id) FROM t a JOIN t b JOIN t c'))).toBe(
      server === 'mysql' ? 3024 : 1969,
    )
    await sleep(1)
  })
})
