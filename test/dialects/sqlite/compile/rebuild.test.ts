import { type ColumnModel, emptySchema, type Operation } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { batch, compiled, statementTexts } from './kit.ts'

const t = { name: 't' }
const column = (more: Partial<ColumnModel> = {}): ColumnModel => ({
  name: 'n',
  type: { kind: 'text' },
  nullable: true,
  ...more,
})
const add = (more: Partial<ColumnModel> = {}): Operation => ({ kind: 'addColumn', table: t, column: column(more) })
const type = (name: string): Operation => ({
  kind: 'alterColumn',
  table: t,
  column: name,
  change: { type: { kind: 'text' } },
})

describe('a rebuild', () => {
  it('is these statements, in this order', async () => {
    const schema = [
      'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INT, g AS (a + 1))',
      'CREATE INDEX i ON t (g)',
      'CREATE TRIGGER r AFTER DELETE ON t BEGIN SELECT 1; END',
    ]
    expect(await statementTexts(schema, type('a'))).toEqual([
      'CREATE TABLE "_migrate_new_t" (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, g AS (a + 1))',
      'INSERT OR ABORT INTO main."_migrate_new_t" ("id", "a") SELECT "id", "a" FROM main."t" ORDER BY "id"',
      'SELECT "before", "after" FROM (SELECT (SELECT count(*) FROM main."t") AS "before", (SELECT count(*) FROM main."_migrate_new_t") AS "after") WHERE "before" <> "after"',
      `DELETE FROM main.sqlite_sequence WHERE name = '_migrate_new_t'`,
      `INSERT INTO main.sqlite_sequence (name, seq) SELECT '_migrate_new_t', seq FROM main.sqlite_sequence WHERE name = 't'`,
      'DROP TABLE main."t"',
      'PRAGMA legacy_alter_table = ON',
      'ALTER TABLE main."_migrate_new_t" RENAME TO "t"',
      'PRAGMA legacy_alter_table = OFF',
      'CREATE INDEX main.i ON t (g)',
      'CREATE TRIGGER main.r AFTER DELETE ON t BEGIN SELECT 1; END',
    ])
  })

  it('says with every statement that foreign keys must be off, and which table it is about', async () => {
    const statements = await compiled(['CREATE TABLE t (a INT)'], type('a'))
    expect(statements.every((statement) => statement.foreignKeys === 'off' && statement.transaction === 'any')).toBe(
      true,
    )
    expect(statements.every((statement) => statement.tables?.[0]?.name === 't')).toBe(true)
  })

  it.each<[string, string, string]>([
    ['a hidden rowid', 'CREATE TABLE t (a INT)', '(rowid, "a") SELECT rowid, "a" FROM main."t" ORDER BY rowid'],
    [
      'a hidden rowid beside columns of its names',
      'CREATE TABLE t (a INT, rowid, oid)',
      '(_rowid_, "a", "rowid", "oid") SELECT _rowid_, "a", "rowid", "oid" FROM main."t" ORDER BY _rowid_',
    ],
    [
      'a key DESC',
      'CREATE TABLE t (a INT, id INTEGER PRIMARY KEY DESC)',
      '(rowid, "a", "id") SELECT rowid, "a", "id" FROM main."t" ORDER BY rowid',
    ],
    [
      'WITHOUT ROWID',
      'CREATE TABLE t (a INT, b, c, PRIMARY KEY (c, b)) WITHOUT ROWID',
      '("a", "b", "c") SELECT "a", "b", "c" FROM main."t" ORDER BY "c", "b"',
    ],
  ])('copies %s', async (_, schema, expected) => {
    const copy = (await compiled([schema], type('a'))).find((statement) => statement.copy)
    expect(copy?.sql).toBe(`INSERT OR ABORT INTO main."_migrate_new_t" ${expected}`)
  })

  it.each<[string, readonly string[], Operation]>([
    [
      'a default that is an expression',
      ['CREATE TABLE t (a)'],
      add({ default: { kind: 'expression', sql: 'random()' } }),
    ],
    ['the default CURRENT_TIMESTAMP', ['CREATE TABLE t (a)'], add({ default: { kind: 'now' } })],
    ['NOT NULL without a default', ['CREATE TABLE t (a)'], add({ nullable: false })],
    ['a stored column', ['CREATE TABLE t (a)'], add({ generated: { expression: 'a', stored: true } })],
    [
      'dropping a column with a CHECK',
      ['CREATE TABLE t (a, b CHECK (b > 0))'],
      { kind: 'dropColumn', table: t, column: 'b' },
    ],
    [
      'a constraint',
      ['CREATE TABLE t (a)'],
      { kind: 'addConstraint', table: t, constraint: { kind: 'unique', columns: ['a'] } },
    ],
    [
      'dropping one',
      ['CREATE TABLE t (a UNIQUE)'],
      { kind: 'dropConstraint', table: t, constraint: { kind: 'unique', columns: ['a'] } },
    ],
    [
      'renaming one',
      ['CREATE TABLE t (a, CONSTRAINT x CHECK (a > 0))'],
      { kind: 'renameConstraint', table: t, constraint: 'x', to: 'y' },
    ],
    ['an option', ['CREATE TABLE t (a TEXT)'], { kind: 'alterTableOptions', table: t, options: { strict: true } }],
    [
      'a default',
      ['CREATE TABLE t (a TEXT)'],
      { kind: 'alterColumn', table: t, column: 'a', change: { default: { kind: 'literal', value: 'x' } } },
    ],
    [
      'a collation',
      ['CREATE TABLE t (a TEXT)'],
      { kind: 'alterColumn', table: t, column: 'a', change: { collation: 'NOCASE' } },
    ],
  ])('is needed for %s', async (_, schema, operation) => {
    expect((await compiled(schema, operation)).some((statement) => statement.copy)).toBe(true)
  })

  it('is not needed for a change that is about another database', async () => {
    const operation: Operation = {
      kind: 'alterColumn',
      table: t,
      column: 'a',
      change: { native: { postgres: 'citext' } },
    }
    expect(await statementTexts(['CREATE TABLE t (a TEXT)'], operation)).toEqual([])
  })
})

