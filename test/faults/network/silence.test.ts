import { setTimeout as sleep } from 'node:timers/promises'
import { revisions } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOnDialects } from '../../kit/own-sessions.ts'
import { longRun } from '../../kit/scale.ts'
import { statementIn, tcpProxy } from '../../kit/tcp-proxy.ts'
import { dialectAt, upgradeAt } from '../proxy/chain.ts'
import { isPostgres, pictureOf } from '../proxy/picture.ts'

const servers = ['postgres', 'mariadb', 'mysql'] as const

/** Long enough for what takes its time, and short for a test. */
const unansweredMs = 600

/** In DDL; in the middle of a data step, between two messages of one statement; at the end. */
const moments = ['ADD COLUMN', 'between', 'COMMIT'] as const

describeOnDialects(servers, 'row 38: a line that lets nothing through any more', (createDatabase) => {
  it('ends the run, and the next one resumes, once the server has given up on the first', async () => {
    const undisturbed = await createDatabase()
    expect((await upgradeAt(undisturbed.url)).error).toBeUndefined()
    const expected = await pictureOf(undisturbed)
    const some = longRun ? moments : [moments[Math.floor(Math.random() * moments.length)] ?? 'COMMIT']
    for (const keywords of some) {
      const database = await createDatabase()
      const proxy = await tcpProxy(database.url)
      expect((await upgradeAt(proxy.url, { target: 'r1' })).error).toBeUndefined()
      let silent = 0
      proxy.rule(({ from, connection, body }) => {
        if (silent === 0 && from === 'client' && body.includes(keywords)) silent = connection
        return connection === silent ? 'silence' : 'pass'
      })
      const { error } = await upgradeAt(proxy.url, { unansweredMs })
      expect(silent, keywords).toBeGreaterThan(0)
      expect(error, keywords).toMatchObject({
        code: 'CONNECTION_LOST',
        message: expect.stringContaining('no answer came'),
      })
      expect(error?.remedy).toMatch(/upgrade|again/)
      proxy.calm()
      // The server still holds what the first run had: its locks are those of a session that was not ended.
      const locked = await upgradeAt(proxy.url, { waitMs: 300 })
      expect(locked.error, keywords).toMatchObject({ code: 'LOCKED', message: expect.stringMatching(/connection \d+/) })
      proxy.cutAll()
      expect((await upgradeAt(proxy.url)).error, `again after ${keywords}`).toBeUndefined()
      expect(await pictureOf(database), keywords).toEqual(expected)
    }
  })

  it('ends the run also where no other connection can be had', async () => {
    const database = await createDatabase()
    const proxy = await tcpProxy(database.url)
    expect((await upgradeAt(proxy.url, { target: 'r1' })).error).toBeUndefined()
    let silent = false
    proxy.rule((message) => {
      silent ||= /^ALTER TABLE/.test(statementIn(message))
      return silent ? 'silence' : 'pass'
    })
    const url = new URL(proxy.url)
    url.searchParams.set('connect_timeout', '1')
    const { error } = await upgradeAt(url.href, { unansweredMs: 300 })
    expect(error).toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringContaining('cannot be reached'),
      location: { revision: 'r2', sql: expect.stringContaining('ADD COLUMN') },
    })
  })

  it('is told from a statement that takes long', async () => {
    const database = await createDatabase()
    const asleep = isPostgres(database.url) ? "SELECT pg_sleep(0.8)::text || 'x' AS x" : 'SELECT SLEEP(0.8) AS x'
    const slow = revisions([
      {
        revision: 'slow',
        downRevision: null,
        upgrade: (op) => op.run('sleep', { up: async (db) => void (await db.query(asleep)), down: 'none' }),
      },
    ])
    expect(await upgradeAt(database.url, { unansweredMs: 150, revisions: slow })).toEqual({ applied: ['main:slow'] })
  })

  it('is not looked for where it is not expected', async () => {
    const database = await createDatabase()
    const proxy = await tcpProxy(database.url)
    const session = await dialectAt(proxy.url, { unansweredMs: 0 }).connection.connect({ purpose: 'run' })
    proxy.rule(({ from }) => (from === 'server' ? 'silence' : 'pass'))
    const before = proxy.connectionCount()
    const answer = session.query('SELECT 1').catch((error: unknown) => error)
    await sleep(500)
    expect(proxy.connectionCount()).toBe(before)
    proxy.cutAll()
    expect(await answer).toMatchObject({ code: 'CONNECTION_LOST' })
    await session.close()
  })
})
