import { chmodSync, chownSync, copyFileSync, statSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { examine } from '@org/migrate-autogenerate'
import { integer, text } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { createConnection } from 'mysql2/promise'
import { expect, onTestFinished, test } from 'vitest'
import { fixture } from '../../../dialects/postgres/connection/front.ts'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnOwn, type OwnServer } from '../../../kit/own-server.ts'
import { longRun } from '../../../kit/scale.ts'
import { refused } from './refused.ts'

const createTable: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('body', text())
    t.primaryKey(['id'])
  })
const migratorAt = (url: string, ...chain: readonly Recorded[]) =>
  migratorOf(mysqlDialect({ url }), line(...chain), { transaction: 'revision' })

const advised = async (url: string): Promise<string> =>
  (await refused(() => migratorAt(url, createTable).status())).remedy

/** The files of a certificate in the server's own folder, which its account may read. */
async function certificate({ sql }: OwnServer, name: 'server' | 'other'): Promise<readonly string[]> {
  const folder = String((await sql('SELECT @@datadir AS folder'))[0]?.folder)
  const { uid, gid } = statSync(folder)
  return [`${name}.pem`, `${name}.key`, 'ca.pem'].map((file) => {
    const target = join(folder, `test-${file}`)
    copyFileSync(fixture(file), target)
    chmodSync(target, 0o600)
    chownSync(target, uid, gid)
    return target
  })
}

