import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expression, integer } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { line, migratorOf, type Recorded } from '../kit/migrator.ts'
import { describeOnEach } from '../kit/servers.ts'

describeOnEach(
  ['postgres', 'mysql', 'mariadb'],
  'a `using` with a line comment at its end',
  (createDatabase, server) => {
    it('takes nothing behind it along', async () => {
      const { url, sql } = await createDatabase()
      await sql('CREATE TABLE t (id integer PRIMARY KEY, a varchar(9))')
      await sql("INSERT INTO t VALUES (1, '7')")
      const [dialect, whole] =
        server === 'postgres'
          ? [postgresDialect({ url }), 'a::integer -- whole']
          : [mysqlDialect({ url }), 'CAST(a AS SIGNED) -- whole']
      const migrator = migratorOf(
        dialect,
        line((op) =>
          op.alterColumn('t', 'a', { type: { kind: 'integer', bits: 32 }, nullable: false, default: 5, using: whole }),
        ),
      )
      await migrator.upgrade(undefined, { allowDataLoss: true })
      await sql('INSERT INTO t (id) VALUES (2)')
      expect((await sql('SELECT a FROM t ORDER BY id')).map((row) => Number(row.a))).toEqual([7, 5])
    })
  },
)

const shared: Recorded = (op) => {
  op.createTable('rated', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('low', integer(), { default: expression('(1 + 1) -- two'), nullable: false })
    t.column('high', integer(), { generated: { as: expression('low * 2 -- twice'), stored: true } })
    t.primaryKey(['id'])
    t.check(expression('low > 0 -- positive'), { name: 'low_positive' })
  })
  op.addCheck('t', expression("a <> 'bad' -- good"), { name: 'a_good' })
}

const ofPostgres: Recorded = (op) => {
  op.createIndex('t', 'short_a', [expression('lower(a) -- low')], {
    where: expression('id > 1 -- big'),
    unique: true,
  })
  op.createPolicy('t', 'own', { using: expression('id > 0 -- all'), withCheck: expression('id > 1 -- more') })
  op.addConstraint('t', {
    kind: 'exclude',
    name: 'one_id',
    elements: [{ expression: '(id + 0) -- sum', operator: '=' }],
    where: 'id > 5 -- rest',
    method: 'btree',
  })
}

const limitedView: Recorded = (op) =>
  op.createView('bigs', expression('SELECT id, a FROM t WHERE id > 1 -- big'), { options: { check_option: 'local' } })

const insertsRefused: readonly string[] = [
  'INSERT INTO rated (id, low) VALUES (2, 0)',
  "INSERT INTO t (id, a) VALUES (2, 'bad')",
]

describeOnEach(
  ['postgres', 'mysql', 'mariadb'],
  'expressions with a line comment at their end',
  (createDatabase, server) => {
    it('take nothing behind them along', async () => {
      const { url, sql } = await createDatabase()
      await sql('CREATE TABLE t (id integer PRIMARY KEY, a varchar(9))')
      await sql("INSERT INTO t VALUES (1, 'good')")
      const dialect = server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })
      const chain = [shared, limitedView, ...(server === 'postgres' ? [ofPostgres] : [])]
      const migrator = migratorOf(dialect, line(...chain))
      await migrator.upgrade()
      await sql('INSERT INTO rated (id) VALUES (1)')
      expect((await sql('SELECT low, high FROM rated')).map(({ low, high }) => [Number(low), Number(high)])).toEqual([
        [2, 4],
      ])
      for (const insert of [...insertsRefused, "INSERT INTO bigs (id, a) VALUES (0, 'new')"])
        await expect(sql(insert)).rejects.toThrow()
      await migrator.downgrade('base', { allowDataLoss: true })
      await migrator.upgrade()
    })
  },
)

it('sqlite: expressions with a line comment at their end take nothing behind them along', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'line-comments-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'app.db')
  const database = new Database(file)
  onTestFinished(() => void database.close())
  database.exec("CREATE TABLE t (id integer PRIMARY KEY, a text); INSERT INTO t VALUES (1, 'good')")
  const migrator = migratorOf(
    sqliteDialect({ url: file }),
    line(shared, (op) =>
      op.createIndex('t', 'short_a', [expression('lower(a) -- low')], { where: expression('id > 1 -- big') }),
    ),
  )
  await migrator.upgrade()
  database.exec('INSERT INTO rated (id) VALUES (1)')
  expect(database.prepare('SELECT low, high FROM rated').all()).toEqual([{ low: 2, high: 4 }])
  for (const insert of insertsRefused) expect(() => database.exec(insert)).toThrow('CHECK constraint failed')
  await migrator.downgrade('base', { allowDataLoss: true })
  database.exec("INSERT INTO t VALUES (2, 'bad')")
  await expect(migrator.upgrade()).rejects.toThrow('rows that violate CHECK a_good')
})
