import { expression, integer, isMigrateError } from '@org/migrate-core'
import { equal, refusal, thrown } from '../assert.ts'
import { expectDeclared, expectUnchanged } from '../compare.ts'
import { introspected, migratorOn, type Recorded, rowsOf, tableNames, testOn } from '../database.ts'
import { allItems, insert, item, keyed, part, toItem } from '../operations/cases/world.ts'
import type { ConformanceTest, Subject, SubjectDatabase } from '../subject.ts'

const given: Recorded = (op) => item(op)

/** Fails at its third statement as long as two rows have one name. */
const failing: Recorded = (op) => {
  keyed(op, 'first')
  op.alterTable('item', (t) => {
    t.addColumn('more', integer(), { default: 7 })
    t.addUnique(['name'], { name: 'item_name' })
  })
  keyed(op, 'last')
  insert(op, 'last', { id: 1 })
}

const counting =
  (at: number): Recorded =>
  (op) => {
    keyed(op, `t${at}`)
    op.insertRows(`t${at}`, [{ id: 1 }])
    op.run('count', async (db) => void (await db.execute('UPDATE "item" SET "n" = COALESCE("n", 0) + 1')))
  }

/** Where the dialect knows which rows are in the way, they are named. */
function expectRefusedForRows(error: unknown): void {
  if (isMigrateError(error, 'BLOCKING_ROWS') || isMigrateError(error, 'FOREIGN_KEY_VIOLATION')) return
  if (!isMigrateError(error, 'STATEMENT_FAILED')) throw error
  equal(error.details.fault, 'constraint')
}

interface RefusedChange {
  readonly change: Recorded
  /** SQL that makes rows which the change does not allow, and SQL that takes them away. */
  readonly wrong: string
  readonly right: string
}

/** Where a dialect rebuilds a table, it has to check these itself: the rows are copied. */
const refusedChanges: { readonly [what: string]: RefusedChange } = {
  'a unique index': {
    change: (op) => op.createIndex('item', 'item_name', ['name'], { unique: true }),
    wrong: "UPDATE item SET name = 'a' WHERE id = 3",
    right: "UPDATE item SET name = '' WHERE id = 3",
  },
  'a check': {
    change: (op) => op.alterTable('item', (t) => t.addCheck(expression('n < 100'), { name: 'item_n' })),
    wrong: 'UPDATE item SET n = 100 WHERE id = 3',
    right: 'UPDATE item SET n = -5 WHERE id = 3',
  },
  'NOT NULL': {
    change: (op) => op.alterTable('item', (t) => t.alterColumn('name', { nullable: false })),
    wrong: 'UPDATE item SET name = NULL WHERE id = 3',
    right: "UPDATE item SET name = '' WHERE id = 3",
  },
  'a foreign key': {
    change: (op) => op.alterTable('part', (t) => t.addForeignKey(toItem)),
    wrong: 'UPDATE part SET item_id = 99 WHERE id = 2',
    right: 'UPDATE part SET item_id = 3 WHERE id = 2',
  },
}

const bothTables: Recorded = (op) => {
  item(op)
  part(op)
}

async function refusesRows(database: SubjectDatabase, { change, wrong, right }: RefusedChange): Promise<void> {
  await migratorOn(database, bothTables).upgrade()
  const before = await introspected(database)
  await database.sql(wrong)
  const rows = async () => [
    await rowsOf(database, allItems.sql),
    await rowsOf(database, 'SELECT id, item_id FROM part ORDER BY id'),
  ]
  const rowsBefore = await rows()
  const migrator = migratorOn(database, bothTables, change)
  expectRefusedForRows(await thrown(migrator.upgrade()))
  equal((await migrator.status()).revision, ['r1'])
  await expectUnchanged(database, before)
  equal(await rows(), rowsBefore)
  await database.sql(right)
  await migrator.upgrade()
  await expectDeclared(database, [bothTables, change])
  equal(await rowsOf(database, allItems.sql), allItems.rows)
}

/** A statement that fails in the middle of a revision, and the run after it; several that migrate one database. */
export function failureTests(subject: Subject): readonly ConformanceTest[] {
  const test = testOn(subject)
  return [
    test('a revision that fails in its middle leaves nothing, or resumes from there when it is run again', async (database) => {
      await migratorOn(database, given).upgrade()
      const before = await introspected(database)
      await database.sql("INSERT INTO item (id, name, n) VALUES (4, 'a', 0)")
      const migrator = migratorOn(database, given, failing)
      expectRefusedForRows(await thrown(migrator.upgrade()))
      equal((await migrator.status()).revision, ['r1'])
      if (subject.transactional) await expectUnchanged(database, before)
      equal((await tableNames(database)).includes('last'), false)
      await database.sql('DELETE FROM item WHERE id = 4')
      await migrator.upgrade()
      await expectDeclared(database, [given, failing])
      equal(await rowsOf(database, allItems.sql), allItems.rows)
      equal(await rowsOf(database, 'SELECT id FROM last'), [['1']])
      await migrator.downgrade('-1')
      await expectUnchanged(database, before)
    }),
    ...Object.entries(refusedChanges).map(([what, change]) =>
      test(`rows that ${what} does not allow stop it, and stay as they are`, (database) =>
        refusesRows(database, change)),
    ),
    test('a plan that a server refuses runs nothing of the revisions before it either', async (database) => {
      const wrong: Recorded = (op) => op.alterTable('none', (t) => t.dropColumn('n'))
      await refusal(migratorOn(database, given, wrong).upgrade(), 'OBJECT_MISSING')
      equal(await tableNames(database), [])
    }),
    test('several migrators at once run each revision once', async (database) => {
      const chain = [given, ...[0, 1, 2, 3, 4].map(counting)]
      const names = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']
      const results = await Promise.all([1, 2, 3].map(() => migratorOn(database, ...chain).upgrade()))
      equal(
        results.flatMap((result) => result.applied).sort(),
        names.map((name) => `main:${name}`),
      )
      const history = await migratorOn(database, ...chain).history()
      equal(
        history.map(({ revision, direction }) => `${direction} ${revision}`).sort(),
        names.map((name) => `up ${name}`),
      )
      equal(await rowsOf(database, 'SELECT id, n FROM item ORDER BY id'), [
        ['1', '15'],
        ['2', '5'],
        ['3', '0'],
      ])
    }),
  ]
}
