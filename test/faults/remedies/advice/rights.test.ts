import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, examine } from '@org/migrate-autogenerate'
import { createMigrator, integer, isMigrateError } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { openMysql } from '@org/migrate-drizzle/mysql'
import { openPostgres, readDrizzle } from '@org/migrate-drizzle/postgres'
import { openDatabase } from '@org/migrate-schema/database'
import { sql } from 'drizzle-orm'
import { integer as column, index, pgTable } from 'drizzle-orm/pg-core'
import { expect, onTestFinished, test } from 'vitest'
import { ensureBuilt, Project } from '../../../cli/project.ts'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { newUser } from '../../../kit/new-user.ts'
import { describeOn, describeOnEach, familyOf, type ServerName } from '../../../kit/own-sessions.ts'
import { refused } from './refused.ts'

const createTable: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const dialectAt = (server: ServerName, url: string, schema?: string) =>
  familyOf(server) === 'mysql'
    ? mysqlDialect({ url })
    : postgresDialect({ url, ...(schema === undefined ? {} : { schema }) })
const migratorAt = (server: ServerName, url: string, chain: readonly Recorded[] = [createTable], schema?: string) =>
  migratorOf(dialectAt(server, url, schema), line(...chain))

const next = async (server: ServerName, url: string, about: string): Promise<string | undefined> =>
  (await examine(migratorAt(server, url))).findings.find((each) => each.about === about && each.level !== 'ok')?.next

