import { integer } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'

const none = (): void => undefined

describeOnEach(
  ['mysql', 'mariadb'],
  'a run that is aborted while a statement waits for its table',
  (createDatabase) => {
    it.each([
      ['the first statement, with nothing done', [], 'unchanged', 'behind'],
      ['a later statement, with the first one done', ['u'], 'interrupted', 'interrupted'],
    ] as const)('%s', async (_, before, outcome, state) => {
      const db = await createDatabase()
      await db.sql('CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE u (id int PRIMARY KEY)')
      const chain = line(none, (op) => {
        for (const table of [...before, 't']) op.addColumn(table, 'x', integer())
        op.addColumn('t', 'y', integer())
      })
      const migrator = migratorOf(mysqlDialect({ url: db.url }), chain)
      await migrator.upgrade('r1')
      const other = await mysqlDialect({ url: db.url }).connection.connect({ purpose: 'inspect' })
      const reading = await other.begin()
      await other.query('SELECT * FROM t')
      try {
        const stop = new AbortController()
        const running = migrator.upgrade('head', { signal: stop.signal })
        const failed = expect(running).rejects.toMatchObject({ code: 'ABORTED', outcome })
        await expect
          .poll(() =>
            db.sql(
              "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND STATE = 'Waiting for table metadata lock'",
            ),
          )
          .toHaveLength(1)
        stop.abort()
        await failed
        expect(await db.sql('SHOW COLUMNS FROM t')).toHaveLength(1)
        expect(await db.sql('SELECT position FROM migrate_journal')).toHaveLength(before.length === 0 ? 0 : 2)
        expect((await migrator.status()).state).toBe(state)
      } finally {
        await reading.rollback()
        await other.close()
      }
      await reading.rollback()
      await other.close()
      await migrator.upgrade()
      expect(await db.sql('SHOW COLUMNS FROM t')).toHaveLength(3)
    })
  },
)
