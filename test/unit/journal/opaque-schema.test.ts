import {
  createMigrator,
  expression,
  graphOf,
  integer,
  native,
  type OperationRecorder,
  revisions,
  varchar,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects, type TestDatabase } from '../../kit/servers.ts'
import { faulty } from './fault-dialect.ts'

type Upgrade = (op: OperationRecorder) => void

const tiersOf = (first: Upgrade, second: Upgrade) => [
  graphOf(
    revisions([
      { revision: 'aaaaaaaaaaaa', downRevision: null, upgrade: first },
      { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa', upgrade: second },
    ]),
  ),
]

const migratorOf = (dialect: UnloadedDialect, first: Upgrade, second: Upgrade) =>
  createMigrator({ dialect, tiers: tiersOf(first, second) })

const rowsAsText = async (db: TestDatabase, sql: string): Promise<unknown> =>
  (await db.sql(sql)).map((row) => Object.values(row).map(String))

const createTable: Upgrade = (op) => op.sql('CREATE TABLE t (id int NOT NULL PRIMARY KEY, n int)')

describeOnDialects(
  ['mariadb', 'mysql'],
  'what follows a table that SQL of an author made, in one run',
  (createDatabase) => {
    let stops = false
    const follows: Upgrade = (op) => {
      op.insertRows('t', [{ id: 1, n: 0 }])
      op.alterTable('t', (t) => t.addColumn('a', integer()))
      op.run('not right twice', {
        up: async (db) => void (await db.execute('UPDATE "t" SET "n" = "n" + 1')),
        down: 'none',
      })
      op.alterTable('t', (t) => t.addColumn('b', integer()))
      op.run('may stop', {
        up: async () => {
          if (stops) throw new Error('stopped')
        },
        down: 'none',
      })
    }

    it('commits where its statements do, and what is done of it is noted', async () => {
      const db = await createDatabase()
      const migrator = migratorOf(mysqlDialect({ url: db.url }), createTable, follows)
      expect((await migrator.plan('head')).steps.map(({ parts }) => parts)).toEqual([2, 2])
      stops = true
      await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'DATA_STEP_FAILED' })
      expect((await rowsAsText(db, 'SELECT state FROM migrate_journal')) as unknown[]).not.toEqual([])
      stops = false
      await migrator.upgrade()
      expect(await rowsAsText(db, 'SELECT * FROM t')).toEqual([['1', '1', 'null', 'null']])
      expect(await rowsAsText(db, 'SELECT version_num FROM migrate_version')).toEqual([['bbbbbbbbbbbb']])
      expect(await rowsAsText(db, 'SELECT state FROM migrate_journal')).toEqual([])
    })
  },
)

describeOn('postgres', 'what follows a table that SQL of an author made, in one run', (createDatabase) => {
  const isValid = `SELECT indisvalid FROM pg_index WHERE indexrelid = 't_n'::regclass`
  const concurrently: readonly (readonly [string, Upgrade])[] = [
    ['an operation', (op) => op.alterTable('t', (t) => t.createIndex('t_n', ['n'], { concurrently: true }))],
    [
      'SQL after an operation',
      (op) => {
        op.alterTable('t', (t) => t.addColumn('a', integer()))
        op.sql('CREATE INDEX CONCURRENTLY t_n ON t (n)', { nonTransactional: true })
      },
    ],
  ]

  it.each(concurrently)('can stand outside a transaction: %s', async (_, upgrade) => {
    const db = await createDatabase()
    await migratorOf(postgresDialect({ url: db.url }), createTable, upgrade).upgrade()
    expect(await db.sql(isValid)).toMatchObject([{ indisvalid: true }])
  })

  it('is one transaction with it where nothing of it has to be committed first', async () => {
    const db = await createDatabase()
    const fails: Upgrade = (op) => {
      op.alterTable('t', (t) => t.addColumn('a', integer()))
      op.sql('SELECT 1 / 0')
    }
    const migrator = migratorOf(postgresDialect({ url: db.url }), createTable, fails)
    expect(await migrator.plan('head')).toMatchObject({ transaction: 'run' })
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    expect(await rowsAsText(db, `SELECT to_regclass('t')`)).toEqual([['null']])
  })
})

describeOnDialects(['mariadb', 'mysql'], 'what follows an operation that was left in the middle', (createDatabase) => {
  it('stands on the whole of it, also where the half would not bear it', async () => {
    const first: Upgrade = (op) => {
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.column('c', integer(), { generated: { as: expression('`n` * 2') } })
        t.primaryKey(['id'])
      })
      op.insertRows('t', [{ id: 1, n: 3 }])
    }
    const second: Upgrade = (op) => {
      op.alterTable('t', (t) => t.alterColumn('c', { type: native('mysql', 'point'), generated: null }))
      // MariaDB has no NOT NULL for what c still is.
      op.alterTable('t', (t) => {
        t.alterColumn('c', { nullable: false })
        t.dropColumn('n')
      })
    }
    const db = await createDatabase()
    const migrator = migratorOf(mysqlDialect({ url: db.url }), first, second)
    // A number is no point.
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    expect(await rowsAsText(db, 'SELECT state, done FROM migrate_journal')).toEqual([['failed', '1']])
    await db.sql('DELETE FROM t')
    await migrator.upgrade()
    const columns = `SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME <> 'id'`
    expect(await rowsAsText(db, columns)).toEqual([['c', 'point', 'NO']])
  })
})

describeOn('mysql', 'what follows a column that was renamed, and its check not yet made again', (createDatabase) => {
  const first: Upgrade = (op) => {
    op.createTable('p', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('parent', integer())
      t.primaryKey(['id'])
      t.check(expression('`parent` > 0'), { name: 'positive' })
      t.foreignKey({ name: 'f', columns: ['parent'], references: { table: 'p', columns: ['id'] } })
    })
  }
  const second: Upgrade = (op) => {
    op.alterTable('t', (t) => {
      t.renameColumn('parent', 'owner')
      t.dropConstraint({ name: 'positive', kind: 'check' })
      t.addColumn('note', varchar(20))
    })
  }

  it('is not compiled from the half of it', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    await migratorOf(dialect, first, second).upgrade('aaaaaaaaaaaa')
    const failing = faulty(dialect, { at: /ADD CONSTRAINT `positive`/, mode: 'refused' }).dialect
    await expect(migratorOf(failing, first, second).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    const constraintsQuery = `SELECT CONSTRAINT_NAME FROM information_schema.TABLE_CONSTRAINTS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND CONSTRAINT_NAME <> 'PRIMARY'`
    expect(await rowsAsText(db, constraintsQuery)).toEqual([['f']])
    await migratorOf(dialect, first, second).upgrade()
    expect(await rowsAsText(db, constraintsQuery)).toEqual([['f']])
    const columns = `SELECT COLUMN_NAME FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY ORDINAL_POSITION`
    expect(await rowsAsText(db, columns)).toEqual([['id'], ['owner'], ['note']])
  })
})
