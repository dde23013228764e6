import { isMigrateError } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOnDialects } from '../../kit/own-sessions.ts'
import { statementIn, tcpProxy } from '../../kit/tcp-proxy.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { isPostgres, pictureOf } from '../proxy/picture.ts'

const servers = ['postgres', 'mariadb', 'mysql'] as const

const canary = 'kanarienvogel-7Q'

/** Everything that is said of an error, wherever it is printed. */
const textOf = (error: unknown): string =>
  isMigrateError(error) ? `${JSON.stringify(error)} ${error.stack} ${String(error.cause)}` : String(error)

describeOnDialects(servers, 'row 41: a server that cannot be had', (createDatabase) => {
  it('is told with what to do, and never with the password', async () => {
    const database = await createDatabase()
    const proxy = await tcpProxy(database.url)
    const at = (change: (url: URL) => void): string => {
      const url = new URL(proxy.url)
      url.password = canary
      change(url)
      return url.href
    }
    await proxy.refuse(true)
    const refused = await upgradeAt(
      at(() => undefined),
      { waitMs: 200 },
    )
    expect(refused.error).toMatchObject({ code: 'DATABASE_UNREACHABLE', message: expect.stringContaining('listens') })
    const nowhere = await upgradeAt(at((url) => Object.assign(url, { hostname: 'no-such-host.invalid' })))
    expect(nowhere.error).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringMatching(/no-such-host\.invalid/),
    })
    await proxy.refuse(false)
    const name = isPostgres(database.url) ? 'sslmode' : 'ssl-mode'
    const value = isPostgres(database.url) ? 'verify-full' : 'VERIFY_IDENTITY'
    const own = at((url) => Object.assign(url, { port: new URL(database.url).port }).searchParams.set(name, value))
    const tls = await upgradeAt(own)
    expect(tls.error).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringMatching(/TLS|certificate|SSL/i),
    })
    for (const { error } of [refused, nowhere, tls]) {
      expect(error?.remedy).not.toBe('')
      expect(textOf(error)).not.toContain(canary)
    }
  })

  it('and comes up later is found by the next run', async () => {
    const database = await createDatabase()
    const proxy = await tcpProxy(database.url)
    await proxy.refuse(true)
    expect((await upgradeAt(proxy.url)).error?.code).toBe('DATABASE_UNREACHABLE')
    await proxy.refuse(false)
    expect((await upgradeAt(proxy.url)).error).toBeUndefined()
  })
})

describeOnDialects(['mariadb', 'mysql'], 'row 37: a connection that is reset', (createDatabase) => {
  it('while the settings of its session are sent is lost, and no setting is refused', async () => {
    const database = await createDatabase()
    const proxy = await tcpProxy(database.url)
    proxy.rule((message) => (/^SET NAMES/i.test(statementIn(message)) ? 'reset' : 'pass'))
    const { error } = await upgradeAt(proxy.url)
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE', message: expect.stringContaining('ECONNRESET') })
    proxy.calm()
    expect((await upgradeAt(proxy.url)).error).toBeUndefined()
  })
})

describeOnDialects(
  servers,
  'rows 45 and 46: an address that leads to another server from one moment to the next',
  (createDatabase) => {
    it('ends the run; the next one goes by the history of the server that is there now', async () => {
      const undisturbed = await createDatabase()
      expect((await upgradeAt(undisturbed.url)).error).toBeUndefined()
      const expected = await pictureOf(undisturbed)
      const first = await createDatabase()
      const proxy = await tcpProxy(first.url)
      // The server that takes over lacks what the first one had committed last.
      const second = await createDatabase()
      expect((await upgradeAt(second.url, { target: 'r1' })).error).toBeUndefined()
      let over = false
      const other = await tcpProxy(second.url)
      proxy.rule((message) => {
        if (over || !/^UPDATE "?`?t"?`? /.test(statementIn(message))) return 'pass'
        over = true
        proxy.to(other.url)
        return 'reset'
      })
      const { error } = await upgradeAt(proxy.url)
      expect(over).toBe(true)
      expect(error).toMatchObject({ code: 'CONNECTION_LOST', location: { revision: 'r2' } })
      expect(other.connectionCount()).toBe(0)
      expect((await upgradeAt(other.url)).applied).toEqual(['main:r2', 'main:r3'])
      expect(await pictureOf(second)).toEqual(expected)
    })
  },
)
