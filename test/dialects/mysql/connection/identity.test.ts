import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { connectionId, one, open, openPlain } from './kit.ts'

/** A server answers a query before it lists the session as asleep: the state `idle` is waited for. */
describeOnEach(['mariadb', 'mysql'], 'the identity of a session', (createDatabase, server) => {
  it('names the server and the connection, and no two sessions have the same', async () => {
    const db = await createDatabase()
    const [session, other] = [await open(db), await open(db)]
    const [row] = await db.sql(
      server === 'mysql'
        ? 'SELECT @@server_uuid AS node'
        : "SELECT CONCAT(@@hostname, ':', @@port, ':', @@server_id) AS node",
    )
    expect(session.identity?.startsWith(`${row?.node}#${await connectionId(session)}#`)).toBe(true)
    expect(other.identity?.startsWith(`${row?.node}#${await connectionId(other)}#`)).toBe(true)
    expect(session.identity?.length).toBeLessThan(255)
  })

  it('tells another session whether that one is at work, idle or over', async () => {
    const db = await createDatabase()
    const [session, other] = [await open(db), await open(db)]
    const identity = session.identity ?? ''
    const state = (): unknown => other.sessionState?.(identity)
    await expect.poll(state).toBe('idle')
    const running = session.query('SELECT SLEEP(60)').catch(() => undefined)
    await expect.poll(state).toBe('busy')
    await db.sql(`KILL QUERY ${/#(\d+)#/.exec(identity)?.[1]}`)
    await running
    await expect.poll(state).toBe('idle')
    await session.close()
    await expect.poll(state).toBe('ended')
  })

  it('is that of a session that was killed: over', async () => {
    const db = await createDatabase()
    const [session, other] = [await open(db), await open(db)]
    await db.sql(`KILL ${await connectionId(session)}`)
    await expect.poll(() => other.sessionState?.(session.identity ?? '')).toBe('ended')
  })

  it('tells a user who sees no other session that it is over, and no more than that it is not', async () => {
    const db = await createDatabase()
    const session = await open(db)
    const [plain, second] = [await openPlain(db), await openPlain(db)]
    expect(await plain.sessionState?.(session.identity ?? '')).toBe('unknown')
    await expect.poll(() => plain.sessionState?.(second.identity ?? '')).toBe('idle')
    const running = second.query('SELECT SLEEP(60)').catch(() => undefined)
    await expect.poll(() => plain.sessionState?.(second.identity ?? '')).toBe('busy')
    await db.sql(`KILL ${/#(\d+)#/.exec(second.identity ?? '')?.[1]}`)
    await running
    await session.close()
    for (const { identity } of [session, second]) {
      await expect.poll(() => plain.sessionState?.(identity ?? '')).toBe('ended')
    }
  })

  it('is not taken for that of another session with the same number, as after a restart of the server', async () => {
    const db = await createDatabase()
    const [session, other] = [await open(db), await open(db)]
    const before = (session.identity ?? '').replace(/[0-9a-f]+$/, '0123456789abcdef')
    expect(await other.sessionState?.(before)).toBe('ended')
  })

  it('without the mark of a lock, or of another server, is believed no further than what is seen', async () => {
    const db = await createDatabase()
    const [session, other, plain] = [await open(db), await open(db), await openPlain(db)]
    const bare = (session.identity ?? '').replace(/[0-9a-f]+$/, '')
    await expect.poll(() => other.sessionState?.(bare)).toBe('idle')
    expect(await plain.sessionState?.(bare)).toBe('unknown')
    await session.close()
    await expect.poll(() => other.sessionState?.(bare)).toBe('ended')
    expect(await plain.sessionState?.(bare)).toBe('unknown')
    for (const unknown of ['', 'x', 'elsewhere#1#', `elsewhere${session.identity}`, `${session.identity}'`, '#1#']) {
      expect(await other.sessionState?.(unknown)).toBe('unknown')
    }
  })

  it('is had by sessions that run; one that looks takes no lock of any kind', async () => {
    const session = await open(await createDatabase(), { purpose: 'inspect' })
    expect(session.identity).toBe(undefined)
    expect(session.leased).toBe(undefined)
  })

  it('outlives a pause of the session: nothing of the server ends it while a step computes', async () => {
    const db = await createDatabase()
    const session = await open(db)
    const idle = ['', '_readonly', '_write'].map((kind) => `@@idle${kind}_transaction_timeout`)
    expect(Number(await one(session, 'SELECT @@wait_timeout'))).toBeGreaterThanOrEqual(86_400)
    for (const name of server === 'mariadb' ? idle : []) expect(await one(session, `SELECT ${name}`)).toBe(0n)
  })
})
