import { examine } from '@org/migrate-autogenerate'
import { integer } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import mariadb from 'mariadb'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOn, describeOnEach, familyOf, type ServerName, type TestDatabase } from '../../../kit/own-sessions.ts'
import { refused } from './refused.ts'

const dialectAt = (server: ServerName, url: string) =>
  familyOf(server) === 'mysql' ? mysqlDialect({ url }) : postgresDialect({ url })
const createTable: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const migratorAt = (server: ServerName, url: string, ...chain: readonly Recorded[]) =>
  migratorOf(dialectAt(server, url), line(...chain), { transaction: 'revision' })

const servers = ['postgres', 'mariadb', 'mysql'] as const

/** A user of that database alone. */
async function userOf(
  { server, name, url, sql }: TestDatabase,
  { password = '', rights = true } = {},
): Promise<{ readonly user: string; readonly at: (password: string) => string }> {
  const user = `r_${name.slice(-10)}`
  if (familyOf(server) === 'postgres') {
    await sql(`CREATE ROLE ${user} LOGIN${password === '' ? '' : ` PASSWORD '${password}'`}`)
    onTestFinished(async () => void (await sql(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`).catch(() => {})))
  } else {
    await sql(`CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`)
    if (rights) await sql(`GRANT ALL ON ${name}.* TO ${user}@'%'`)
    onTestFinished(async () => void (await sql(`DROP USER ${user}@'%'`)))
  }
  const { host, pathname } = new URL(url)
  return {
    user,
    at: (given) => `${new URL(url).protocol}//${user}${given === '' ? '' : `:${given}`}@${host}${pathname}`,
  }
}

describeOnEach(servers, 'what an error about a connection advises', (createDatabase, server) => {
  test('a password with special characters is percent-encoded, and the same URL connects', async () => {
    const password = 'p/w#?@:% x'
    const { at } = await userOf(await createDatabase(), { password })
    const { message } = await refused(async () => migratorAt(server, at(password), createTable).status())
    expect(message).toContain('percent-encode')
    await migratorAt(server, at(encodeURIComponent(password)), createTable).status()
  })

  test('a database that is not there is created by the statement that the error names', async () => {
    const database = await createDatabase()
    const url = new URL(database.url)
    url.pathname = `${url.pathname}_2`
    const { remedy } = await refused(() => migratorAt(server, url.href, createTable).upgrade())
    const [create] = /CREATE DATABASE [^;]+(?=[.;])/.exec(remedy) ?? []
    await database.sql(create ?? '')
    onTestFinished(
      async () => void (await database.sql(create?.replace('CREATE', 'DROP').replace(/ CHARACTER.*/, '') ?? '')),
    )
    expect((await migratorAt(server, url.href, createTable).upgrade()).applied).toEqual(['main:r1'])
  })

  test('the database that an open client does not find is named, too', async () => {
    const { url } = await createDatabase()
    const { hostname: host, port, username: user } = new URL(url)
    const at = { host, port: Number(port), user, database: 'no "it\'s' }
    const advised = async (dialect: UnloadedDialect): Promise<string> =>
      (await refused(() => migratorOf(dialect, line(createTable)).status())).remedy
    if (familyOf(server) === 'postgres') {
      const [sql, pool] = [postgres(at), new pg.Pool(at)]
      const advice = `Create it: CREATE DATABASE "no ""it's".`
      for (const driver of [sql, pool]) expect(await advised(postgresDialect({ driver }))).toBe(advice)
      await Promise.all([sql.end(), pool.end()])
    } else {
      const pools = [mysql.createPool(at), mariadb.createPool({ ...at, acquireTimeout: 2_000 })]
      const advice = 'Create it: CREATE DATABASE `no "it\'s` CHARACTER SET utf8mb4.'
      for (const driver of pools) expect(await advised(mysqlDialect({ driver }))).toBe(advice)
      await Promise.all(pools.map((pool) => pool.end()))
    }
  })

  test('a connection that is lost in a data step: run it again, and it resumes from there', async () => {
    const { url, sql } = await createDatabase()
    const own = familyOf(server) === 'postgres' ? 'SELECT pg_backend_pid() AS id' : 'SELECT CONNECTION_ID() AS id'
    let lose = true
    const step: Recorded = (op) =>
      op.run('loses it', async (db) => {
        await db.execute('INSERT INTO t VALUES (1)')
        const [row] = await db.query(own)
        if (lose)
          await sql(familyOf(server) === 'postgres' ? `SELECT pg_terminate_backend(${row?.id})` : `KILL ${row?.id}`)
        lose = false
        await db.execute('INSERT INTO t VALUES (2)')
      })
    const migrator = migratorAt(server, url, createTable, step)
    expect(await refused(() => migrator.upgrade())).toMatchObject({
      code: 'CONNECTION_LOST',
      remedy: expect.stringContaining('Run it again once the server answers'),
    })
    expect((await migrator.upgrade()).applied).toContain('main:r2')
    expect(await sql('SELECT COUNT(*) AS n FROM t')).toMatchObject([{ n: expect.toSatisfy((n) => String(n) === '2') }])
  })

  test('a row of the lock that cannot be read: the table is dropped, and the next run creates it again', async () => {
    const { url, sql } = await createDatabase()
    await migratorAt(server, url, createTable).upgrade()
    await sql('UPDATE migrate_lock SET protocol = 0')
    const migrator = migratorAt(server, url, createTable, (op) => op.sql('SELECT 1'))
    const { remedy } = await refused(() => migrator.upgrade())
    expect(remedy).toContain('drop the table migrate_lock: the next run creates it')
    await sql('DROP TABLE migrate_lock')
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
  })
})

describeOn('postgres', 'a session without foreign keys', (createDatabase) => {
  test('is refused by runs, until its setting is taken away as advised', async () => {
    const { url, name, sql } = await createDatabase()
    const migrator = migratorAt('postgres', url, createTable)
    await sql(`ALTER DATABASE "${name}" SET session_replication_role = 'replica'`)
    const { code, remedy } = await refused(() => migrator.upgrade())
    expect(code).toBe('SERVER_UNSUPPORTED')
    expect(remedy).toContain('RESET session_replication_role')
    expect(await sql("SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'")).toEqual([{ n: 0 }])
    expect((await migrator.status()).pending).toBe(1)
    await sql(`ALTER DATABASE "${name}" RESET session_replication_role`)
    expect((await migrator.upgrade()).applied).toEqual(['main:r1'])
  })
})

describe('what doctor advises', () => {
  describeOn('postgres', 'as SQL', (createDatabase) => {
    const next = async (url: string, what: RegExp): Promise<string> => {
      const { findings } = await examine(migratorAt('postgres', url, createTable))
      return findings.find((each) => what.test(each.what) && each.level !== 'ok')?.next ?? ''
    }
    const follow = async (url: string, database: TestDatabase, what: RegExp, statement: RegExp): Promise<void> => {
      const advice = await next(url, what)
      const [sql] = statement.exec(advice) ?? []
      expect([advice, sql]).toEqual([advice, expect.any(String)])
      await database.sql(sql ?? '')
      expect(await next(url, what)).toBe('')
    }

    test('rights are granted by the statements that it names', async () => {
      const database = await createDatabase()
      const { at } = await userOf(database)
      await follow(at(''), database, /make tables|create|schema/i, /GRANT CREATE[^;]*;/)
      await migratorAt('postgres', database.url, createTable).upgrade()
      await database.sql(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${new URL(at('')).username}`)
      for (const table of ['migrate_version', 'migrate_history']) {
        await follow(at(''), database, new RegExp(`on ${table}, which every run writes`), /GRANT [^;]*;/)
      }
    })

    test('a table of another role: membership in that role', async () => {
      const database = await createDatabase()
      const { at } = await userOf(database)
      await migratorAt('postgres', database.url, createTable).upgrade()
      await database.sql(
        `GRANT CREATE, USAGE ON SCHEMA public TO ${new URL(at('')).username}; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${new URL(at('')).username}`,
      )
      await follow(at(''), database, /belong to another role/, /GRANT [^;]*(?=;)/)
    })

    test('an invalid index, and a constraint that is not valid', async () => {
      const database = await createDatabase()
      await database.sql('CREATE TABLE d (a int); INSERT INTO d VALUES (1), (1)')
      await database.sql('CREATE UNIQUE INDEX CONCURRENTLY d_a ON d (a)').catch(() => {})
      await database.sql('ALTER TABLE d ADD CONSTRAINT positive CHECK (a > 0) NOT VALID')
      await follow(database.url, database, /positive/, /ALTER TABLE [^;]*;/)
      await follow(database.url, database, /d_a/, /DROP INDEX CONCURRENTLY [^;]*;/)
      await database.sql('CREATE UNIQUE INDEX CONCURRENTLY d_a ON d (a)').catch(() => {})
      await database.sql('DELETE FROM d WHERE ctid = (SELECT min(ctid) FROM d)')
      await follow(database.url, database, /d_a/, /REINDEX INDEX CONCURRENTLY [^;]*;/)
    })
  })

  describeOnEach(['mariadb', 'mysql'], 'in words', (createDatabase, server) => {
    test('another character set, another engine and a table without a key are fixed as it says', async () => {
      const { url, sql, name } = await createDatabase()
      await sql(`ALTER DATABASE ${name} CHARACTER SET latin1; CREATE TABLE m (id int PRIMARY KEY) ENGINE = MyISAM`)
      const about = async () =>
        (await examine(migratorAt(server, url, createTable))).findings.flatMap(({ level, about, next }) =>
          level === 'ok' ? [] : [`${about}: ${next}`],
        )
      expect(await about()).toEqual(
        expect.arrayContaining([
          expect.stringContaining('ALTER DATABASE … CHARACTER SET utf8mb4'),
          expect.stringContaining('ALTER TABLE … ENGINE = InnoDB'),
        ]),
      )
      await sql(`ALTER DATABASE ${name} CHARACTER SET utf8mb4; ALTER TABLE m ENGINE = InnoDB`)
      expect((await about()).filter((each) => /^(?:engine|character set)/.test(each))).toEqual([])
    })
  })
})
