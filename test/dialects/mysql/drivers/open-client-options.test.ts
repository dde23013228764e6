import { native } from '@org/migrate-core'
import { describeDriver } from '@org/migrate-core/dialect'
import { type MysqlClient, type MysqlOptions, mysqlDialect } from '@org/migrate-dialect-mysql'
import mariadb from 'mariadb'
import mariadbCallback from 'mariadb/callback'
import mysql from 'mysql2'
import mysqlPromise from 'mysql2/promise'
import { describe, expect, onTestFinished, test } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { driverText } from '../../../kit/script-text.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { addressOf, connected, kinds } from './open-clients.ts'

describeOnEach(['mariadb', 'mysql'], 'the options of an open client', (createDatabase) => {
  const options: { readonly [name: string]: object } = {
    'options of values': {
      typeCast: () => 'cast',
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      decimalNumbers: true,
      jsonStrings: true,
      timezone: '+05:00',
    },
    'options of rows': { rowsAsArray: true, nestTables: '_', disableEval: false },
    'options of statements': {
      namedPlaceholders: true,
      multipleStatements: true,
      queryFormat: () => 'SELECT 1',
      flags: ['-IGNORE_SPACE'],
    },
  }
  const mariadbOptions: { readonly [name: string]: object } = {
    'options of values': { bigIntAsNumber: true, insertIdAsNumber: true, checkNumberRange: true, autoJsonMap: true },
    'options of rows': { metaAsArray: true, checkDuplicate: true },
    'options of statements': { flags: undefined, prepareCacheLength: 0, queryTimeout: 0 },
  }
  test('a TIMESTAMP is what its column says where explicit_defaults_for_timestamp is off, by a run and by a script', async () => {
    const db = await createDatabase()
    const { client, sql } = await connected('connection of mysql2', db, { multipleStatements: true })
    await sql('SET explicit_defaults_for_timestamp = 0, autocommit = 0')
    const at = native('mysql', 'timestamp')
    const chain = line(
      (op) => op.createTable('one', (t) => t.column('at', at, { nullable: false })),
      (op) => op.createTable('two', (t) => t.column('at', at, { nullable: false })),
    )
    const migrator = migratorOf(mysqlDialect({ driver: client }), chain)
    await migrator.upgrade('r1')
    expect(await sql('SELECT @@explicit_defaults_for_timestamp AS explicit, @@autocommit AS auto')).toEqual([
      { explicit: 0, auto: 0 },
    ])
    await sql(driverText(await migrator.script('head', { from: 'current' })))
    const columns = await db.sql(
      `SELECT COLUMN_DEFAULT AS value, EXTRA AS extra FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('one', 'two')`,
    )
    expect(columns).toEqual([
      { value: null, extra: '' },
      { value: null, extra: '' },
    ])
  })

  for (const [name, own] of Object.entries(options)) {
    test(`values are the same whatever the client has: ${name}`, async () => {
      const db = await createDatabase()
      await db.sql(
        'CREATE TABLE v (`__proto__` bigint, d decimal(30,10), f float, x double, t datetime(6), y year, j json, b varbinary(9), s text, u bigint unsigned, e time(3)) CHARACTER SET utf8mb4',
      )
      const values = `9007199254740993, 12345678901234567890.0123456789, 1.17549e-38, 0.1, '2020-02-29 01:02:03.000400', 1999, '{"a": 1}',
        X'00FF', ':name ? 😀', 18446744073709551615, '-12:00:00.050'`
      const answers: unknown[] = []
      const ofDriver = (kind: string): object => (kind.endsWith('mariadb') ? { ...own, ...mariadbOptions[name] } : own)
      for (const dialect of [
        mysqlDialect({ url: db.url }),
        ...(await Promise.all(
          Object.keys(kinds).map(async (kind) =>
            mysqlDialect({ driver: (await connected(kind, db, ofDriver(kind))).client }),
          ),
        )),
      ]) {
        const session = await dialect.connection.connect({ purpose: 'run' })
        await session.execute('DELETE FROM v')
        await session.execute(`INSERT INTO v VALUES (${values.replace("':name ? 😀'", '?')})`, [':name ? 😀'])
        const changed = await session.execute('UPDATE v SET x = x')
        answers.push({ rows: await session.query('SELECT * FROM v'), changed })
        await session.close()
      }
      expect(answers[0]).toMatchObject({
        rows: [{ d: '12345678901234567890.0123456789', s: ':name ? 😀', u: 18446744073709551615n }],
        changed: { changes: 1 },
      })
      for (const each of answers) expect(each).toEqual(answers[0])
    })
  }

  test('a client of mariadb that sends latin1 sends UTF-8 in a session, and latin1 again afterwards', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (s text) CHARACTER SET utf8mb4')
    const { client, sql } = await connected('connection of mariadb', db, { charset: 'latin1' })
    const session = await mysqlDialect({ driver: client }).connection.connect({ purpose: 'run' })
    await session.execute('INSERT INTO t VALUES (?)', ['é😀'])
    expect(await session.query('SELECT s FROM t')).toEqual([{ s: 'é😀' }])
    await session.close()
    expect(await sql("SELECT @@character_set_client AS client, HEX('é') AS bytes")).toEqual([
      { client: 'latin1', bytes: 'E9' },
    ])
    expect(await db.sql('SELECT s FROM t')).toEqual([{ s: 'é😀' }])
  })

  test('a client whose options change what statements mean is refused, with the reason', async () => {
    const db = await createDatabase()
    const refusal = async (options: object, url = db.url) => {
      const { client, sql } = await connected('pool of mysql2/promise', { url }, options)
      const connecting = mysqlDialect({ driver: client }).connection.connect({ purpose: 'run' })
      const message = await connecting.catch((error: Error) => error.message)
      expect(await sql('SELECT 1 AS one')).toEqual([{ one: 1 }])
      return message
    }
    expect(await refusal({ flags: ['-FOUND_ROWS'] })).toBe(
      'driver: this client of mysql2 has the flag `-FOUND_ROWS`, by which UPDATE counts changed rows only: leave it out',
    )
    expect(await refusal({ charset: 'latin1' })).toBe(
      'driver: this client of mysql2 has a `charset` that it sends as latin1: give it utf8mb4',
    )
    const own = await connected('pool of mariadb', db, { foundRows: false })
    await expect(mysqlDialect({ driver: own.client }).connection.connect({ purpose: 'run' })).rejects.toThrow(
      'driver: this client of mariadb has `foundRows: false`, by which UPDATE counts changed rows only: leave it out',
    )
    const callback = mariadbCallback.createPool(addressOf(db.url))
    onTestFinished(() => new Promise((resolve) => callback.end(() => resolve())))
    await expect(mysqlDialect({ driver: callback }).connection.connect({ purpose: 'run' })).rejects.toThrow(
      'driver: this client is of `mariadb/callback`: give one of the promise API of mariadb',
    )
    expect(await refusal({}, db.url.replace(/[^/]+$/, ''))).toMatch(/^driver: this client is in no database/)
  })

  test('a client that was ended is refused, with what to do', async () => {
    const { url } = await createDatabase()
    const pool = mysqlPromise.createPool({ uri: url })
    const connection = await mysqlPromise.createConnection({ uri: url })
    const ofMariadb = mariadb.createPool(addressOf(url))
    await Promise.all([pool.end(), connection.end(), ofMariadb.end()])
    for (const [driver, why] of [
      [pool, 'Pool is closed.'],
      [connection, "Can't add new command when connection is in closed state"],
      [ofMariadb, expect.stringContaining('pool is closed')],
    ] as const) {
      await expect(migratorOf(mysqlDialect({ driver }), line()).upgrade()).rejects.toMatchObject({
        code: 'DATABASE_UNREACHABLE',
        details: { why },
        remedy: 'Give as `driver` a client that is open, connects to the server and has a free connection.',
      })
    }
  })
})

