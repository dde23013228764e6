import { integer, type Migrator, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { createConnection } from 'mysql2/promise'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOnDialects, type TestDatabase } from '../../kit/servers.ts'

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

describeOnDialects(['mariadb', 'mysql'], 'an operation that stopped between its statements', (createDatabase) => {
  it('is not taken back, and the advice that the error gives ends it', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db.url)
    await migrator.upgrade('r1')
    await db.sql("INSERT INTO t (id, n) VALUES (1, '7'), (2, 'no number')")
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    await expect(migrator.resume({ revert: true })).rejects.toMatchObject({
      code: 'REVISION_INTERRUPTED',
      details: { revision: 'r2' },
      remedy:
        'Correct what stopped it (the rows that the statement refused, or the permission), finish it with `migrate resume`, and then take the whole back with `migrate downgrade`.',
    })
    await db.sql("UPDATE t SET n = '8' WHERE id = 2")
    expect((await migrator.resume()).applied).toEqual(['main:r2'])
    await migrator.downgrade('r1')
    expect((await db.sql('SELECT id, n FROM t ORDER BY id')).map((row) => ({ ...row }))).toEqual([
      { id: 1, n: '7' },
      { id: 2, n: '8' },
    ])
    const { state } = await migrator.status()
    expect(state).toBe('behind')
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
