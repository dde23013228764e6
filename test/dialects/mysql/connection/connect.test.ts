import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import type { ServerSession } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it, onTestFinished } from 'vitest'
import { mysqlDriver } from '../../../kit/drivers.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { one, open } from './kit.ts'

const secret = 'canary-P@ss/word'

/** Why, and what to do; nothing of it holds the password. */
async function refusal(url: string): Promise<string> {
  const connecting = mysqlDialect({ url, ...mysqlDriver }).connection.connect({ purpose: 'run' })
  const error: unknown = await connecting.then(
    (session) => session.close(),
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  const shown = inspect(error, { depth: 9 }) + JSON.stringify(error)
  expect(shown).not.toContain(secret)
  expect(shown).not.toContain(encodeURIComponent(secret))
  const { message, remedy } = error as { readonly message: string; readonly remedy: string }
  return `${message} ${remedy}`
}

const encoded = encodeURIComponent(secret)

function at(db: Pick<TestDatabase, 'url'>, change: (url: URL) => void): string {
  const url = new URL(db.url)
  change(url)
  return url.href
}

/** Listens, and does what it is told with each connection. */
async function listening(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as { readonly port: number }).port
}

describeOnEach(['mariadb', 'mysql'], 'connecting', (createDatabase, server) => {
  it('logs in without a password, and with one that the server keeps as it likes best', async () => {
    const db = await createDatabase()
    const user = `u_${randomBytes(4).toString('hex')}`
    await db.sql(`CREATE USER '${user}'@'%' IDENTIFIED BY '${secret}'; GRANT ALL ON \`${db.name}\`.* TO '${user}'@'%'`)
    onTestFinished(async () => void (await db.sql(`DROP USER '${user}'@'%'`)))
    const withPassword = (password: string): string =>
      at(db, (url) => {
        url.username = user
        url.password = password
      })
    expect(String(await one(await open(db), 'SELECT CURRENT_USER()'))).toMatch(/^root@/)
    expect(await one(await open({ url: withPassword(encoded) }), 'SELECT CURRENT_USER()')).toBe(`${user}@%`)
    expect(await refusal(withPassword('wrong'))).toMatch(new RegExp(`as ${user} .*user name and the password`))
    expect(await refusal(withPassword(''))).toMatch(/without a password/)
    await db.sql(`REVOKE ALL ON \`${db.name}\`.* FROM '${user}'@'%'`)
    expect(await refusal(withPassword(encoded))).toContain(`${user} has no rights on the database ${db.name}`)
  })

  it('says what is not there', async () => {
    const db = await createDatabase()
    const unreachable = at(db, (url) => {
      url.pathname = '/no such database'
      url.password = encoded
      url.username = 'root'
    })
    const missing = at(db, (url) => {
      url.pathname = '/no_such_database'
    })
    expect(await refusal(missing)).toMatch(
      /there is no database no_such_database on the server.*CREATE DATABASE `no_such_database`/,
    )
    await refusal(unreachable)
    const port = await listening(() => undefined)
    const silent = `mysql://root:${encoded}@127.0.0.1:${port}/app?connectTimeout=200`
    expect(await refusal(silent)).toContain('did not answer within 200 ms')
    expect(await refusal(`mysql://root:${encoded}@127.0.0.1:1/app`)).toContain('no server listens on 127.0.0.1:1')
    expect(await refusal(`mysql://root:${encoded}@no-such-host.invalid/app`)).toMatch(/no-such-host.invalid/)
    expect(await refusal('mysql://root@localhost/app?socket=/no/such.sock')).toContain(
      'there is no socket /no/such.sock',
    )
    const closing = await listening((socket) => socket.destroy())
    expect(await refusal(`mysql://root@127.0.0.1:${closing}/app`)).toMatch(/lost|closed|ECONNRESET/i)
  })

  it('uses TLS as the mode says', async () => {
    const db = await createDatabase()
    const cipher = async (mode: string): Promise<string> => {
      const session = await open({ url: `${db.url}?ssl-mode=${mode}` })
      const [row] = await session.query("SHOW STATUS LIKE 'Ssl_cipher'")
      return String(row?.Value)
    }
    expect(await cipher('DISABLED')).toBe('')
    const offers = (await db.sql("SHOW VARIABLES LIKE 'have_ssl'"))[0]?.Value
    if (server === 'mariadb' && offers !== 'YES') {
      expect(await cipher('PREFERRED')).toBe('')
      expect(await refusal(`${db.url}?ssl-mode=REQUIRED`)).toContain('the server does not offer TLS')
    } else {
      expect(await cipher('PREFERRED')).not.toBe('')
      expect(await cipher('REQUIRED')).not.toBe('')
      expect(await refusal(`${db.url}?ssl-mode=VERIFY_CA`)).toContain('TLS failed')
      expect(await refusal(`${db.url}?ssl-mode=VERIFY_IDENTITY`)).toContain('TLS failed')
    }
    expect(await refusal(`${db.url}?ssl-ca=/no/such/ca.pem`)).toContain('ssl-ca cannot be read')
  })

  it('waits for a free place on the server as long as it may', async () => {
    const db = await createDatabase()
    const user = `u_${randomBytes(4).toString('hex')}`
    await db.sql(
      `CREATE USER '${user}'@'%' WITH MAX_USER_CONNECTIONS 1; GRANT ALL ON \`${db.name}\`.* TO '${user}'@'%'`,
    )
    onTestFinished(async () => void (await db.sql(`DROP USER '${user}'@'%'`)))
    const url = at(db, (target) => {
      target.username = user
    })
    const first = await open({ url })
    expect(await refusal(url)).toContain('no connection left')
    let waited = 0
    const waiting = mysqlDialect({ url, ...mysqlDriver }).connection.connect({
      purpose: 'run',
      waitMs: 10_000,
      onWait: () => (waited += 1),
    })
    setTimeout(() => void first.close(), 300)
    const second: ServerSession = await waiting
    expect(waited).toBeGreaterThan(0)
    await second.close()
  })

  it('ends with the reason of the signal', async () => {
    const port = await listening(() => undefined)
    const stop = new AbortController()
    const dialect = mysqlDialect({ url: `mysql://root@127.0.0.1:${port}/app`, ...mysqlDriver })
    const connecting = dialect.connection.connect({ purpose: 'run', signal: stop.signal })
    setTimeout(() => stop.abort(new Error('enough')), 50)
    await expect(connecting).rejects.toThrow('enough')
  })

  it('opens nothing before it is asked', async () => {
    let connections = 0
    const port = await listening(() => {
      connections += 1
    })
    mysqlDialect({ url: `mysql://root@127.0.0.1:${port}/app`, ...mysqlDriver })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(connections).toBe(0)
  })
})
