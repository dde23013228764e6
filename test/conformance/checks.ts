import { check } from '@org/migrate-autogenerate'
import { createMigrator, graphOf, integer, isMigrateError, type MigrateError, revisions } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { item } from './cases/world.ts'
import { dialectOf, introspected, line, migratorOn, on, type Recorded, rowsOf } from './chain.ts'
import { differsFromBefore } from './compare.ts'
import type { Subject, SubjectDatabase } from './subject.ts'

const given: Recorded = (op) => item(op)
const table =
  (name: string): Recorded =>
  (op) =>
    op.createTable(name, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
const noneBelowZero: Recorded = (op) => op.expectNone('items below zero', 'SELECT id, n FROM item WHERE n < 0')
const both =
  (...all: readonly Recorded[]): Recorded =>
  (op) => {
    for (const each of all) each(op)
  }

async function refusal(work: Promise<unknown>): Promise<MigrateError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (isMigrateError(error)) return error
  throw error ?? new Error('it was not refused')
}

/** Everything in the database that a revision could have changed. */
async function stateOf(database: SubjectDatabase, migrator: ReturnType<typeof migratorOn>) {
  const { revision, interrupted } = await migrator.status()
  return {
    revision,
    interrupted,
    items: await rowsOf(database, 'SELECT id, name, n FROM item ORDER BY id'),
    history: (await migrator.history()).map(({ revision: of, direction }) => `${direction} ${of}`),
  }
}

const seven = Array.from({ length: 7 }, (_, at) => `(${10 + at}, 'x', ${-10 - at})`).join(', ')

/** Each finds the one row below zero. */
const queries = (named: string): readonly string[] => [
  'SELECT id FROM item WHERE n < 0 ; ;',
  'SELECT id FROM item WHERE n < 0 -- below zero',
  'SELECT id FROM item WHERE n < 0 /* a comment that is not closed',
  '-- one\n/* two */ SELECT id FROM item -- three\nWHERE n < 0; -- four\n',
  'WITH low AS (SELECT id FROM item WHERE n < 0) SELECT low.id FROM low ORDER BY low.id',
  'SELECT id FROM item WHERE n < 0 ORDER BY id DESC LIMIT 3',
  'SELECT q.id FROM item q WHERE q.n < 0',
  "SELECT id FROM item WHERE n < 0 AND name <> ');--' AND name <> '/*'",
  'SELECT id FROM item WHERE n < 0 UNION SELECT id FROM item WHERE n < -1',
  // As the column is called in which we count.
  `SELECT id AS ${named} FROM item WHERE n < 0`,
]

