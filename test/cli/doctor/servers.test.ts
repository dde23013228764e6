import { examine } from '@org/migrate-autogenerate'
import { integer, type OperationRecorder, text } from '@org/migrate-core'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { grantedOn } from '../../../packages/dialect-mysql/src/doctor.ts'
import { migratorAt } from '../../autogenerate/check/kit.ts'
import { describeOn, describeOnEach, familyOf, type TestDatabase } from '../../kit/servers.ts'

const chain = [
  {
    revision: 'r1',
    downRevision: null,
    upgrade: (op: OperationRecorder) =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('b', text())
        t.primaryKey(['id'])
      }),
  },
]

/** A user of that database with nothing but the right to connect, who is gone after `body`. */
async function asUser(
  { name, url, sql }: TestDatabase,
  isPostgres: boolean,
  body: (user: string, url: string) => Promise<void>,
): Promise<void> {
  const user = `d_${name.slice(2, 10)}`
  await sql(isPostgres ? `CREATE ROLE ${user} LOGIN` : `CREATE USER ${user}@'%'`)
  const address = new URL(url)
  address.username = user
  address.password = ''
  try {
    await body(isPostgres ? user : `${user}@'%'`, address.href)
  } finally {
    if (isPostgres) await sql(`DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}`)
    else await sql(`DROP USER ${user}@'%'`)
  }
}

describeOnEach(['postgres', 'postgres-next', 'mariadb', 'mysql'], 'doctor', (createDatabase, server) => {
  const isPostgres = familyOf(server) === 'postgres'
  const everything = isPostgres
    ? "SELECT relname AS name, relkind AS kind, oid::text AS id FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    : 'SELECT TABLE_NAME AS name, CREATE_TIME AS kind FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1'

  test('finds nothing to act on where all is well, and makes nothing on an empty database', async () => {
    const { url, sql, name } = await createDatabase()
    if (!isPostgres) await sql(`ALTER DATABASE ${name} CHARACTER SET utf8mb4`)
    const migrator = migratorAt(url, chain)
    expect((await examine(migrator)).findings.filter(({ level }) => level !== 'ok')).toEqual([])
    expect(await sql(everything)).toEqual([])
    await migrator.upgrade()
    const before = [await sql(everything), await sql('SELECT * FROM migrate_history')]
    const { ok, findings } = await examine(migrator)
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
    expect(ok).toBe(true)
    expect([await sql(everything), await sql('SELECT * FROM migrate_history')]).toEqual(before)
    expect(findings.map(({ about }) => about)).toEqual(
      isPostgres
        ? ['driver', 'bookkeeping', 'lock', 'version', 'pooler', 'rights', 'indexes', 'constraints']
        : ['driver', 'bookkeeping', 'lock', 'version', 'cluster', 'rights', 'settings'],
    )
  })

  test('a user who may not make tables is a problem, with the GRANT that fixes it', async () => {
    const database = await createDatabase()
    await asUser(database, isPostgres, async (user, url) => {
      if (!isPostgres) await database.sql(`GRANT SELECT ON ${database.name}.* TO ${user}`)
      const { ok, findings } = await examine(migratorAt(url, chain))
      expect(ok).toBe(false)
      expect(findings[0]).toMatchObject({
        level: 'problem',
        about: 'rights',
        next: expect.stringMatching(/^GRANT .*CREATE/),
      })
      await database.sql(String(findings[0]?.next).replace(/TO the user\.$/, `TO ${user}`))
      expect((await examine(migratorAt(url, chain))).ok).toBe(true)
    })
  })
})

