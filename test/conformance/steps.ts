import { integer, type StepDatabase, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { allItems, item } from './cases/world.ts'
import { introspected, migratorOn, on, type Recorded, rowsOf } from './chain.ts'
import type { Subject } from './subject.ts'

const given: Recorded = (op) => item(op)
const add = (db: StepDatabase, id: number) =>
  db.execute('INSERT INTO "item" ("id", "name") VALUES (?, ?)', [id, `n${id}`])
const ids = 'SELECT id FROM item ORDER BY id'

async function thrown(body: () => Promise<unknown>): Promise<string> {
  try {
    await body()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'nothing was thrown'
}

/** What a data step does, it does as a whole. */
export function steps(subject: Subject): void {
  test('a transaction in a step that throws takes back its own work, and no other', async () => {
    await on(subject.open, async (database) => {
      const step: Recorded = (op) =>
        op.run('step', async (db) => {
          await add(db, 10)
          const message = await thrown(() =>
            db.transaction(async (inner) => {
              await add(inner, 11)
              await inner.transaction(async (innermost) => void (await add(innermost, 12)))
              throw new Error('not this')
            }),
          )
          expect(message).toBe('not this')
          await db.transaction(async (inner) => {
            await add(inner, 13)
            await thrown(() =>
              inner.transaction(async (innermost) => {
                await add(innermost, 14)
                throw new Error('nor this')
              }),
            )
          })
          // A statement that fails inside is taken back as well: the step continues.
          await thrown(() => db.transaction(async (inner) => void (await add(inner, 1))))
          await add(db, 15)
        })
      await migratorOn(database, given, step).upgrade()
      expect(await rowsOf(database, ids)).toEqual([['1'], ['2'], ['3'], ['10'], ['13'], ['15']])
    })
  })

  test('a step that throws leaves nothing of itself, and its revision is not applied', async () => {
    await on(subject.open, async (database) => {
      const step: Recorded = (op) =>
        op.run('step', async (db) => {
          await add(db, 10)
          await db.transaction(async (inner) => void (await add(inner, 11)))
          throw new Error('no further')
        })
      await migratorOn(database, given).upgrade()
      await expect(migratorOn(database, given, step).upgrade()).rejects.toThrow('no further')
      expect(await rowsOf(database, allItems.sql)).toEqual(allItems.rows)
      expect((await migratorOn(database, given, step).status()).revision).toEqual(['r1'])
    })
  })

  test('DDL, settings and transaction control are refused in a step', async () => {
    await on(subject.open, async (database) => {
      const codes: unknown[] = []
      const step: Recorded = (op) =>
        op.run('step', async (db) => {
          for (const sql of ['COMMIT', 'rollback', 'SAVEPOINT a', 'DROP TABLE "item"', 'CREATE TABLE x (a INTEGER)']) {
            await db.execute(sql).catch((error: { readonly code?: unknown }) => codes.push(error.code))
          }
        })
      await migratorOn(database, given, step).upgrade()
      expect(codes).toEqual([
        'TRANSACTION_CONTROL_IN_STEP',
        'TRANSACTION_CONTROL_IN_STEP',
        'TRANSACTION_CONTROL_IN_STEP',
        'DDL_IN_DATA_STEP',
        'DDL_IN_DATA_STEP',
      ])
      expect(await rowsOf(database, allItems.sql)).toEqual(allItems.rows)
    })
  })

  test('a step sees what is there: tables, columns, keys and indexes', async () => {
    await on(subject.open, async (database) => {
      const facts: unknown[] = []
      const step: Recorded = (op) =>
        op.run('step', async (db) => {
          facts.push(
            (await db.tableNames()).filter((name) => !name.startsWith('migrate_')),
            (await db.columns('item')).map(({ name, nullable }) => [name, nullable]),
            await db.primaryKey('item'),
            (await db.indexes('item')).map(({ name, unique }) => [name, unique]),
            (await db.uniqueConstraints('item')).map(({ columns }) => columns),
          )
        })
      const wide: Recorded = (op) =>
        item(op, (t) => {
          t.index('item_n', ['n'])
          t.unique(['name', 'n'], { name: 'item_both' })
        })
      await migratorOn(database, wide, step).upgrade()
      expect(facts).toEqual([
        ['item'],
        [
          ['id', false],
          ['name', true],
          ['n', true],
        ],
        ['id'],
        [['item_n', false]],
        [['name', 'n']],
      ])
    })
  })

  test('backfill passes every row once, in batches, by a key of several columns', async () => {
    await on(subject.open, async (database) => {
      const wide: Recorded = (op) => {
        op.createTable('pair', (t) => {
          t.column('a', varchar(10), { nullable: false })
          t.column('b', integer(), { nullable: false })
          t.column('v', integer())
          t.primaryKey(['a', 'b'])
        })
        op.insertRows(
          'pair',
          Array.from({ length: 300 }, (_, at) => ({ a: `k${at % 7}`, b: at, v: at % 3 === 0 ? null : at })),
          { key: ['a', 'b'] },
        )
      }
      const sizes: number[] = []
      const step: Recorded = (op) =>
        op.run('step', async (db) => {
          await db.backfill({
            table: 'pair',
            columns: ['v'],
            where: '"v" IS NOT NULL AND "v" >= ?',
            params: [0],
            batch: 37,
            step: async (rows) => {
              sizes.push(rows.length)
              for (const { a = null, b = null, v } of rows) {
                await db.execute('UPDATE "pair" SET "v" = ? WHERE "a" = ? AND "b" = ?', [-(v as bigint), a, b])
              }
            },
          })
        })
      await migratorOn(database, wide, step).upgrade()
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(200)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(37)
      expect(await rowsOf(database, 'SELECT COUNT(*) AS n, SUM(v) AS s FROM pair WHERE v <= 0')).toEqual([
        ['200', '-30000'],
      ])
    })
  })

  const { drizzle } = subject
  if (drizzle === undefined) return
  test('a transaction of Drizzle that throws leaves nothing', async () => {
    await on(subject.open, async (database) => {
      let message = ''
      const step: Recorded = (op) =>
        op.run('step', async (db) => {
          message = await thrown(async () => drizzle(db))
          await add(db, 20)
        })
      await migratorOn(database, given, step).upgrade()
      expect(message).toBe('out of the transaction')
      expect(await rowsOf(database, ids)).toEqual([['1'], ['2'], ['3'], ['20']])
      expect((await introspected(database)).tables.size).toBe(1)
    })
  })
}
