import { join } from 'node:path'
import { check } from '@org/migrate-autogenerate'
import { column, integer, readDeclared, table, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

test('a rebuild of a parent in a revision keeps the children of ON DELETE CASCADE', async () => {
  const file = join(folder.path, 'parent.db')
  executeIn(
    file,
    `CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
     CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);
     INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (10, 1), (20, 2)`,
  )
  const chain = line((op) =>
    op.alterTable('parent', (t) => t.alterColumn('name', { type: text(), nullable: false, default: '' })),
  )
  const plan = await migratorOn(file, chain).plan()
  expect(plan.steps.map((step) => step.foreignKeys)).toEqual(['off'])
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, 'SELECT id, parent FROM child ORDER BY id')).toEqual([
    { id: 10, parent: 1 },
    { id: 20, parent: 2 },
  ])
  expect(rowsOf(file, "SELECT \"notnull\" AS n FROM pragma_table_info('parent') WHERE name = 'name'")).toEqual([
    { n: 1 },
  ])
})

test('a default with NUL is written as an expression, goes through a rebuild, and equals its declaration', async () => {
  const file = join(folder.path, 'nul.db')
  const withNul = { nullable: false, default: 'a\0b' }
  const chain = line(
    (op) => op.createTable('t', (t) => t.column('a', integer())),
    (op) => op.addColumn('t', 'b', text(), withNul),
    (op) => op.alterColumn('t', 'a', { type: text() }),
  )
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, 'INSERT INTO t VALUES (1)')
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO t (a) VALUES ('2')")
  expect(rowsOf(file, 'SELECT a, hex(b) AS b FROM t ORDER BY a')).toEqual([
    { a: '1', b: '610062' },
    { a: '2', b: '610062' },
  ])
  const declared = table('t', { a: column(text()), b: column(text(), withNul) })
  expect((await check(migratorOn(file, chain), { declared: readDeclared({ declared }) })).findings).toEqual([])
})
