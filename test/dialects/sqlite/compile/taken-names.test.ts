import { join } from 'node:path'
import { expression, integer, type Migrator, type OperationRecorder } from '@org/migrate-core'
import { describe, expect, test } from 'vitest'
import { line } from '../../../kit/migrator.ts'
import { executeIn, migratorOn, temporaryFolder } from '../../../unit/run/kit.ts'

const table =
  (name: string, index?: string) =>
  (op: OperationRecorder): void =>
    op.createTable(name, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
      if (index !== undefined) t.index(index, ['id'])
    })
const trigger =
  (name: string) =>
  (op: OperationRecorder): void =>
    op.createTrigger('t', name, expression(`CREATE TRIGGER ${name} AFTER INSERT ON t BEGIN SELECT 1; END`))

const existing = `CREATE TABLE other (i int); CREATE INDEX by_i ON other (i); CREATE VIEW seen AS SELECT 1 AS one;
  CREATE TRIGGER after_it AFTER INSERT ON other BEGIN SELECT 1; END; CREATE TABLE t (a int); CREATE INDEX own ON t (a)`

const taken: readonly (readonly [string, (op: OperationRecorder) => void, string])[] = [
  ['a table of a table', table('OTHER'), 'table OTHER: the table other has this name'],
  ['a table of an index', table('By_I'), 'table By_I: the index by_i of other has this name'],
  ['a renamed table of a view', (op) => op.renameTable('t', 'Seen'), 'table Seen: the view seen has this name'],
  ['an index of an index', (op) => op.createIndex('t', 'BY_I', ['a']), 'index BY_I of t: the index by_i of other has'],
  ['an index of a table', table('n', 'other'), 'index other of n: the table other has this name'],
  [
    'a renamed index of a view',
    (op) => op.alterTable('t', (t) => t.renameIndex('own', 'seen')),
    'index seen of t: the view seen has this name',
  ],
  ['a view of an index', (op) => op.createView('by_i', expression('SELECT 1 AS one')), 'view by_i: the index by_i of'],
  ['a renamed view of a table', (op) => op.renameView('seen', 'T'), 'view T: the table t has this name'],
  ['a trigger of a trigger', trigger('AFTER_IT'), 'trigger AFTER_IT of t: the trigger after_it of other has this name'],
  [
    'two indexes of a plan',
    (op) => {
      table('n', 'ix')(op)
      table('m', 'IX')(op)
    },
    'index IX of m: the index ix of n has this name',
  ],
]

const free: readonly (readonly [string, (op: OperationRecorder) => void])[] = [
  ['a table of a trigger', table('after_it')],
  ['a trigger of a table', trigger('other')],
  ['what goes before', (op) => (op.dropTable('other'), op.createIndex('t', 'by_i', ['a']))],
  ['its own in another case', (op) => op.alterTable('t', (t) => t.renameIndex('own', 'OWN'))],
  ['its own in another case, of a table', (op) => op.renameTable('t', 'T')],
]

const folder = temporaryFolder()

/** A migrator of one revision over a database that has the objects. */
function over(upgrade: (op: OperationRecorder) => void): Migrator {
  const file = join(folder.path, 'db.sqlite')
  executeIn(file, existing)
  return migratorOn(file, line(upgrade))
}

describe('a name that another object has', () => {
  test.each(taken)('is refused by the plan: %s', async (_, upgrade, message) => {
    await expect(over(upgrade).plan()).rejects.toMatchObject({
      code: 'INVALID_OPERATION',
      message: expect.stringContaining(message),
    })
  })

  test.each(free)('is free: that of %s', async (_, upgrade) => {
    await over(upgrade).upgrade()
  })

  test.each([
    ['view', (op: OperationRecorder) => op.createView('sqlite_v', expression('SELECT 1 AS one'))],
    ['renamed index', (op: OperationRecorder) => op.alterTable('t', (t) => t.renameIndex('own', 'SQLite_i'))],
    ['trigger', trigger('sqlite_t')],
  ])('of SQLite itself is refused for a %s', async (_, upgrade) => {
    await expect(over(upgrade).plan()).rejects.toMatchObject({ code: 'INVALID_NAME' })
  })
})
