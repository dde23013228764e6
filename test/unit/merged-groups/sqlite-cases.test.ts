import type { ColumnModel, Operation } from '@org/migrate-core/dialect'
import { describe, expect, it } from 'vitest'
import { change, database, rows } from '../../dialects/sqlite/rebuild/kit.ts'

const table = { name: 't' }

const add = (name: string, rest: Partial<ColumnModel> = {}): Operation => ({
  kind: 'addColumn',
  table,
  column: { name, type: { kind: 'text' }, nullable: true, ...rest },
})
const alter = (
  column: string,
  changed: Extract<Operation, { kind: 'alterColumn' }>['change'],
  using?: string,
): Operation => ({
  kind: 'alterColumn',
  table,
  column,
  change: changed,
  ...(using === undefined ? {} : { using }),
})
const literal = (value: string | number | boolean) => ({ kind: 'literal' as const, value })
const integer = { kind: 'integer' as const, bits: 32 as const }
const text = { kind: 'text' as const }
const rename = (column: string, to: string): Operation => ({ kind: 'renameColumn', table, column, to })
const drop = (column: string): Operation => ({ kind: 'dropColumn', table, column })

describe('a merged group', () => {
  // What the rows hold afterwards is what SQLite itself answers to the same changes, each made alone.
  it.each<[string, string, readonly Operation[], string, unknown[][]]>([
    [
      'fills an added column with the default that it was added with, where the default is taken away',
      `CREATE TABLE t (a); INSERT INTO t VALUES (1)`,
      [
        add('f', { type: { kind: 'boolean' }, nullable: false, default: literal(false) }),
        alter('f', { default: null }),
      ],
      'SELECT a, f FROM t',
      [[1n, 0n]],
    ],
    [
      'fills it with the first default, where another one follows',
      `CREATE TABLE t (a); INSERT INTO t VALUES (1)`,
      [add('f', { default: literal('old') }), alter('f', { default: literal('new') }), rename('f', 'g')],
      'SELECT a, g FROM t',
      [[1n, 'old']],
    ],
    [
      'leaves an added column NULL, where it gets a default later',
      `CREATE TABLE t (a); INSERT INTO t VALUES (1)`,
      [add('f'), alter('f', { default: literal('new') })],
      'SELECT a, f FROM t',
      [[1n, null]],
    ],
    [
      'fills with an expression, each row by itself',
      `CREATE TABLE t (a); INSERT INTO t VALUES (1)`,
      [add('f', { default: { kind: 'expression', sql: "lower('ABC')" } }), alter('f', { default: null })],
      'SELECT a, f FROM t',
      [[1n, 'abc']],
    ],
    [
      'converts through the type in between',
      `CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('007'), ('1e3'), ('x')`,
      [alter('a', { type: integer }), alter('a', { type: text })],
      'SELECT a FROM t',
      [['7'], ['1000'], ['x']],
    ],
    [
      'gives the second `using` what the first has made',
      `CREATE TABLE t (a INT, b INT); INSERT INTO t VALUES (1, 10)`,
      [alter('a', {}, 'a + 1'), alter('b', {}, 'a * 100')],
      'SELECT a, b FROM t',
      [[2n, 200n]],
    ],
    [
      'gives `using` a column that was added before it',
      `CREATE TABLE t (a INT); INSERT INTO t VALUES (1)`,
      [add('n', { type: integer, default: literal(5) }), alter('a', {}, 'a + n')],
      'SELECT a, n FROM t',
      [[6n, 5n]],
    ],
    [
      'fills a column that is added under the name of a dropped one',
      `CREATE TABLE t (a CHECK (a > 0), b); INSERT INTO t VALUES (1, 2)`,
      [drop('a'), add('a', { default: literal('new') }), alter('a', { default: null }), rename('b', 'c')],
      'SELECT a, c FROM t',
      [['new', 2n]],
    ],
    [
      'changes two names about',
      `CREATE TABLE t (a CHECK (a > 0), b); INSERT INTO t VALUES (1, 2)`,
      [rename('a', 'x'), rename('b', 'a'), rename('x', 'b'), alter('a', { default: literal('d') })],
      'SELECT b, a FROM t',
      [[1n, 2n]],
    ],
    [
      'keeps what a generated column computed when it becomes an ordinary one',
      `CREATE TABLE t (a INT, g INT AS (a * 2) STORED); INSERT INTO t VALUES (3)`,
      [alter('a', {}, 'a + 1'), alter('g', { generated: null }), alter('a', {}, 'a + 1')],
      'SELECT a, g FROM t',
      [[5n, 8n]],
    ],
  ])('%s', async (_, schema, operations, query, expected) => {
    const file = database(schema)
    await change(file, operations)
    expect(rows(file, query)).toEqual(expected)
  })

  it.each<[string, string, readonly Operation[]]>([
    [
      'a column that is NOT NULL without a default when it is added, and gets one after that',
      `CREATE TABLE t (a); INSERT INTO t VALUES (1)`,
      [add('f', { nullable: false }), alter('f', { default: literal('late') })],
    ],
    [
      'a column that is made NOT NULL with a default that its rows do not have',
      `CREATE TABLE t (a); INSERT INTO t VALUES (1)`,
      [add('f'), alter('f', { default: literal('late'), nullable: false })],
    ],
    [
      'a constraint that is added and taken away',
      `CREATE TABLE t (a); INSERT INTO t VALUES (1), (1)`,
      [
        { kind: 'addConstraint', table, constraint: { kind: 'unique', name: 'u', columns: ['a'] } },
        { kind: 'dropConstraint', table, constraint: { name: 'u' } },
      ],
    ],
    [
      'NOT NULL that comes and goes',
      `CREATE TABLE t (a); INSERT INTO t VALUES (NULL)`,
      [alter('a', { nullable: false }), alter('a', { nullable: true })],
    ],
    [
      'values that break a constraint which is dropped after them',
      `CREATE TABLE t (a INT, CONSTRAINT k CHECK (a > 0)); INSERT INTO t VALUES (1)`,
      [alter('a', {}, '-a'), { kind: 'dropConstraint', table, constraint: { name: 'k' } }],
    ],
    [
      'values that two changes bring past a constraint, where the first breaks it',
      `CREATE TABLE t (a INT, b INT, CHECK (a < b)); INSERT INTO t VALUES (1, 2)`,
      [alter('a', {}, 'a + 10'), alter('b', {}, 'b + 10')],
    ],
    [
      'a column with one value for all rows that becomes the key',
      `CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)`,
      [
        add('id', { type: integer, nullable: false, default: literal(7) }),
        { kind: 'addConstraint', table, constraint: { kind: 'primaryKey', columns: ['id'] } },
      ],
    ],
  ])('refuses rows as its operations do: %s', async (_, schema, operations) => {
    const file = database(schema)
    const before = rows(file, 'SELECT * FROM t')
    await expect(change(file, operations)).rejects.toThrow()
    expect(rows(file, 'SELECT * FROM t')).toEqual(before)
  })

  it('numbers the rows where a column that counts by itself becomes the key', async () => {
    const file = database(`CREATE TABLE t (a); INSERT INTO t VALUES ('x'), ('y')`)
    await change(file, [
      add('id', { type: integer, nullable: false, identity: { mode: 'autoIncrement' } }),
      { kind: 'addConstraint', table, constraint: { kind: 'primaryKey', columns: ['id'] } },
    ])
    expect(rows(file, 'SELECT id, a FROM t')).toEqual([
      [1n, 'x'],
      [2n, 'y'],
    ])
  })

  it('is one rebuild still where nothing depends on how the rows were in between', async () => {
    const file = database(
      `CREATE TABLE t (a INT, b INT, c TEXT, CONSTRAINT k CHECK (b > 0)); INSERT INTO t VALUES (1, 2, 'x')`,
    )
    const { rebuilds } = await change(file, [
      { kind: 'dropConstraint', table, constraint: { name: 'k' } },
      drop('c'),
      rename('b', 'n'),
      add('f', { type: { kind: 'boolean' }, nullable: false, default: { kind: 'now' } }),
      alter('f', { default: null }),
      alter('a', { type: text }),
      alter('n', { type: text, nullable: false }, "n || '!'"),
      { kind: 'addConstraint', table, constraint: { kind: 'unique', columns: ['a', 'n'] } },
    ])
    expect(rebuilds).toBe(1)
    expect(rows(file, 'SELECT a, n, length(f) FROM t')).toEqual([['1', '2!', 19n]])
  })
})
