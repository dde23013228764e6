import { expect, it } from 'vitest'
import { describeOnEach } from '../../kit/servers.ts'
import { tcpProxy } from '../../kit/tcp-proxy.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { pictureOf } from '../proxy/picture.ts'

const servers = ['postgres', 'mariadb', 'mysql'] as const

/** Long enough for what takes its time, and short for a test. */
const unansweredMs = 600

describeOnEach(servers, 'row 38: a line that lets nothing through any more', (fresh) => {
  it('ends the run, and the next one goes on, once the server has given up on the first', async () => {
    const undisturbed = await fresh()
    expect((await upgradeAt(undisturbed.url)).error).toBeUndefined()
    const expected = await pictureOf(undisturbed)
    for (const words of ['ADD COLUMN', 'between', 'COMMIT']) {
      const database = await fresh()
      const proxy = await tcpProxy(database.url)
      expect((await upgradeAt(proxy.url, { target: 'r1' })).error).toBeUndefined()
      let silent = 0
      proxy.rule(({ from, connection, body }) => {
        if (silent === 0 && from === 'client' && body.includes(words)) silent = connection
        return connection === silent ? 'silence' : 'pass'
      })
      const { error } = await upgradeAt(proxy.url, { unansweredMs })
      expect(silent, words).toBeGreaterThan(0)
      expect(error, words).toMatchObject({
        code: 'CONNECTION_LOST',
        message: expect.stringContaining('no answer came'),
      })
      expect(error?.remedy).toMatch(/upgrade|again/)
      proxy.calm()
      // The server still holds what the first run had: its locks are those of a session that nobody ended.
      const locked = await upgradeAt(proxy.url, { waitMs: 300 })
      expect(locked.error, words).toMatchObject({ code: 'LOCKED', message: expect.stringMatching(/connection \d+/) })
      proxy.cutAll()
      expect((await upgradeAt(proxy.url)).error, `again after ${words}`).toBeUndefined()
      expect(await pictureOf(database), words).toEqual(expected)
    }
  })
})
