import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bigint, decimal, integer, type OperationRecorder, varchar } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { errorOf, line, migratorOf } from '../kit/migrator.ts'
import { describeOn } from '../kit/servers.ts'

type Change = (op: OperationRecorder) => void

const sqliteCases: readonly (readonly [string, Change, string])[] = [
  ['a unique index', (op) => op.createIndex('t', 'u', ['a'], { unique: true }), '(a): id 1, a 5; id 2, a 5'],
  [
    'a unique key of a rebuild',
    (op) => op.addUnique('t', ['a', 'b'], { name: 'u' }),
    '(a, b): id 1, a 5, b x; id 2, a 5, b x',
  ],
  [
    'a key of a column that is renamed in the same rebuild',
    (op) =>
      op.alterTable('t', (t) => {
        t.renameColumn('a', 'c')
        t.addUnique(['c'], { name: 'u' })
      }),
    '(c): id 1, c 5; id 2, c 5',
  ],
  [
    'another primary key',
    (op) =>
      op.alterTable('t', (t) => {
        t.dropConstraint({ kind: 'primaryKey' })
        t.addPrimaryKey(['a'])
      }),
    '(a): id 1, a 5; id 2, a 5',
  ],
]

it.each(sqliteCases)('sqlite: rows that %s is refused for are named', async (_, change, rows) => {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-refused-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'app.db')
  const client = new Database(file)
  client.exec(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT); INSERT INTO t VALUES (1, 5, 'x'), (2, 5, 'x'), (3, 6, 'x'), (4, NULL, 'x'), (5, NULL, 'x')",
  )
  const before = client.prepare('SELECT sql FROM sqlite_schema').all()
  const migrator = migratorOf(sqliteDialect({ url: `sqlite:${file}` }), line(change))
  const { code, message } = await errorOf(migrator.upgrade())
  expect([code, message]).toEqual(['BLOCKING_ROWS', `rows of t with equal values in the unique key ${rows}`])
  expect(client.prepare("SELECT sql FROM sqlite_schema WHERE name NOT LIKE '%migrate_%'").all()).toEqual(before)
  client.exec('DELETE FROM t WHERE id = 2')
  // A primary key takes no NULL either.
  client.exec('UPDATE t SET a = id + 100 WHERE a IS NULL')
  await migrator.upgrade()
  client.close()
})

describeOn('postgres', 'values that have no room in another type of a column', (createDatabase) => {
  const cases: readonly (readonly [string, readonly string[], Change, string])[] = [
    [
      'text',
      ["'abc'", "'abcd'", "'abc  '"],
      (op) => op.alterColumn('t', 'a', { type: varchar(3) }),
      'character varying(3): id 2',
    ],
    ['bigint', ['2147483647', '2147483648'], (op) => op.alterColumn('t', 'a', { type: integer() }), 'integer: id 2'],
    [
      'numeric',
      ['2147483647.4', '2147483647.5', "'NaN'"],
      (op) => op.alterColumn('t', 'a', { type: integer() }),
      'integer: id 2; id 3',
    ],
    [
      'double precision',
      ['2147483647.4', '-2147483649', "'Infinity'"],
      (op) => op.alterColumn('t', 'a', { type: integer() }),
      'integer: id 2; id 3',
    ],
    [
      'numeric(10,3)',
      ['99.994', '99.995', "'NaN'"],
      (op) => op.alterColumn('t', 'a', { type: decimal(4, 2) }),
      'numeric(4,2): id 2',
    ],
    [
      'numeric',
      ['9223372036854775807', '9223372036854775808'],
      (op) => op.alterColumn('t', 'a', { type: bigint() }),
      'bigint: id 2',
    ],
    ['integer', ['999', '-1000'], (op) => op.alterColumn('t', 'a', { type: varchar(3) }), 'character varying(3): id 2'],
  ]
  it.each(cases)('of %s are named', async (type, values, change, beyond) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id integer PRIMARY KEY, a ${type})`)
    await db.sql(`INSERT INTO t VALUES ${values.map((value, at) => `(${at + 1}, ${value})`).join(', ')}`)
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(change))
    const { code, message } = await errorOf(migrator.upgrade())
    expect([code, message]).toEqual(['BLOCKING_ROWS', `rows of t with a value in a that is beyond ${beyond}`])
    for (const [, id] of beyond.matchAll(/id (\d)/g)) await db.sql(`DELETE FROM t WHERE id = ${id}`)
    await migrator.upgrade()
  })
})
