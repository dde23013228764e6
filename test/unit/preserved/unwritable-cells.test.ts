import { bigint, boolean, bytes, date, double, integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import type { ColumnType, UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { beforeEach, expect, test } from 'vitest'
import { skipWhereTextsAreCut } from '../../kit/sqlite-client/needs-driver.ts'
import { temporaryFolder } from '../run/kit.ts'
import { type Halves, migratorOn, withoutServer } from './grounds.ts'

beforeEach(skipWhereTextsAreCut)

// What SQL can't write as core reads it, in cells of every type, with NULL and ordinary values beside it: it comes back as it was, whatever
// took it away, and the rows of migrate_preserved are those that core writes.

const folder = temporaryFolder()
let files = 0

interface Ground {
  readonly dialect: UnloadedDialect
  sql(text: string): void
  /** Rows of the client, each a list of cells. */
  rows(text: string): unknown[]
}

function openGround(): Ground {
  files += 1
  const file = `${folder.path}/${files}.sqlite`
  const using = <T>(work: (client: Database.Database) => T): T => {
    const client = new Database(file)
    try {
      return work(client)
    } finally {
      client.close()
    }
  }
  return {
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    sql: (text) => void using((client) => client.exec(text)),
    rows: (text) => using((client) => client.prepare(text).raw().all()),
  }
}

const types: { readonly [name: string]: ColumnType } = {
  name: text(),
  label: varchar(20),
  count: bigint(),
  yes: boolean(),
  day: date(),
  ratio: double(),
  data: bytes(),
}
const names = Object.keys(types)
/** Those whose values SQL writes, as far as they are of the class of their column. */
const texts = ['name', 'label']
const writable = [...texts, 'count', 'yes', 'day']

type Cell = string | number
/**
 * A value as SQL, and how columns of texts, of numbers (integers, booleans, dates), of fractions and of bytes hold it: `typeof` and `hex`, as
 * the SQLite of Python gives them, or the number that a client reads of a REAL.
 */
const values: readonly (readonly [value: string, text: Cell, number: Cell, fraction: Cell, bytes: Cell])[] = [
  ["CAST(x'61ff62' AS TEXT)", 'text 61FF62', 'text 61FF62', 'text 61FF62', 'text 61FF62'],
  ['NULL', 'null ', 'null ', 'null ', 'null '],
  ["'a' || char(0) || 'b'", 'text 610062', 'text 610062', 'text 610062', 'text 610062'],
  ["x'00ff'", 'blob 00FF', 'blob 00FF', 'blob 00FF', 'blob 00FF'],
  ['-0.0', 'text 302E30', 'integer 30', 0, -0],
  ["CAST(x'eda080' AS TEXT)", 'text EDA080', 'text EDA080', 'text EDA080', 'text EDA080'],
  ['9e999', 'text 496E66', Infinity, Infinity, Infinity],
  ['-9e999', 'text 2D496E66', -Infinity, -Infinity, -Infinity],
  [
    '9007199254740993',
    'text 39303037313939323534373430393933',
    'integer 39303037313939323534373430393933',
    9007199254740992,
    'integer 39303037313939323534373430393933',
  ],
  ['1.5', 'text 312E35', 1.5, 1.5, 1.5],
  ["''", 'text ', 'text ', 'text ', 'text '],
  ["'null'", 'text 6E756C6C', 'text 6E756C6C', 'text 6E756C6C', 'text 6E756C6C'],
  ['NULL', 'null ', 'null ', 'null ', 'null '],
]
const columnOfKind = { name: 1, label: 1, count: 2, yes: 2, day: 2, ratio: 3, data: 4 } as const
const expectedOf = (some: readonly string[]): unknown[] =>
  values.map((value, at) => [
    at,
    ...Object.entries(columnOfKind).flatMap(([name, kind]) => (some.includes(name) ? [value[kind]] : [])),
  ])

const addColumns = (some: readonly string[]): Halves => ({
  upgrade: (op) =>
    op.alterTable('t', (t) => {
      for (const name of some) t.addColumn(name, types[name] ?? text())
    }),
})
function createTable(op: OperationRecorder, some: readonly string[]): void {
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    for (const name of some) t.column(name, types[name] ?? text())
    t.primaryKey(['id'])
  })
}
const remaining = (some: readonly string[]): readonly string[] => names.filter((name) => !some.includes(name))
const nothing: Halves = { upgrade: (op) => op.createTable('other', (t) => t.column('id', integer())) }

