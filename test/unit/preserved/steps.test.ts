import { join } from 'node:path'
import { text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, type Recorded } from '../../kit/migrator.ts'
import { executeIn, migratorOn, rowsOf, snapshot, temporaryFolder } from '../run/kit.ts'
import { keyed, preservedCount } from './kit.ts'

const folder = temporaryFolder()

/** A data step that keeps every value of a column and puts another there. */
const shout =
  (column: string, to: string): Recorded =>
  (op) =>
    op.run(`${column} to ${to}`, {
      up: async (db) => {
        for (const row of await db.query(`SELECT "id", "${column}" FROM "t"`)) {
          const id = row.id ?? null
          await db.preserve({ table: 't', key: { id }, column, value: row[column] ?? null, written: to })
          await db.execute(`UPDATE "t" SET "${column}" = ? WHERE "id" = ?`, [to, id])
        }
      },
      down: 'restore',
    })

const rows = (file: string): unknown => rowsOf(file, 'SELECT * FROM t ORDER BY id')

test('a cell that two steps preserve has its first value back, as it was before both', async () => {
  const file = join(folder.path, 'twice.db')
  const chain = line(keyed('t', 'v'), (op) => {
    shout('v', 'one')(op)
    shout('v', 'two')(op)
  })
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, "INSERT INTO t VALUES (1, 'first'), (2, NULL)")
  await migratorOn(file, chain).upgrade()
  expect(rows(file)).toEqual([
    { id: 1, v: 'two' },
    { id: 2, v: 'two' },
  ])
  expect((await migratorOn(file, chain).downgrade('r1')).reports).toEqual([])
  expect(rows(file)).toEqual([
    { id: 1, v: 'first' },
    { id: 2, v: null },
  ])
  expect(preservedCount(file)).toBe(0)
})

test('each step gives back its own columns, whatever stood between them', async () => {
  const file = join(folder.path, 'between.db')
  const chain = line(keyed('t', 'v'), (op) => {
    shout('v', 'one')(op)
    op.alterTable('t', (t) => {
      t.renameColumn('v', 'w')
      t.addColumn('x', text(), { default: 'fresh' })
    })
    shout('x', 'two')(op)
  })
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
  const before = snapshot(file, ['migrate_history', 'migrate_version', 'migrate_preserved'])
  await migratorOn(file, chain).upgrade()
  expect((await migratorOn(file, chain).downgrade('r1')).reports).toEqual([])
  expect(snapshot(file, ['migrate_history', 'migrate_version', 'migrate_preserved'])).toBe(before)
})

test('what the application changed, and rows that are gone, are counted and named', async () => {
  const file = join(folder.path, 'changed.db')
  const chain = line(keyed('t', 'v'), shout('v', 'new'))
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')")
  await migratorOn(file, chain).upgrade()
  executeIn(file, "UPDATE t SET v = 'theirs' WHERE id = 1; DELETE FROM t WHERE id = 2")
  const { reports } = await migratorOn(file, chain).downgrade('r1')
  expect(reports.map((each) => [each.what.split(':')[0], each.count, each.firstKeys])).toEqual([
    ['t.v', 1, ['2']],
    ['t.v', 1, ['1']],
  ])
  expect(rows(file)).toEqual([
    { id: 1, v: 'theirs' },
    { id: 3, v: 'c' },
  ])
  expect(preservedCount(file)).toBe(2)
})

test('a restore that the database refuses rolls the whole step back, and names what it did', async () => {
  const file = join(folder.path, 'refused.db')
  const chain = line(keyed('t', 'v'), shout('v', 'new'))
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO t VALUES (3, 'a'); CREATE UNIQUE INDEX no ON t (v) WHERE v = 'a'")
  const before = snapshot(file)
  const error = await errorOf(migratorOn(file, chain).downgrade('r1'))
  expect(error).toMatchObject({
    code: 'STATEMENT_FAILED',
    location: { tier: 'main', revision: 'r2', direction: 'down' },
  })
  expect(error.location.sql).toContain('UPDATE')
  expect(error.location.operation).toContain('v to new')
  expect((error.cause as Error).message).toContain('UNIQUE constraint failed: t.v')
  expect(snapshot(file)).toBe(before)
})

test('whole rows that a step deleted come back, unless one of their key stands there again', async () => {
  const file = join(folder.path, 'rows.db')
  const chain = line(keyed('t', 'v'), (op) =>
    op.run('delete', {
      up: async (db) => {
        for (const row of await db.query('SELECT * FROM "t"')) {
          await db.preserve({ table: 't', key: { id: row.id ?? null }, row })
          await db.execute('DELETE FROM "t" WHERE "id" = ?', [row.id ?? null])
        }
      },
      down: async (db) => {
        expect(await db.restore({ table: 't' })).toEqual({ restored: 1, changed: 1, missing: 0 })
      },
    }),
  )
  await migratorOn(file, chain).upgrade('r1')
  executeIn(file, "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO t VALUES (1, 'again')")
  await migratorOn(file, chain).downgrade('r1')
  expect(rows(file)).toEqual([
    { id: 1, v: 'again' },
    { id: 2, v: 'b' },
  ])
})
