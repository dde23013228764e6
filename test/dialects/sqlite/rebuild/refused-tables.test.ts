import { integer, text, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, line, type RevisionBody } from '../../../kit/migrator.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from '../../../unit/run/kit.ts'

const folder = temporaryFolder()
const counted: RevisionBody = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
    t.column('b', varchar(9), { nullable: false })
    t.primaryKey(['id'])
  })
const withoutRowid: RevisionBody = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('b', text(), { nullable: false })
    t.primaryKey(['id'])
    t.options({ withoutRowid: true })
  })
const plain: RevisionBody = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer())
    t.column('b', varchar(9))
  })

it.each<[string, RevisionBody, RevisionBody, string, string]>([
  [
    'AUTOINCREMENT with its key',
    counted,
    (op) => op.alterTable('t', (t) => t.dropConstraint({ kind: 'primaryKey' })),
    'INVALID_OPERATION',
    'drop primary key of t: the column id counts by itself (AUTOINCREMENT)',
  ],
  [
    'AUTOINCREMENT with a key of two columns',
    counted,
    (op) =>
      op.alterTable('t', (t) => {
        t.dropConstraint({ kind: 'primaryKey' })
        t.addPrimaryKey(['id', 'b'])
      }),
    'INVALID_OPERATION',
    'drop primary key of t',
  ],
  [
    'AUTOINCREMENT of a text',
    counted,
    (op) => op.alterTable('t', (t) => t.alterColumn('id', { type: varchar(9) })),
    'UNSUPPORTED',
    'identity of t.id: AUTOINCREMENT needs an INTEGER PRIMARY KEY',
  ],
  [
    'AUTOINCREMENT without rowids',
    counted,
    (op) => op.options('t', { withoutRowid: true }),
    'UNSUPPORTED',
    'identity of t.id: AUTOINCREMENT needs an INTEGER PRIMARY KEY of a table with rowids',
  ],
  [
    'the key of a table WITHOUT ROWID',
    withoutRowid,
    (op) => op.alterTable('t', (t) => t.dropConstraint({ kind: 'primaryKey' })),
    'UNSUPPORTED',
    'table t without a primary key: it is a WITHOUT ROWID table',
  ],
  [
    'a new WITHOUT ROWID',
    plain,
    (op) => op.options('t', { withoutRowid: true }),
    'UNSUPPORTED',
    'table t without a primary key: it is a WITHOUT ROWID table',
  ],
  [
    'a table WITHOUT ROWID that is new',
    plain,
    (op) =>
      op.createTable('u', (t) => {
        t.column('id', integer())
        t.options({ withoutRowid: true })
      }),
    'UNSUPPORTED',
    'table u without a primary key: it is a WITHOUT ROWID table',
  ],
  [
    'types that no STRICT table has',
    plain,
    (op) => op.options('t', { strict: true }),
    'UNSUPPORTED',
    'type VARCHAR(9) of t.b in a STRICT table',
  ],
])('a plan refuses %s', async (_title, before, change, code, message) => {
  const file = `${folder.path}/refused.db`
  const migrator = migratorOn(file, line(before, change))
  await migrator.upgrade('r1')
  expect(await errorOf(migrator.plan())).toMatchObject({ code, message: expect.stringContaining(message) })
})

it('the key goes, and another one comes, once the column counts no more; the downgrade restores the counter', async () => {
  const file = `${folder.path}/counter.db`
  const change: RevisionBody = (op) =>
    op.alterTable('t', (t) => {
      t.alterColumn('id', { identity: null })
      t.dropConstraint({ kind: 'primaryKey' })
      t.addPrimaryKey(['id', 'b'])
    })
  const migrator = migratorOn(file, line(counted, change))
  await migrator.upgrade('r1')
  executeIn(file, "INSERT INTO t (id, b) VALUES (1, 'x'), (7, 'y')")
  executeIn(file, 'DELETE FROM t WHERE id = 7')
  await migrator.upgrade()
  await migrator.downgrade('r1')
  executeIn(file, "INSERT INTO t (b) VALUES ('z')")
  expect(rowsOf(file, 'SELECT id, b FROM t ORDER BY id')).toEqual([
    { id: 1, b: 'x' },
    { id: 8, b: 'z' },
  ])
})

it('STRICT comes with the types that it has, changed in the same revision', async () => {
  const file = `${folder.path}/strict.db`
  const change: RevisionBody = (op) => {
    op.alterTable('t', (t) => t.alterColumn('b', { type: text() }))
    op.options('t', { strict: true })
  }
  const migrator = migratorOn(file, line(plain, change))
  await migrator.upgrade()
  await migrator.downgrade('r1')
  await migrator.upgrade()
  expect(rowsOf(file, "SELECT strict FROM pragma_table_list WHERE name = 't'")).toEqual([{ strict: 1 }])
})