/** The revisions, of which the last is taken back and applied again. */
const removals: readonly (readonly [string, readonly string[], Halves, Halves])[] = [
  ['the whole table', names, nothing, { upgrade: (op) => createTable(op, names) }],
  ['a table of texts', texts, nothing, { upgrade: (op) => createTable(op, texts) }],
  ['a table of texts and numbers', writable, nothing, { upgrade: (op) => createTable(op, writable) }],
  ...names.map((name): readonly [string, readonly string[], Halves, Halves] => [
    `the column ${name}`,
    names,
    { upgrade: (op) => createTable(op, remaining([name])) },
    addColumns([name]),
  ]),
  ...[['name', 'label'], ['count', 'yes', 'day'], ['name', 'count', 'ratio'], names].map(
    (some): readonly [string, readonly string[], Halves, Halves] => [
      `the columns ${some.join(', ')}`,
      names,
      { upgrade: (op) => createTable(op, remaining(some)) },
      addColumns(some),
    ],
  ),
]

function fill({ sql }: Ground, some: readonly string[]): void {
  for (const [at, [value]] of values.entries())
    sql(`INSERT INTO t (id, ${some.join(', ')}) VALUES (${at}${`, ${value}`.repeat(some.length)})`)
}
const cells = ({ rows }: Ground, some: readonly string[]): unknown[] =>
  rows(
    `SELECT id, ${some.map((name) => `CASE typeof(${name}) WHEN 'real' THEN ${name} ELSE typeof(${name}) || ' ' || hex(${name}) END`).join(', ')} FROM t ORDER BY id`,
  )
const preserved = ({ rows }: Ground): unknown[] =>
  rows(
    `SELECT table_name, "column", "key", key_hash, step, encoding, quote(value), written_hash, base FROM migrate_preserved ORDER BY 1, 2, 4`,
  )

const ownOf = (dialect: UnloadedDialect): UnloadedDialect => dialect
const both = [ownOf, withoutServer] as const

test.each(removals)(
  '%s: cells come back byte for byte, and core preserves the same rows',
  async (_what, some, ...chain) => {
    const expected = expectedOf(some)
    const written: unknown[] = []
    for (const down of both) {
      for (const up of both) {
        const ground = openGround()
        await migratorOn(ground.dialect, ...chain).upgrade()
        fill(ground, some)
        expect(cells(ground, some)).toEqual(expected)
        await migratorOn(down(ground.dialect), ...chain).downgrade('r1')
        if (up === down) written.push(preserved(ground))
        await migratorOn(up(ground.dialect), ...chain).upgrade()
        expect(cells(ground, some)).toEqual(expected)
        expect(preserved(ground)).toEqual([])
      }
    }
    expect(written[0]).toEqual(written[1])
    expect(written[0]).not.toEqual([])
  },
)

test.each([
  ['name', integer()],
  ['count', text()],
  ['day', bigint()],
  ['data', varchar(20)],
  ['ratio', integer()],
] as const)('the type of %s: a downgrade restores what the upgrade preserved', async (name, type) => {
  const chain: readonly Halves[] = [
    { upgrade: (op) => createTable(op, names) },
    {
      upgrade: (op) =>
        op.alterTable('t', (t) => t.alterColumn(name, { type, using: '7', usingBack: 'NULL', preserve: true })),
    },
  ]
  const written: unknown[] = []
  for (const up of both) {
    const ground = openGround()
    await migratorOn(ground.dialect, ...chain).upgrade('r1')
    fill(ground, names)
    await migratorOn(up(ground.dialect), ...chain).upgrade()
    expect(ground.rows(`SELECT DISTINCT CAST(${name} AS TEXT) FROM t`)).toEqual([['7']])
    written.push(preserved(ground))
    await migratorOn(ground.dialect, ...chain).downgrade('r1')
    expect(cells(ground, names)).toEqual(expectedOf(names))
    expect(preserved(ground)).toEqual([])
  }
  expect(written[0]).toEqual(written[1])
})

