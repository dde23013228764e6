import { emptySchema, type Operation, type SchemaModel } from '@org/migrate-core/dialect'
import { describe, expect, test } from 'vitest'
import { applyToModel, introspect, memory, normalise, type Raw, reader } from './kit.ts'

const t = { name: 't' }
const setup = `
CREATE TABLE u (id INTEGER PRIMARY KEY, x INT UNIQUE);
CREATE TABLE t (
  id INTEGER PRIMARY KEY, -- the key
  a INT NOT NULL DEFAULT 1,
  b TEXT COLLATE NOCASE, /* b */
  c INT REFERENCES u (x)
);
CREATE TABLE child (t_id INT REFERENCES t (id), t_a INT, CONSTRAINT self FOREIGN KEY (t_a) REFERENCES child);
CREATE INDEX t_a ON t (a DESC, lower(b)) WHERE a > 0;
CREATE VIEW v AS SELECT a, t.b FROM t;
CREATE TRIGGER tr AFTER UPDATE OF a ON t WHEN new.a > 1 BEGIN UPDATE u SET x = new.a WHERE id = old.id; END;
`

/** Each operation with SQLite's own statement for it: the texts afterwards are equal to the letter. */
const native: readonly (readonly [Operation, string])[] = [
  [{ kind: 'renameTable', table: t, to: 'n t' }, 'ALTER TABLE t RENAME TO "n t"'],
  [{ kind: 'renameTable', table: { name: 'u' }, to: 'n' }, 'ALTER TABLE u RENAME TO "n"'],
  [{ kind: 'renameColumn', table: t, column: 'a', to: 'n' }, 'ALTER TABLE t RENAME a TO "n"'],
  [{ kind: 'renameColumn', table: t, column: 'id', to: 'n' }, 'ALTER TABLE t RENAME id TO "n"'],
  [{ kind: 'renameColumn', table: t, column: 'b', to: 'n' }, 'ALTER TABLE t RENAME b TO "n"'],
  [{ kind: 'renameColumn', table: { name: 'u' }, column: 'x', to: 'n' }, 'ALTER TABLE u RENAME x TO "n"'],
  [
    {
      kind: 'addColumn',
      table: t,
      column: { name: 'n', type: { kind: 'boolean' }, nullable: false, default: { kind: 'literal', value: false } },
    },
    'ALTER TABLE t ADD COLUMN "n" BOOLEAN NOT NULL DEFAULT 0',
  ],
  [
    {
      kind: 'createTable',
      table: {
        ref: { name: 'n' },
        columns: [{ name: 'id', type: { kind: 'integer', bits: 32 }, nullable: true }],
        constraints: [{ kind: 'primaryKey', columns: ['id'] }],
        indexes: [{ name: 'ni', unique: true, elements: [{ column: 'id' }] }],
        options: {},
      },
    },
    'CREATE TABLE "n" (\n  "id" INTEGER NOT NULL PRIMARY KEY\n); CREATE UNIQUE INDEX "ni" ON "n" ("id")',
  ],
  [
    { kind: 'createIndex', table: t, index: { name: 'i', unique: false, elements: [{ column: 'b' }] } },
    'CREATE INDEX IF NOT EXISTS "i" ON "t" ("b")',
  ],
  [{ kind: 'dropIndex', table: t, index: 't_a' }, 'DROP INDEX t_a'],
  [
    { kind: 'createView', view: { ref: { name: 'w' }, definition: 'SELECT 1 AS one;' } },
    'CREATE VIEW IF NOT EXISTS "w" AS SELECT 1 AS one;',
  ],
  [{ kind: 'dropView', view: { name: 'v' } }, 'DROP VIEW v'],
  [
    {
      kind: 'createTrigger',
      trigger: {
        name: 'n',
        table: t,
        definition: 'CREATE TRIGGER IF NOT EXISTS main.n AFTER DELETE ON t BEGIN SELECT 1; END;',
      },
    },
    'CREATE TRIGGER IF NOT EXISTS main.n AFTER DELETE ON t BEGIN SELECT 1; END;',
  ],
  [{ kind: 'dropTrigger', table: t, trigger: 'tr' }, 'DROP TRIGGER tr'],
  [{ kind: 'dropTable', table: { name: 'child' } }, 'DROP TABLE child'],
]

const read = (db: Raw): Promise<SchemaModel> => introspect(reader(db))

function plain(schema: SchemaModel): unknown {
  const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return { tables: sorted(schema.tables), views: sorted(schema.views), triggers: sorted(schema.triggers) }
}

describe('texts and models are what SQLite has afterwards', () => {
  test.each(native)('%j', async (operation, sql) => {
    const db = memory(setup)
    const before = await read(db)
    db.exec(sql)
    expect(plain(applyToModel(before, operation))).toEqual(plain(await read(db)))
  })
})

/** Run the texts of a schema on an empty database: what is read back is the schema. */
async function rebuilt(schema: SchemaModel): Promise<SchemaModel> {
  const db = memory()
  db.pragma('foreign_keys = OFF')
  for (const table of schema.tables.values()) {
    db.exec(table.source ?? '')
    for (const index of table.indexes) db.exec(index.source ?? '')
  }
  for (const view of schema.views.values()) db.exec(view.source ?? '')
  for (const trigger of schema.triggers.values()) db.exec(trigger.definition)
  return read(db)
}

