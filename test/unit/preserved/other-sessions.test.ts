import { integer, type OperationRecorder, type StepDatabase, varchar } from '@org/migrate-core'
import type { ServerSession } from '@org/migrate-core/dialect'
import { expect, it, onTestFinished } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf, type TestDatabase } from '../../kit/own-sessions.ts'

const table = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('a', varchar(20))
    t.primaryKey(['id'])
  })

/** Trims the values in pages of two, and preserves them. */
const trim =
  (inPage: () => unknown) =>
  (op: OperationRecorder): void =>
    op.run('trim', {
      up: async (db: StepDatabase) => {
        await db.backfill({
          table: 't',
          columns: ['a'],
          batch: 2,
          step: async (rows) => {
            await inPage()
            const cells = rows.map(({ id = null, a }) => ({ key: { id }, value: String(a), written: String(a).trim() }))
            for (const cell of cells) await db.preserve({ table: 't', column: 'a', ...cell })
            await db.updateEach({ table: 't', rows: cells.map(({ key, written }) => ({ key, set: { a: written } })) })
          },
        })
      },
      down: 'restore',
      from: ['t.a'],
      to: ['t.a'],
    })

const rows = async ({ sql }: TestDatabase): Promise<readonly unknown[]> =>
  (await sql('SELECT a FROM t ORDER BY id')).map(({ a }) => a)

describeOnEach(
  ['postgres', 'mariadb', 'mysql', 'mariadb-next'],
  'a data step beside an application that writes',
  (createDatabase, server) => {
    const family = familyOf(server)

    async function start(inPage: (db: TestDatabase) => unknown) {
      const db = await createDatabase()
      let pages = 0
      const once = (): unknown => (pages++ === 0 ? inPage(db) : undefined)
      const migrator = migratorOf(dialectFor(family, db.url), line(table, trim(once)))
      await migrator.upgrade('r1')
      await db.sql("INSERT INTO t VALUES (1, ' a '), (2, ' b '), (3, ' c '), (4, ' d ')")
      return { db, migrator }
    }

    it('works with what another session has committed to a later page', async () => {
      const { db, migrator } = await start(({ sql }) => sql("UPDATE t SET a = ' new ' WHERE id = 4"))
      await migrator.upgrade()
      expect(await rows(db)).toEqual(['a', 'b', 'c', 'new'])
      await migrator.downgrade('r1')
      expect(await rows(db)).toEqual([' a ', ' b ', ' c ', ' new '])
    })

    it('lets another session write to the rows of its page when it has ended, and leaves what that wrote', async () => {
      let written: Promise<unknown> = Promise.resolve()
      const { db, migrator } = await start(({ sql }) => {
        written = sql("UPDATE t SET a = 'new' WHERE id = 1")
      })
      await migrator.upgrade()
      await written
      expect(await rows(db)).toEqual(['new', 'b', 'c', 'd'])
      await migrator.downgrade('r1')
      expect(await rows(db)).toEqual(['new', ' b ', ' c ', ' d '])
    })

    it.each([
      ['one value', 1, ['new']],
      ['values that are written together', 4, ['new', ' b ', ' c ', ' d ']],
    ])('restores %s only where no open transaction has written another one', async (_what, count, expected) => {
      const { db, migrator } = await start(() => undefined)
      await db.sql(`DELETE FROM t WHERE id > ${count}`)
      await migrator.upgrade()
      const other: ServerSession = await dialectFor(family, db.url).connection.connect({ purpose: 'run' })
      onTestFinished(() => other.close())
      const transaction = await other.begin()
      await other.execute("UPDATE t SET a = 'new' WHERE id = 1")
      const reverted = migrator.downgrade('r1')
      const waiting =
        family === 'postgres'
          ? "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
          : "SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND command IN ('Query', 'Execute') AND info LIKE '%`t`%' AND id <> CONNECTION_ID()"
      await expect.poll(async () => (await db.sql(waiting)).length).toBe(1)
      await transaction.commit()
      const { reports } = await reverted
      expect(await rows(db)).toEqual(expected)
      expect(reports).toMatchObject([{ what: expect.stringContaining('changed since'), firstKeys: ['1'] }])
    })
  },
)