describeOnEach(['mariadb', 'mysql'], 'what an error or doctor advises', (createDatabase, server) => {
  test('to a user without rights on the database: they are granted, or another one is named', async () => {
    const [database, other] = [await createDatabase(), await createDatabase()]
    const { user, url } = await newUser(database)
    const { remedy } = await refused(() => migratorAt(server, url).upgrade())
    expect(remedy).toBe('Grant the user rights on the database, or name another database.')
    await database.sql(`GRANT ALL ON ${other.name}.* TO ${user}`)
    await migratorAt(server, url.replace(database.name, other.name)).upgrade()
    await database.sql(`GRANT ALL ON ${database.name}.* TO ${user}`)
    await migratorAt(server, url).upgrade()
  })

  test('to a user whose rights are those of a role: SHOW GRANTS shows them, and they count once it is active', async () => {
    const database = await createDatabase()
    const { user, url } = await newUser(database)
    const role = `r_${randomBytes(5).toString('hex')}`
    await database.sql(`CREATE ROLE ${role}`)
    onTestFinished(async () => void (await database.sql(`DROP ROLE ${role}`)))
    await database.sql(
      `GRANT SELECT ON ${database.name}.* TO ${user}; GRANT ALL ON ${database.name}.* TO ${role}; GRANT ${role} TO ${user}`,
    )
    expect(await next(server, url, 'rights')).toBe(
      'See the rights of the role with SHOW GRANTS FOR the role, and make it active with SET DEFAULT ROLE.',
    )
    const shown = await database.sql(`SHOW GRANTS FOR ${role}`)
    expect(JSON.stringify(shown)).toContain(`ALL PRIVILEGES ON \`${database.name}\``)
    await database.sql(
      server === 'mysql' ? `SET DEFAULT ROLE ${role} TO ${user}` : `SET DEFAULT ROLE ${role} FOR ${user}`,
    )
    expect((await migratorAt(server, url).upgrade()).applied).toEqual(['main:r1'])
  })

  test('about a database that a comparison left: the statement drops it', async () => {
    const { url, sql } = await createDatabase()
    const [here] = await sql(
      `SELECT LEFT(SHA2(CONCAT_WS(':', LEFT(@@hostname, 100), @@port, @@server_id), 256), 8) AS server, LEFT(SHA2(DATABASE(), 256), 8) AS own`,
    )
    const name = `migrate_shadow_${here?.server}_${here?.own}_${Math.floor(Date.now() / 1000).toString(36)}_${randomBytes(4).toString('hex')}`
    await sql(`CREATE DATABASE ${name}`)
    onTestFinished(async () => void (await sql(`DROP DATABASE IF EXISTS ${name}`)))
    const advice = (await next(server, url, 'left-over database')) ?? ''
    expect(advice).toBe(`DROP DATABASE \`${name}\`; or wait: a later comparison drops it.`)
    await sql(advice.replace(/;.*/, ''))
    expect(await next(server, url, 'left-over database')).toBeUndefined()
  })

  test('about DDL and open transactions in a service', async () => {
    const { url, sql: run } = await createDatabase()
    const database = openMysql({ url })
    onTestFinished(() => database.close())
    const ddl = () => database.withTransaction(async (db) => void (await db.execute(sql`CREATE TABLE u (a int)`)))
    expect((await refused(ddl)).remedy).toBe('Run it outside of a transaction.')
    await database.db.execute(sql`CREATE TABLE u (a int)`)
    await run('CREATE PROCEDURE begins() BEGIN START TRANSACTION; INSERT INTO u VALUES (1); END')
    const call = () => database.db.execute(sql`CALL begins()`)
    expect((await refused(call)).remedy).toBe(
      'End in the procedure, by COMMIT or ROLLBACK, the transaction that it begins.',
    )
    await run('DROP PROCEDURE begins')
    await run('CREATE PROCEDURE begins() BEGIN START TRANSACTION; INSERT INTO u VALUES (1); COMMIT; END')
    await call()
    expect(await run('SELECT a FROM u')).toMatchObject([{ a: 1 }])
  })

  test('about statements of a file with no mark between them: a line before the place that it names', async () => {
    const { url } = await createDatabase()
    const folder = mkdtempSync(join(tmpdir(), 'marks-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const header = '-- revision: a1\n-- revises: base\n'
    const upgrade = (text: string) => {
      mkdirSync(join(folder, 'a1'), { recursive: true })
      writeFileSync(join(folder, 'a1/up.sql'), header + text)
      return createMigrator({ dialect: mysqlDialect({ url }), tiers: [graph(folder)] }).upgrade()
    }
    const { remedy } = await refused(() => upgrade('CREATE TABLE a (a int);\nCREATE TABLE b (a int);\n'))
    expect(remedy).toBe(`Write a line \`-- migrate: statement\` before line 4 of ${join(folder, 'a1/up.sql')}.`)
    await upgrade('CREATE TABLE a (a int);\n-- migrate: statement\nCREATE TABLE b (a int);\n')
  })
})

describeOnEach(['postgres', 'mariadb', 'mysql'], 'what check, diff and a start advise', (createDatabase, server) => {
  test('about a table without a key: with a primary key its rows are read', async () => {
    const { url, sql } = await createDatabase()
    await migratorAt(server, url).upgrade()
    await sql('CREATE TABLE keyless (a int)')
    const advice = async () =>
      (await check(migratorAt(server, url), { data: true })).findings.find(({ kind }) => kind === 'rows not read')?.next
    expect(await advice()).toBe('Give the table a primary key, and check again.')
    await sql('ALTER TABLE keyless ADD PRIMARY KEY (a)')
    expect(await advice()).toBeUndefined()
  })

  test('about databases of two kinds: two of one kind are compared', async () => {
    const [one, other] = [await createDatabase(), await createDatabase()]
    ensureBuilt()
    const project = new Project()
    onTestFinished(() => project.remove())
    expect(project.json(['diff', one.url, ':memory:'])).toMatchObject({
      error: { remedy: 'Name two databases of one kind.' },
    })
    expect(project.run(['diff', one.url, other.url]).code).toBe(0)
  })
})

describeOn('postgres', 'what an error or doctor advises', (createDatabase) => {
  test('about a schema that the role may not create: it is created, or the role may create schemas', async () => {
    for (const grants of [true, false]) {
      const database = await createDatabase()
      const { sql, name } = database
      const { user, url } = await newUser(database)
      const upgrade = () => migratorAt('postgres', url, [createTable], 'app').upgrade()
      expect((await refused(upgrade)).remedy).toBe(
        'Create the schema, or let the role create schemas in this database.',
      )
      await sql(grants ? `GRANT CREATE ON DATABASE ${name} TO ${user}` : `CREATE SCHEMA app AUTHORIZATION ${user}`)
      await upgrade()
    }
  })

  test('about a statement that failed in a transaction of a service: it is run in a savepoint', async () => {
    const { url } = await createDatabase()
    const database = openPostgres({ url })
    onTestFinished(() => database.close())
    const passedOver = () =>
      database.withTransaction(async (db) => {
        await db.execute(sql`SELECT nothing`).catch(() => {})
        await db.execute(sql`SELECT 1`)
      })
    expect((await refused(passedOver)).remedy).toBe(
      'Run the statement that may fail inside db.transaction(), which is a savepoint.',
    )
    await database.withTransaction(async (db) => {
      await db.transaction(async (inner) => void (await inner.execute(sql`SELECT nothing`))).catch(() => {})
      await db.execute(sql`SELECT 1`)
    })
  })

  test('about what is not compared: it is made by op.sql(), and is declared no more', async () => {
    const { url, sql: run } = await createDatabase()
    const migrator = migratorAt('postgres', url, [
      createTable,
      (op) => op.sql('CREATE INDEX CONCURRENTLY i ON t (id)', { nonTransactional: true }),
    ])
    await migrator.upgrade()
    const advice = async (declared: ReturnType<typeof readDrizzle>) => {
      const { findings } = await check(migrator, { declared })
      return findings.find(({ kind, level }) => kind === 'model not compared' && level === 'problem')?.next
    }
    const columns = { id: column('id').primaryKey() }
    expect(await advice(readDrizzle([pgTable('t', columns, (t) => [index('i').on(t.id).concurrently()])]))).toBe(
      'Create it with op.sql() in a revision, and remove it from the declaration that is checked.',
    )
    expect(await advice(readDrizzle([pgTable('t', columns, (t) => [index('i').on(t.id)])]))).toBeUndefined()
    expect(await run("SELECT 1 AS one FROM pg_indexes WHERE indexname = 'i'")).toHaveLength(1)
  })

  test('about a connection that is lost while a service starts: it starts again', async () => {
    const { url, sql } = await createDatabase()
    let lost = false
    const start = () =>
      openDatabase(
        { DATABASE_URL: url },
        {
          onEvent: ({ type }) => {
            if (type !== 'stepStarted' || lost) return
            lost = true
            void sql(
              'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
            )
          },
        },
      )
    const { code, remedy } = await refused(start)
    expect({ code, remedy }).toEqual({
      code: 'CONNECTION_LOST',
      remedy:
        'It is safe to start again: what was not committed is gone, and the next start resumes where this one stopped.',
    })
    await (await start()).close()
  })

  test('about a role that is read-only there: it is set to write', async () => {
    const { url, sql, name } = await createDatabase()
    await sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    expect(await refused(() => migratorAt('postgres', url).upgrade())).toMatchObject({
      code: 'DATABASE_READ_ONLY',
      remedy: 'Connect to the primary, and see default_transaction_read_only of the server, the database and the role.',
    })
    await sql(`SET transaction_read_only = off; ALTER DATABASE ${name} RESET default_transaction_read_only`)
    await migratorAt('postgres', url).upgrade()
  })

  test('about what a run with a lease cannot send: it is sent on a direct connection', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE SCHEMA app')
    const upgrade = (second: Recorded, lock?: 'table') =>
      migratorOf(
        postgresDialect({ url, schema: 'app', ...(lock === undefined ? {} : { lock }) }),
        line(createTable, second),
        { transaction: 'revision' },
      ).upgrade()
    const vacuum: Recorded = (op) => op.sql('VACUUM', { nonTransactional: true })
    const setting =
      (how: string): Recorded =>
      (op) =>
        op.sql(`SET ${how} work_mem = '8MB'`)
    expect((await refused(() => upgrade(vacuum, 'table'))).remedy).toBe('Run it on a direct connection, without lock.')
    expect((await refused(() => upgrade(setting(''), 'table'))).remedy).toBe(
      'Use SET LOCAL, or a direct connection without lock.',
    )
    expect((await upgrade(setting('LOCAL'), 'table')).applied).toEqual(['main:r2'])
    await migratorOf(
      postgresDialect({ url, schema: 'app' }),
      line(createTable, setting('LOCAL'), vacuum, setting('')),
      { transaction: 'revision' },
    ).upgrade()
  })

  test('about another encoding: a database with ENCODING UTF8 has no such finding', async () => {
    const { url, sql, name } = await createDatabase()
    const [old, createTable] = [`${name}_latin`, `${name}_utf8`]
    onTestFinished(async () => {
      for (const each of [old, createTable]) await sql(`DROP DATABASE IF EXISTS ${each}`)
    })
    await sql(`CREATE DATABASE ${old} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
    const at = (database: string): string => url.replace(name, database)
    expect(await next('postgres', at(old), 'encoding')).toBe(
      'Make databases with ENCODING UTF8; an existing one has to be dumped and restored into one.',
    )
    await sql(`CREATE DATABASE ${createTable} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
    expect(await next('postgres', at(createTable), 'encoding')).toBeUndefined()
  })

  test('about a type of a change of an enum: no column uses it, and it is dropped', async () => {
    const { url, sql } = await createDatabase()
    await sql("CREATE TYPE _migrate_old_enum AS ENUM ('a')")
    const advice = (await next('postgres', url, 'left-over type')) ?? ''
    expect(advice).toBe('See that no column uses it, then DROP TYPE _migrate_old_enum;')
    expect(
      await sql("SELECT attrelid FROM pg_attribute WHERE atttypid = '_migrate_old_enum'::regtype AND attnum > 0"),
    ).toEqual([])
    await sql(advice.replace(/^.*then /, ''))
    expect(await next('postgres', url, 'left-over type')).toBeUndefined()
  })

  test('about the lock of a session in a transaction: the session is ended, and the lock is free', async () => {
    const { url, sql } = await createDatabase()
    await migratorAt('postgres', url).upgrade()
    await sql("UPDATE migrate_lock SET owner = 'somebody'")
    const holder = await dialectAt('postgres', url).connection.connect({ purpose: 'run' })
    onTestFinished(() => holder.close().catch(() => {}))
    const [row] = await holder.query('SELECT pg_backend_pid() AS pid')
    const scope = await holder.begin()
    await holder.execute('UPDATE migrate_lock SET host = host')
    const migrator = migratorAt('postgres', url)
    expect(await refused(() => migrator.lock.release())).toMatchObject({
      code: 'LOCKED',
      remedy: 'End that session in the server; its lock is free then.',
    })
    await sql(`SELECT pg_terminate_backend(${row?.pid})`)
    await scope.rollback().catch(() => {})
    await migrator.lock.release()
    expect((await migrator.lock.report()).held).toBe(false)
  })
})

describeOnEach(
  ['postgres', 'mariadb', 'mysql'],
  'what an error about connections advises',
  (createDatabase, server) => {
    test('where there is none left: once another has ended, or more are allowed', async () => {
      const database = await createDatabase()
      const { user, url } = await newUser(database)
      const isPostgres = server === 'postgres'
      const limit = (count: number) =>
        database.sql(
          isPostgres
            ? `ALTER ROLE ${user} CONNECTION LIMIT ${count}`
            : `ALTER USER ${user} WITH MAX_USER_CONNECTIONS ${count}`,
        )
      if (!isPostgres) await database.sql(`GRANT ALL ON ${database.name}.* TO ${user}`)
      await limit(1)
      const connect = () => dialectAt(server, url).connection.connect({ purpose: 'run' })
      const first = await connect()
      expect((await refused(connect)).remedy).toBe(
        isPostgres
          ? 'Try again once other connections have ended.'
          : 'Try again once other connections have ended, or allow the user or the server more of them.',
      )
      await first.close()
      // The server counts a connection until its thread has ended.
      const second = await dialectAt(server, url).connection.connect({ purpose: 'run', waitMs: 20_000 })
      await limit(2)
      await (await connect()).close()
      await second.close()
    })

    test('about a name that is too long: a shorter one is taken', async () => {
      const { url } = await createDatabase()
      const named =
        (name: string): Recorded =>
        (op) =>
          op.alterTable('t', (t) => t.addColumn(name, integer()))
      const upgrade = (name: string) => migratorAt(server, url, [createTable, named(name)]).upgrade()
      expect(await refused(() => upgrade('n'.repeat(65)))).toMatchObject({
        code: 'NAME_TOO_LONG',
        remedy: expect.stringContaining('Choose a shorter name'),
      })
      expect((await upgrade('n'.repeat(60))).applied).toEqual(['main:r1', 'main:r2'])
    })
  },
)

describeOnEach(['postgres', 'mariadb', 'mysql'], 'what an error advises', (createDatabase, server) => {
  test('about a right that the user lacks: it is given, or a user who has it migrates', async () => {
    for (const remedy of ['gives the right', 'migrates as the owner']) {
      const database = await createDatabase()
      const { user, url } = await newUser(database)
      const isPostgres = familyOf(server) === 'postgres'
      if (!isPostgres) await database.sql(`GRANT SELECT ON ${database.name}.* TO ${user}`)
      else await database.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
      expect(await refused(() => migratorAt(server, url).upgrade())).toMatchObject({
        code: 'STATEMENT_FAILED',
        details: { fault: 'permission' },
        remedy: `Let an administrator run \`${isPostgres ? 'GRANT USAGE, CREATE ON SCHEMA "public" TO the user' : `GRANT CREATE ON \`${database.name}\`.* TO the user`}\`, or migrate as a user who has this right, and run it again.`,
      })
      const isGiven = remedy === 'gives the right'
      const upgrade = () => migratorAt(server, isGiven ? url : database.url).upgrade()
      // MySQL names one right at a time.
      for (let round = 0; isGiven && round < 12; round += 1) {
        const remedy = await upgrade().then(
          () => undefined,
          (error: unknown) => (isMigrateError(error) ? error.remedy : Promise.reject(error)),
        )
        if (remedy === undefined) break
        const [, grant = ''] = /^Let an administrator run `(.+)`, or migrate as a user/.exec(remedy) ?? []
        await database.sql(grant.replace(/the user$/, user))
      }
      const { applied, heads } = await upgrade().then(async (result) => ({
        ...result,
        heads: (await migratorAt(server, database.url).status()).tiers[0]?.heads,
      }))
      expect({ applied, heads }).toEqual({ applied: isGiven ? [] : ['main:r1'], heads: ['r1'] })
    }
  })
})

describeOnEach(['mariadb', 'mysql'], 'what an error advises about a right', (createDatabase, server) => {
  test.each([
    ['DROP TABLE t', (name: string) => `GRANT DROP ON \`${name}\`.* TO the user`],
    ['CREATE PROCEDURE p() SELECT 1', (name: string) => `GRANT ALL ON \`${name}\`.* TO the user`],
  ])('%s: the GRANT that it names is enough', async (text, expected) => {
    const database = await createDatabase()
    await migratorAt(server, database.url).upgrade()
    const { user, url } = await newUser(database)
    await database.sql(`GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON ${database.name}.* TO ${user}`)
    const migrator = migratorAt(server, url, [createTable, (op) => op.sql(text)])
    const { remedy } = await refused(() => migrator.upgrade())
    expect(remedy).toBe(
      `Let an administrator run \`${expected(database.name)}\`, or migrate as a user who has this right, and run it again.`,
    )
    await database.sql(expected(database.name).replace(/the user$/, user))
    expect((await migratorAt(server, url, [createTable, (op) => op.sql(text)]).upgrade()).applied).toEqual(['main:r2'])
  })
})

describeOn('postgres', 'what an error advises about a right', (createDatabase) => {
  test('a table of another role: its owner is changed', async () => {
    const database = await createDatabase()
    await migratorAt('postgres', database.url).upgrade()
    const { user, url } = await newUser(database)
    await database.sql(
      `GRANT USAGE, CREATE ON SCHEMA public TO ${user}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`,
    )
    const upgrade = () =>
      migratorAt('postgres', url, [
        createTable,
        (op) => op.alterTable('t', (t) => t.addColumn('more', integer())),
      ]).upgrade()
    expect((await refused(upgrade)).remedy).toBe(
      'Let an administrator run `ALTER TABLE "t" OWNER TO the user`, or migrate as a user who has this right, and run it again.',
    )
    await database.sql(`ALTER TABLE "t" OWNER TO ${user}`)
    expect((await upgrade()).applied).toEqual(['main:r2'])
  })
})
