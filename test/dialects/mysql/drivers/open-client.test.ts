import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { integer } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import mariadb from 'mariadb'
import mysql from 'mysql2'
import mysqlPromise from 'mysql2/promise'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ensureBuilt } from '../../../cli/project.ts'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { addressOf, connected, kinds } from './open-clients.ts'

beforeAll(ensureBuilt)

const program = fileURLToPath(new URL('./client-program.mjs', import.meta.url))

const read = `SELECT @@sql_mode AS modes, @@time_zone AS zone, @@character_set_client AS client, @@character_set_connection AS con,
  @@character_set_results AS results, @@collation_connection AS collation, @@foreign_key_checks AS fk, @@unique_checks AS uq,
  @@autocommit AS auto, @@lock_wait_timeout AS meta, @@innodb_lock_wait_timeout AS locks, @@sql_select_limit AS most,
  @@group_concat_max_len AS concat, @@sql_safe_updates AS safe, @@default_storage_engine AS engine, DATABASE() AS db, IS_USED_LOCK('mine') = CONNECTION_ID() AS lockMine,
  IS_FREE_LOCK('ours') AS lockOurs, @mine AS variable`
const ofServer = {
  mysql: '@@transaction_isolation AS isolation, @@transaction_read_only AS ro, @@max_execution_time AS time',
  mariadb: '@@tx_isolation AS isolation, @@tx_read_only AS ro, @@max_statement_time AS time',
}
const timeSetting = { mysql: 'max_execution_time = 54321', mariadb: 'max_statement_time = 54.5' }

