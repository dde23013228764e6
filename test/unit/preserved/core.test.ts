import { join } from 'node:path'
import { integer, isMigrateError, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, type Recorded } from '../../kit/migrator.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from '../run/kit.ts'
import { downAndUp, keyed, nothing, preservedCount } from './kit.ts'

const folder = temporaryFolder()

test('rows of a dropped table come back when only opaque SQL makes it again', async () => {
  const file = join(folder.path, 'opaque.db')
  const chain = line(nothing, {
    up: (op) => op.sql('CREATE TABLE made (id INTEGER PRIMARY KEY, a TEXT)'),
    down: (op) => op.dropTable('made'),
  })
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO made VALUES (1, 'one'), (2, NULL)")
  await downAndUp(file, chain, 'r1')
  expect(rowsOf(file, 'SELECT * FROM made')).toEqual([
    { id: 1, a: 'one' },
    { id: 2, a: null },
  ])
  expect(preservedCount(file)).toBe(0)
})

test('SQL that declares to drop a table keeps its rows as dropTable does', async () => {
  const file = join(folder.path, 'effects.db')
  const chain = line(nothing, (op) =>
    op.sql('CREATE TABLE made (id INTEGER PRIMARY KEY, a TEXT)', {
      inverse: 'DROP TABLE made',
      effects: (inner) =>
        inner.createTable('made', (t) => {
          t.column('id', integer())
          t.column('a', text())
          t.primaryKey(['id'])
        }),
    }),
  )
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO made VALUES (1, 'one')")
  const plan = await migratorOn(file, chain).plan('r1')
  expect(plan.steps[0]?.losses).toEqual([
    { object: 'table made', how: 'dropped', rows: 1, preserved: true, bytes: expect.any(Number) },
  ])
  await downAndUp(file, chain, 'r1')
  expect(rowsOf(file, 'SELECT * FROM made')).toEqual([{ id: 1, a: 'one' }])
})

test('a value preserved by an older downgrade never wins over a newer one', async () => {
  const file = join(folder.path, 'older.db')
  const chain = line(keyed('t'), (op) => op.alterTable('t', (t) => t.addColumn('x', text())))
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO t VALUES (1, 'old')")
  await migratorOn(file, chain).downgrade('r1')
  executeIn(file, 'DELETE FROM t')
  const { reports } = await migratorOn(file, chain).upgrade()
  expect(reports).toMatchObject([{ count: 1, firstKeys: ['1'] }])
  executeIn(file, "INSERT INTO t VALUES (1, 'new')")
  await downAndUp(file, chain, 'r1')
  expect(rowsOf(file, 'SELECT * FROM t')).toEqual([{ id: 1, x: 'new' }])
})

test('children come back with their parents, whatever the order in which they were dropped', async () => {
  const file = join(folder.path, 'family.db')
  const family: Recorded = (op) => {
    op.createTable('parent', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('up', integer())
      t.primaryKey(['id'])
      t.foreignKey({ columns: ['up'], references: { table: 'parent', columns: ['id'] } })
    })
    op.createTable('child', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('parent', integer())
      t.primaryKey(['id'])
      t.foreignKey({ columns: ['parent'], references: { table: 'parent', columns: ['id'] }, onDelete: 'cascade' })
    })
  }
  const chain = line(nothing, family)
  await migratorOn(file, chain).upgrade()
  executeIn(
    file,
    'INSERT INTO parent VALUES (2, NULL); INSERT INTO parent VALUES (1, 2), (3, 1); INSERT INTO child VALUES (1, 3), (2, 1)',
  )
  await downAndUp(file, chain, 'r1')
  expect(rowsOf(file, 'SELECT * FROM parent ORDER BY id')).toEqual([
    { id: 1, up: 2 },
    { id: 2, up: null },
    { id: 3, up: 1 },
  ])
  expect(rowsOf(file, 'SELECT * FROM child ORDER BY id')).toEqual([
    { id: 1, parent: 3 },
    { id: 2, parent: 1 },
  ])
})