describeOnEach(['postgres', 'postgres-next'], 'doctor', (createDatabase) => {
  test('an invalid index is a problem, a constraint that is not valid a warning', async () => {
    const { url, sql } = await createDatabase()
    await sql('CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)')
    await expect(sql('CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)')).rejects.toThrow('could not create unique index')
    await sql('ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 1) NOT VALID')
    const { ok, findings } = await examine(migratorAt(url, chain))
    expect(ok).toBe(false)
    expect(findings.filter(({ level }) => level !== 'ok')).toMatchObject([
      { level: 'problem', about: 'indexes', what: expect.stringContaining('Index t_a on t is invalid') },
      { level: 'warning', about: 'constraints', next: 'ALTER TABLE t VALIDATE CONSTRAINT positive;' },
    ])
  })

  test('a table of another role, and bookkeeping that may not be written, are told', async () => {
    const database = await createDatabase()
    await migratorAt(database.url, chain).upgrade()
    await asUser(database, true, async (user, url) => {
      await database.sql(
        `GRANT CREATE, USAGE ON SCHEMA public TO ${user}; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${user}`,
      )
      const { findings } = await examine(migratorAt(url, chain))
      const rightsFindings = findings
        .filter(({ about }) => about === 'rights')
        .map(({ level, what }) => `${level}: ${what}`)
      expect(rightsFindings).toContain(
        `problem: ${user} lacks INSERT, UPDATE, DELETE on migrate_version, which every run writes.`,
      )
      expect(rightsFindings.some((line) => /^warning: \d+ of the tables belong to another role/.test(line))).toBe(true)
    })
  })

  test('a prepared transaction that was not ended, where the server has them, or none', async () => {
    const { url, sql } = await createDatabase()
    const [row] = await sql('SHOW max_prepared_transactions')
    if (row?.max_prepared_transactions === '0') {
      expect((await examine(migratorAt(url, chain))).findings.map(({ about }) => about)).not.toContain(
        'open transaction',
      )
      return
    }
    const client = postgres(url, { max: 1 })
    await client.unsafe("BEGIN; CREATE TABLE p (a int); PREPARE TRANSACTION 'left'")
    const { findings } = await examine(migratorAt(url, chain))
    expect(findings.find(({ about }) => about === 'open transaction')?.what).toContain('left')
    await client.unsafe("ROLLBACK PREPARED 'left'")
    await client.end()
  })
})

describeOnEach(['mariadb', 'mysql'], 'doctor', (createDatabase) => {
  test('another engine and another character set are warnings; an interrupted revision is a problem', async () => {
    const { url, sql, name } = await createDatabase()
    await sql(`ALTER DATABASE ${name} CHARACTER SET latin1; CREATE TABLE m (id int PRIMARY KEY) ENGINE = MyISAM`)
    const interrupted = [
      {
        revision: 'r1',
        downRevision: null,
        upgrade(op: OperationRecorder) {
          op.createTable('u', (t) => t.column('a', integer()))
          op.sql('INSERT INTO no_such_table VALUES (1)')
        },
      },
    ]
    await expect(migratorAt(url, interrupted).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    const { ok, findings } = await examine(migratorAt(url, interrupted))
    expect(ok).toBe(false)
    expect(findings.filter(({ level }) => level !== 'ok')).toMatchObject([
      {
        level: 'problem',
        about: 'interrupted',
        next: 'Finish it with `migrate resume`, or take back what is done of it with `migrate resume --revert`.',
      },
      { level: 'warning', about: 'character set' },
      { level: 'warning', about: 'engine', what: expect.stringContaining('rolled back: m.') },
    ])
  })
})

describeOn('mariadb', 'doctor', (createDatabase) => {
  test('sees who migrates', async () => {
    const { url } = await createDatabase()
    const migrator = migratorAt(url, [
      {
        revision: 'r1',
        downRevision: null,
        upgrade: (op: OperationRecorder) =>
          op.run('look', {
            up: async (db) => {
              await db.query('SELECT 1')
              const { findings } = await examine(migratorAt(url, chain))
              settings = findings.find(({ about }) => about === 'lock')
            },
            down: 'none',
          }),
      },
    ])
    let settings: unknown
    await migrator.upgrade()
    expect(settings).toMatchObject({ level: 'warning', what: expect.stringContaining('A run is under way') })
  })
})

describe('the lines of SHOW GRANTS', () => {
  test.each([
    [['GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION'], 'shop', true],
    [['GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`'], 'shop', true],
    [['GRANT ALL PRIVILEGES ON `sh%`.* TO `a`@`%`'], 'shop', true],
    [['GRANT ALL PRIVILEGES ON `my_shop`.* TO `a`@`%`'], 'my-shop', true],
    [['GRANT ALL PRIVILEGES ON `my\\_shop`.* TO `a`@`%`'], 'my-shop', false],
    [['GRANT ALL PRIVILEGES ON `other`.* TO `a`@`%`'], 'shop', false],
    [['GRANT SELECT, INSERT ON `shop`.* TO `a`@`%`'], 'shop', false],
    [['GRANT CREATE ON `shop`.`t` TO `a`@`%`'], 'shop', false],
    [['GRANT SELECT ON *.* TO `a`@`%`', 'GRANT CREATE ON `shop`.* TO `a`@`%`'], 'shop', true],
  ])('%j on %s', (lines, database, creates) => {
    expect(grantedOn(lines, database).has('CREATE')).toBe(creates)
  })
})