describeOnOwn('mysql', 'what is advised about TLS', {}, (own) => {
  test('the way of the URL is changed, or the name, or the authority', async () => {
    const server = own()
    const { url } = await server.createDatabase()
    const works = async (params: string): Promise<void> =>
      void (await migratorAt(`${url}${params}`, createTable).status())
    const show = async (name: 'server' | 'other'): Promise<void> => {
      const [pem, key, ca] = await certificate(server, name)
      const settings = { ssl_ca: ca, ssl_cert: pem, ssl_key: key }
      for (const [each, file] of Object.entries(settings)) await server.sql(`SET GLOBAL ${each} = '${file}'`)
      await server.sql('ALTER INSTANCE RELOAD TLS')
    }
    const authority = `ssl-ca=${fixture('ca.pem')}`
    await show('other')
    const untrusted = 'Name the authority of the server’s certificate with ssl-ca, or use ssl-mode=REQUIRED.'
    expect(await advised(`${url}?ssl-mode=VERIFY_CA`)).toBe(untrusted)
    await works(`?ssl-mode=VERIFY_CA&${authority}`)
    await works('?ssl-mode=REQUIRED')

    const otherName = 'Use the name it was made for, or ssl-mode=VERIFY_CA.'
    expect(await advised(`${url}?ssl-mode=VERIFY_IDENTITY&${authority}`)).toBe(otherName)
    await works(`?ssl-mode=VERIFY_CA&${authority}`)
    await show('server')
    await works(`?ssl-mode=VERIFY_IDENTITY&${authority}`)
    await migratorAt(
      `${url.replace('127.0.0.1', 'localhost')}?ssl-mode=VERIFY_IDENTITY&${authority}`,
      createTable,
    ).status()

    expect(await advised(`${url}?ssl-mode=VERIFY_CA&ssl-ca=/no/such/ca.pem`)).toBe('Check ssl-ca in the URL.')
    await works(`?ssl-mode=VERIFY_CA&${authority}`)

    await server.sql('SET GLOBAL require_secure_transport = 1')
    onTestFinished(async () => {
      const connection = await createConnection({ uri: url, ssl: { rejectUnauthorized: false } })
      await connection.query('SET GLOBAL require_secure_transport = 0')
      await connection.end()
    })
    expect(await advised(`${url}?ssl-mode=DISABLED`)).toBe('Add ?ssl-mode=REQUIRED to the URL.')
    await works('?ssl-mode=REQUIRED')
  })

  test('another machine: it is let in', async () => {
    const { url, sql } = await own().createDatabase()
    const { port } = new URL(url)
    const elsewhere = createServer((client) => {
      const server = connect({ host: '127.0.0.1', port: Number(port), localAddress: '127.0.0.2' })
      for (const each of [client, server]) each.on('error', () => each.destroy())
      client.pipe(server).pipe(client)
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void elsewhere.close())
    const from = url.replace(`:${port}`, `:${(elsewhere.address() as AddressInfo).port}`)
    expect(await advised(from)).toBe('Let this host in on the server.')
    await sql("CREATE USER root@'127.0.0.2'; GRANT ALL ON *.* TO root@'127.0.0.2'")
    expect((await migratorAt(from, createTable).upgrade()).applied).toEqual(['main:r1'])
  })

  if (longRun) {
    test('a transaction that was left open for more than five minutes is ended where it comes from, or from here', {
      timeout: 800_000,
    }, async () => {
      const { url, sql } = await own().createDatabase()
      await sql('CREATE TABLE held (a int PRIMARY KEY)')
      const sessions = await Promise.all([createConnection({ uri: url }), createConnection({ uri: url })])
      for (const [at, session] of sessions.entries()) {
        session.on('error', () => undefined)
        await session.query('BEGIN')
        await session.query(`INSERT INTO held VALUES (${at})`)
      }
      const advice = async (): Promise<readonly string[]> =>
        (await examine(migratorAt(url, createTable))).findings.flatMap(({ about, next }) =>
          about === 'open transaction' && next !== undefined ? [next] : [],
        )
      expect(await advice()).toEqual([])
      await expect.poll(advice, { timeout: 400_000, interval: 5_000 }).toHaveLength(2)
      await sessions[0].query('ROLLBACK')
      // The server looks again only after a tenth of a second without a request.
      await expect.poll(advice, { timeout: 10_000, interval: 500 }).toHaveLength(1)
      const [left, ...more] = await advice()
      expect([left, more]).toEqual([expect.stringMatching(/^End it where it comes from, or KILL \d+;$/), []])
      await sql(/KILL \d+;/.exec(left ?? '')?.[0] ?? '')
      await expect.poll(advice, { timeout: 10_000, interval: 500 }).toEqual([])
      for (const session of sessions) session.destroy()
    })
  }
})

describeOnOwn('mariadb', 'what is advised about TLS', {}, (own) => {
  test('a server without TLS: it is set up there, or not asked for', async () => {
    const server = own()
    const { url } = await server.createDatabase()
    const [pem, key] = await certificate(server, 'server')
    await server.kill('SIGTERM')
    await server.start(['--skip-ssl'])
    expect(await advised(`${url}?ssl-mode=REQUIRED`)).toBe('Set it up on the server, or use ssl-mode=DISABLED.')
    await migratorAt(`${url}?ssl-mode=DISABLED`, createTable).status()
    await server.kill('SIGTERM')
    await server.start([`--ssl-cert=${pem}`, `--ssl-key=${key}`])
    await migratorAt(`${url}?ssl-mode=REQUIRED`, createTable).status()
  })
})

describeOnOwn('mysql', 'what is advised about its settings', {}, (own) => {
  test('by doctor: each is set as it says', async () => {
    const { url, sql, name } = await own().createDatabase()
    await sql(`ALTER DATABASE ${name} CHARACTER SET utf8mb4`)
    await sql(
      "SET GLOBAL sql_mode = ''; SET GLOBAL default_storage_engine = 'MyISAM'; SET GLOBAL foreign_key_checks = 0",
    )
    await sql('SET GLOBAL read_only = 1')
    const advice = async () =>
      (await examine(migratorAt(url, createTable))).findings
        .flatMap(({ level, next }) => (level === 'ok' || next === undefined ? [] : [next]))
        .sort()
    expect(await advice()).toEqual([
      'Add STRICT_TRANS_TABLES to sql_mode of the server.',
      'Connect to the primary, or end read_only there.',
      'SET GLOBAL foreign_key_checks = 1.',
      'Set default_storage_engine to InnoDB.',
    ])
    await sql("SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES'; SET GLOBAL default_storage_engine = 'InnoDB'")
    await sql('SET GLOBAL foreign_key_checks = 1; SET GLOBAL read_only = 0')
    expect(await advice()).toEqual([])
  })

  test('by a run on a read-only server: it is ended there', async () => {
    const { url, sql } = await own().createDatabase()
    await sql('SET GLOBAL super_read_only = 1')
    expect(await refused(() => migratorAt(url, createTable).upgrade())).toMatchObject({
      code: 'DATABASE_READ_ONLY',
      remedy: 'Connect to the primary server, or end read_only and super_read_only on this one.',
    })
    await sql('SET GLOBAL super_read_only = 0; SET GLOBAL read_only = 0')
    expect((await migratorAt(url, createTable).upgrade()).applied).toEqual(['main:r1'])
  })

  test('by a statement that is too large: the limit is raised, or fewer values are written at once', async () => {
    const { url, sql } = await own().createDatabase()
    await migratorAt(url, createTable).upgrade()
    const value = 'x'.repeat(30_000)
    const insert = (...ids: readonly number[]) =>
      `INSERT INTO t (id, body) VALUES ${ids.map((id) => `(${id}, ?)`).join(', ')}`
    const atOnce: Recorded = (op) =>
      op.run('at once', async (db) => void (await db.execute(insert(1, 2), [value, value])))
    const oneByOne: Recorded = (op) =>
      op.run('one by one', async (db) => {
        for (const id of [3, 4]) await db.execute(insert(id), [value])
      })
    const [before] = await sql('SELECT @@global.max_allowed_packet AS bytes')
    await sql(`SET GLOBAL max_allowed_packet = ${48 * 1024}`)
    const { remedy } = await refused(() => migratorAt(url, createTable, atOnce).upgrade())
    expect(remedy).toBe(
      'Raise max_allowed_packet on the server; where the statement has several values, write fewer of them at once.',
    )
    await migratorAt(url, createTable, oneByOne).upgrade()
    await sql(`SET GLOBAL max_allowed_packet = ${before?.bytes}`)
    await migratorAt(url, createTable, oneByOne, atOnce).upgrade()
    expect((await sql('SELECT id FROM t ORDER BY id')).map(({ id }) => Number(id))).toEqual([1, 2, 3, 4])
  })

  test('by a server that takes no changes any more in the middle of a run: the next run does the rest', async () => {
    const { url, sql } = await own().createDatabase()
    const readOnly: Recorded = (op) => {
      op.run('a switch of the server', {
        up: async (step) => {
          await sql('SET GLOBAL super_read_only = 1')
          await step.execute('INSERT INTO t (id) VALUES (1)')
        },
        down: 'none',
      })
    }
    const error = await refused(() => migratorAt(url, createTable, readOnly).upgrade())
    await sql('SET GLOBAL super_read_only = 0, GLOBAL read_only = 0')
    expect(error).toMatchObject({
      code: 'STATEMENT_FAILED',
      remedy: 'Make the database writable again, or connect to the server that takes its changes, and run it again.',
    })
    const writable: Recorded = (op) => op.sql('CREATE TABLE u (id int PRIMARY KEY)')
    await migratorAt(url, createTable, writable).upgrade()
  })

  test('by a server that wants a primary key: a table gets one, and a new one follows the old', async () => {
    const { url, sql } = await own().createDatabase()
    await sql('SET GLOBAL sql_require_primary_key = 1')
    const keyless: Recorded = (op) => op.createTable('t', (t) => t.column('id', integer(), { nullable: false }))
    expect((await refused(() => migratorAt(url, keyless).upgrade())).remedy).toBe('Give the table a primary key.')
    const changed =
      (between: boolean): Recorded =>
      (op) => {
        op.alterTable('t', (t) => t.dropConstraint({ kind: 'primaryKey' }))
        if (between) op.sql('SELECT 1')
        op.alterTable('t', (t) => t.addPrimaryKey(['id', 'n']))
      }
    const first: Recorded = (op) => {
      createTable(op)
      op.alterTable('t', (t) => t.addColumn('n', integer(), { nullable: false }))
    }
    await migratorAt(url, first).upgrade()
    expect((await refused(() => migratorAt(url, first, changed(true)).upgrade())).remedy).toBe(
      'Add the new primary key directly after the old one is dropped.',
    )
    expect((await migratorAt(url, first, changed(false)).upgrade()).applied).toEqual(['main:r2'])
    await sql('SET GLOBAL sql_require_primary_key = 0')
  })
})