test('a row whose parent the application deleted meanwhile stays preserved and is reported; the upgrade continues', async () => {
  const file = join(folder.path, 'orphan.db')
  const chain = line(keyed('parent'), (op) =>
    op.createTable('child', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('parent', integer())
      t.primaryKey(['id'])
      t.foreignKey({ columns: ['parent'], references: { table: 'parent', columns: ['id'] } })
    }),
  )
  await migratorOn(file, chain).upgrade()
  executeIn(file, 'INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (10, 1), (20, 2)')
  await migratorOn(file, chain).downgrade('r1')
  executeIn(file, 'DELETE FROM parent WHERE id = 1')
  const { reports } = await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, 'SELECT * FROM child')).toEqual([{ id: 20, parent: 2 }])
  expect(reports).toMatchObject([{ count: 1, firstKeys: ['10'] }])
  expect(preservedCount(file)).toBe(1)
})

test('a column of the key itself comes back by the key that stays', async () => {
  const file = join(folder.path, 'key.db')
  const chain = line(
    (op) =>
      op.createTable('t', (t) => {
        t.column('id', text(), { nullable: false })
        t.column('v', text())
        t.primaryKey(['id'])
      }),
    {
      up: (op) =>
        op.alterTable('t', (t) => {
          t.addColumn('owner', text(), { nullable: false, default: '' })
          t.dropConstraint({ kind: 'primaryKey' })
          t.addPrimaryKey(['id', 'owner'])
        }),
      down: (op) =>
        op.alterTable('t', (t) => {
          t.dropConstraint({ kind: 'primaryKey' })
          t.addPrimaryKey(['id'])
          t.dropColumn('owner')
        }),
    },
  )
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO t (id, v, owner) VALUES ('a', 'x', 'ann'), ('b', 'y', 'bob')")
  await downAndUp(file, chain, 'r1')
  expect(rowsOf(file, 'SELECT id, owner FROM t ORDER BY id')).toEqual([
    { id: 'a', owner: 'ann' },
    { id: 'b', owner: 'bob' },
  ])
})

test('a table whose only key is a generated column', async () => {
  const file = join(folder.path, 'generated.db')
  const chain = line(nothing, {
    up: (op) => {
      op.sql("CREATE TABLE t (a TEXT, g TEXT NOT NULL AS (coalesce(a, '')) STORED)")
      op.sql('CREATE UNIQUE INDEX t_g ON t (g)')
    },
    down: (op) => op.dropTable('t'),
  })
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO t (a) VALUES ('x'), ('y'), (NULL)")
  await downAndUp(file, chain, 'r1')
  expect(rowsOf(file, 'SELECT * FROM t ORDER BY g')).toEqual([
    { a: null, g: '' },
    { a: 'x', g: 'x' },
    { a: 'y', g: 'y' },
  ])
})

test('a table that an earlier step of the same run renames is counted before the first statement', async () => {
  const file = join(folder.path, 'renamed.db')
  const chain = line(
    nothing,
    (op) =>
      op.createTable('a', (t) => {
        t.column('v', text())
        t.column('rowid', text())
        t.column('oid', text())
        t.column('_rowid_', text())
      }),
    (op) => op.renameTable('a', 'b'),
  )
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO b (v) VALUES ('x')")
  const error = await errorOf(migratorOn(file, chain).downgrade('r1'))
  expect(error.code).toBe('DATA_LOSS')
  if (!isMigrateError(error, 'DATA_LOSS')) throw error
  expect(error.details.losses).toMatchObject([{ rows: 1 }])
  expect(rowsOf(file, 'SELECT v FROM b')).toEqual([{ v: 'x' }])
  await migratorOn(file, chain).downgrade('r1', { allowDataLoss: true })
})

