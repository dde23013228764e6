import type { ColumnModel, Operation, TableModel } from '@org/migrate-core/dialect'
import { describe, expect, it } from 'vitest'
import { compiled, statementTexts } from './kit.ts'

const t = { name: 't' }
const column = (more: Partial<ColumnModel> = {}): ColumnModel => ({
  name: 'n',
  type: { kind: 'text' },
  nullable: true,
  ...more,
})
const add = (more: Partial<ColumnModel> = {}): Operation => ({ kind: 'addColumn', table: t, column: column(more) })
const table = (more: Partial<TableModel> = {}): TableModel => ({
  ref: t,
  columns: [
    { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false },
    { name: 'ok', type: { kind: 'boolean' }, nullable: false, default: { kind: 'literal', value: true } },
  ],
  constraints: [{ kind: 'primaryKey', columns: ['id'] }],
  indexes: [],
  options: {},
  ...more,
})

const referrers = `SELECT m.name FROM main.sqlite_schema AS m, pragma_foreign_key_list(m.name, 'main') AS f WHERE m.type = 'table' AND instr(lower(m.sql), 'references') AND f."table" = 't' COLLATE NOCASE AND m.name <> 't' COLLATE NOCASE LIMIT 5`

describe('statements that SQLite has itself', () => {
  it.each<[string, readonly string[], Operation, readonly string[]]>([
    [
      'createTable with its indexes',
      [],
      {
        kind: 'createTable',
        table: table({
          indexes: [{ name: 'i', unique: true, elements: [{ column: 'ok', order: 'desc' }], where: 'ok' }],
        }),
      },
      [
        'CREATE TABLE "t" (\n  "id" INTEGER NOT NULL PRIMARY KEY,\n  "ok" BOOLEAN NOT NULL DEFAULT 1\n)',
        'CREATE UNIQUE INDEX main."i" ON "t" ("ok" DESC) WHERE ok',
      ],
    ],
    ['dropTable', ['CREATE TABLE t (a)'], { kind: 'dropTable', table: t }, [referrers, 'DROP TABLE main."t"']],
    [
      'renameTable',
      ['CREATE TABLE t (a)'],
      { kind: 'renameTable', table: t, to: 'u"v' },
      ['ALTER TABLE main."t" RENAME TO "u""v"'],
    ],
    [
      'renameTable to another case, by way of a third name',
      ['CREATE TABLE t (a)'],
      { kind: 'renameTable', table: t, to: 'T' },
      ['ALTER TABLE main."t" RENAME TO "_migrate_new_t"', 'ALTER TABLE main."_migrate_new_t" RENAME TO "T"'],
    ],
    ['addColumn', ['CREATE TABLE t (a)'], add(), ['ALTER TABLE main."t" ADD COLUMN "n" TEXT']],
    [
      'addColumn NOT NULL with a constant',
      ['CREATE TABLE t (a)'],
      add({ nullable: false, default: { kind: 'literal', value: "it's" }, collation: 'NOCASE' }),
      [`ALTER TABLE main."t" ADD COLUMN "n" TEXT NOT NULL DEFAULT 'it''s' COLLATE "NOCASE"`],
    ],
    [
      'addColumn, virtual',
      ['CREATE TABLE t (a)'],
      add({ generated: { expression: 'a || 1', stored: false } }),
      ['ALTER TABLE main."t" ADD COLUMN "n" TEXT GENERATED ALWAYS AS (a || 1) VIRTUAL'],
    ],
    [
      'addColumn of an enum',
      ['CREATE TABLE t (a)'],
      add({ type: { kind: 'enum', values: ['a', "b'c"] } }),
      [`ALTER TABLE main."t" ADD COLUMN "n" TEXT CHECK ("n" IN ('a', 'b''c'))`],
    ],
    [
      'dropColumn',
      ['CREATE TABLE t (a, n TEXT)'],
      { kind: 'dropColumn', table: t, column: 'n' },
      ['ALTER TABLE main."t" DROP COLUMN "n"'],
    ],
    [
      'renameColumn',
      ['CREATE TABLE t (a)'],
      { kind: 'renameColumn', table: t, column: 'a', to: 'select' },
      ['ALTER TABLE main."t" RENAME COLUMN "a" TO "select"'],
    ],
    [
      'createIndex, concurrently too: SQLite has one way only',
      ['CREATE TABLE t (a)'],
      {
        kind: 'createIndex',
        table: t,
        index: { name: 'i', unique: false, elements: [{ expression: 'lower(a)' }] },
        concurrently: true,
      },
      ['CREATE INDEX main."i" ON "t" ((lower(a)))'],
    ],
    [
      'dropIndex',
      ['CREATE TABLE t (a)', 'CREATE INDEX i ON t (a)'],
      { kind: 'dropIndex', table: t, index: 'i' },
      ['DROP INDEX main."i"'],
    ],
    [
      'renameIndex from its own text',
      ['CREATE TABLE t (a)', 'CREATE INDEX i ON t (a /* by a */) WHERE a > 0'],
      { kind: 'renameIndex', table: t, index: 'i', to: 'j' },
      ['DROP INDEX main."i"', 'CREATE INDEX main."j" ON t (a /* by a */) WHERE a > 0'],
    ],
    [
      'createView',
      ['CREATE TABLE t (a)'],
      { kind: 'createView', view: { ref: { name: 'v' }, columns: ['x'], definition: 'SELECT a FROM t' } },
      ['CREATE VIEW "v" ("x") AS SELECT a FROM t'],
    ],
    ['dropView', ['CREATE VIEW v AS SELECT 1'], { kind: 'dropView', view: { name: 'v' } }, ['DROP VIEW main."v"']],
    [
      'replaceView with its triggers, proving the views that use it',
      [
        'CREATE TABLE t (a)',
        'CREATE VIEW v AS SELECT a FROM t',
        'CREATE VIEW w AS SELECT a FROM v',
        'CREATE VIEW x AS SELECT 1',
        'CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (NEW.a); END',
      ],
      { kind: 'replaceView', view: { ref: { name: 'v' }, definition: 'SELECT a, 1 AS b FROM t' } },
      [
        'DROP VIEW main."v"',
        'CREATE VIEW "v" AS SELECT a, 1 AS b FROM t',
        'CREATE TRIGGER main.g INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (NEW.a); END',
        'SELECT 1 FROM main."w" LIMIT 0',
      ],
    ],
    [
      'createTrigger',
      ['CREATE TABLE t (a)'],
      {
        kind: 'createTrigger',
        trigger: { name: 'g', table: t, definition: 'CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END' },
      },
      ['CREATE TRIGGER main.g AFTER INSERT ON t BEGIN SELECT 1; END'],
    ],
    [
      'dropTrigger',
      ['CREATE TABLE t (a)', 'CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END'],
      { kind: 'dropTrigger', table: t, trigger: 'g' },
      ['DROP TRIGGER main."g"'],
    ],
    [
      'sql',
      ['CREATE TABLE t (a)'],
      { kind: 'sql', text: { sqlite: 'ANALYZE t', postgres: 'x', mysql: 'y' } },
      ['ANALYZE t'],
    ],
    ['run', [], { kind: 'run', label: 'work', down: 'none', direction: 'up' }, []],
    [
      'setComment that takes one away',
      ['CREATE TABLE t (a)'],
      { kind: 'setComment', on: { table: t }, comment: null },
      [],
    ],
  ])('%s', async (_, schema, operation, expected) => {
    expect(await statementTexts(schema, operation)).toEqual(expected)
  })

  it('renameView makes it again', async () => {
    expect(
      await statementTexts(['CREATE VIEW v AS SELECT 1 AS a'], { kind: 'renameView', view: { name: 'v' }, to: 'w' }),
    ).toEqual(['DROP VIEW main."v"', 'CREATE VIEW "w" AS SELECT 1 AS a'])
  })

  it('insertRows and deleteRows bind their values', async () => {
    const [insert, ...none] = await compiled(['CREATE TABLE t (a, b)'], {
      kind: 'insertRows',
      table: t,
      columns: ['a', 'b'],
      rows: [
        ['x', { $bigint: '9007199254740993' }],
        [null, { $json: { a: [1] } }],
        [true, { $bytes: 'AP8=' }],
      ],
    })
    expect(none).toEqual([])
    expect(insert?.sql).toBe('INSERT INTO main."t" ("a", "b") VALUES (?, ?), (?, ?), (?, ?)')
    expect(insert?.params).toEqual(['x', 9007199254740993n, null, '{"a":[1]}', true, Buffer.from([0, 255])])
    const [remove] = await compiled(['CREATE TABLE t (a, b)'], {
      kind: 'deleteRows',
      table: t,
      key: ['a', 'b'],
      rows: [
        ['x', 1],
        [null, 2],
      ],
    })
    expect(remove?.sql).toBe('DELETE FROM main."t" WHERE ("a" IS ? AND "b" IS ?) OR ("a" IS ? AND "b" IS ?)')
  })

  it('insertRows stays below the limit of placeholders', async () => {
    const rows = Array.from({ length: 1_201 }, (_, n) => [n])
    const statements = await compiled(['CREATE TABLE t (a)'], { kind: 'insertRows', table: t, columns: ['a'], rows })
    expect(statements.map((statement) => statement.params?.length)).toEqual([500, 500, 201])
  })
})

