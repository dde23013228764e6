import { join } from 'node:path'
import { integer, isMigrateError, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, type Recorded } from '../../kit/migrator.ts'
import { executeIn, migratorOn, rowsOf, snapshot, temporaryFolder } from '../run/kit.ts'

const folder = temporaryFolder()
const items = 'SELECT id, name FROM items ORDER BY id'
const preservedRows = 'SELECT "table_name", "column", "value" FROM migrate_preserved ORDER BY id'

const twoItems: Recorded = (op) => {
  op.createTable('items', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
  op.insertRows(
    'items',
    [
      { id: 1, name: 'one' },
      { id: 2, name: 'two' },
    ],
    { key: ['id'] },
  )
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (isMigrateError(error) ? error.code : String(error)),
  )
}

const upper: Recorded = (op) =>
  op.run('upper', {
    up: async (db) => {
      await db.preserve({ table: 'items', key: { id: 1n }, column: 'name', value: 'one', written: 'ONE' })
      await db.execute('UPDATE "items" SET "name" = ? WHERE "id" = ?', ['ONE', 1n])
    },
    down: 'restore',
  })

test('the first value that is preserved of a cell stays', async () => {
  const file = join(folder.path, 'first.db')
  const chain = line(twoItems, (op) => {
    upper(op)
    op.run('again', {
      up: async (db) => db.preserve({ table: 'items', key: { id: 1n }, column: 'name', value: 'ONE', written: 'ONE' }),
      down: 'none',
    })
  })
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, preservedRows)).toEqual([{ table_name: 'items', column: 'name', value: 'one' }])
  await migratorOn(file, chain).downgrade('r1')
  expect(rowsOf(file, items)).toEqual([
    { id: 1, name: 'one' },
    { id: 2, name: 'two' },
  ])
  expect(rowsOf(file, preservedRows)).toEqual([])
})

test('a value that was changed since stays, and the old one stays preserved', async () => {
  const file = join(folder.path, 'changed.db')
  const chain = line(twoItems, upper)
  await migratorOn(file, chain).upgrade()
  executeIn(file, "UPDATE items SET name = 'mine' WHERE id = 1")
  const { reports } = await migratorOn(file, chain).downgrade('r1')
  expect(rowsOf(file, items)).toEqual([
    { id: 1, name: 'mine' },
    { id: 2, name: 'two' },
  ])
  expect(rowsOf(file, preservedRows)).toEqual([{ table_name: 'items', column: 'name', value: 'one' }])
  expect(reports).toMatchObject([{ label: 'upper', count: 1, firstKeys: ['1'] }])
})

test('values are restored newest first, so that keys which moved up go down again in their places', async () => {
  const file = join(folder.path, 'order.db')
  const chain = line(twoItems, (op) =>
    op.run('make room for a first one', {
      up: async (db) => {
        for (const id of [2n, 1n]) {
          await db.execute('UPDATE "items" SET "id" = ? WHERE "id" = ?', [id + 1n, id])
          await db.preserve({ table: 'items', key: { id: id + 1n }, column: 'id', value: id, written: id + 1n })
        }
      },
      down: 'restore',
    }),
  )
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, items)).toEqual([
    { id: 2, name: 'one' },
    { id: 3, name: 'two' },
  ])
  await migratorOn(file, chain).downgrade('r1')
  expect(rowsOf(file, items)).toEqual([
    { id: 1, name: 'one' },
    { id: 2, name: 'two' },
  ])
})

const notes: Recorded = (op) => {
  op.alterTable('items', (t) => t.addColumn('note', text()))
  op.createTable('tags', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('tag', text())
    t.primaryKey(['id'])
  })
}
const written = "UPDATE items SET note = 'n' || id; INSERT INTO tags VALUES (7, 'seven'), (8, NULL)"

test('what a downgrade drops comes back with the next upgrade', async () => {
  const file = join(folder.path, 'drop.db')
  const chain = line(twoItems, notes)
  await migratorOn(file, chain).upgrade()
  executeIn(file, written)
  expect((await migratorOn(file, chain).downgrade('r1')).preserved).toBe(4)
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name = 'tags'")).toEqual([])
  executeIn(file, 'DELETE FROM items WHERE id = 2')
  await migratorOn(file, chain).upgrade()
  expect(rowsOf(file, 'SELECT id, note FROM items')).toEqual([{ id: 1, note: 'n1' }])
  expect(rowsOf(file, 'SELECT id, tag FROM tags ORDER BY id')).toEqual([
    { id: 7, tag: 'seven' },
    { id: 8, tag: null },
  ])
  // The row is gone; what was preserved of it is not thrown away.
  expect(rowsOf(file, preservedRows)).toEqual([{ table_name: 'items', column: 'note', value: 'n2' }])
})

test('a downgrade that would drop more than is preserved is refused, unless that is allowed', async () => {
  for (const preserve of [{ maxBytes: 400 }, { maxBytes: 3 }]) {
    const file = join(folder.path, `${JSON.stringify(preserve)}.db`)
    const chain = line(twoItems, notes)
    const migrator = migratorOn(file, chain, { preserve })
    await migrator.upgrade()
    executeIn(file, written)
    const before = snapshot(file)
    expect(await codeOf(migrator.downgrade('r1'))).toBe('DATA_LOSS')
    expect(snapshot(file)).toBe(before)
    expect(await codeOf(migrator.downgrade('r1', { allowDataLoss: true }))).toBe('done')
    expect(rowsOf(file, items)).toHaveLength(2)
  }
})
