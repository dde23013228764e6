import { join } from 'node:path'
import { integer, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { keyed, nothing } from '../preserved/kit.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

test.each(['run', 'revision'] as const)(
  'a later revision may change what opaque SQL of an earlier one made, in one run (%s), there and back',
  async (transaction) => {
    const file = join(folder.path, 'made.db')
    const chain = line(
      nothing,
      (op) => op.sql('CREATE TABLE made (id INTEGER PRIMARY KEY, a TEXT)', { inverse: 'DROP TABLE made' }),
      (op) => op.alterTable('made', (t) => t.alterColumn('a', { nullable: false })),
      (op) => op.createIndex('made', 'made_a', ['a']),
    )
    const plan = await migratorOn(file, chain, { transaction }).plan()
    expect(plan.steps.map((step) => step.operations.every((each) => each.asExpected))).toEqual([
      true,
      false,
      true,
      true,
    ])
    await migratorOn(file, chain, { transaction }).upgrade()
    expect(rowsOf(file, "SELECT \"notnull\" AS n FROM pragma_table_info('made') WHERE name = 'a'")).toEqual([{ n: 1 }])
    await migratorOn(file, chain, { transaction }).downgrade('base')
    expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name LIKE 'made%'")).toEqual([])
  },
)

test('what opaque SQL made and takes back is no drift of the revision before it', async () => {
  const file = join(folder.path, 'index.db')
  const chain = line(nothing, keyed('t', 'v'), (op) =>
    op.sql('CREATE INDEX t_v ON t (v)', { inverse: 'DROP INDEX t_v' }),
  )
  await migratorOn(file, chain).upgrade()
  await migratorOn(file, chain).downgrade('r1')
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name = 't'")).toEqual([])
})

test('a rebuild that opaque SQL of an earlier revision makes necessary keeps the rows of cascading children', async () => {
  const file = join(folder.path, 'cascade.db')
  const chain = line(
    (op) => {
      keyed('parent')(op)
      op.createTable('child', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('parent', integer())
        t.primaryKey(['id'])
        t.foreignKey({ columns: ['parent'], references: { table: 'parent', columns: ['id'] }, onDelete: 'cascade' })
      })
    },
    (op) => op.sql('ALTER TABLE parent ADD COLUMN v TEXT UNIQUE_IS_NOT_POSSIBLE_HERE CHECK (v <> 1)'),
    (op) => op.alterTable('parent', (t) => t.alterColumn('v', { default: 'x' })),
    (op) => op.alterTable('parent', (t) => t.addColumn('w', text())),
  )
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, 'INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1)')
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, 'SELECT * FROM child')).toEqual([{ id: 1, parent: 1 }])
})
