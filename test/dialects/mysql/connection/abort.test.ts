import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { tcpProxy } from '../../../kit/tcp-proxy.ts'
import { codeOf, connectionId, one, open } from './kit.ts'

const slow = 'SELECT SUM(a.id * b.id * c.id) FROM big a JOIN big b JOIN big c'

// Of one row SLEEP would end without an error (MySQL).
const late =
  'CREATE TABLE late AS SELECT n, SLEEP(1) AS a FROM (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3) AS rows_of_it'

describeOnEach(['mariadb', 'mysql'], 'a signal', (createDatabase) => {
  it('ends the statement that runs on the server, and the transaction can be rolled back', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE big (id int PRIMARY KEY) ENGINE=InnoDB;
      INSERT INTO big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n`)
    const stop = new AbortController()
    const session = await open(db, { signal: stop.signal })
    const id = await connectionId(session)
    const scope = await session.begin()
    await session.execute('INSERT INTO big VALUES (1000)')
    const running = session.query(slow)
    const queued = session.query('SELECT 1')
    setTimeout(() => stop.abort(new Error('enough')), 200)
    await Promise.all([running, queued].map((work) => expect(work).rejects.toThrow('enough')))
    const left = await db.sql(
      `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE id = ${id} AND info LIKE 'SELECT SUM%big%'`,
    )
    expect(left).toMatchObject([{ n: '0' }])
    await expect(session.execute('DELETE FROM big')).rejects.toThrow('enough')
    expect(session.isOpen).toBe(true)
    await scope.rollback()
    expect(await db.sql('SELECT COUNT(*) AS n FROM big')).toMatchObject([{ n: '900' }])
  })

  it('ends a wait for a lock, and a SLEEP', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO t VALUES (1)')
    const holder = await open(db)
    const held = await holder.begin()
    await holder.execute('UPDATE t SET id = 2')
    for (const sql of ['ALTER TABLE t ADD b int', 'UPDATE t SET id = 3', 'SELECT SLEEP(20)']) {
      const stop = new AbortController()
      const session = await open(db, { signal: stop.signal })
      setTimeout(() => stop.abort(new Error('enough')), 100)
      await expect(session.query(sql)).rejects.toThrow('enough')
      await session.close()
    }
    await held.rollback()
    expect(await db.sql('SHOW COLUMNS FROM t')).toHaveLength(1)
  })

  // The server takes no KILL QUERY for a session that is idle, and forgets it.
  it('ends a statement that reaches the server later than the signal does', async () => {
    const db = await createDatabase()
    const proxy = await tcpProxy(db.url)
    const stop = new AbortController()
    const session = await open({ url: proxy.url }, { signal: stop.signal })
    const sent = proxy.holdNext(300)
    const running = session.execute(late)
    await sent
    stop.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    expect(await db.sql('SHOW TABLES')).toEqual([])
    expect(session.isOpen).toBe(true)
  })

  it('that comes while a session is being opened prints nothing', async () => {
    const db = await createDatabase()
    const printed = vi.spyOn(console, 'error')
    onTestFinished(() => printed.mockRestore())
    for (let turns = 1; turns < 400; turns += turns < 40 ? 1 : 12) {
      const stop = new AbortController()
      const opening = open(db, { signal: stop.signal, driver: 'mysql2' }).catch((error) => String(error))
      for (let turn = 0; turn < turns; turn += 1) await nextTurn()
      stop.abort(new Error('enough'))
      await opening
    }
    // What the server still says.
    await sleep(100)
    expect(printed.mock.calls).toEqual([])
  })

  it('is sent again while a closed session still has an answer to wait for', async () => {
    const db = await createDatabase()
    const proxy = await tcpProxy(db.url)
    const session = await open({ url: proxy.url })
    const sent = proxy.holdNext(300)
    const ended = codeOf(session.execute(late))
    await sent
    await session.close()
    expect(await ended).toBe(1317)
    expect(await db.sql('SHOW TABLES')).toEqual([])
  })

  it('that has come already lets nothing be sent', async () => {
    const db = await createDatabase()
    const stop = new AbortController()
    const session = await open(db, { signal: stop.signal })
    const scope = await session.begin()
    stop.abort(new Error('enough'))
    await expect(session.execute('CREATE TABLE t (a int)')).rejects.toThrow()
    await expect(session.query('SELECT 1')).rejects.toThrow('enough')
    await expect(session.begin()).rejects.toThrow()
    await expect(scope.commit()).rejects.toThrow('enough')
    expect(await db.sql('SHOW TABLES')).toEqual([])
    await expect(open(db, { signal: stop.signal })).rejects.toThrow('enough')
  })

  it('does not end the statement after the one it was for', async () => {
    const db = await createDatabase()
    for (let round = 0; round < 10; round += 1) {
      const stop = new AbortController()
      const session = await open(db)
      const scope = await session.begin({ signal: stop.signal })
      const running = codeOf(session.query('SELECT SLEEP(0.02)'))
      setTimeout(() => stop.abort(new Error('enough')), 15 + round)
      await running
      await scope.rollback()
      expect(await one(session, 'SELECT SLEEP(0.01)')).toBe(0n)
      expect(await one(session, 'SELECT 1')).toBe(1n)
      await session.close()
    }
  })

  it('is not needed to close a session that is busy', async () => {
    const db = await createDatabase()
    const session = await open(db)
    const running = codeOf(session.query('SELECT SLEEP(300)'))
    await sleep(50)
    await session.close()
    await running
  })
})
