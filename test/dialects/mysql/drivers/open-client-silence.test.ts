import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, test } from 'vitest'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { statementIn, type TcpProxy, tcpProxy } from '../../../kit/tcp-proxy.ts'
import { connected, kinds, type OneConnection } from './open-clients.ts'

type Proxied = OneConnection & { readonly proxy: TcpProxy }

async function throughProxy(kind: string, { url }: Pick<TestDatabase, 'url'>, options?: object): Promise<Proxied> {
  const proxy = await tcpProxy(url)
  // What is behind the `?` is no option of the drivers'.
  const connection = await connected(kind, { url: proxy.url.replace(/\?.*/, '') }, options)
  return { ...connection, proxy }
}

describeOnEach(
  ['mariadb', 'mysql'],
  'an open client whose connection lets nothing through any more',
  (createDatabase) => {
    for (const kind of Object.keys(kinds)) {
      test(`${kind}: a session is refused in time, and at once by a signal`, async () => {
        const db = await createDatabase()
        const refused = await throughProxy(kind, db)
        await refused.sql('SELECT 1')
        refused.proxy.rule(() => 'silence')
        const { connection } = mysqlDialect({ driver: refused.client, connectTimeoutMs: 300 })
        await expect(connection.connect({ purpose: 'run' })).rejects.toMatchObject({
          code: 'DATABASE_UNREACHABLE',
          details: { why: 'the server did not answer within 300 ms' },
        })
        refused.proxy.cutAll()
        const second = await throughProxy(kind, db)
        await second.sql('SELECT 1')
        for (const keywords of ['DO 0', 'SHOW SESSION VARIABLES']) {
          const { client, proxy, sql } = await throughProxy(kind, db)
          await sql('SELECT 1')
          proxy.rule((message) => (statementIn(message).startsWith(keywords) ? 'silence' : 'pass'))
          const stop = new AbortController()
          setTimeout(() => stop.abort(new Error('stopped')), 100)
          const connecting = mysqlDialect({ driver: client }).connection.connect({
            purpose: 'run',
            signal: stop.signal,
          })
          await expect(connecting).rejects.toThrow('stopped')
          proxy.cutAll()
        }
      })
    }

    test('a run on a pool with connections left ends, also where no other one can be opened', async () => {
      const db = await createDatabase()
      for (const kind of ['pool of mysql2', 'pool of mariadb']) {
        const { client, proxy } = await throughProxy(kind, db, { connectionLimit: 4 })
        const dialect = mysqlDialect({ driver: client, connectTimeoutMs: 1_000, unansweredMs: 100 })
        const session = await dialect.connection.connect({ purpose: 'run' })
        proxy.rule(() => 'silence')
        await expect(session.query('SELECT 1 AS one')).rejects.toMatchObject({
          code: 'CONNECTION_LOST',
          message: expect.stringContaining(
            'no answer came, and the server cannot be reached on another connection either',
          ),
        })
        await session.close()
        proxy.cutAll()
      }
    })
  },
)

describeOnEach(['mysql'], 'the only connection of a program', (createDatabase) => {
  test('is ended when the end of a session gets no answer', async () => {
    const db = await createDatabase()
    const ends = ['connection of mysql2', 'connection of mariadb'].map(async (kind) => {
      const { client, sql, proxy } = await throughProxy(kind, db)
      const session = await mysqlDialect({ driver: client }).connection.connect({ purpose: 'run' })
      const waiting = expect(sql('SELECT 1')).rejects.toThrow(/clos/)
      proxy.rule(() => 'silence')
      await session.close()
      await waiting
    })
    await Promise.all(ends)
  })

  test('ends when the session has ended, where the program ends it meanwhile', async () => {
    const db = await createDatabase()
    for (const kind of ['connection of mysql2', 'connection of mysql2/promise', 'connection of mariadb']) {
      const { client, sql } = await connected(kind, db)
      const session = await mysqlDialect({ driver: client }).connection.connect({ purpose: 'run' })
      const [row] = await session.query('SELECT CONNECTION_ID() AS id')
      const { end } = client as { readonly end?: (done?: () => void) => unknown }
      let isEnded = false
      const ending = new Promise<void>((resolve) => {
        const ended = (): void => {
          isEnded = true
          resolve()
        }
        // That of mysql2 takes a callback; the others give a promise.
        const promise = end?.call(client, ended) as Promise<unknown> | undefined
        if (typeof promise?.then === 'function') void promise.then(ended)
      })
      const late = expect(sql('SELECT 1 AS one')).rejects.toThrow(/clos/)
      expect(await session.query('SELECT 7 AS seven')).toMatchObject([{ seven: 7n }])
      expect(isEnded).toBe(false)
      await session.close()
      await ending
      await late
      const sessions = `SELECT 1 AS one FROM information_schema.PROCESSLIST WHERE ID = ${row?.id}`
      await expect.poll(() => db.sql(sessions)).toEqual([])
    }
  })
})
