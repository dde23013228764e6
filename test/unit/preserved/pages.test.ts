import { boolean, bytes, decimal, double, integer, json, text, timestamp, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, test } from 'vitest'
import { describeOn } from '../../kit/servers.ts'
import { describeOnAll, type Halves, migratorOn } from './grounds.ts'

/** Counts what sessions send, by a dialect that is the same otherwise. */
function counting(dialect: UnloadedDialect): { readonly dialect: UnloadedDialect; readonly sent: string[] } {
  const sent: string[] = []
  const connect: UnloadedDialect['connection']['connect'] = async (options) => {
    const session = await dialect.connection.connect(options)
    const { query, execute, savepoint } = session
    session.query = (sql, params) => {
      sent.push(sql)
      return query.call(session, sql, params)
    }
    session.execute = (sql, params) => {
      sent.push(sql)
      return execute.call(session, sql, params)
    }
    session.savepoint = <T>(body: () => Promise<T>): Promise<T> => {
      sent.push('SAVEPOINT', 'RELEASE')
      return (savepoint as typeof session.savepoint<T>).call(session, body)
    }
    return session
  }
  return { dialect: { ...dialect, connection: { ...dialect.connection, connect } }, sent }
}

const table: Halves = {
  upgrade: (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('keep', text())
      t.primaryKey(['id'])
    }),
}
const column: Halves = { upgrade: (op) => op.alterTable('t', (t) => t.addColumn('note', text())) }
const child: Halves = {
  upgrade: (op) =>
    op.createTable('c', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('parent', integer())
      t.column('note', text())
      t.primaryKey(['id'])
      t.foreignKey({ columns: ['parent'], references: { table: 't', columns: ['id'] } })
    }),
}

const digits = Array.from({ length: 10 }, (_, n) => (n === 0 ? 'SELECT 0 AS n' : `SELECT ${n}`)).join(' UNION ALL ')
const numbers = `WITH d AS (${digits}), s AS (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * e.n AS n FROM d a, d b, d c, d e)`

/** One by one 2,000 values took more than 4,000 statements down, and more than 14,000 up. */
const most = 300

describeOn('postgres', 'the pages of a table that was just filled', (createDatabase) => {
  test('are found by its primary key, without statistics', async () => {
    const { url, sql } = await createDatabase()
    const { dialect, sent } = counting(postgresDialect({ url }))
    const migrator = migratorOn(dialect, table, column)
    await migrator.upgrade()
    await sql(`INSERT INTO t (id, keep, note) ${numbers} SELECT n, 'k', 'note' FROM s WHERE n < 4000`)
    await migrator.downgrade('r1')
    await sql("DELETE FROM pg_statistic WHERE starelid = 'migrate_preserved'::regclass")
    await migrator.upgrade()
    const page = sent.find((each) =>
      each.startsWith('DELETE FROM "migrate_preserved" WHERE "migrate_preserved"."id" BETWEEN'),
    )
    const explained = await sql(`EXPLAIN ${page ?? ''}`)
    const plan = explained.map((row) => Object.values(row).join()).join('\n')
    expect(plan).toContain('migrate_preserved_pk')
    expect(plan).not.toContain('migrate_preserved_cell')
  })
})

for (const server of ['mariadb', 'mysql'] as const)
  describeOn(server, 'a page of values', (createDatabase) => {
    test('of which a trigger changes one comes back without that one', async () => {
      const { url, sql } = await createDatabase()
      const ids = [1n, 2n, 3n]
      const renamed: Halves = {
        upgrade: (op) =>
          op.run('rename', {
            up: async (db) => {
              for (const id of ids) {
                const [value, written] = [`old ${id}`, `new ${id}`]
                await db.preserve({ table: 't', key: { id }, column: 'keep', value, written })
                await db.execute('UPDATE t SET keep = ? WHERE id = ?', [written, id])
              }
            },
            down: 'restore',
          }),
      }
      const migrator = migratorOn(mysqlDialect({ url }), table, renamed)
      await migrator.upgrade('r1')
      await sql("INSERT INTO t (id, keep) VALUES (1, 'old 1'), (2, 'old 2'), (3, 'old 3')")
      await migrator.upgrade()
      await sql("CREATE TRIGGER other BEFORE UPDATE ON t FOR EACH ROW SET NEW.keep = IF(NEW.id = 2, 'x', NEW.keep)")
      const { reports } = await migrator.downgrade('r1')
      expect(reports).toMatchObject([{ count: 1, firstKeys: ['2'] }])
      expect(await sql('SELECT keep FROM t ORDER BY id')).toEqual([
        { keep: 'old 1' },
        { keep: 'new 2' },
        { keep: 'old 3' },
      ])
      expect(await migrator.preserved.list()).toMatchObject([{ revision: 'r2', table: 't', values: 1 }])
    })
  })

