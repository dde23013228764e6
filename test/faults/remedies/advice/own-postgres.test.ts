import { chmodSync, chownSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { examine } from '@org/migrate-autogenerate'
import { integer } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, onTestFinished, test } from 'vitest'
import { materialise } from '../../../../packages/autogenerate/src/differences/materialise.ts'
import { integer as column, primary, schema, table } from '../../../autogenerate/materialise/models.ts'
import { fixture } from '../../../dialects/postgres/connection/front.ts'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnOwn, type OwnServer } from '../../../kit/own-server.ts'
import { longRun } from '../../../kit/scale.ts'
import { describeOn } from '../../../kit/servers.ts'
import { refused } from './refused.ts'

const createTable: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const migratorAt = (url: string) => migratorOf(postgresDialect({ url }), line(createTable))

const advised = async (url: string): Promise<string> => (await refused(() => migratorAt(url).status())).remedy
const findings = async (url: string): Promise<readonly string[]> =>
  (await examine(migratorAt(url))).findings.flatMap(({ level, next }) =>
    level === 'ok' || next === undefined ? [] : [next],
  )

/** The server reads its files again, and every connection after that goes by them. */
async function reload({ sql }: OwnServer): Promise<void> {
  const loaded = async () => String((await sql('SELECT pg_conf_load_time()::text AS at'))[0]?.at)
  const before = await loaded()
  await sql('SELECT pg_reload_conf()')
  await expect.poll(loaded).not.toBe(before)
}

describeOnOwn('postgres', 'what is advised about connections', {}, (own) => {
  test('its rules and TLS: the way of the URL is changed, or what the server allows', async () => {
    const server = own()
    const { url, name, sql } = await server.createDatabase()
    await sql(`CREATE ROLE app LOGIN; GRANT ALL ON DATABASE ${name} TO app; GRANT ALL ON SCHEMA public TO app`)
    const rules = String((await server.sql('SHOW hba_file'))[0]?.hba_file)
    const { uid, gid } = statSync(rules)
    for (const file of ['server.pem', 'server.key']) {
      const target = join(dirname(rules), file)
      copyFileSync(fixture(file), target)
      chmodSync(target, 0o600)
      chownSync(target, uid, gid)
    }
    const before = readFileSync(rules, 'utf8')
    const allow = async (rule: string): Promise<void> => {
      writeFileSync(rules, `host all postgres 127.0.0.1/32 trust\n${rule}\n`)
      await reload(server)
    }
    const tls = async (on: 'on' | 'off'): Promise<void> => {
      await server.sql(`ALTER SYSTEM SET ssl = ${on}`)
      await reload(server)
    }
    onTestFinished(async () => {
      writeFileSync(rules, before)
      await tls('off')
    })
    await server.sql("ALTER SYSTEM SET ssl_cert_file = 'server.pem'")
    await server.sql("ALTER SYSTEM SET ssl_key_file = 'server.key'")
    await tls('on')
    const at = (params: string): string => `${url.replace('postgres@', 'app@')}${params}`
    const works = async (params: string): Promise<void> => void (await migratorAt(at(params)).status())

    await allow('hostssl all app 127.0.0.1/32 trust')
    expect(await advised(at('?sslmode=disable'))).toBe(
      'The server may want TLS: add ?sslmode=require to the URL, or verify-full.',
    )
    await works('?sslmode=require')
    expect(await advised(at('?sslmode=verify-full'))).toBe('Name its root with ?sslrootcert=….')
    await works(`?sslmode=verify-full&sslrootcert=${fixture('ca.pem')}`)

    await allow('host all app 127.0.0.1/32 reject')
    const forbidden = 'Check the user of the URL, and what the server allows it (pg_hba.conf).'
    expect(await advised(at(''))).toBe(forbidden)
    await migratorAt(url).status()
    await allow('host all app 127.0.0.1/32 trust')
    await works('')

    await tls('off')
    expect(await advised(at('?sslmode=require'))).toBe(
      'Add ?sslmode=disable to the URL, or switch TLS on in the server.',
    )
    await works('?sslmode=disable')
    await tls('on')
    await works('?sslmode=require')
  })

  test('a standby: the primary takes the changes', async () => {
    const server = own()
    const { url } = await server.createDatabase()
    const folder = String((await server.sql('SHOW data_directory'))[0]?.data_directory)
    await server.kill('SIGINT')
    writeFileSync(join(folder, 'standby.signal'), '')
    await server.start()
    expect(await findings(url)).toContain('Connect to the primary.')
    expect((await refused(() => migratorAt(url).upgrade())).remedy).toBe(
      'Connect to the primary, and see default_transaction_read_only of the server, the database and the role.',
    )
    // The same server, which is the primary from here on.
    await server.sql('SELECT pg_promote()')
    expect(await findings(url)).not.toContain('Connect to the primary.')
    expect((await migratorAt(url).upgrade()).applied).toEqual(['main:r1'])
  })
})

