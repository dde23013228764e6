import { expression, integer, type Migrator, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { createConnection } from 'mysql2/promise'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOnDialects, describeOnEach, type TestDatabase } from '../../kit/servers.ts'

const migratorOn = (url: string): Migrator =>
  migratorOf(mysqlDialect({ url }), [
    {
      revision: 'r1',
      downRevision: null,
      upgrade(op) {
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('n', varchar(20))
          t.primaryKey(['id'])
        })
      },
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade(op) {
        // What no default may hold: a column is added, filled, and takes the place of the old one, and the server commits after each of them.
        op.alterTable('t', (t) =>
          t.alterColumn('n', {
            type: integer(),
            using: '(SELECT CAST(n AS SIGNED))',
            usingBack: '(SELECT CAST(n AS CHAR))',
          }),
        )
      },
    },
  ])

const rowsOf = async (db: TestDatabase): Promise<unknown[]> =>
  (await db.sql('SELECT * FROM t ORDER BY id')).map((row) => ({ ...row }))

describeOnDialects(
  ['mariadb', 'mysql'],
  'a conversion that the server refused between its statements',
  (createDatabase) => {
    const before = [
      { id: 1, n: '7' },
      { id: 2, n: 'no number' },
    ]

    it('changes nothing, and runs when the rows are corrected', async () => {
      const db = await createDatabase()
      const migrator = migratorOn(db.url)
      await migrator.upgrade('r1')
      await db.sql("INSERT INTO t (id, n) VALUES (1, '7'), (2, 'no number')")
      const { code, outcome } = await errorOf(migrator.upgrade())
      expect({ code, outcome }).toEqual({ code: 'STATEMENT_FAILED', outcome: 'unchanged' })
      expect((await migrator.status()).interrupted).toEqual([])
      expect(await rowsOf(db)).toEqual(before)
      await db.sql("UPDATE t SET n = '8' WHERE id = 2")
      expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
      await migrator.downgrade('r1')
      expect(await rowsOf(db)).toEqual([
        { id: 1, n: '7' },
        { id: 2, n: '8' },
      ])
    })

    const addThenConvert =
      (using: string): Recorded =>
      (op) => {
        op.addColumn('t', 'm', integer())
        op.alterColumn('t', 'n', { type: integer(), using, usingBack: 'CAST(n AS CHAR)' })
      }
    const failed = async () => {
      const db = await createDatabase()
      await db.sql(
        "CREATE TABLE t (id int PRIMARY KEY, n varchar(20)); INSERT INTO t VALUES (1, '7'), (2, 'no number')",
      )
      const migrator = (using: string) =>
        migratorOf(
          mysqlDialect({ url: db.url }),
          line(() => {}, addThenConvert(using)),
        )
      const wrong = migrator('(SELECT nothing FROM missing)')
      const { code, outcome } = await errorOf(wrong.upgrade())
      expect({ code, outcome }).toEqual({ code: 'STATEMENT_FAILED', outcome: 'interrupted' })
      return { db, wrong, migrator }
    }

    it('behind another operation, is taken back with it', async () => {
      const { db, wrong } = await failed()
      await wrong.resume({ revert: true })
      expect((await wrong.status()).interrupted).toEqual([])
      expect(await rowsOf(db)).toEqual(before)
    })

    it('behind another operation, runs with an expression that was corrected', async () => {
      const { db, migrator } = await failed()
      const corrected = migrator("(SELECT if(n = '7', 7, 0))")
      expect((await corrected.upgrade()).applied).toEqual(['main:r2'])
      expect(await rowsOf(db)).toEqual([
        { id: 1, n: 7, m: null },
        { id: 2, n: 0, m: null },
      ])
    })
  },
)

