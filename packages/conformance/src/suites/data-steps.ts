import { match } from 'node:assert/strict'
import { integer, type StepDatabase, varchar } from '@org/migrate-core'
import { equal, messageOf, thrown } from '../assert.ts'
import { migratorOn, type Recorded, rowsOf, testOn } from '../database.ts'
import { allItems, item } from '../operations/cases/world.ts'
import type { ConformanceTest, Subject } from '../subject.ts'

const given: Recorded = (op) => item(op)
const add = (db: StepDatabase, id: number) =>
  db.execute('INSERT INTO "item" ("id", "name") VALUES (?, ?)', [id, `n${id}`])
export const step =
  (body: (db: StepDatabase) => Promise<void>): Recorded =>
  (op) =>
    op.run('step', body)

/** `sent`: each statement is sent when it is executed; in a statement list it fails the list. */
const nested = (sent: boolean): Recorded =>
  step(async (db) => {
    await add(db, 10)
    const error = await thrown(
      db.transaction(async (inner) => {
        await add(inner, 11)
        await inner.transaction(async (innermost) => void (await add(innermost, 12)))
        throw new Error('not this')
      }),
    )
    equal(error instanceof Error && error.message, 'not this')
    await db.transaction(async (inner) => {
      await add(inner, 13)
      await thrown(
        inner.transaction(async (innermost) => {
          await add(innermost, 14)
          throw new Error('nor this')
        }),
      )
    })
    // A statement that fails inside is taken back as well: the step continues.
    if (sent) await thrown(db.transaction(async (inner) => void (await add(inner, 1))))
    await add(db, 15)
  })

export const pairs: Recorded = (op) => {
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

/** What a data step does, it does as a whole. */
export function dataStepTests(subject: Subject): readonly ConformanceTest[] {
  const test = testOn(subject)
  return [
    test('a transaction in a step that throws takes back its own work, and no other', async (database) => {
      const sent = database.dialect.capabilities.statementList !== true
      await migratorOn(database, given, nested(sent)).upgrade()
      const ids = await rowsOf(database, 'SELECT id FROM item ORDER BY id')
      equal(ids, [['1'], ['2'], ['3'], ['10'], ['13'], ['15']])
    }),
    test('a step that throws leaves nothing of itself, and its revision is not applied', async (database) => {
      const throwing = step(async (db) => {
        await add(db, 10)
        await db.transaction(async (inner) => void (await add(inner, 11)))
        throw new Error('no further')
      })
      await migratorOn(database, given).upgrade()
      const migrator = migratorOn(database, given, throwing)
      match(messageOf(await thrown(migrator.upgrade())), /no further/)
      equal(await rowsOf(database, allItems.sql), allItems.rows)
      equal((await migrator.status()).revision, ['r1'])
    }),
    test('DDL, settings and transaction control are refused in a step', async (database) => {
      const codes: unknown[] = []
      const refused = step(async (db) => {
        for (const sql of ['COMMIT', 'rollback', 'SAVEPOINT a', 'DROP TABLE "item"', 'CREATE TABLE x (a INTEGER)']) {
          await db.execute(sql).catch((error: { readonly code?: unknown }) => codes.push(error.code))
        }
      })
      await migratorOn(database, given, refused).upgrade()
      const [control, ddl] = ['TRANSACTION_CONTROL_IN_STEP', 'DDL_IN_DATA_STEP']
      equal(codes, [control, control, control, ddl, ddl])
      equal(await rowsOf(database, allItems.sql), allItems.rows)
    }),
    test('a step sees what is there: tables, columns, keys and indexes', async (database) => {
      const facts: unknown[] = []
      const reading = step(async (db) => {
        facts.push(
          (await db.tableNames()).filter((name) => !name.startsWith('migrate_')),
          (await db.columns('item')).map(({ name, nullable }) => `${name}${nullable ? '' : ' NOT NULL'}`),
          await db.primaryKey('item'),
          (await db.indexes('item')).map(({ name, unique }) => [name, unique]),
          (await db.uniqueConstraints('item')).map(({ columns }) => columns),
        )
      })
      const indexed: Recorded = (op) =>
        item(op, (t) => {
          t.index('item_n', ['n'])
          t.unique(['name', 'n'], { name: 'item_both' })
        })
      await migratorOn(database, indexed, reading).upgrade()
      equal(facts, [['item'], ['id NOT NULL', 'name', 'n'], ['id'], [['item_n', false]], [['name', 'n']]])
    }),
    test('backfill passes every row once, in batches, by a key of several columns', async (database) => {
      const sizes: number[] = []
      const negating = step(async (db) => {
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
      await migratorOn(database, pairs, negating).upgrade()
      equal(
        sizes.reduce((sum, size) => sum + size, 0),
        200,
      )
      equal(Math.max(...sizes) <= 37, true, 'that no batch is larger than it may be')
      equal(await rowsOf(database, 'SELECT COUNT(*) AS n, SUM(v) AS s FROM pair WHERE v <= 0'), [['200', '-30000']])
    }),
  ]
}