describeOnAll('pages of preserved values', (openGround, server) => {
  const noteOf = (id: string): string => (/m(?:aria|y)/.test(server) ? `CONCAT('note ', ${id})` : `'note ' || ${id}`)

  test('go down and up in a few statements, and each value is where it was', async () => {
    const ground = await openGround()
    const { dialect, sent } = counting(ground.dialect)
    const migrator = migratorOn(dialect, table, column)
    await migrator.upgrade()
    await ground.sql(`INSERT INTO t (id, keep, note) ${numbers} SELECT n, 'k', ${noteOf('n')} FROM s WHERE n < 2600`)
    sent.length = 0
    await migrator.downgrade('r1')
    expect(sent.length).toBeLessThan(most)
    expect(await ground.rows('SELECT COUNT(*) FROM migrate_preserved')).toEqual([['2600']])
    sent.length = 0
    expect((await migrator.upgrade()).reports).toEqual([])
    expect(sent.length).toBeLessThan(most)
    expect(await ground.rows('SELECT COUNT(*) FROM migrate_preserved')).toEqual([['0']])
    expect(await ground.rows(`SELECT COUNT(*) FROM t WHERE note = ${noteOf('id')}`)).toEqual([['2600']])
  })

  test('are found beyond gaps of their ids, sparse and dense ones', async () => {
    const ground = await openGround()
    const { dialect, sent } = counting(ground.dialect)
    const migrator = migratorOn(dialect, table, column)
    await migrator.upgrade()
    for (const offset of [0, 10_000])
      await ground.sql(
        `INSERT INTO t (id, keep, note) ${numbers} SELECT n + ${offset}, 'k', ${noteOf(`(n + ${offset})`)} FROM s`,
      )
    await migrator.downgrade('r1')
    await ground.sql('UPDATE migrate_preserved SET id = id + 3000000 WHERE id > 10')
    sent.length = 0
    expect((await migrator.upgrade()).reports).toEqual([])
    expect(sent.length).toBeLessThan(most)
    expect(await ground.rows('SELECT COUNT(*) FROM migrate_preserved')).toEqual([['0']])
    expect(await ground.rows('SELECT COUNT(*) FROM t WHERE note IS NOT NULL')).toEqual([['20000']])
    expect(await ground.rows(`SELECT COUNT(*) FROM t WHERE note = ${noteOf('id')}`)).toEqual([['20000']])
  })

  test('that an upgrade takes away go and come back in a few statements, but for those of rows that have changed', async () => {
    const ground = await openGround()
    const { dialect, sent } = counting(ground.dialect)
    const taken: Halves = { upgrade: (op) => op.dropColumn('t', 'note', { preserve: true }) }
    const migrator = migratorOn(dialect, table, column, taken)
    await migrator.upgrade('r2')
    await ground.sql(`INSERT INTO t (id, keep, note) ${numbers} SELECT n, 'k', ${noteOf('n')} FROM s WHERE n < 2600`)
    sent.length = 0
    await migrator.upgrade()
    expect(sent.length).toBeLessThan(most)
    await ground.sql("UPDATE t SET keep = 'new' WHERE id IN (700, 701); DELETE FROM t WHERE id = 702")
    sent.length = 0
    const { reports } = await migrator.downgrade('r2')
    expect(sent.length).toBeLessThan(most)
    expect(reports.map(({ count, firstKeys }) => [count, [...firstKeys].sort()])).toEqual([
      [2, ['700', '701']],
      [1, ['702']],
    ])
    expect(await ground.rows(`SELECT COUNT(*) FROM t WHERE note = ${noteOf('id')}`)).toEqual([['2597']])
    expect(await ground.rows('SELECT COUNT(*) FROM migrate_preserved')).toEqual([['3']])
  })

  test('of rows come back around those that the server refuses, which are reported one by one', async () => {
    const ground = await openGround()
    const { dialect, sent } = counting(ground.dialect)
    const migrator = migratorOn(dialect, table, child)
    await migrator.upgrade()
    await ground.sql(`INSERT INTO t (id, keep) ${numbers} SELECT n, 'k' FROM s WHERE n < 2000`)
    await ground.sql(`INSERT INTO c (id, parent, note) ${numbers} SELECT n, n, ${noteOf('n')} FROM s WHERE n < 2000`)
    sent.length = 0
    await migrator.downgrade('r1')
    expect(sent.length).toBeLessThan(most)
    await ground.sql('DELETE FROM t WHERE id IN (700, 701)')
    const { reports } = await migrator.upgrade()
    expect(reports.map(({ count, firstKeys }) => [count, [...firstKeys].sort()])).toEqual([[2, ['700', '701']]])
    expect(await ground.rows(`SELECT COUNT(*) FROM c WHERE note = ${noteOf('id')} AND parent = id`)).toEqual([['1998']])
    expect(await ground.rows('SELECT COUNT(*) FROM migrate_preserved')).toEqual([['2']])
  })

  test('hold values of every kind, and each comes back as it was', async () => {
    const ground = await openGround()
    const many: Halves = {
      upgrade: (op) =>
        op.alterTable('t', (t) => {
          t.addColumn('d', decimal(20, 6))
          t.addColumn('f', double())
          t.addColumn('b', boolean())
          t.addColumn('x', bytes())
          t.addColumn('w', timestamp())
          t.addColumn('j', json())
          t.addColumn('note', varchar(40))
        }),
    }
    const { dialect, sent } = counting(ground.dialect)
    const migrator = migratorOn(dialect, table, many)
    await migrator.upgrade()
    const isPostgres = server.startsWith('postgres')
    const [yes, no] = isPostgres ? ['TRUE', 'FALSE'] : ['1', '0']
    const hex = (digits: string): string => (isPostgres ? `'\\x${digits}'` : `X'${digits}'`)
    const slash = /m(?:aria|y)/.test(server) ? '\\\\' : '\\'
    await ground.sql(`INSERT INTO t (id, keep, d, f, b, x, w, j, note) VALUES
      (1, 'a', 12345678901234.567891, 0.1, ${yes}, ${hex('00ff')}, '2026-01-02 03:04:05', '{"a": 1}', 'it''s ${slash} a ? mark'),
      (2, 'b', 0.000001, -2.5e300, ${no}, ${hex('')}, '1999-12-31 23:59:59', '["${slash}${slash}n"]', 'ü € 🎉 '),
      (3, 'c', -1, 3, ${yes}, NULL, '2026-01-02 03:04:05', '[]', ''),
      (4, 'd', NULL, NULL, NULL, ${hex('c3')}, NULL, NULL, NULL)`)
    const all = 'SELECT * FROM t ORDER BY id'
    const before = await ground.rows(all)
    await migrator.downgrade('r1')
    sent.length = 0
    expect((await migrator.upgrade()).reports).toEqual([])
    expect(await ground.rows(all)).toEqual(before)
    expect(sent.filter((sql) => sql.startsWith('UPDATE') && sql.includes('CASE')).length).toBe(7)
  })

  test('leave newer values, and rows that are gone, as they are', async () => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, table, column)
    await migrator.upgrade()
    await ground.sql(`INSERT INTO t (id, keep, note) ${numbers} SELECT n, 'k', ${noteOf('n')} FROM s WHERE n < 700`)
    await migrator.downgrade('r1')
    await ground.sql('DELETE FROM t WHERE id IN (3, 600)')
    await ground.sql("UPDATE t SET keep = 'other' WHERE id = 5")
    const { reports } = await migrator.upgrade()
    expect(reports.reduce((sum, { count }) => sum + count, 0)).toBe(3)
    expect(await ground.rows('SELECT id FROM t WHERE note IS NULL')).toEqual([['5']])
    expect(await ground.rows(`SELECT COUNT(*) FROM t WHERE note = ${noteOf('id')}`)).toEqual([['697']])
    expect(await migrator.preserved.restore('r2')).toEqual({ restored: 1, missing: 2, refused: 0 })
    expect(await ground.rows('SELECT note FROM t WHERE id = 5')).toEqual([['note 5']])
  })
})
