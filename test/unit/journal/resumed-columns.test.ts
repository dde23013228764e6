import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOnDialects, familyOf } from '../../kit/servers.ts'
import { type FaultMode, faulty } from './fault-dialect.ts'

const tiers = [
  graphOf(
    revisions([
      {
        revision: 'aaaaaaaaaaaa',
        downRevision: null,
        upgrade(op: OperationRecorder) {
          for (const name of ['t', 'old', 'other'])
            op.createTable(name, (t) => {
              t.column('id', integer(), { nullable: false })
              t.column('n', integer())
              t.primaryKey(['id'])
            })
        },
      },
      {
        revision: 'bbbbbbbbbbbb',
        downRevision: 'aaaaaaaaaaaa',
        upgrade(op: OperationRecorder) {
          op.sql('CREATE TABLE made (id int NOT NULL PRIMARY KEY)')
          op.sql('DROP TABLE old')
          op.alterTable('t', (t) => t.createIndex('t_n', ['n'], { concurrently: true }))
          op.sql('ALTER TABLE t ADD COLUMN hand int')
        },
      },
    ]),
  ),
]

describeOnDialects(
  ['postgres', 'postgres-next', 'mariadb', 'mysql'],
  'columns that SQL of an author left',
  (createDatabase, server) => {
    const moments: readonly (readonly [string, RegExp, FaultMode])[] = [
      ['refused behind what is done', /ADD COLUMN hand/, 'refused'],
      ['cut off before the first', /CREATE TABLE made/, 'cut before'],
      ['cut off behind an index', /(INDEX|ADD).*t_n/, 'cut after'],
    ]

    it.each(moments)('are in the history of a revision that is resumed: %s', async (_, at, mode) => {
      const db = await createDatabase()
      const dialectOf = familyOf(server) === 'postgres' ? postgresDialect : mysqlDialect
      const dialect = dialectOf({ url: db.url })
      await createMigrator({ dialect, tiers }).upgrade('aaaaaaaaaaaa')
      const stopped = faulty(dialect, { at, mode })
      await expect(createMigrator({ dialect: stopped.dialect, tiers }).upgrade()).rejects.toThrow()
      expect(stopped.struck()).toBe(true)
      await createMigrator({ dialect, tiers }).upgrade()
      const [row] = await db.sql("SELECT columns_after FROM migrate_history WHERE revision = 'bbbbbbbbbbbb'")
      expect(new Map(JSON.parse(String(row?.columns_after)))).toEqual(
        new Map([
          ['made', ['id']],
          ['old', null],
          ['t', ['id', 'n', 'hand']],
        ]),
      )
      await db.sql('ALTER TABLE t DROP COLUMN hand')
      const check = await createMigrator({ dialect, tiers }).ensure({ mode: 'verify' })
      expect(JSON.stringify(check)).toContain('t has no column hand')
    })
  },
)