describeOnOwn('postgres', 'what is advised about transactions', {}, (own) => {
  test('a prepared transaction is ended either way', async () => {
    const { url, sql } = await own().createDatabase()
    const advice = 'COMMIT PREPARED or ROLLBACK PREPARED it.'
    for (const end of ['COMMIT', 'ROLLBACK']) {
      await sql("BEGIN; CREATE TABLE IF NOT EXISTS left_open (a int); PREPARE TRANSACTION 'one'")
      expect(await findings(url)).toEqual([advice])
      await sql(`${end} PREPARED 'one'`)
      expect(await findings(url)).toEqual([])
    }
  })

  if (longRun) {
    test('a transaction that was left open for more than five minutes is ended where it comes from, or from here', {
      timeout: 800_000,
    }, async () => {
      const { url, sql } = await own().createDatabase()
      await sql('CREATE TABLE held (a int)')
      const postgres = (await import('postgres')).default
      const clients = [postgres(url, { max: 1, idle_timeout: 0 }), postgres(url, { max: 1, idle_timeout: 0 })]
      const sessions = await Promise.all(clients.map((client) => client.reserve()))
      for (const session of sessions) await session.unsafe('BEGIN; SELECT * FROM held')
      const advice = async () => (await findings(url)).filter((each) => each.startsWith('End it where it comes from'))
      expect(await advice()).toEqual([])
      await expect.poll(advice, { timeout: 400_000, interval: 5_000 }).toHaveLength(2)
      await sessions[0]?.unsafe('ROLLBACK')
      const [left, ...more] = await advice()
      expect([left, more]).toEqual([expect.stringContaining('SELECT pg_terminate_backend('), []])
      await sql(/SELECT pg_terminate_backend\(\d+\);/.exec(left ?? '')?.[0] ?? '')
      await expect.poll(advice).toEqual([])
      for (const client of clients) await client.end({ timeout: 1 }).catch(() => undefined)
    })
  }
})

describeOnOwn(
  'postgres',
  'what is advised about many tables at once',
  { settings: ['-c', 'max_locks_per_transaction=10', '-c', 'max_connections=5', '-c', 'max_prepared_transactions=0'] },
  (own) => {
    test('max_locks_per_transaction is raised', async () => {
      const { url } = await own().createDatabase()
      const dialect = postgresDialect({ url })
      const model = schema({
        tables: Array.from({ length: 600 }, (_, n) =>
          table(`t${n}`, [column('id', { nullable: false })], [primary('id')]),
        ),
      })
      expect((await refused(() => materialise(dialect, model))).remedy).toBe(
        'Raise max_locks_per_transaction of the server.',
      )
      await own().kill('SIGINT')
      await own().start(['-c', 'max_locks_per_transaction=1000'])
      expect((await materialise(dialect, model)).tables.size).toBe(600)
    })
  },
)

describeOn('postgres', 'what doctor advises of an index', (createDatabase) => {
  test('that is being built: after its end nothing is advised', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE TABLE d (a int)')
    const postgres = (await import('postgres')).default
    const [holder, builder] = [postgres(url, { max: 1 }), postgres(url, { max: 1, onnotice: () => {} })]
    onTestFinished(async () => {
      for (const client of [holder, builder]) await client.end({ timeout: 1 })
    })
    const held = await holder.reserve()
    await held.unsafe('BEGIN; INSERT INTO d VALUES (1)')
    const built = builder.unsafe('CREATE INDEX CONCURRENTLY d_a ON d (a)')
    const ended = built.then(() => 'built')
    await expect
      .poll(() => findings(url), { timeout: 10_000 })
      .toEqual(['Wait for the end of it before the table is changed.'])
    await held.unsafe('COMMIT')
    expect(await ended).toBe('built')
    expect(await findings(url)).toEqual([])
  })
})