test('limits: more rows or bytes are refused before anything runs; allowed, exactly what was announced is lost', async () => {
  const file = join(folder.path, 'limits.db')
  const chain = line(nothing, (op) => {
    keyed('big', 'v')(op)
    keyed('small', 'v')(op)
  })
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO big VALUES (1, 'a'), (2, 'b'), (3, 'c'); INSERT INTO small VALUES (1, 's')")
  const few = { preserve: { maxBytes: 600 } }
  const error = await errorOf(migratorOn(file, chain, few).downgrade('r1'))
  expect(error).toMatchObject({ code: 'DATA_LOSS', details: { losses: [{ table: 'table big', rows: 3 }] } })
  expect(rowsOf(file, 'SELECT count(*) AS n FROM big')).toEqual([{ n: 3 }])
  expect((await errorOf(migratorOn(file, chain, { preserve: { maxBytes: 1 } }).downgrade('r1'))).code).toBe('DATA_LOSS')
  await migratorOn(file, chain, few).downgrade('r1', { allowDataLoss: true })
  await migratorOn(file, chain, few).upgrade()
  expect(rowsOf(file, 'SELECT * FROM big')).toEqual([])
  expect(rowsOf(file, 'SELECT * FROM small')).toEqual([{ id: 1, v: 's' }])
})

test('WITHOUT ROWID tables, tables without a key, and a rename with a drop in one downgrade', async () => {
  const file = join(folder.path, 'shapes.db')
  const chain = line(
    (op) => {
      keyed('old', 'a', 'b')(op)
    },
    (op) => {
      op.createTable('w', (t) => {
        t.column('a', text(), { nullable: false })
        t.column('b', integer(), { nullable: false })
        t.primaryKey(['b', 'a'])
        t.options({ withoutRowid: true })
      })
      op.createTable('free', (t) => t.column('a', text()))
      op.renameTable('old', 'fresh')
      op.alterTable('fresh', (t) => {
        t.renameColumn('a', 'aa')
        t.addColumn('more', text())
        t.renameColumn('id', 'ident')
      })
    },
  )
  await migratorOn(file, chain).upgrade()
  executeIn(
    file,
    "INSERT INTO w VALUES ('x', 1), ('y', 1); INSERT INTO free VALUES ('same'), ('same'), (NULL); INSERT INTO fresh VALUES (7, 'a7', 'b7', 'm7')",
  )
  const all = (): unknown => ['w', 'free', 'fresh'].map((name) => rowsOf(file, `SELECT * FROM ${name}`))
  const before = all()
  for (let cycle = 0; cycle < 3; cycle++) {
    await downAndUp(file, chain, 'r1')
    expect(all()).toEqual(before)
    expect(preservedCount(file)).toBe(0)
  }
})

test('an upgrade that fails after giving back keeps everything for the next try', async () => {
  const file = join(folder.path, 'fails.db')
  const chain = line(nothing, (op) => keyed('t', 'v')(op))
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO t VALUES (1, 'x')")
  await migratorOn(file, chain).downgrade('r1')
  executeIn(
    file,
    "CREATE TRIGGER no_history BEFORE INSERT ON migrate_history BEGIN SELECT RAISE(ABORT, 'no history'); END",
  )
  const error = await errorOf(migratorOn(file, chain).upgrade())
  expect(error).toMatchObject({ code: 'STATEMENT_FAILED', location: { tier: 'main', revision: 'r2', direction: 'up' } })
  expect(error.location.sql).toContain('migrate_history')
  expect(error.location.operation).toBeTruthy()
  expect((error.cause as Error).message).toContain('no history')
  expect(preservedCount(file)).toBe(1)
  executeIn(file, 'DROP TRIGGER no_history')
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, 'SELECT * FROM t')).toEqual([{ id: 1, v: 'x' }])
})

test('purge empties one revision, of which then nothing comes back', async () => {
  const file = join(folder.path, 'purge.db')
  const chain = line(nothing, keyed('t', 'v'), keyed('u', 'v'))
  const migrator = migratorOn(file, chain)
  await migrator.upgrade()
  executeIn(file, "INSERT INTO t VALUES (1, 'x'); INSERT INTO u VALUES (1, 'y')")
  await migrator.downgrade('r1')
  expect((await migrator.preserved.list()).map((each) => [each.revision, each.table, each.values])).toEqual([
    ['r2', 't', 1],
    ['r3', 'u', 1],
  ])
  expect(await migrator.preserved.purge('r2')).toBe(1)
  expect(await migrator.preserved.purge('nope')).toBe(0)
  await migrator.upgrade()
  expect([rowsOf(file, 'SELECT * FROM t'), rowsOf(file, 'SELECT * FROM u')]).toEqual([[], [{ id: 1, v: 'y' }]])
})
