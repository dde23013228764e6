import type { ColumnModel, ConstraintModel, IndexModel, TableModel } from '@org/migrate-core/dialect'
import { describe, expect, test } from 'vitest'
import { createIndexText, createTableText, createViewText, memory, normalise, readTable, stored } from './kit.ts'

const column = (name: string, type: ColumnModel['type'], rest: Partial<ColumnModel> = {}): ColumnModel => ({
  name,
  type,
  nullable: true,
  ...rest,
})
const id = column('id', { kind: 'integer', bits: 64 }, { nullable: false })

function table(
  columns: readonly ColumnModel[],
  constraints: readonly ConstraintModel[] = [],
  rest: Partial<TableModel> = {},
): TableModel {
  return { ref: { name: 't' }, columns, constraints, indexes: [], options: {}, ...rest }
}

const everything = table(
  [
    column('id', { kind: 'integer', bits: 64 }, { nullable: false, identity: { mode: 'autoIncrement' } }),
    column(
      'a "q"',
      { kind: 'varchar', length: 12 },
      { nullable: false, default: { kind: 'literal', value: "en's" }, collation: 'NOCASE' },
    ),
    column('flag', { kind: 'boolean' }, { nullable: false, default: { kind: 'literal', value: true } }),
    column('at', { kind: 'timestamp', withTimezone: false }, { default: { kind: 'now' } }),
    column('calc', { kind: 'integer', bits: 32 }, { generated: { expression: 'id + 1', stored: true } }),
    column('expr', { kind: 'text' }, { default: { kind: 'expression', sql: "lower('X')" } }),
    column(
      'state',
      { kind: 'enum', name: 'state', values: ['on', "o'ff"] },
      { default: { kind: 'literal', value: 'on' } },
    ),
    column('own', { kind: 'text' }, { native: { sqlite: 'clob', postgres: 'citext' } }),
    column('nothing', { kind: 'text' }, { default: { kind: 'literal', value: null } }),
  ],
  [
    { kind: 'primaryKey', name: 'pk', columns: ['id'] },
    { kind: 'unique', columns: ['flag', 'at'] },
    { kind: 'check', name: 'c', expression: 'id > 0 -- always' },
    {
      kind: 'foreignKey',
      name: 'f',
      columns: ['calc'],
      references: { table: { name: 't' }, columns: ['id'] },
      onDelete: 'cascade',
      onUpdate: 'noAction',
      deferrable: 'deferred',
    },
    { kind: 'foreignKey', columns: ['own'], references: { table: { name: 'u' }, columns: [] } },
  ],
)

test('a table with everything', () => {
  const text = createTableText(everything)
  expect(text).toBe(`CREATE TABLE "t" (
  "id" INTEGER NOT NULL CONSTRAINT "pk" PRIMARY KEY AUTOINCREMENT,
  "a ""q""" VARCHAR(12) NOT NULL DEFAULT 'en''s' COLLATE "NOCASE",
  "flag" BOOLEAN NOT NULL DEFAULT 1,
  "at" DATETIME DEFAULT CURRENT_TIMESTAMP,
  "calc" INTEGER GENERATED ALWAYS AS (id + 1) STORED,
  "expr" TEXT DEFAULT (lower('X')),
  "state" TEXT DEFAULT 'on' CHECK ("state" IN ('on', 'o''ff')),
  "own" CLOB,
  "nothing" TEXT,
  UNIQUE ("flag", "at"),
  CONSTRAINT "c" CHECK (id > 0 -- always
),
  CONSTRAINT "f" FOREIGN KEY ("calc") REFERENCES "t" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  FOREIGN KEY ("own") REFERENCES "u"
)`)
  expect(stored(memory(text)).t).toBe(text)
})

test('declared and read back, it has one normal form', () => {
  const { source: _, ...read } = normalise(readTable(createTableText(everything)))
  expect(normalise(everything)).toEqual(read)
})

test('declared with words that SQLite does not keep, it is the same', () => {
  const declared = table(
    [
      column('id', { kind: 'integer', bits: 32 }),
      column('b', { kind: 'text' }, { collation: 'binary', default: { kind: 'expression', sql: " ('x') " } }),
      column('c', { kind: 'boolean' }, { default: { kind: 'expression', sql: '0' } }),
      column('d', { kind: 'integer', bits: 32 }, { default: { kind: 'literal', value: false } }),
    ],
    [
      { kind: 'primaryKey', columns: ['id'] },
      { kind: 'check', expression: '"b"<>  \'X\' /* why */ AND ID = 1' },
      {
        kind: 'foreignKey',
        columns: ['d'],
        references: { table: { name: 'u' }, columns: ['id'] },
        onDelete: 'noAction',
        match: 'simple',
      },
    ],
    {
      options: { strict: false },
      indexes: [
        {
          name: 'i',
          unique: false,
          elements: [{ column: 'b', order: 'asc', nulls: 'first', collation: 'BINARY' }],
          method: 'btree',
        },
      ],
    },
  )
  const read = readTable(
    "CREATE TABLE t (id integer primary key, b TEXT DEFAULT 'x', c BOOL DEFAULT false, d INT DEFAULT 0 REFERENCES u(id), CHECK (B <> 'X' and \"id\"=1))",
    ['CREATE INDEX i ON t (b)'],
  )
  const strip = (model: TableModel) => ({
    ...model,
    source: undefined,
    constraints: [...model.constraints].sort((a, b) => a.kind.localeCompare(b.kind)),
    indexes: model.indexes.map((index) => ({ ...index, source: undefined })),
  })
  expect(strip(normalise(declared))).toEqual(strip(normalise(read)))
})

