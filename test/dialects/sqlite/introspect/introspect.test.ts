import { describe, expect, test } from 'vitest'
import { introspect, memory, reader } from '../ddl/kit.ts'

const setup = `
CREATE TABLE users (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  email VARCHAR(255) COLLATE NOCASE NOT NULL DEFAULT 'x' CONSTRAINT has_at CHECK (email LIKE '%@%'),
  active BOOLEAN DEFAULT 1,
  made DATETIME DEFAULT CURRENT_TIMESTAMP,
  full TEXT GENERATED ALWAYS AS (email || '!') VIRTUAL,
  boss INT REFERENCES users ON DELETE SET NULL,
  state TEXT CHECK ("state" IN ('on', 'off')),
  CONSTRAINT u UNIQUE (email, made)
);
CREATE TABLE "odd ""name""" (a, b ANY NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE UNIQUE INDEX "by email" ON users (Email COLLATE binary DESC, lower(full), (active)) WHERE active AND made > 'x';
CREATE VIEW v (x) AS SELECT id FROM users;
CREATE TRIGGER tr BEFORE DELETE ON "odd ""name""" BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE ft USING fts5(title, body);
CREATE TABLE junk (n INT); INSERT INTO junk VALUES (1); CREATE INDEX junk_n ON junk (n); ANALYZE;
`

describe('a database', () => {
  const schema = introspect(reader(memory(setup)))

  test('has its tables, without those that SQLite makes for itself', async () => {
    const tables = [...(await schema).tables.values()].map(({ ref, opaque }) => [ref.name, opaque])
    expect(tables).toEqual([
      ['users', undefined],
      ['odd "name"', undefined],
      ['ft', 'virtual'],
      ['ft_data', 'shadow'],
      ['ft_idx', 'shadow'],
      ['ft_content', 'shadow'],
      ['ft_docsize', 'shadow'],
      ['ft_config', 'shadow'],
      ['junk', undefined],
    ])
  })

  test('has each column with all that is said of it', async () => {
    expect((await schema).tables.get('users')?.columns).toEqual([
      { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false, identity: { mode: 'autoIncrement' } },
      {
        name: 'email',
        extras: [
          {
            what: 'CHECK of the column',
            statements: [[{ text: "CONSTRAINT has_at CHECK (email LIKE '%@%')" }]],
            isConstraint: true,
          },
        ],
        type: { kind: 'varchar', length: 255 },
        nullable: false,
        default: { kind: 'literal', value: 'x' },
        collation: 'NOCASE',
      },
      { name: 'active', type: { kind: 'boolean' }, nullable: true, default: { kind: 'literal', value: true } },
      { name: 'made', type: { kind: 'timestamp', withTimezone: false }, nullable: true, default: { kind: 'now' } },
      {
        name: 'full',
        type: { kind: 'text' },
        nullable: true,
        generated: { expression: "email || '!'", stored: false },
      },
      { name: 'boss', type: { kind: 'integer', bits: 32 }, nullable: true },
      { name: 'state', type: { kind: 'enum', values: ['on', 'off'] }, nullable: true },
    ])
  })

  test('has the constraints with their names', async () => {
    expect((await schema).tables.get('users')?.constraints).toEqual([
      { kind: 'primaryKey', columns: ['id'] },
      { kind: 'check', name: 'has_at', expression: "email LIKE '%@%'" },
      {
        kind: 'foreignKey',
        columns: ['boss'],
        references: { table: { name: 'users' }, columns: [] },
        onDelete: 'setNull',
      },
      { kind: 'unique', name: 'u', columns: ['email', 'made'] },
    ])
  })

  test('has indexes with expressions, orders, collations and predicates', async () => {
    const source = `CREATE UNIQUE INDEX "by email" ON users (Email COLLATE binary DESC, lower(full), (active)) WHERE active AND made > 'x'`
    expect((await schema).tables.get('users')?.indexes).toEqual([
      {
        name: 'by email',
        unique: true,
        elements: [
          { column: 'email', order: 'desc', collation: 'binary' },
          { expression: 'lower(full)' },
          { expression: 'active' },
        ],
        where: "active AND made > 'x'",
        source,
      },
    ])
  })

  test('has options, views, triggers and the columns of virtual tables', async () => {
    const { tables, views, triggers } = await schema
    expect(tables.get('odd "name"')).toEqual({
      ref: { name: 'odd "name"' },
      columns: [
        { name: 'a', type: { kind: 'native', dialect: 'sqlite', sql: '' }, nullable: false },
        { name: 'b', type: { kind: 'native', dialect: 'sqlite', sql: 'ANY' }, nullable: false },
      ],
      constraints: [{ kind: 'primaryKey', columns: ['a', 'b'] }],
      indexes: [],
      options: { withoutRowid: true },
      source: 'CREATE TABLE "odd ""name""" (a, b ANY NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID',
    })
    expect([...views.values()]).toEqual([
      {
        ref: { name: 'v' },
        columns: ['x'],
        definition: 'SELECT id FROM users',
        source: 'CREATE VIEW v (x) AS SELECT id FROM users',
      },
    ])
    expect([...triggers.values()]).toEqual([
      {
        name: 'tr',
        table: { name: 'odd "name"' },
        definition: 'CREATE TRIGGER tr BEFORE DELETE ON "odd ""name""" BEGIN SELECT 1; END',
      },
    ])
    expect(tables.get('ft')?.columns.map((column) => column.name)).toEqual(['title', 'body'])
  })
})

test('some tables only, by any spelling, with every view and trigger', async () => {
  const db = memory(setup)
  const schema = await introspect(reader(db), { tables: [{ name: 'USERS' }, { name: 'nothing' }] })
  expect([...schema.tables.keys()]).toEqual(['users'])
  expect([schema.views.size, schema.triggers.size]).toEqual([1, 1])
})

test('an empty database', async () => {
  const schema = await introspect(reader(memory()))
  expect([schema.tables.size, schema.views.size, schema.triggers.size]).toEqual([0, 0, 0])
})

test('one statement reads all ordinary tables', async () => {
  const db = memory(
    ...Array.from(
      { length: 50 },
      (_, at) => `CREATE TABLE t${at} (id INTEGER PRIMARY KEY); CREATE INDEX i${at} ON t${at} (id)`,
    ),
  )
  const session = reader(db)
  let statements = 0
  const query: typeof session.query = (sql, params) => {
    statements += 1
    return session.query(sql, params)
  }
  const counting = { ...session, query }
  expect((await introspect(counting)).tables.size).toBe(50)
  expect(statements).toBe(1)
})

test('a temporary table of the same name does not stand in the way', async () => {
  const db = memory('CREATE TABLE t (a INT); CREATE TEMP TABLE t (b TEXT); CREATE TEMP VIEW w AS SELECT 1')
  const schema = await introspect(reader(db))
  expect(schema.tables.get('t')?.columns.map((column) => column.name)).toEqual(['a'])
  expect(schema.views.size).toBe(0)
})

test('a virtual table whose module this connection has not is listed, without columns', async () => {
  const db = memory('CREATE TABLE t (a)')
  db.unsafeMode()
  db.pragma('writable_schema = ON')
  db.exec("INSERT INTO sqlite_master VALUES ('table', 'far', 'far', 0, 'CREATE VIRTUAL TABLE far USING not_here(a)')")
  const far = (await introspect(reader(db))).tables.get('far')
  expect([far?.opaque, far?.columns]).toEqual(['virtual', []])
})