describeOnEach(['mariadb', 'mysql'], 'an open client', (createDatabase) => {
  for (const kind of Object.keys(kinds)) {
    describe(kind, () => {
      test('what the session was is what it is again, also after a failure inside a transaction', async () => {
        const db = await createDatabase()
        const server = db.server === 'mysql' ? 'mysql' : 'mariadb'
        const { client, sql } = await connected(kind, db)
        await db.sql(`CREATE DATABASE ${db.name}_x`)
        onTestFinished(async () => void (await db.sql(`DROP DATABASE ${db.name}_x`)))
        for (const each of [
          "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', time_zone = '+09:00', foreign_key_checks = 0, unique_checks = 0",
          'SET lock_wait_timeout = 77, innodb_lock_wait_timeout = 66, sql_select_limit = 5, sql_safe_updates = 1',
          `SET ${timeSetting[server]}, group_concat_max_len = 2048, autocommit = 0, @mine = 'kept', default_storage_engine = MyISAM`,
          'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
          "SELECT GET_LOCK('mine', 0)",
          'SET character_set_client = latin1, character_set_results = NULL, collation_connection = utf8mb4_bin',
        ])
          await sql(each)
        const all = `${read}, ${ofServer[server]}`
        // Without a character set of results the driver gives texts of utf8mb3 as they are.
        const before = await sql(all)
        expect(before).toMatchObject([
          {
            zone: '+09:00',
            client: 'latin1',
            results: null,
            fk: 0,
            auto: 0,
            meta: 77,
            locks: 66,
            lockMine: 1,
            db: db.name,
            engine: 'MyISAM',
          },
        ])
        const session = await mysqlDialect({ driver: client }).connection.connect({ purpose: 'run' })
        expect(await session.query('SELECT @@time_zone AS z, @@sql_mode AS m, @@autocommit AS a')).toMatchObject([
          { z: '+00:00', m: expect.stringContaining('STRICT_TRANS_TABLES'), a: 1n },
        ])
        await session.runLock?.('head').take()
        await session.execute("SET time_zone = '+05:00', max_join_size = 4711, sql_mode = ''")
        await session.query("SELECT GET_LOCK('ours', 0) AS taken")
        await session.execute('CREATE TEMPORARY TABLE ours (id int)')
        await session.execute('CREATE TABLE new (id int)')
        await session.execute("PREPARE ours FROM 'SELECT 1'")
        await session.execute(`USE ${db.name}_x`)
        await session.begin()
        await expect(session.query('SELECT nothing')).rejects.toMatchObject({ errno: 1054 })
        await session.close()
        expect(await sql(all)).toEqual(before)
        expect(
          await db.sql(
            "SELECT ENGINE AS engine FROM information_schema.TABLES WHERE TABLE_NAME = 'new' AND TABLE_SCHEMA = DATABASE()",
          ),
        ).toEqual([{ engine: 'InnoDB' }])
        expect(await sql('SELECT @@max_join_size > 4711 AS restored')).toEqual([{ restored: 1 }])
        await expect(sql('SELECT * FROM ours')).rejects.toMatchObject({ errno: 1146 })
        await expect(sql('EXECUTE ours')).rejects.toMatchObject({ errno: 1243 })
      })

      test('a killed run is resumed by the next one, which ends at head, and goes down again', async () => {
        const { url, sql } = await createDatabase()
        const run = (command: string) =>
          spawnSync(process.execPath, [program, kind, url, command], { encoding: 'utf8' })
        const tables = async (): Promise<unknown[]> =>
          (await sql("SHOW TABLES WHERE Tables_in_db IN ('a', 'b')".replace('db', new URL(url).pathname.slice(1)))).map(
            (row) => Object.values(row)[0],
          )
        expect(run('kill')).toMatchObject({ signal: 'SIGKILL' })
        expect(await tables()).toEqual(['a', 'b'])
        expect(await sql('SELECT id FROM b')).toEqual([])
        expect(run('upgrade')).toMatchObject({ status: 0, stderr: '' })
        expect(await sql('SELECT id FROM b')).toEqual([{ id: 7 }])
        expect(run('downgrade')).toMatchObject({ status: 0, stderr: '' })
        expect(await tables()).toEqual([])
      })

      test('a session that is given up while it begins leaves everything as it was', async () => {
        const db = await createDatabase()
        const { client, sql } = await connected(kind, db)
        await sql("SET NAMES latin1, sql_select_limit = 3, time_zone = '+09:00'")
        const before = await sql(read)
        for (const after of [0, 1, 2, 4, 8, 16]) {
          const stop = new AbortController()
          const connecting = mysqlDialect({ driver: client }).connection.connect({
            purpose: 'run',
            signal: stop.signal,
          })
          setTimeout(() => stop.abort(new Error('stopped')), after)
          await connecting.then(
            (session) => session.close(),
            (error: unknown) => expect(error).toMatchObject({ message: 'stopped' }),
          )
          expect(await sql(read)).toEqual(before)
        }
      })

      test('a client with an open transaction is refused, and the transaction continues', async () => {
        const db = await createDatabase()
        const { client, sql } = await connected(kind, db)
        await sql('CREATE TABLE t (n int)')
        const refusal = mysqlDialect({ driver: client })
        for (const begin of ['START TRANSACTION', 'SET autocommit = 0']) {
          await sql(begin)
          await sql('INSERT INTO t VALUES (1)')
          await expect(refusal.connection.connect({ purpose: 'run' })).rejects.toMatchObject({
            code: 'ALREADY_IN_TRANSACTION',
            message: expect.stringMatching(
              /^the client given as `driver` has a transaction open on (?:mysql|mariadb):/,
            ),
          })
          // The pool of mariadb rolls back what is open on a connection that it gets back.
          if (kind === 'pool of mariadb') return
          await sql('INSERT INTO t VALUES (2)')
          expect(await db.sql('SELECT n FROM t ORDER BY n')).toEqual([])
          expect(await sql('SELECT n FROM t ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }])
          await sql('ROLLBACK')
        }
      })

      test('on one connection a second session is refused in time, and a shadow is made inside the first', async () => {
        const db = await createDatabase()
        const { client, sql } = await connected(kind, db)
        const dialect = mysqlDialect({ driver: client, connectTimeoutMs: 2_000 })
        const session = await dialect.connection.connect({ purpose: 'inspect' })
        await expect(dialect.connection.connect({ purpose: 'run' })).rejects.toMatchObject({
          code: 'DATABASE_UNREACHABLE',
          details: { why: 'its one connection is used by another session of this program' },
        })
        const counted = await dialect.shadow?.use(async (shadow) => {
          await shadow.session.execute('CREATE TABLE made (id int)')
          return shadow.session.query('SELECT count(*) AS n FROM made')
        })
        expect(counted).toMatchObject([{ n: 0n }])
        expect(await session.query("SHOW TABLES LIKE 'made'")).toEqual([])
        await expect(session.execute('INSERT INTO none VALUES (1)')).rejects.toMatchObject({ errno: 1792 })
        await session.close()
        expect(await sql('SELECT DATABASE() AS db')).toEqual([{ db: db.name }])
        const next = await dialect.connection.connect({ purpose: 'run' })
        await next.execute('CREATE TABLE yes (id int)')
        await next.close()
      })

      test('what the application sends meanwhile waits, and is no part of the transaction', async () => {
        const db = await createDatabase()
        const { client, sql } = await connected(kind, db)
        await sql('CREATE TABLE t (n int)')
        const session = await mysqlDialect({ driver: client }).connection.connect({ purpose: 'run' })
        const scope = await session.begin()
        await session.execute('INSERT INTO t VALUES (1)')
        const sent = sql('INSERT INTO t VALUES (2)')
        await session.execute('INSERT INTO t VALUES (3)')
        await scope.rollback()
        await session.close()
        await sent
        expect(await sql('SELECT n FROM t')).toEqual([{ n: 2 }])
      })

      test('a canceled statement leaves the connection usable', async () => {
        const db = await createDatabase()
        const { client, sql } = await connected(kind, db)
        const stop = new AbortController()
        const { connection } = mysqlDialect({ driver: client })
        const session = await connection.connect({ purpose: 'run', signal: stop.signal })
        // No second connection can be had of one of mariadb: the statement goes on to its end.
        const slept = session.query(`SELECT SLEEP(${kind.endsWith('mariadb') ? 2 : 60})`)
        setTimeout(() => stop.abort(new Error('stopped')), 300)
        await expect(slept).rejects.toThrow('stopped')
        await session.close()
        expect(await sql('SELECT 1 AS one')).toEqual([{ one: 1 }])
      })

      test('a session that is closed while its statement runs leaves the connection as it was', async () => {
        const db = await createDatabase()
        const { client, sql } = await connected(kind, db)
        await sql("SET time_zone = '+09:00'")
        const [before] = await sql('SELECT CONNECTION_ID() AS id, @@time_zone AS zone')
        const session = await mysqlDialect({ driver: client }).connection.connect({ purpose: 'run' })
        const running = session.query(`SELECT SLEEP(${kind.endsWith('mariadb') ? 2 : 60})`).catch(() => undefined)
        await expect
          .poll(() => db.sql("SELECT 1 AS one FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'"))
          .toHaveLength(1)
        await session.close()
        await running
        expect(await sql('SELECT CONNECTION_ID() AS id, @@time_zone AS zone')).toEqual([before])
      })

      test('a connection that the server ends is lost, and the client of a pool continues with another', async () => {
        const db = await createDatabase()
        const { client, sql } = await connected(kind, db)
        const session = await mysqlDialect({ driver: client }).connection.connect({ purpose: 'run' })
        const [row] = await session.query('SELECT CONNECTION_ID() AS id')
        const running = expect(session.query('SELECT SLEEP(60)')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
        await db.sql(`KILL ${row?.id}`)
        await running
        expect(session.isOpen).toBe(false)
        await session.close()
        if (kind.startsWith('pool')) expect(await sql('SELECT 1 AS one')).toEqual([{ one: 1 }])
        else await expect(sql('SELECT 1 AS one')).rejects.toThrow(/closed/)
      })
    })
  }

  test('a statement on a pool of mariadb is canceled from another connection of it', async () => {
    const db = await createDatabase()
    const pool = mariadb.createPool({ ...addressOf(db.url), connectionLimit: 2 })
    onTestFinished(() => pool.end())
    const stop = new AbortController()
    const { connection } = mysqlDialect({ driver: pool })
    const session = await connection.connect({ purpose: 'run', signal: stop.signal })
    const slept = session.query('SELECT SLEEP(60)')
    setTimeout(() => stop.abort(new Error('stopped')), 300)
    await expect(slept).rejects.toThrow('stopped')
    await session.close()
    expect(pool.activeConnections()).toBe(0)
  })

  test('one session after the other inside another one leaves no listener', async () => {
    const db = await createDatabase()
    const client = mysql.createConnection({ uri: db.url })
    onTestFinished(() => client.destroy())
    const warnings: string[] = []
    const warned = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', warned)
    onTestFinished(() => void process.off('warning', warned))
    const before = client.listenerCount('error')
    const dialect = mysqlDialect({ driver: client })
    const session = await dialect.connection.connect({ purpose: 'run' })
    for (let at = 0; at < 6; at += 1) await dialect.shadow?.use(async (shadow) => shadow.session.query('SELECT 1'))
    await session.close()
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
    expect(client.listenerCount('error')).toBe(before)
  })

  test('two runs at once on a pool: each revision is applied once, and the pool has its connections back', async () => {
    const db = await createDatabase()
    const pool = mysqlPromise.createPool({ uri: db.url, connectionLimit: 3 })
    onTestFinished(() => pool.end())
    const chain = line(
      (op) => op.createTable('a', (t) => t.column('id', integer())),
      (op) => op.run('row', { up: async (to) => void (await to.execute('INSERT INTO a VALUES (1)')), down: 'none' }),
    )
    await Promise.all([0, 1].map(() => migratorOf(mysqlDialect({ driver: pool }), chain).upgrade()))
    expect(await db.sql('SELECT count(*) AS n FROM a')).toMatchObject([{ n: expect.toSatisfy((n) => Number(n) === 1) }])
    const all = await Promise.all([0, 1, 2].map(() => pool.getConnection()))
    for (const each of all) each.release()
  })

  test('a pool without a free connection is named in the error', async () => {
    const db = await createDatabase()
    const pool = mysqlPromise.createPool({ uri: db.url, connectionLimit: 2 })
    onTestFinished(() => pool.end())
    const dialect = mysqlDialect({ driver: pool, connectTimeoutMs: 2_000 })
    const sessions = [await dialect.connection.connect({ purpose: 'run' }), await pool.getConnection()] as const
    await expect(dialect.connection.connect({ purpose: 'run' })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      details: { why: 'the pool gave no connection in time; sessions of the migrator use 1 of its connections' },
    })
    sessions[1].release()
    await sessions[0].close()
    expect((await pool.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }])
  })

  test('the errors of a session name the database of a pool of mariadb', async () => {
    const db = await createDatabase()
    const pool = mariadb.createPool({ ...addressOf(db.url), connectionLimit: 2 })
    onTestFinished(() => pool.end())
    const session = await mysqlDialect({ driver: pool }).connection.connect({ purpose: 'run' })
    expect(session.dialect?.connection.database).toBe(`mariadb://open pool/${db.name}`)
    await session.close()
    await expect(session.begin()).rejects.toThrow(`mariadb://open pool/${db.name}`)
  })

  test('a pool of mariadb says why it has no connection', async () => {
    const db = await createDatabase()
    const refusal = async (options: object, taken: boolean) => {
      const pool = mariadb.createPool({ ...addressOf(db.url), connectionLimit: 1, acquireTimeout: 500, ...options })
      onTestFinished(() => pool.end())
      const own = taken ? await pool.getConnection() : undefined
      const connecting = mysqlDialect({ driver: pool }).connection.connect({ purpose: 'run' })
      const error: unknown = await connecting.catch((reason: unknown) => reason)
      await own?.release()
      return error
    }
    const code = 'DATABASE_UNREACHABLE'
    expect(await refusal({}, true)).toMatchObject({
      code,
      details: { why: 'the pool gave no connection in time; sessions of the migrator use 0 of its connections' },
    })
    expect(await refusal({ database: 'no_such_database', minimumIdle: 1 }, false)).toMatchObject({
      code,
      message: 'cannot connect to mariadb://open pool/: there is no database no_such_database on the server',
    })
  })
})