describe('`driver` as an open client', () => {
  const at = { host: 'db.example.org', port: 6000, user: 'app', password: 'secret', database: 'shop' }
  const refusal = (options: MysqlOptions): unknown => {
    try {
      return mysqlDialect(options)
    } catch (error) {
      return (error as Error).message
    }
  }

  test('is described without its password', async () => {
    for (const pool of [mysql.createPool(at), mysqlPromise.createPool(at)]) {
      const { connection } = mysqlDialect({ driver: pool })
      expect(connection.database).toBe('mysql://app@db.example.org:6000/shop')
      expect(describeDriver((await connection.driver?.()) ?? { name: '', why: '' })).toBe(
        'mysql2 (an open client of the application)',
      )
    }
  })

  test('of mariadb, whose options are not public, is described by what it is', async () => {
    const pool = mariadb.createPool({ ...at, host: '127.0.0.1', port: 1, minimumIdle: 0, connectionLimit: 1 })
    onTestFinished(() => pool.end())
    const { connection } = mysqlDialect({ driver: pool })
    expect(connection.database).toBe('mariadb://open pool/')
    expect(await connection.driver?.()).toEqual({ name: 'mariadb', why: 'an open client of the application' })
  })

  test('stands in the place of `url`', () => {
    expect(refusal({ url: 'mysql://localhost/x', driver: mysql.createPool(at) })).toBe(
      'driver: an open client is given instead of `url`, not beside it',
    )
    expect(refusal({ driver: {} as MysqlClient })).toBe(
      'driver: it is one of mysql2, mariadb, or an open client of one of them',
    )
    expect(refusal({ driver: { $client: {} } as unknown as MysqlClient })).toBe(
      'driver: it is one of mysql2, mariadb, or an open client of one of them; this is an instance of Drizzle: give its `$client`',
    )
  })
})
