import { match } from 'node:assert/strict'
import { createMigrator, graphOf, integer, type Migrator, revisions } from '@org/migrate-core'
import { equal, refusal } from '../assert.ts'
import { expectUnchanged } from '../compare.ts'
import { introspected, line, migratorOn, type Recorded, rowsOf, sendsLists, tableNames, testOn } from '../database.ts'
import { item, keyed } from '../operations/cases/world.ts'
import type { ConformanceTest, Subject, SubjectDatabase } from '../subject.ts'

const given: Recorded = (op) => item(op)
const table =
  (name: string): Recorded =>
  (op) =>
    keyed(op, name)
const noneBelowZero: Recorded = (op) => op.expectNone('items below zero', 'SELECT id, n FROM item WHERE n < 0')
const both =
  (...all: readonly Recorded[]): Recorded =>
  (op) => {
    for (const each of all) each(op)
  }

/** A check behind the rows that it finds; in a revision of its own where none can read what it has written. */
const behind = (database: SubjectDatabase, check: Recorded): readonly Recorded[] =>
  sendsLists(database) ? [given, check] : [both(given, check)]

const blocking = (work: Promise<unknown>) => refusal(work, 'BLOCKING_ROWS')

/** Everything in the database that a revision could have changed. */
async function stateOf(database: SubjectDatabase, migrator: Migrator) {
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

const sized: Recorded = (op) => {
  op.alterTable('item', (t) => t.addColumn('size', integer()))
  op.expectNone('items with a size', 'SELECT id FROM item WHERE size IS NOT NULL')
  op.run('sizes', { up: async (db) => void (await db.execute('UPDATE "item" SET "size" = 1')), down: 'none' })
  op.expectNone('items without a size', 'SELECT id FROM item WHERE size IS NULL')
  op.alterTable('item', (t) => t.alterColumn('size', { nullable: false }))
  op.expectNone('sizes of another number', 'SELECT id FROM item WHERE size <> 1')
  op.alterTable('item', (t) => t.addCheck({ kind: 'expression', sql: 'size < 5' }, { name: 'item_size' }))
}

async function stopsBeforeTheFirstChange(database: SubjectDatabase): Promise<void> {
  await migratorOn(database, given).upgrade()
  await database.sql(`INSERT INTO item (id, name, n) VALUES ${seven}`)
  const migrator = migratorOn(database, given, both(noneBelowZero, table('later')))
  const [before, tables] = [await stateOf(database, migrator), await introspected(database)]
  const { message, outcome, details, location } = await blocking(migrator.upgrade())
  equal([details.check, details.count], ['items below zero', 8])
  equal([location.revision, location.operation], ['r2', 'expect no items below zero'])
  match(message, /^items below zero: 8 rows, for example: id \d+, n -\d+(; id \d+, n -\d+){4}$/)
  equal(outcome, 'unchanged')
  equal(await stateOf(database, migrator), before)
  await expectUnchanged(database, tables)

  await database.sql('DELETE FROM item WHERE n < 0')
  await migrator.upgrade()
  equal(await tableNames(database), ['item', 'later'])
  const [row] = await database.sql("SELECT operations, inverses FROM migrate_history WHERE revision = 'r2'")
  equal(JSON.parse(String(row?.operations))[0], {
    kind: 'expectNone',
    what: 'items below zero',
    query: 'SELECT id, n FROM item WHERE n < 0',
  })
  equal(JSON.parse(String(row?.inverses))[0], [])
  // The downgrade expects nothing: rows of today are no reason to stay.
  await database.sql("INSERT INTO item (id, name, n) VALUES (9, 'x', -9)")
  await migrator.downgrade('-1')
  equal(await tableNames(database), ['item'])
}

async function cutsLongValues(database: SubjectDatabase): Promise<void> {
  const text = '0123456789'.repeat(20)
  const expectsNone: Recorded = (op) => op.expectNone('any', `SELECT '${text}' AS t FROM item WHERE n < 0`)
  const { details } = await blocking(migratorOn(database, ...behind(database, expectsNone)).upgrade())
  equal(details.rows, [`t ${text.slice(0, 99)}…`])
}

/** What a revision expects of the rows before it changes them. */
export function checkTests(subject: Subject): readonly ConformanceTest[] {
  const { transactional } = subject
  const test = testOn(subject)
  const shared = transactional
    ? 'a check takes all revisions back that share its transaction'
    : 'a check takes no revision back where DDL commits by itself'
  return [
    test(
      'rows in the way stop a revision before its first change, with their number and five of them',
      stopsBeforeTheFirstChange,
    ),
    test('few rows are all named', async (database) => {
      const { message, details } = await blocking(migratorOn(database, ...behind(database, noneBelowZero)).upgrade())
      equal(message, 'items below zero: 1 row: id 3, n -5')
      equal(details, { check: 'items below zero', count: 1, rows: ['id 3, n -5'] })
    }),
    test('a check sees the rows as they are in its place', async (database) => {
      const migrator = migratorOn(database, given, sized)
      await migrator.upgrade()
      equal(await rowsOf(database, 'SELECT id, size FROM item ORDER BY id'), [
        ['1', '1'],
        ['2', '1'],
        ['3', '1'],
      ])
      await migrator.downgrade('-1')
      const [items] = (await introspected(database)).tables.values()
      equal(
        items?.columns.map(({ name }) => name),
        ['id', 'name', 'n'],
      )
    }),
    test('a check in the middle takes back what stands before it, or is where the next run resumes', async (database) => {
      await migratorOn(database, given).upgrade()
      const migrator = migratorOn(database, given, both(table('sooner'), noneBelowZero, table('later')))
      for (const _ of [1, 2]) {
        const { details, outcome } = await blocking(migrator.upgrade())
        equal(details.rows, ['id 3, n -5'])
        equal(outcome, transactional ? 'unchanged' : 'interrupted')
        equal(await tableNames(database), transactional ? ['item'] : ['item', 'sooner'])
      }
      await database.sql('UPDATE item SET n = 5 WHERE id = 3')
      await migrator.upgrade()
      equal(await tableNames(database), ['item', 'later', 'sooner'])
      equal((await migrator.status()).interrupted, [])
      await migrator.downgrade('-1')
      equal(await tableNames(database), ['item'])
    }),
    test(shared, async (database) => {
      const tiers = [graphOf(revisions(line(given, table('sooner'), noneBelowZero)))]
      const migrator = createMigrator({ dialect: database.dialect, tiers, transaction: 'run' })
      await blocking(migrator.upgrade())
      // A list is of one revision.
      const isShared = transactional && !sendsLists(database)
      equal(await tableNames(database), isShared ? [] : ['item', 'sooner'])
      equal((await migrator.status()).revision, isShared ? [] : ['r2'])
    }),
    test('to plan a revision asks nothing of the rows', async (database) => {
      await migratorOn(database, given).upgrade()
      const migrator = migratorOn(database, given, (op) => op.expectNone('rows', 'SELECT id FROM nowhere'))
      const [planned] = (await migrator.plan()).steps.at(-1)?.operations ?? []
      equal(planned?.describe, 'expect no rows')
      equal(planned?.statements.length, 1)
      match(planned?.statements[0]?.sql ?? '', /FROM \(SELECT id FROM nowhere\) AS/)
      equal((await refusal(migrator.upgrade(), 'STATEMENT_FAILED')).details.fault, 'missing')
    }),
    test('a query is any SELECT, with what may stand around it', async (database) => {
      await migratorOn(database, given).upgrade()
      for (const query of queries(subject.fragments.quoted('rows in all'))) {
        const expectsNone: Recorded = (op) => op.expectNone('any', query)
        const { details } = await blocking(migratorOn(database, given, expectsNone).upgrade())
        const rows = [query.includes('rows in all') ? 'rows in all 3' : 'id 3']
        equal(details, { check: 'any', count: 1, rows }, query)
      }
    }),
    test('a long value is cut', cutsLongValues),
  ]
}
