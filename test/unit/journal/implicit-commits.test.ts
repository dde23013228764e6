import { createMigrator, graphOf, integer, type OperationRecorder, revisions, text, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { describeOnDialects, type TestDatabase } from '../../kit/servers.ts'
import { type FaultMode, failsAtEach, faulty } from './fault-dialect.ts'

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('team', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(20), { nullable: false })
      t.primaryKey(['id'])
    })
    op.createTable('person', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(20), { nullable: false })
      t.column('team', integer())
      t.column('gone', text())
      t.primaryKey(['id'])
    })
    op.insertRows('person', [
      { id: 1, name: 'Ada', team: null, gone: 'a' },
      { id: 2, name: 'Bob', team: null, gone: 'b' },
    ])
  },
}

const mixed = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op: OperationRecorder) {
    op.alterTable('person', (t) => {
      t.addColumn('note', varchar(40), { default: 'new' })
    })
    op.insertRows('team', [{ id: 7, name: 'red' }], { key: ['id'] })
    op.run('everybody is in a team', {
      up: async (db) => {
        // Neither is right twice.
        await db.execute('UPDATE "person" SET "note" = CONCAT("note", ?)', ['!'])
        await db.execute('UPDATE "person" SET "team" = COALESCE("team", 0) + ?', [7n])
      },
      down: 'none',
    })
    op.alterTable('person', (t) => {
      t.addForeignKey({ name: 'person_team', columns: ['team'], references: { table: 'team', columns: ['id'] } })
      t.alterColumn('name', { type: varchar(30) })
      t.renameColumn('note', 'remark')
      t.dropColumn('gone')
      t.createIndex('person_name', ['name'], { unique: true })
    })
    op.run('last words', {
      up: async (db) => {
        await db.execute('UPDATE "person" SET "remark" = CONCAT("remark", ?)', ['?'])
      },
      down: 'none',
    })
  },
}

const tiers = [graphOf(revisions([base, mixed]))]

async function contents(db: TestDatabase): Promise<unknown> {
  const columns = await db.sql(
    `SELECT COLUMN_NAME AS n, COLUMN_TYPE AS t, IS_NULLABLE AS nullable FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'person' ORDER BY COLUMN_NAME`,
  )
  const indexes = await db.sql(
    `SELECT INDEX_NAME AS n, NON_UNIQUE AS u FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'person' ORDER BY INDEX_NAME`,
  )
  const one = async (sql: string): Promise<unknown> => (await db.sql(sql)).map((row) => Object.values(row).map(String))
  return {
    columns: columns.map((row) => [row.n, String(row.t).replace(/\(11\)/, ''), row.nullable]),
    indexes: indexes.map((row) => [row.n, Number(row.u)]),
    people: await one('SELECT id, name, remark, team FROM person ORDER BY id'),
    teams: await one('SELECT id, name FROM team'),
    keys: await one(
      `SELECT CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()`,
    ),
    version: await one('SELECT version_num FROM migrate_version'),
    history: await one('SELECT revision FROM migrate_history ORDER BY id'),
    journal: await one('SELECT position FROM migrate_journal'),
  }
}

const expected = {
  columns: [
    ['id', 'int', 'NO'],
    ['name', 'varchar(30)', 'NO'],
    ['remark', 'varchar(40)', 'YES'],
    ['team', 'int', 'YES'],
  ],
  indexes: [
    ['person_name', 0],
    ['person_team', 1],
    ['PRIMARY', 0],
  ],
  people: [
    ['1', 'Ada', 'new!?', '7'],
    ['2', 'Bob', 'new!?', '7'],
  ],
  teams: [['7', 'red']],
  keys: [['person_team']],
  version: [['bbbbbbbbbbbb']],
  history: [['aaaaaaaaaaaa'], ['bbbbbbbbbbbb']],
  journal: [],
}

describeOnDialects(['mariadb', 'mysql'], 'a revision whose statements commit by themselves', (createDatabase) => {
  const atBase = async (): Promise<{ db: TestDatabase; dialect: UnloadedDialect }> => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    await createMigrator({ dialect, tiers }).upgrade('aaaaaaaaaaaa')
    return { db, dialect }
  }

  it('succeeds, and is told beforehand to commit more than once', async () => {
    const { db, dialect } = await atBase()
    const migrator = createMigrator({ dialect, tiers })
    const plan = await migrator.plan()
    expect(plan.transaction).toBe('revision')
    expect(plan.steps[0]?.parts).toBeGreaterThan(5)
    expect(plan.steps[0]?.operations[0]?.statements.map((each) => each.commits)).toEqual([true])
    await migrator.upgrade()
    expect(await contents(db)).toEqual(expected)
  })

  it('ends right where what was found of a statement cannot be found once more', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const own = revisions([
      base,
      {
        revision: 'bbbbbbbbbbbb',
        downRevision: 'aaaaaaaaaaaa',
        upgrade(op: OperationRecorder) {
          op.alterTable('person', (t) => t.alterColumn('name', { type: varchar(30) }))
          op.renameTable('person', 'people')
          op.createTable('last', (t) => t.column('id', integer()))
        },
      },
    ])
    const upgrade = (of: UnloadedDialect) => createMigrator({ dialect: of, tiers: [graphOf(own)] }).upgrade()
    for (const at of [/MODIFY COLUMN `name`/, /RENAME TO|RENAME TABLE/]) {
      const fault = faulty(dialect, { at, mode: 'cut after' })
      await expect(upgrade(fault.dialect)).rejects.toThrow('was cut')
      expect(fault.struck()).toBe(true)
    }
    expect((await upgrade(dialect)).heads).toMatchObject([{ heads: ['bbbbbbbbbbbb'] }])
    expect(await db.sql('SELECT name, gone FROM people ORDER BY id')).toEqual([
      { name: 'Ada', gone: 'a' },
      { name: 'Bob', gone: 'b' },
    ])
  })

  for (const mode of ['refused', 'cut before', 'cut after'] satisfies FaultMode[]) {
    it(`ends right when it is run again, whichever statement was ${mode}`, async () => {
      const endsRight = async (db: TestDatabase, what: string) => expect(await contents(db), what).toEqual(expected)
      await failsAtEach(mode, { atBase, tiers, endsRight })
    })
  }
})