describe('what SQLite has not', () => {
  it.each<[string, Operation, RegExp]>([
    ['a comment', { kind: 'setComment', on: { table: t, column: 'a' }, comment: 'x' }, /stores no comments/],
    [
      'a comment of a column',
      { kind: 'alterColumn', table: t, column: 'a', change: { comment: 'x' } },
      /stores no comments/,
    ],
    ['a schema', { kind: 'createSchema', schema: 's' }, /no schemas/],
    ['an enum type', { kind: 'createEnum', enum: { ref: { name: 'e' }, values: ['a'] } }, /no enum types/],
    ['a sequence', { kind: 'createSequence', sequence: { ref: { name: 's' } } }, /no sequences/],
    ['an extension', { kind: 'createExtension', extension: 'x' }, /extensions per connection/],
    [
      'a materialised view',
      { kind: 'createView', view: { ref: { name: 'v' }, definition: 'SELECT 1', materialized: true } },
      /no materialised views/,
    ],
    [
      'an index method',
      {
        kind: 'createIndex',
        table: t,
        index: { name: 'i', unique: false, elements: [{ column: 'a' }], method: 'gin' },
      },
      /no gin indexes/,
    ],
    [
      'NULLS NOT DISTINCT',
      { kind: 'addConstraint', table: t, constraint: { kind: 'unique', columns: ['a'], nullsNotDistinct: true } },
      /NULLS NOT DISTINCT/,
    ],
    [
      'EXCLUDE',
      {
        kind: 'addConstraint',
        table: t,
        constraint: { kind: 'exclude', elements: [{ expression: 'a', operator: '=' }] },
      },
      /EXCLUDE/,
    ],
  ])('%s is UNSUPPORTED, with the reason', async (_, operation, why) => {
    await expect(compiled(['CREATE TABLE t (a)'], operation)).rejects.toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(why) as string }),
    )
  })
})
