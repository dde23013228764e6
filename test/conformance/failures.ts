import { integer } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { allItems, item } from './cases/world.ts'
import { dialectOf, introspected, migratorOn, modelOf, on, type Recorded, rowsOf } from './chain.ts'
import { differsFromBefore, differsFromModel } from './compare.ts'
import type { Subject } from './subject.ts'

const given: Recorded = (op) => item(op)

/** Fails at its third statement as long as two rows have one name. */
const failing: Recorded = (op) => {
  op.createTable('first', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
  op.alterTable('item', (t) => {
    t.addColumn('more', integer(), { default: 7 })
    t.addUnique(['name'], { name: 'item_name' })
  })
  op.createTable('last', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
  op.insertRows('last', [{ id: 1 }], { key: ['id'] })
}

/** A statement that fails in the middle of a revision, and the run after it. */
export function failures(subject: Subject): void {
  test('a revision that fails in its middle leaves nothing, or resumes from there when it is run again', async () => {
    await on(subject.open, async (database) => {
      const dialect = await dialectOf(database)
      await migratorOn(database, given).upgrade()
      const before = await introspected(database)
      await database.sql("INSERT INTO item (id, name, n) VALUES (4, 'a', 0)")
      const migrator = migratorOn(database, given, failing)
      await expect(migrator.upgrade()).rejects.toMatchObject({ details: { fault: 'constraint' } })
      expect((await migrator.status()).revision).toEqual(['r1'])
      if (subject.transactional)
        expect(differsFromBefore(dialect, before, await introspected(database)).join('\n')).toBe('')
      expect([...(await introspected(database)).tables.keys()]).not.toContain('last')
      await database.sql('DELETE FROM item WHERE id = 4')
      await migrator.upgrade()
      expect(differsFromModel(dialect, modelOf(dialect, given, failing), await introspected(database)).join('\n')).toBe(
        '',
      )
      expect(await rowsOf(database, allItems.sql)).toEqual(allItems.rows)
      expect(await rowsOf(database, 'SELECT id FROM last')).toEqual([['1']])
      await migrator.downgrade('-1')
      expect(differsFromBefore(dialect, before, await introspected(database)).join('\n')).toBe('')
    })
  })

  test('a plan that a server refuses runs nothing of the revisions before it either', async () => {
    await on(subject.open, async (database) => {
      const wrong: Recorded = (op) => op.alterTable('none', (t) => t.dropColumn('n'))
      await expect(migratorOn(database, given, wrong).upgrade()).rejects.toMatchObject({ code: 'OBJECT_MISSING' })
      expect((await introspected(database)).tables.size).toBe(0)
    })
  })
}

/** Two who migrate one database at the same time. */
export function together(subject: Subject): void {
  test('several migrators at once run each revision once', async () => {
    await on(subject.open, async (database) => {
      const chain = [
        given,
        ...Array.from(
          { length: 5 },
          (_, at): Recorded =>
            (op) => {
              op.createTable(`t${at}`, (t) => {
                t.column('id', integer(), { nullable: false })
                t.primaryKey(['id'])
              })
              op.insertRows(`t${at}`, [{ id: 1 }])
              op.run('count', async (db) => void (await db.execute('UPDATE "item" SET "n" = COALESCE("n", 0) + 1')))
            },
        ),
      ]
      const results = await Promise.all([1, 2, 3].map(() => migratorOn(database, ...chain).upgrade()))
      const applied = results.flatMap((result) => result.applied)
      expect([...applied].sort()).toEqual(['main:r1', 'main:r2', 'main:r3', 'main:r4', 'main:r5', 'main:r6'])
      const history = await migratorOn(database, ...chain).history()
      expect(history.map(({ revision, direction }) => `${direction} ${revision}`).sort()).toEqual(
        ['r1', 'r2', 'r3', 'r4', 'r5', 'r6'].map((revision) => `up ${revision}`),
      )
      expect(await rowsOf(database, 'SELECT id, n FROM item ORDER BY id')).toEqual([
        ['1', '15'],
        ['2', '5'],
        ['3', '0'],
      ])
    })
  })
}
