import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOnDialects } from '../../kit/servers.ts'

const dialectOf = (server: string, url: string): UnloadedDialect =>
  server === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('n', integer())
      t.primaryKey(['id'])
    })
    op.insertRows('t', [{ id: 1, n: 0 }], { key: ['id'] })
  },
}

const counted = {
  revision: 'bbbbbbbbbbbb',
  downRevision: 'aaaaaaaaaaaa',
  upgrade(op: OperationRecorder) {
    op.run('count', { up: async (db) => void (await db.execute('UPDATE t SET n = n + 1')), down: 'none' })
    op.sql('UPDATE t SET n = n + 10')
    op.sql('UPDATE t SET n = n + 100')
  },
}

describeOnDialects(
  ['postgres', 'mariadb', 'mysql'],
  'several texts of the author that change rows',
  (createDatabase, server) => {
    for (const transaction of ['revision', 'run'] as const) {
      it(`run in one transaction, with one for each ${transaction}`, async () => {
        const db = await createDatabase()
        const tiers = [graphOf(revisions([base, counted]))]
        const migrator = createMigrator({ dialect: dialectOf(server, db.url), tiers, transaction })
        await migrator.upgrade('aaaaaaaaaaaa')
        expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb'])
        expect((await db.sql('SELECT n FROM t')).map((row) => Number(row.n))).toEqual([111])
      })
    }
  },
)