describe('a batch', () => {
  const schema = ['CREATE TABLE t (a INT, b INT)', 'CREATE TABLE u (a INT, b INT)']
  it('takes adjacent changes of one table if one of them needs a rebuild', async () => {
    expect(await batch(schema, add(), type('a'), { kind: 'dropColumn', table: t, column: 'b' })).toBe(3)
    expect(await batch(schema, add(), { kind: 'dropColumn', table: t, column: 'b' })).toBe(1)
  })

  it('ends at other tables, data, triggers and opaque SQL', async () => {
    const barriers: readonly Operation[] = [
      { ...type('b'), table: { name: 'u' } } as Operation,
      { kind: 'insertRows', table: t, columns: ['a'], rows: [[1]] },
      { kind: 'run', label: 'x', down: 'none', direction: 'up' },
      { kind: 'sql', text: 'SELECT 1' },
      {
        kind: 'createTrigger',
        trigger: { name: 'g', table: t, definition: 'CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END' },
      },
    ]
    for (const barrier of barriers) expect(await batch(schema, type('a'), barrier, type('b'))).toBe(1)
  })

  it('ends at a rename to the name of a column that is still there, and at one after `using`', async () => {
    const using: Operation = {
      kind: 'alterColumn',
      table: t,
      column: 'a',
      change: { type: { kind: 'text' } },
      using: 'a || b',
    }
    expect(
      await batch(
        schema,
        {
          kind: 'alterColumn',
          table: t,
          column: 'a',
          change: { default: { kind: 'literal', value: 1 } },
        },
        { kind: 'dropColumn', table: t, column: 'a' },
        { kind: 'renameColumn', table: t, column: 'b', to: 'a' },
      ),
    ).toBe(2)
    expect(await batch(schema, using, { kind: 'renameColumn', table: t, column: 'b', to: 'c' })).toBe(1)
    expect(await batch(schema, { kind: 'renameColumn', table: t, column: 'b', to: 'c' }, using)).toBe(2)
  })
})

describe('a script', () => {
  it('has PRAGMA foreign_keys outside the transaction', async () => {
    const { script } = await sqliteDialect({ url: ':memory:' }).load()
    expect(script?.begin).toBe('BEGIN IMMEDIATE')
    expect(script?.unchecked?.(emptySchema)).toMatchObject({
      before: ['PRAGMA foreign_keys = OFF'],
      after: ['PRAGMA foreign_keys = ON'],
    })
  })
})
