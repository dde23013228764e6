import { join } from 'node:path'
import { double, integer, json, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, type Recorded } from '../../kit/migrator.ts'
import { skipWhereTextsAreCut } from '../../kit/sqlite-client/needs-driver.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from '../run/kit.ts'
import { downAndUp, keyed, nothing } from './kit.ts'

const folder = temporaryFolder()

test('rows with NULL in their key, also several alike, are all preserved', async () => {
  const file = join(folder.path, 'nullkey.db')
  const chain = line(nothing, {
    up: (op) =>
      op.createTable('t', (t) => {
        t.column('k', text())
        t.column('v', text())
        t.primaryKey(['k'])
      }),
    down: (op) => op.dropTable('t'),
  })
  await migratorOn(file, chain).upgrade()
  const values = Array.from({ length: 1200 }, (_, at) => (at < 700 ? `(NULL, 'n${at}')` : `('k${at}', 'v${at}')`))
  executeIn(file, `INSERT INTO t VALUES ${values.join(', ')}`)
  const before = rowsOf(file, 'SELECT k, v FROM t ORDER BY v')
  await downAndUp(file, chain, 'r1')
  expect(rowsOf(file, 'SELECT k, v FROM t ORDER BY v')).toEqual(before)
})

test('backfill passes every row, also those with NULL in a key that SQLite lets be NULL', async () => {
  const file = join(folder.path, 'backfill.db')
  let count = 0
  const chain = line(
    (op) => op.sql('CREATE TABLE t (a INTEGER, b TEXT, v TEXT, PRIMARY KEY (a, b))', { inverse: 'DROP TABLE t' }),
    (op) =>
      op.run('count', async (db) => {
        await db.backfill({
          table: 't',
          columns: ['v'],
          batch: 2,
          step: async (rows) => {
            count += rows.filter((row) => row.v === 'v' && 'a' in row && 'b' in row).length
          },
        })
      }),
  )
  await migratorOn(file, chain).upgrade('r1')
  executeIn(
    file,
    "INSERT INTO t SELECT 1, NULL, 'v' FROM (VALUES (1),(2),(3),(4),(5)); INSERT INTO t VALUES (1, 'x', 'v'), (NULL, 'x', 'v'), (NULL, 'x', 'v'), (2, 'y', 'v')",
  )
  await migratorOn(file, chain).upgrade()
  expect(count).toBe(9)
})

test('NULL of a dropped column comes back where the upgrade would put a default or compute one', async () => {
  const file = join(folder.path, 'null.db')
  const chain = line(keyed('t'), (op) => {
    op.alterTable('t', (t) => {
      t.addColumn('d', text(), { default: 'd' })
      t.addColumn('c', text())
    })
    op.run('compute', {
      up: async (db) => void (await db.execute('UPDATE "t" SET "c" = ?', ['computed'])),
      down: 'none',
      from: [],
    })
  })
  await migratorOn(file, chain).upgrade()
  executeIn(file, "INSERT INTO t VALUES (1, NULL, NULL), (2, 'd2', 'c2')")
  await downAndUp(file, chain, 'r1')
  expect(rowsOf(file, 'SELECT * FROM t ORDER BY id')).toEqual([
    { id: 1, d: null, c: null },
    { id: 2, d: 'd2', c: 'c2' },
  ])
})