const steps: readonly Operation[] = [
  {
    kind: 'alterColumn',
    table: t,
    column: 'a',
    change: { nullable: true, default: null, type: { kind: 'integer', bits: 64 } },
  },
  { kind: 'addConstraint', table: t, constraint: { kind: 'check', name: 'positive', expression: 'a > 0' } },
  { kind: 'addConstraint', table: t, constraint: { kind: 'unique', columns: ['a', 'b'] } },
  { kind: 'renameConstraint', table: t, constraint: 'positive', to: 'pos' },
  { kind: 'dropConstraint', table: t, constraint: { kind: 'foreignKey', columns: ['c'] } },
  { kind: 'dropColumn', table: t, column: 'c' },
  { kind: 'addColumn', table: t, column: { name: 's', type: { kind: 'enum', values: ['x', 'y'] }, nullable: true } },
  { kind: 'alterColumn', table: t, column: 's', change: { type: { kind: 'enum', values: ['x', 'z'] } } },
  { kind: 'renameColumn', table: t, column: 's', to: 'state' },
  { kind: 'renameIndex', table: t, index: 't_a', to: 't by a' },
  { kind: 'alterColumn', table: t, column: 'id', change: { identity: { mode: 'autoIncrement' } } },
  { kind: 'renameView', view: { name: 'v' }, to: 'v2' },
  { kind: 'replaceView', view: { ref: { name: 'v2' }, definition: 'SELECT state FROM t' } },
  { kind: 'renameColumn', table: t, column: 'state', to: 'state 2' },
  { kind: 'dropTrigger', table: t, trigger: 'tr' },
  { kind: 'dropConstraint', table: t, constraint: { name: 'pos' } },
  { kind: 'renameTable', table: t, to: 'last' },
  { kind: 'alterTableOptions', table: { name: 'u' }, options: { strict: true } },
]

test('a fold of changes gives texts that SQLite accepts and reads as the model, after each step', async () => {
  let schema = await read(memory(setup))
  for (const operation of steps) {
    schema = applyToModel(schema, operation)
    expect(plain(await rebuilt(schema)), JSON.stringify(operation)).toEqual(plain(schema))
  }
  expect(schema.tables.get('last')?.source).toBe(`CREATE TABLE "last" (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key
  a BIGINT,
  b TEXT COLLATE NOCASE, "state 2" TEXT CHECK ("state 2" IN ('x', 'z')), /* b */
 UNIQUE ("a", "b"))`)
})

test('a table that was dropped comes back to the letter', async () => {
  const before = await read(memory(setup))
  const table = before.tables.get('t')
  if (table === undefined) throw new Error('t is missing')
  const dropped = applyToModel(before, { kind: 'dropTable', table: t, cascade: true })
  expect(dropped.tables.get('child')?.source).toBe(
    'CREATE TABLE child (t_id INT, t_a INT, CONSTRAINT self FOREIGN KEY (t_a) REFERENCES child)',
  )
  expect(applyToModel(dropped, { kind: 'createTable', table }).tables.get('t')).toEqual(table)
})

test('a source that says something else than its model is not believed', () => {
  const table = applyToModel(emptySchema, {
    kind: 'createTable',
    table: {
      ref: t,
      columns: [{ name: 'a', type: { kind: 'text' }, nullable: true }],
      constraints: [],
      indexes: [],
      options: {},
      source: 'CREATE TABLE t (b TEXT)',
    },
  }).tables.get('t')
  expect(table?.source).toBe('CREATE TABLE "t" (\n  "a" TEXT\n)')
})

test('a column that expressions still name is not dropped', async () => {
  const before = await read(
    memory('CREATE TABLE t (a INT, b INT AS (a + 1), c INT); CREATE INDEX i ON t (b) WHERE c > 0'),
  )
  for (const column of ['a', 'c']) {
    expect(() => applyToModel(before, { kind: 'dropColumn', table: t, column })).toThrow(
      expect.objectContaining({ code: 'DEPENDENT_OBJECTS' }),
    )
  }
})

test('a trigger whose text says another name or table is refused', async () => {
  const before = await read(memory(setup))
  for (const definition of [
    'CREATE TRIGGER x AFTER DELETE ON t BEGIN SELECT 1; END',
    'CREATE TRIGGER n AFTER DELETE ON u BEGIN SELECT 1; END',
  ]) {
    expect(() => applyToModel(before, { kind: 'createTrigger', trigger: { name: 'n', table: t, definition } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPERATION' }),
    )
  }
})

test('a guard that finds nothing to do changes nothing', async () => {
  const before = await read(memory(setup))
  expect(applyToModel(before, { kind: 'dropColumn', table: t, column: 'zzz', ifExists: true })).toBe(before)
})

test('the normal form of every table here is that of its texts', async () => {
  for (const table of (await read(memory(setup))).tables.values()) {
    expect(normalise(normalise(table))).toEqual(normalise(table))
  }
})