/** What a revision expects of the rows before it changes them. */
export function checks(subject: Subject): void {
  test('rows in the way stop a revision before its first change, with their number and five of them', async () => {
    await on(subject.open, async (database) => {
      await migratorOn(database, given).upgrade()
      await database.sql(`INSERT INTO item (id, name, n) VALUES ${seven}`)
      const migrator = migratorOn(database, given, both(noneBelowZero, table('later')))
      const [before, tables] = [await stateOf(database, migrator), await introspected(database)]
      const error = await refusal(migrator.upgrade())
      expect(error).toMatchObject({
        code: 'BLOCKING_ROWS',
        details: { check: 'items below zero', count: 8 },
        location: { revision: 'r2', operation: 'expect no items below zero' },
      })
      expect(error.message).toMatch(/^items below zero: 8 rows, for example: id \d+, n -\d+(; id \d+, n -\d+){4}$/)
      expect(error.outcome).toBe('unchanged')
      expect(await stateOf(database, migrator)).toEqual(before)
      expect(differsFromBefore(await dialectOf(database), tables, await introspected(database))).toEqual([])

      await database.sql('DELETE FROM item WHERE n < 0')
      await migrator.upgrade()
      expect([...(await introspected(database)).tables.keys()].sort()).toEqual(['item', 'later'])
      const [row] = await database.sql("SELECT operations, inverses FROM migrate_history WHERE revision = 'r2'")
      expect(JSON.parse(String(row?.operations))[0]).toEqual({
        kind: 'expectNone',
        what: 'items below zero',
        query: 'SELECT id, n FROM item WHERE n < 0',
      })
      expect(JSON.parse(String(row?.inverses))[0]).toEqual([])
      // The downgrade expects nothing: rows of today are no reason to stay.
      await database.sql("INSERT INTO item (id, name, n) VALUES (9, 'x', -9)")
      await migrator.downgrade('-1')
      expect([...(await introspected(database)).tables.keys()]).toEqual(['item'])
    })
  })

  test('few rows are all named', async () => {
    await on(subject.open, async (database) => {
      const error = await refusal(migratorOn(database, both(given, noneBelowZero)).upgrade())
      expect(error.message).toBe('items below zero: 1 row: id 3, n -5')
      expect(error.details).toEqual({ check: 'items below zero', count: 1, rows: ['id 3, n -5'] })
    })
  })

  test('a check sees the rows as they are in its place', async () => {
    await on(subject.open, async (database) => {
      const filled: Recorded = (op) => {
        op.alterTable('item', (t) => t.addColumn('size', integer()))
        op.expectNone('items with a size', 'SELECT id FROM item WHERE size IS NOT NULL')
        op.run('sizes', { up: async (db) => void (await db.execute('UPDATE "item" SET "size" = 1')), down: 'none' })
        op.expectNone('items without a size', 'SELECT id FROM item WHERE size IS NULL')
        op.alterTable('item', (t) => t.alterColumn('size', { nullable: false }))
        op.expectNone('sizes of another number', 'SELECT id FROM item WHERE size <> 1')
        op.alterTable('item', (t) => t.addCheck({ kind: 'expression', sql: 'size < 5' }, { name: 'item_size' }))
      }
      const migrator = migratorOn(database, given, filled)
      await migrator.upgrade()
      expect(await rowsOf(database, 'SELECT id, size FROM item ORDER BY id')).toEqual([
        ['1', '1'],
        ['2', '1'],
        ['3', '1'],
      ])
      await migrator.downgrade('-1')
      expect([...(await introspected(database)).tables.values()][0]?.columns.map(({ name }) => name)).toEqual([
        'id',
        'name',
        'n',
      ])
    })
  })

  test('a check in the middle takes back what stands before it, or is where the next run resumes', async () => {
    await on(subject.open, async (database) => {
      await migratorOn(database, given).upgrade()
      const migrator = migratorOn(database, given, both(table('sooner'), noneBelowZero, table('later')))
      for (const _ of [1, 2]) {
        const error = await refusal(migrator.upgrade())
        expect(error).toMatchObject({ code: 'BLOCKING_ROWS', details: { rows: ['id 3, n -5'] } })
        if (!subject.transactional)
          expect(error.remedy).toMatch(/to resume it, or undo it with `migrate resume --revert`\.$/)
        const tables = subject.transactional ? ['item'] : ['item', 'sooner']
        expect([...(await introspected(database)).tables.keys()].sort()).toEqual(tables)
      }
      await database.sql('UPDATE item SET n = 5 WHERE id = 3')
      await migrator.upgrade()
      expect([...(await introspected(database)).tables.keys()].sort()).toEqual(['item', 'later', 'sooner'])
      expect((await migrator.status()).interrupted).toEqual([])
      await migrator.downgrade('-1')
      expect([...(await introspected(database)).tables.keys()]).toEqual(['item'])
    })
  })

  const shared = subject.transactional
    ? 'a check takes all revisions back that share its transaction'
    : 'a check takes no revision back where DDL commits by itself'
  test(shared, async () => {
    await on(subject.open, async (database) => {
      const tiers = [graphOf(revisions(line(given, table('sooner'), noneBelowZero)))]
      const migrator = createMigrator({ dialect: database.dialect, tiers, transaction: 'run' })
      expect((await refusal(migrator.upgrade())).code).toBe('BLOCKING_ROWS')
      const [tables, revision] = subject.transactional ? [[], []] : [['item', 'sooner'], ['r2']]
      expect([...(await introspected(database)).tables.keys()].sort()).toEqual(tables)
      expect((await migrator.status()).revision).toEqual(revision)
    })
  })

  test('to plan and to check a revision asks nothing of the rows', async () => {
    await on(subject.open, async (database) => {
      await migratorOn(database, given).upgrade()
      const migrator = migratorOn(database, given, (op) => op.expectNone('rows', 'SELECT id FROM nowhere'))
      const [planned] = (await migrator.plan()).steps.at(-1)?.operations ?? []
      expect(planned?.describe).toBe('expect no rows')
      expect(planned?.statements.map(({ sql }) => sql)).toEqual([
        expect.stringContaining('FROM (SELECT id FROM nowhere) AS'),
      ])
      expect((await check(migrator)).findings.map(({ kind }) => kind)).toEqual(['not at head'])
      expect(await refusal(migrator.upgrade())).toMatchObject({
        code: 'STATEMENT_FAILED',
        details: { fault: 'missing' },
      })
    })
  })

  test('a query is any SELECT, with what may stand around it', async () => {
    await on(subject.open, async (database) => {
      await migratorOn(database, given).upgrade()
      const counts: unknown[] = []
      for (const query of queries(subject.fragments.quoted('rows in all'))) {
        const expectsNone: Recorded = (op) => op.expectNone('any', query)
        const { details } = await refusal(migratorOn(database, given, expectsNone).upgrade())
        counts.push([query, details])
      }
      expect(counts).toEqual(
        queries(subject.fragments.quoted('rows in all')).map((query) => [
          query,
          { check: 'any', count: 1, rows: [query.includes('rows in all') ? 'rows in all 3' : 'id 3'] },
        ]),
      )
    })
  })

  test('a long value is cut', async () => {
    await on(subject.open, async (database) => {
      const text = `${'0123456789'.repeat(20)}`
      const expectsNone: Recorded = (op) => op.expectNone('any', `SELECT '${text}' AS t FROM item WHERE n < 0`)
      const error = await refusal(migratorOn(database, both(given, expectsNone)).upgrade())
      expect(error.details).toMatchObject({ rows: [`t ${text.slice(0, 99)}…`] })
    })
  })
}
