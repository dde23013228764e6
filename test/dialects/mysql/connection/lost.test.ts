import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { codeOf, connectionId, one, open } from './kit.ts'

describeOnEach(['mariadb', 'mysql'], 'a connection that the server has ended', (createDatabase) => {
  // An error event without a listener would end this process.
  it('while idle is found lost, and never opened again', async () => {
    const db = await createDatabase()
    const session = await open(db)
    await db.sql(`KILL ${await connectionId(session)}`)
    await sleep(100)
    expect(session.isOpen).toBe(false)
    for (let round = 0; round < 2; round += 1) {
      await expect(session.query('SELECT 1')).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
        details: { what: 'SELECT 1' },
      })
    }
    expect(await codeOf(session.begin())).toBe('CONNECTION_LOST')
    await session.close()
  })

  it('is found lost also by what is sent in that moment', async () => {
    const db = await createDatabase()
    const session = await open(db)
    const id = await connectionId(session)
    const killer = await open(db)
    const [lost] = await Promise.all([
      codeOf(killer.execute(`KILL ${id}`).then(() => session.query('SELECT 1'))),
      sleep(1),
    ])
    expect(lost).toBe('CONNECTION_LOST')
  })

  it('during a statement rejects it', async () => {
    const db = await createDatabase()
    const session = await open(db)
    const id = await connectionId(session)
    const running = codeOf(session.query('SELECT SLEEP(30)'))
    const queued = codeOf(session.query('SELECT 2'))
    await sleep(100)
    await db.sql(`KILL ${id}`)
    expect(await running).toBe('CONNECTION_LOST')
    expect(await queued).toBe('CONNECTION_LOST')
    expect(session.isOpen).toBe(false)
  })

  it('in a transaction leaves nothing of it, and its scope can be ended', async () => {
    const db = await createDatabase()
    const session = await open(db)
    await session.execute('CREATE TABLE t (id int PRIMARY KEY) ENGINE=InnoDB')
    const scope = await session.begin()
    await session.execute('INSERT INTO t VALUES (1)')
    await db.sql(`KILL ${await connectionId(session)}`)
    await sleep(100)
    expect(await codeOf(session.savepoint(async () => undefined))).toBe('CONNECTION_LOST')
    expect(await codeOf(scope.commit())).toBe('CONNECTION_LOST')
    await scope.rollback()
    await session.close()
    expect(await db.sql('SELECT COUNT(*) AS n FROM t')).toMatchObject([{ n: '0' }])
    const other = await open(db)
    const abandoned = await other.begin()
    await db.sql(`KILL ${await connectionId(other)}`)
    await abandoned.rollback()
    expect(other.isOpen).toBe(false)
  })

  it('through our own wait_timeout does not happen: a day, or longer', async () => {
    const session = await open(await createDatabase())
    expect(Number(await one(session, 'SELECT @@wait_timeout'))).toBeGreaterThanOrEqual(86_400)
  })
})