test('values come back byte for byte from a dropped column and a dropped table', async (context) => {
  skipWhereTextsAreCut(context)
  const file = join(folder.path, 'bytes.db')
  const columns: Recorded = (op) => {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
  }
  const chain = line(columns, {
    up: (op) => {
      op.sql('ALTER TABLE t ADD COLUMN j JSON')
      op.sql('ALTER TABLE t ADD COLUMN x')
      op.sql('ALTER TABLE t ADD COLUMN b BOOLEAN')
      op.sql('ALTER TABLE t ADD COLUMN s TEXT')
      op.sql('ALTER TABLE t ADD COLUMN r REAL')
      op.sql('CREATE TABLE w (id INTEGER PRIMARY KEY, j JSON, x, b BOOLEAN, s TEXT, r REAL)')
    },
    down: (op) => {
      op.alterTable('t', (t) => {
        for (const name of ['j', 'x', 'b', 's', 'r']) t.dropColumn(name)
      })
      op.dropTable('w')
    },
  })
  await migratorOn(file, chain).upgrade()
  const rows = [
    [`'{"a":1.0}'`, '9223372036854775807', '1', `'a' || char(0) || 'b'`, '-0.0'],
    ['12345678901234567890', '1.0', '0', `'😀'`, '1e308'],
    ['1.5', `x'00ff'`, '2', `''`, '-1e-308'],
    [`'"x"'`, `CAST(x'ff41fe' AS TEXT)`, `'yes'`, `CAST(x'c3' AS TEXT)`, '9e999'],
    ['9e999', '-9223372036854775808', 'NULL', `x'41'`, 'NULL'],
    ['7', `'7'`, '1.5', `'7.0'`, '0.1'],
    ['NULL', `CAST(x'efbfbd' AS TEXT)`, 'NULL', 'NULL', `'nan'`],
  ]
  rows.forEach((row, at) => {
    executeIn(file, `INSERT INTO w VALUES (${at + 1}, ${row.join(', ')})`)
    executeIn(file, `INSERT INTO t (id, j, x, b, s, r) VALUES (${at + 1}, ${row.join(', ')})`)
  })
  const exact = (table: string): unknown =>
    rowsOf(
      file,
      `SELECT id, ${['j', 'x', 'b', 's', 'r'].map((c) => `typeof(${c}) || ' ' || hex(${c}) || ' ' || quote(${c}) AS ${c}`).join(', ')} FROM ${table} ORDER BY id`,
    )
  const before = [exact('t'), exact('w')]
  await downAndUp(file, chain, 'r1')
  expect([exact('t'), exact('w')]).toEqual(before)
  await downAndUp(file, chain, 'r1')
  expect([exact('t'), exact('w')]).toEqual(before)
})

test('names that JavaScript knows, quotes and emoji go down and up again', async () => {
  const file = join(folder.path, 'names.db')
  const names = ['__proto__', 'constructor', 'then', 'to"String', "it's", '😀', 'a.b', '$size', 'select']
  const chain = line(
    nothing,
    (op) => {
      for (const name of names)
        op.createTable(name, (t) => {
          t.column('__proto__', integer(), { nullable: false })
          t.column('then', text())
          t.primaryKey(['__proto__'])
        })
    },
    (op) => {
      for (const name of names)
        op.alterTable(name, (t) => {
          for (const column of names.slice(1)) if (column !== 'then') t.addColumn(column, text())
        })
    },
  )
  await migratorOn(file, chain).upgrade()
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
  for (const name of names)
    executeIn(file, `INSERT INTO ${quoted(name)} VALUES (${Array.from({ length: 9 }, (_, at) => at + 1).join(', ')})`)
  const all = (): unknown =>
    names.map((name) => rowsOf(file, `SELECT * FROM ${quoted(name)}`).map((row) => Object.entries(row as object)))
  const before = all()
  await downAndUp(file, chain, 'r2')
  expect(all()).toEqual(before)
  await downAndUp(file, chain, 'base')
  expect(all()).toEqual(before)
  expect((await migratorOn(file, chain).history()).length).toBe(11)
})

test('a whole number in a REAL column and a computed counterpart of another type', async () => {
  const file = join(folder.path, 'second.db')
  const chain = line(keyed('t'), (op) => {
    op.alterTable('t', (t) => {
      t.addColumn('r', double(), { default: 0 })
      t.addColumn('j', json())
    })
    op.run('fill', {
      up: async (db) => void (await db.execute('UPDATE "t" SET "r" = 0.0, "j" = ?', ['1'])),
      down: 'none',
      from: [],
    })
  })
  await migratorOn(file, chain).upgrade()
  executeIn(file, `INSERT INTO t VALUES (1, -0.0, '"1"'), (2, 3.0, 1)`)
  const exact = (): unknown =>
    rowsOf(file, 'SELECT id, quote(r) AS r, quote(j) AS j, 1 / r AS sign, typeof(j) AS t FROM t ORDER BY id')
  const before = exact()
  await downAndUp(file, chain, 'r1')
  expect(exact()).toEqual(before)
})