// MySQL takes no default such as uuid() in the statement that adds a column: an UPDATE fills it, which the trigger refuses.
describeOnEach(['mysql'], 'an operation that stopped between its statements', (createDatabase) => {
  const addKey: Recorded = (op) =>
    op.addColumn('t', 'k', varchar(36), { nullable: false, default: expression('uuid()') })
  const dropKey: Recorded = (op) => op.dropColumn('t', 'k')

  it.each([
    ['an upgrade', addKey, undefined, 'migrate downgrade'],
    ['a downgrade', dropKey, addKey, 'migrate upgrade'],
  ])('of %s is not taken back, and the advice that the error gives ends it', async (_, up, down, whole) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY${down === undefined ? '' : ', k varchar(36)'})`)
    await db.sql('INSERT INTO t (id) VALUES (1)')
    await db.sql("CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'")
    const revision = {
      revision: 'r1',
      downRevision: null,
      upgrade: up,
      ...(down === undefined ? {} : { downgrade: down }),
    }
    const migrator = migratorOf(mysqlDialect({ url: db.url }), [revision])
    if (down !== undefined) await migrator.upgrade()
    const run = down === undefined ? migrator.upgrade() : migrator.downgrade('base')
    expect((await errorOf(run)).code).toBe('STATEMENT_FAILED')
    await expect(migrator.resume({ revert: true })).rejects.toMatchObject({
      code: 'REVISION_INTERRUPTED',
      message: expect.stringContaining('`add column t.k` stopped between its statements'),
      remedy: `Correct what stopped it (the rows that the statement refused, or the permission), finish it with \`migrate resume\`, and then take the whole back with \`${whole}\`.`,
    })
    await db.sql('DROP TRIGGER tr')
    await migrator.resume()
    await (down === undefined ? migrator.downgrade('base') : migrator.upgrade())
    expect(await rowsOf(db)).toEqual([{ id: 1 }])
  })
})

// Before the statement a check of the rows runs, which passes; the statement itself waits for another session until its limit.
describeOnDialects(['mariadb', 'mysql'], 'an operation that the server refused behind its check', (createDatabase) => {
  const addThenForbidNull: Recorded = (op) => {
    op.addColumn('parent', 'extra', varchar(9))
    op.alterColumn('child', 'code', { nullable: false })
  }
  const setUp = async (): Promise<{ db: TestDatabase; migrator: Migrator }> => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
    await db.sql('CREATE TABLE child (id INTEGER PRIMARY KEY, code VARCHAR(60))')
    const limits = { lockTimeoutMs: 1_000, lockRetries: 0 }
    const chain = line(() => {}, addThenForbidNull)
    const migrator = migratorOf(mysqlDialect({ url: db.url }), chain, limits)
    const reader = await createConnection({ uri: db.url })
    try {
      await reader.query('START TRANSACTION')
      await reader.query('SELECT * FROM child')
      expect((await errorOf(migrator.upgrade())).code).toBe('STATEMENT_FAILED')
    } finally {
      await reader.end()
    }
    return { db, migrator }
  }
  const columnsOf = async (db: TestDatabase): Promise<unknown[]> =>
    (
      await db.sql(
        "SELECT column_name AS n, is_nullable AS o FROM information_schema.columns WHERE table_schema = database() AND table_name IN ('child', 'parent') ORDER BY table_name, ordinal_position",
      )
    ).map((row) => ({ ...row }))

  it('is taken back with the operations before it', async () => {
    const { db, migrator } = await setUp()
    await migrator.resume({ revert: true })
    expect((await migrator.status()).interrupted).toEqual([])
    expect(await columnsOf(db)).toEqual([
      { n: 'id', o: 'NO' },
      { n: 'code', o: 'YES' },
      { n: 'id', o: 'NO' },
    ])
  })

  it('is checked again before it is tried again', async () => {
    const { db, migrator } = await setUp()
    await db.sql('INSERT INTO child (id) VALUES (7)')
    expect((await errorOf(migrator.resume())).code).toBe('BLOCKING_ROWS')
    await db.sql('DELETE FROM child')
    expect((await migrator.resume()).applied).toEqual(['main:r2'])
    expect(await columnsOf(db)).toEqual([
      { n: 'id', o: 'NO' },
      { n: 'code', o: 'NO' },
      { n: 'id', o: 'NO' },
      { n: 'extra', o: 'YES' },
    ])
  })
})
