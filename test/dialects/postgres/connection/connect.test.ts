import { readFileSync } from 'node:fs'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, onTestFinished, test } from 'vitest'
import { describeOn, describeOnEach } from '../../../kit/own-sessions.ts'
import { type FrontOptions, fixture, inFront } from './front.ts'
import { open } from './kit.ts'

type Failed = {
  readonly code: string
  readonly details: Record<string, string>
  readonly remedy: string
  readonly message: string
}

async function refusal(opening: Promise<unknown>): Promise<Failed> {
  return opening.then(
    () => {
      throw new Error('it was opened')
    },
    (error: unknown) => error as Failed,
  )
}

const closed = 'postgresql://app:hush%21@127.0.0.1:1/db'

describeOnEach(['postgres', 'postgres-next'], 'connecting', (createDatabase) => {
  test('tells the server who it is, and reads the kind of server', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const [row] = await database.sql(`SELECT application_name AS name
      FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    expect(row?.name).toBe('migrate')
    const { connect } = postgresDialect({ url: database.url }).connection
    const [one, two] = [await connect({ purpose: 'inspect' }), await connect({ purpose: 'inspect' })]
    expect(one.dialect).toMatchObject({
      name: 'postgres',
      connection: { database: session.dialect?.connection.database },
    })
    expect(two.dialect).toBe(one.dialect)
    await Promise.all([one.close(), two.close()])
    const named = await open(`${database.url}?application_name=deploy`)
    expect(await named.query('SELECT current_setting($$application_name$$) AS name')).toEqual([{ name: 'deploy' }])
    const set = await open(`${database.url}?options=-c%20work_mem%3D5MB%20-c%20geqo%3Doff`)
    expect(await set.query("SELECT current_setting('work_mem') AS a, current_setting('geqo') AS b")).toEqual([
      { a: '5MB', b: 'off' },
    ])
  })

  test('asks the server while a statement runs whether this process is still there', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    expect(await session.query('SHOW client_connection_check_interval')).toEqual([
      { client_connection_check_interval: '2s' },
    ])
  })

  test('to look can write nothing', async () => {
    const database = await createDatabase()
    await database.sql('CREATE TABLE t (id int)')
    const session = await open(database.url, { purpose: 'inspect' })
    expect(await session.query('SELECT * FROM t')).toEqual([])
    await expect(session.execute('INSERT INTO t VALUES (1)')).rejects.toMatchObject({ code: '25006' })
    await expect(session.execute('CREATE TABLE u ()')).rejects.toMatchObject({ code: '25006' })
  })

  test('stands in the schema that is named; a run makes it, a look sees nothing', async () => {
    const database = await createDatabase()
    const name = 'Mine "x"'
    const inspection = await open(database.url, { schema: name, purpose: 'inspect' })
    expect(await inspection.query('SELECT current_schema() AS s, to_regnamespace(?) AS n', ['"Mine ""x"""'])).toEqual([
      { s: null, n: null },
    ])
    const run = await open(database.url, { schema: name })
    await run.execute('CREATE TABLE t (id int)')
    expect(await database.sql("SELECT schemaname FROM pg_tables WHERE tablename = 't'")).toEqual([{ schemaname: name }])
    const reopened = await open(`${database.url}?schema=${encodeURIComponent(name)}`)
    expect(await reopened.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 0n }])
    expect(await reopened.query('SELECT current_schemas(false)::text AS s')).toEqual([{ s: '{"Mine \\"x\\""}' }])
    const both = await Promise.all(Array.from({ length: 4 }, () => open(database.url, { schema: 'at_once' })))
    expect(both.every((session) => session.isOpen)).toBe(true)
  })

  test("makes the schema that is named with lock: 'table' too, where each transaction has a search path of its own", async () => {
    const database = await createDatabase()
    const { connect } = postgresDialect({ url: `${database.url}?schema=own`, lock: 'table' }).connection
    const session = await connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    expect(await session.query('SELECT current_schema()::text AS s')).toEqual([{ s: 'own' }])
  })

  test('without a schema stands where the server says', async () => {
    const database = await createDatabase()
    await database.sql(`CREATE SCHEMA app; ALTER DATABASE "${database.name}" SET search_path = nowhere, app, public`)
    const session = await open(database.url)
    expect(await session.query('SELECT current_schema() AS s')).toEqual([{ s: 'app' }])
    const other = await open(`${database.url}?search_path=public,app`)
    expect(await other.query('SELECT current_schema() AS s')).toEqual([{ s: 'public' }])
  })

  test.each(['run', 'inspect'] as const)(
    'to %s is refused where the search path begins with the temporary schema',
    async (purpose) => {
      const database = await createDatabase()
      await database.sql(`ALTER DATABASE "${database.name}" SET search_path = pg_temp, public`)
      const refused = await refusal(open(database.url, { purpose }))
      expect(refused.code).toBe('DATABASE_UNREACHABLE')
      expect(refused.details.why).toBe(
        'the session is in its temporary schema, which ends with it: its search_path is "pg_temp, public"',
      )
      const [row] = await database.sql("SELECT count(*)::int AS n FROM pg_class WHERE relname LIKE 'migrate%'")
      expect(row).toEqual({ n: 0 })
      const last = await open(`${database.url}?search_path=public,pg_temp`, { purpose })
      expect(await last.query('SELECT current_schema() AS s')).toEqual([{ s: 'public' }])
    },
  )

  test.each(['run', 'inspect'] as const)(
    'to %s is refused where no schema of the search path exists',
    async (purpose) => {
      const database = await createDatabase()
      await database.sql(`ALTER DATABASE "${database.name}" SET search_path = nowhere, elsewhere`)
      const refused = await refusal(open(database.url, { purpose }))
      expect(refused.code).toBe('DATABASE_UNREACHABLE')
      expect(refused.details.why).toBe(
        'the session is in no schema: its search_path is "nowhere, elsewhere", and none of it exists',
      )
      expect(refused.remedy).toBe(
        'Create the schema, or name one that exists: with ?schema= or ?search_path= in the URL, or by ALTER ROLE … SET search_path.',
      )
      await open(database.url, { purpose, schema: 'made' })
    },
  )

  test('to run is refused where the database takes no changes', async () => {
    const database = await createDatabase()
    await database.sql(`ALTER DATABASE "${database.name}" SET default_transaction_read_only = on`)
    await expect(open(database.url)).rejects.toMatchObject({ code: 'DATABASE_READ_ONLY' })
    await open(database.url, { purpose: 'inspect' })
  })
})

describeOn('postgres', 'a connection that does not come about', (createDatabase) => {
  test('says why and what to do, and never the password', async () => {
    const database = await createDatabase()
    const role = `r_${database.name}`
    const target = new URL(database.url)
    const at = (change: (url: URL) => void): string => {
      const url = new URL(target)
      url.username = 'app'
      url.password = 'hush!'
      change(url)
      return url.href
    }
    const front = await inFront(database.url, {
      answer: () => ({ error: ['28P01', 'password authentication failed for user "app"'] }),
    })
    const cases: readonly (readonly [url: string, code: string, why: RegExp, remedy: RegExp])[] = [
      [closed, 'DATABASE_UNREACHABLE', /^nothing listens at 127\.0\.0\.1:1$/, /URL/],
      ['postgresql://app:hush%21@no-such-host.invalid/db', 'DATABASE_UNREACHABLE', /no-such-host\.invalid/, /URL/],
      [
        'postgresql:///db?host=/no/such/folder&user=app&password=hush%21',
        'DATABASE_UNREACHABLE',
        /no socket \/no\/such\/folder\/\.s\.PGSQL\.5432$/,
        /URL/,
      ],
      [
        at((url) => (url.pathname = '/not_there')),
        'DATABASE_UNREACHABLE',
        /role "app" does not exist|database "not_there" does not exist/,
        /./,
      ],
      [
        at((url) => (url.port = new URL(front.url).port)),
        'DATABASE_UNREACHABLE',
        /^password authentication failed/,
        /password/,
      ],
      [
        `${at(() => undefined)}?sslmode=require`,
        'DATABASE_UNREACHABLE',
        /^the server offers no TLS$/,
        /sslmode=disable/,
      ],
      [`${at(() => undefined)}?sslrootcert=/no/such/file`, 'INVALID_OPTION', /\/no\/such\/file cannot be read/, /./],
    ]
    for (const [url, code, why, remedy] of cases) {
      const failed = await refusal(open(url))
      expect([url, failed.code]).toEqual([url, code])
      expect(failed.details.why).toMatch(why)
      expect(failed.remedy).toMatch(remedy)
      expect(JSON.stringify(failed) + failed.message + String((failed as { cause?: Error }).cause?.stack)).not.toMatch(
        /hush/,
      )
    }
    expect(role).toBeTruthy()
  })

  test('names a database that is not there', async () => {
    const database = await createDatabase()
    const url = new URL(database.url)
    url.pathname = '/not_there'
    const failed = await refusal(open(url.href))
    expect(failed.details.why).toBe('database "not_there" does not exist')
    expect(failed.remedy).toContain('CREATE DATABASE "not_there"')
  })

  test('does not wait longer than it may for a server that says nothing, or ends again and again', async () => {
    const database = await createDatabase()
    const silent = await inFront(database.url, { answer: () => 'nothing' })
    const failed = await refusal(open(`${silent.url}?connect_timeout=1`))
    expect(failed.details.why).toMatch(/did not answer in time$/)
    const ending = await inFront(database.url, { answer: () => 'close' })
    expect((await refusal(open(ending.url))).details.why).toMatch(/ended the connection/)
    expect(ending.attempts()).toBe(1)
  })

  test('is given up when the signal says so, with its reason', async () => {
    const database = await createDatabase()
    const silent = await inFront(database.url, { answer: () => 'nothing' })
    const stop = new AbortController()
    const opening = refusal(open(silent.url, { signal: stop.signal }))
    setTimeout(() => stop.abort(new Error('told to stop')), 50)
    expect((await opening).message).toBe('told to stop')
  })

  test('is tried again while the server has no place or is starting, as long as the caller waits', async () => {
    const database = await createDatabase()
    const full = await inFront(database.url, {
      answer: (_, __, attempt) => (attempt < 3 ? { error: ['53300', 'sorry, too many clients already'] } : 'pass'),
    })
    const session = await open(full.url)
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1n }])
    const never = await inFront(database.url, {
      answer: () => ({ error: ['57P03', 'the database system is starting up'] }),
    })
    const failed = await refusal(open(never.url, { waitMs: 300 }))
    expect(failed.details.why).toBe('the database system is starting up')
    expect(never.attempts()).toBeGreaterThan(1)
  })

  test('refuses a server that is too old', async () => {
    const database = await createDatabase()
    const old = await inFront(database.url, {
      answer: () => ({ row: ['120022', '12.22', 'db', 'public', 'off', 't'] }),
    })
    const failed = await refusal(open(old.url))
    expect(failed).toMatchObject({ code: 'SERVER_UNSUPPORTED', details: { server: 'PostgreSQL 12.22' } })
  })
})

describeOn('postgres', 'TLS', (createDatabase) => {
  const root = fixture('ca.pem')
  const encryptedOnly: FrontOptions = {
    tls: 'server',
    answer: (_, encrypted) =>
      encrypted ? 'pass' : { error: ['28000', 'no pg_hba.conf entry for host "127.0.0.1", no encryption'] },
  }

  test('every mode of libpq does what it says', async () => {
    const database = await createDatabase()
    const good = await inFront(database.url, encryptedOnly)
    const elsewhere = await inFront(database.url, { ...encryptedOnly, tls: 'other' })
    const plain = await inFront(database.url, {})
    const fronts = { good: good.url, elsewhere: elsewhere.url, plain: plain.url }
    const outcome = async (front: keyof typeof fronts, params: string, host = '127.0.0.1'): Promise<string> => {
      const url = fronts[front].replace('127.0.0.1', host)
      return open(`${url}?${params}`).then(
        () => 'open',
        (error: unknown) => (error as Failed).details.why ?? '',
      )
    }
    const notAccepted = /^the server’s certificate was not accepted/
    expect(await outcome('good', '')).toBe('open')
    expect(await outcome('good', 'sslmode=disable')).toMatch(/no encryption$/)
    expect(await outcome('good', 'sslmode=allow')).toBe('open')
    expect(await outcome('good', 'sslmode=prefer')).toBe('open')
    expect(await outcome('good', 'sslmode=require')).toBe('open')
    expect(await outcome('good', 'ssl=true')).toBe('open')
    expect(await outcome('good', 'sslmode=verify-ca')).toMatch(notAccepted)
    expect(await outcome('good', 'sslmode=verify-full')).toMatch(notAccepted)
    expect(await outcome('good', `sslmode=verify-ca&sslrootcert=${root}`)).toBe('open')
    expect(await outcome('good', `sslmode=verify-full&sslrootcert=${root}`)).toBe('open')
    expect(await outcome('good', `sslmode=verify-full&sslrootcert=${root}`, 'localhost')).toBe('open')
    expect(await outcome('elsewhere', 'sslmode=require')).toBe('open')
    expect(await outcome('elsewhere', `sslmode=require&sslrootcert=${root}`)).toBe('open')
    expect(await outcome('elsewhere', `sslmode=verify-ca&sslrootcert=${root}`)).toBe('open')
    expect(await outcome('elsewhere', `sslmode=verify-full&sslrootcert=${root}`)).toMatch(notAccepted)
    expect(await outcome('elsewhere', `sslmode=verify-full&sslrootcert=${root}`, 'localhost')).toMatch(notAccepted)
    expect(await outcome('good', 'sslrootcert=system')).toMatch(notAccepted)
    expect(await outcome('plain', '')).toBe('open')
    expect(await outcome('plain', 'sslmode=allow')).toBe('open')
    expect(await outcome('plain', 'sslmode=require')).toBe('the server offers no TLS')
    expect(await outcome('plain', `sslmode=verify-full&sslrootcert=${root}`)).toBe('the server offers no TLS')
  })

  test('options of the caller stand before those of the URL; a statement is canceled over TLS too', async () => {
    const database = await createDatabase()
    const front = await inFront(database.url, encryptedOnly)
    const stop = new AbortController()
    const session = await open(`${front.url}?sslmode=disable`, {
      ssl: { ca: readFileSync(root), host: '127.0.0.1' },
      signal: stop.signal,
    })
    const running = session.query('SELECT pg_sleep(30)')
    running.catch(() => undefined)
    setTimeout(() => stop.abort(new Error('told to stop')), 50)
    await expect(running).rejects.toThrow('told to stop')
    await expect(open(front.url, { ssl: 'verify-full' })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
    await expect(open(front.url, { ssl: false })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  })
})

describeOn('postgres', 'behind a pooler', (createDatabase) => {
  const settings = `SELECT current_setting('DateStyle') AS d, current_setting('bytea_output') AS b,
    current_setting('search_path') AS s, current_setting('lock_timeout') AS l, current_setting('application_name') AS a`
  const cases = { d: 'ISO, MDY', b: 'hex', s: '"apart"', l: '900ms', a: 'migrate' }

  test('that refuses settings with the request to connect, they are sent after it', async () => {
    const database = await createDatabase()
    await database.sql(`ALTER DATABASE "${database.name}" SET bytea_output = 'escape'`)
    const front = await inFront(database.url, {
      answer: (startup) =>
        startup.has('bytea_output') ? { error: ['08P01', 'unsupported startup parameter: bytea_output'] } : 'pass',
    })
    const session = await open(front.url, { schema: 'apart', lockTimeoutMs: 900 })
    expect({ ...(await session.query(settings))[0] }).toEqual(cases)
    await session.limit?.({ lockMs: 5 })
    expect((await session.query(settings))[0]?.l).toBe('5ms')
    await session.limit?.()
    expect((await session.query(settings))[0]?.l).toBe('900ms')
    const inspection = await open(front.url, { purpose: 'inspect' })
    await expect(inspection.execute('CREATE TABLE t ()')).rejects.toMatchObject({ code: '25006' })
  })

  test('that leaves settings out without a word, they are sent after it', async () => {
    const database = await createDatabase()
    const knownParameters = [
      'user',
      'database',
      'client_encoding',
      'application_name',
      'DateStyle',
      'TimeZone',
      'standard_conforming_strings',
    ]
    const front = await inFront(database.url, {
      answer: (startup) => ({ startup: new Map([...startup].filter(([name]) => knownParameters.includes(name))) }),
    })
    const session = await open(front.url, { schema: 'apart', lockTimeoutMs: 900 })
    expect({ ...(await session.query(settings))[0] }).toEqual(cases)
  })

  test('a setting that the server does not have is left out of the start, and the others stay in it', async () => {
    const database = await createDatabase()
    const starts: ReadonlyMap<string, string>[] = []
    const front = await inFront(database.url, {
      answer(startup) {
        starts.push(startup)
        const missing = ['client_connection_check_interval', 'idle_session_timeout'].find((name) => startup.has(name))
        return missing === undefined
          ? 'pass'
          : { error: ['42704', `unrecognized configuration parameter "${missing}"`] }
      },
    })
    const { connection } = postgresDialect({ url: front.url })
    for (const count of [2, 3]) {
      const session = await connection.connect({ purpose: 'run' })
      onTestFinished(() => session.close())
      expect(await session.query('SHOW DateStyle')).toEqual([{ DateStyle: 'ISO, MDY' }])
      // Known from the first session on: the second one is not refused a connection.
      expect(starts.map((start) => start.get('tcp_keepalives_idle'))).toEqual(Array(count).fill('60'))
    }
  })
})