test('options and keys of their kinds', () => {
  expect(
    createTableText(
      table([id, column('k', { kind: 'json' })], [{ kind: 'primaryKey', columns: ['id', 'k'] }], {
        options: { strict: true, withoutRowid: true },
      }),
    ),
  ).toBe(`CREATE TABLE "t" (
  "id" INTEGER NOT NULL,
  "k" TEXT NOT NULL,
  PRIMARY KEY ("id", "k")
) STRICT, WITHOUT ROWID`)
})

test('an index with everything that SQLite has', () => {
  const index: IndexModel = {
    name: 'i "x"',
    unique: true,
    elements: [
      { column: 'a', collation: 'NOCASE', order: 'desc' },
      { expression: 'lower(b)' },
      { column: 'c', nulls: 'first' },
    ],
    where: 'a IS NOT NULL',
  }
  const text = createIndexText({ name: 't' }, index)
  expect(text).toBe(
    'CREATE UNIQUE INDEX "i ""x""" ON "t" ("a" COLLATE "NOCASE" DESC, (lower(b)), "c") WHERE a IS NOT NULL',
  )
  expect(stored(memory('CREATE TABLE t (a, b, c)', text))['i "x"']).toBe(text)
})

test('a view', () => {
  const text = createViewText({ ref: { name: 'v' }, columns: ['x'], definition: 'SELECT 1' })
  expect(text).toBe('CREATE VIEW "v" ("x") AS SELECT 1')
  expect(stored(memory(text)).v).toBe(text)
})

describe('what SQLite has not is refused', () => {
  const refused = (name: string, work: () => unknown) =>
    test(name, () => expect(work).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' })))
  const key: ConstraintModel = { kind: 'primaryKey', columns: ['id'] }
  const identity = (value: NonNullable<ColumnModel['identity']>) => () =>
    createTableText(table([{ ...id, identity: value }], [key]))
  const constraint = (value: ConstraintModel) => () => createTableText(table([id], [value]))
  const index = (value: Partial<IndexModel>) => () =>
    createIndexText({ name: 't' }, { name: 'i', unique: false, elements: [{ column: 'id' }], ...value })

  refused('identity always', identity({ mode: 'always' }))
  refused('identity with a start', identity({ mode: 'autoIncrement', start: 5 }))
  refused('identity with an increment', identity({ mode: 'byDefault', increment: 5 }))
  refused('identity with an end', identity({ mode: 'byDefault', maxValue: '9' }))
  refused('a column that an update sets to its time', () => createTableText(table([{ ...id, onUpdate: 'now' }])))
  refused('identity without a key', () => createTableText(table([{ ...id, identity: { mode: 'autoIncrement' } }])))
  refused('identity without rowid', () =>
    createTableText(
      table([{ ...id, identity: { mode: 'autoIncrement' } }], [key], { options: { withoutRowid: true } }),
    ),
  )
  refused('a deferrable key', constraint({ ...key, deferrable: 'deferred' }))
  refused('a deferrable unique', constraint({ kind: 'unique', columns: ['id'], deferrable: 'immediate' }))
  refused('NULLS NOT DISTINCT', constraint({ kind: 'unique', columns: ['id'], nullsNotDistinct: true }))
  refused('EXCLUDE', constraint({ kind: 'exclude', elements: [{ expression: 'id', operator: '=' }] }))
  refused(
    'NOT VALID',
    constraint({
      kind: 'foreignKey',
      columns: ['id'],
      references: { table: { name: 't' }, columns: [] },
      notValid: true,
    }),
  )
  refused(
    'MATCH FULL',
    constraint({
      kind: 'foreignKey',
      columns: ['id'],
      references: { table: { name: 't' }, columns: [] },
      match: 'full',
    }),
  )
  refused('a schema', () => createTableText(table([id], [], { ref: { schema: 's', name: 't' } })))
  refused('a table comment', () => createTableText(table([id], [], { comment: 'hi' })))
  refused('a column comment', () => createTableText(table([{ ...id, comment: 'hi' }])))
  refused('an engine', () => createTableText(table([id], [], { options: { engine: 'InnoDB' } })))
  refused('a type of another database', () =>
    createTableText(table([column('a', { kind: 'native', dialect: 'mysql', sql: 'SET' })])),
  )
  refused('a native type in a STRICT table', () =>
    createTableText(
      table([column('a', { kind: 'native', dialect: 'sqlite', sql: 'WEIRD' })], [], { options: { strict: true } }),
    ),
  )
  refused('an index method', index({ method: 'gin' }))
  refused('INCLUDE', index({ include: ['a'] }))
  refused('NULLS NOT DISTINCT of an index', index({ nullsNotDistinct: true }))
  refused('an index comment', index({ comment: 'hi' }))
  refused('an operator class', index({ elements: [{ column: 'id', operatorClass: 'text_ops' }] }))
  refused('a prefix', index({ elements: [{ column: 'id', prefixLength: 5 }] }))
  refused('NULLS LAST', index({ elements: [{ column: 'id', nulls: 'last' }] }))
  refused('a materialised view', () =>
    createViewText({ ref: { name: 'v' }, definition: 'SELECT 1', materialized: true }),
  )
})