test.each(['the table', 'a column'])('texts that SQL cannot write are keys of %s', async (what) => {
  const keyed: Halves = {
    upgrade: (op) =>
      op.createTable('t', (t) => {
        t.column('code', text(), { nullable: false })
        if (what === 'the table') t.column('note', text())
        t.primaryKey(['code'])
      }),
  }
  const chain: readonly Halves[] =
    what === 'the table'
      ? [nothing, keyed]
      : [keyed, { upgrade: (op) => op.alterTable('t', (t) => t.addColumn('note', text())) }]
  for (const [down, up] of both.flatMap((one) => both.map((other) => [one, other] as const))) {
    const ground = openGround()
    await migratorOn(ground.dialect, ...chain).upgrade()
    ground.sql(
      `INSERT INTO t (code, note) VALUES (CAST(x'ff' AS TEXT), 'a'), (CAST(x'fe' AS TEXT), 'b'), (char(65533), 'c'), ('d' || char(0), 'd'), ('d', NULL), (x'64', 'e')`,
    )
    await migratorOn(down(ground.dialect), ...chain).downgrade('r1')
    await migratorOn(up(ground.dialect), ...chain).upgrade()
    expect(ground.rows('SELECT quote(CAST(code AS BLOB)), typeof(code), note FROM t ORDER BY note')).toEqual([
      ["X'64'", 'text', null],
      ["X'FF'", 'text', 'a'],
      ["X'FE'", 'text', 'b'],
      ["X'EFBFBD'", 'text', 'c'],
      ["X'6400'", 'text', 'd'],
      ["X'64'", 'blob', 'e'],
    ])
    expect(preserved(ground)).toEqual([])
  }
})

test('a value whose row SQL cannot print is held back where the row has changed since', async () => {
  const chain: readonly Halves[] = [{ upgrade: (op) => createTable(op, ['name', 'label']) }, addColumns(['data'])]
  const ground = openGround()
  const migrator = migratorOn(ground.dialect, ...chain)
  await migrator.upgrade()
  ground.sql(
    `INSERT INTO t (id, name, label, data) VALUES (1, CAST(x'61ff62' AS TEXT), x'00', 'one'), (2, CAST(x'61ff62' AS TEXT), x'00', 'two')`,
  )
  await migrator.downgrade('r1')
  ground.sql(`UPDATE t SET name = 'newer', label = 'newer' WHERE id = 2`)
  await migrator.upgrade()
  expect(ground.rows('SELECT id, data FROM t ORDER BY id')).toEqual([
    [1, 'one'],
    [2, null],
  ])
  expect(preserved(ground)).toHaveLength(1)
})

test('in memory, SQL preserves and restores too', async () => {
  const dialect = sqliteDialect({ url: 'sqlite::memory:' })
  const migrator = migratorOn(
    dialect,
    {
      upgrade: (op) => {
        createTable(op, ['name'])
        op.sql(`INSERT INTO t VALUES (1, 'one')`)
      },
    },
    { upgrade: (op) => op.alterTable('t', (t) => t.addColumn('label', text(), { default: 'none' })) },
    { upgrade: (op) => op.sql(`UPDATE t SET label = 'first'`, { inverse: 'SELECT 1' }) },
  )
  await migrator.upgrade()
  await migrator.downgrade('r1')
  await migrator.upgrade('r2')
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  expect(await session.query('SELECT id, name, label FROM t')).toEqual([{ id: 1n, name: 'one', label: 'first' }])
  await session.close()
})
