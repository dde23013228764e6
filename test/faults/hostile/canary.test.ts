import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { integer, type OperationRecorder } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { canary, canaryInUrl, everyRow, expectNoCanary } from '../../kit/canary.ts'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf, type ServerName, type TestDatabase } from '../../kit/own-sessions.ts'

const schemes = ['postgres', 'mysql', 'mariadb'] as const
const dialectOf = (url: string): UnloadedDialect =>
  url.startsWith('sqlite')
    ? sqliteDialect({ url })
    : url.startsWith('postgres')
      ? postgresDialect({ url })
      : mysqlDialect({ url })

const upgrade = (op: OperationRecorder): void => op.createTable('t', (t) => t.column('id', integer()))
const failing = (op: OperationRecorder): void => op.sql('SELECT * FROM no_such_table')

/** Everything that a run on the URL lets out: events, the error, what the objects show of themselves. */
async function letOut(
  url: string,
  recorded: (op: OperationRecorder) => void = upgrade,
): Promise<Record<string, unknown>> {
  const events: unknown[] = []
  const out: Record<string, unknown> = { events }
  try {
    const dialect = dialectOf(url)
    const migrator = migratorOf(dialect, [{ revision: 'r1', downRevision: null, upgrade: recorded }], { waitMs: 0 })
    Object.assign(out, { dialect, migrator })
    out.plan = await migrator.plan()
    out.result = await migrator.upgrade('head', { onEvent: (event) => events.push(event) })
    out.state = await migrator.status()
  } catch (error) {
    out.error = error
  }
  return out
}

test('the canary is found in every disguise: a test that cannot fail says nothing', () => {
  const hidden = [
    canary,
    canaryInUrl,
    Buffer.from(`user:${canary}`).toString('base64'),
    { a: { b: new Error(canary) } },
  ]
  for (const each of hidden) expect(() => expectNoCanary({ each })).toThrow()
  expect(() =>
    expectNoCanary({ error: Object.assign(new Error('x'), { input: `postgres://u:${canary}@h/d` }) }),
  ).toThrow()
  expect(() => expectNoCanary({ error: new Error('x', { cause: { config: { password: canary } } }) })).toThrow()
  expectNoCanary({ nothing: 'at all' })
})

/** A server that takes the connection and hangs up, or says nothing that anybody understands. */
async function talker(greet: (socket: Socket) => void): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    greet(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, server }
}

test.each(schemes)(
  '%s: no server there, no such host, no server of its kind, no URL',
  async (scheme) => {
    const nonsense = await talker((socket) => socket.end('HTTP/1.1 400 no\r\n\r\n'))
    const hangsUp = await talker((socket) => socket.destroy())
    const tls = scheme === 'postgres' ? '?sslmode=require' : '?ssl-mode=REQUIRED'
    const at = (address: string): string => `${scheme}://user:${canaryInUrl}@${address}`
    const urls = {
      'no server there': at('127.0.0.1:1/db'),
      'no such host': at('no-such-host.invalid/db'),
      'another kind of server': at(`127.0.0.1:${nonsense.port}/db`),
      'a server that hangs up': at(`127.0.0.1:${hangsUp.port}/db`),
      'no TLS there': at(`127.0.0.1:${hangsUp.port}/db${tls}`),
      'not encoded': `${scheme}://user:${canary}@127.0.0.1:1/db`,
      'half encoded': `${scheme}://user:%zz${canaryInUrl}@127.0.0.1:1/db`,
      'no database': at('127.0.0.1:1'),
      'a wrong port': at('127.0.0.1:99999/db'),
      'an unknown parameter': at(`127.0.0.1:1/db?pass=${canaryInUrl}`),
      'a password as a parameter': `${scheme}://127.0.0.1:1/db?password=${canaryInUrl}`,
      'no host': `${scheme}://user:${canaryInUrl}`,
      'a blank in front': ` ${at('127.0.0.1:1/db')}`,
      'another scheme': `oracle${at('127.0.0.1:1/db').slice(scheme.length)}`,
    }
    try {
      for (const [what, url] of Object.entries(urls)) {
        const out = await letOut(url)
        expect([what, out.error]).toEqual([what, expect.objectContaining({ code: expect.stringMatching(/^[A-Z_]+$/) })])
        expectNoCanary({ [what]: out })
      }
    } finally {
      nonsense.server.close()
      hangsUp.server.close()
    }
  },
  120_000,
)

/** A user of that password who may do everything in the database; how it goes away again. */
async function withUser(database: TestDatabase): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const user = `u_${database.name.slice(2)}`
  const target = new URL(database.url)
  target.username = user
  target.password = canaryInUrl
  const secret = canary.replaceAll("'", "''")
  if (familyOf(database.server) === 'postgres') {
    await database.sql(
      `CREATE ROLE ${user} LOGIN PASSWORD '${secret}'; GRANT ALL ON DATABASE "${database.name}" TO ${user}; GRANT ALL ON SCHEMA public TO ${user}`,
    )
    return {
      url: target.href,
      drop: async () => void (await database.sql(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`)),
    }
  }
  await database.sql(
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${secret}'; GRANT ALL ON \`${database.name}\`.* TO '${user}'@'%'`,
  )
  return { url: target.href, drop: async () => void (await database.sql(`DROP USER '${user}'@'%'`)) }
}

const servers: readonly ServerName[] = ['postgres', 'mariadb', 'mysql']
describeOnEach(servers, 'a password', (createDatabase) => {
  test('is in nothing that a run lets out or writes down, whether it ends well or not', async () => {
    const database = await createDatabase()
    const { url, drop } = await withUser(database)
    try {
      const failed = await letOut(url, failing)
      expect(failed.error).toMatchObject({ code: 'STATEMENT_FAILED' })
      const well = await letOut(url)
      expect(well.error).toBeUndefined()
      const wrong = await letOut(url.replace(canaryInUrl, `x${canaryInUrl}`))
      // A server of tests may let everybody in who comes from this machine.
      if (familyOf(database.server) === 'mysql') expect(wrong.error).toMatchObject({ code: 'DATABASE_UNREACHABLE' })
      expectNoCanary({ well, wrong, failed, rows: await everyRow(database) })
    } finally {
      await drop()
    }
  })

  test('is in no error of a connection that was cut in the middle', async () => {
    const database = await createDatabase()
    const { url, drop } = await withUser(database)
    try {
      const cut = (op: OperationRecorder): void => {
        op.createTable('t', (t) => t.column('id', integer()))
        op.run('cut', async (db) => {
          const [row] = await db.query(
            familyOf(database.server) === 'postgres' ? 'SELECT pg_backend_pid() AS id' : 'SELECT CONNECTION_ID() AS id',
          )
          const id = String(row?.id)
          await database.sql(
            familyOf(database.server) === 'postgres' ? `SELECT pg_terminate_backend(${id})` : `KILL CONNECTION ${id}`,
          )
          await db.query('SELECT 1')
        })
      }
      const out = await letOut(url, cut)
      expect(out.error).toMatchObject({ code: 'CONNECTION_LOST' })
      expectNoCanary({ out, rows: await everyRow(database) })
    } finally {
      await drop()
    }
  })
})

test('a SQLite path that holds one is a path: the URL is refused without it', async () => {
  const out = await letOut(`sqlite://user:${canary}@host/x.db`)
  expect(out.error).toMatchObject({ code: 'INVALID_URL' })
  expectNoCanary({ out })
})
