import { expression, integer, type OperationRecorder, text as textType } from '@org/migrate-core'
import type { ColumnModel, Operation } from '@org/migrate-core/dialect'
import { record } from '@org/migrate-core/internal'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it, test } from 'vitest'
import { addCheck, apply, change, compile, database, raw, rows, text, toText } from './kit.ts'

const t = { name: 't' }
const nullable = (column: string, value: boolean): Operation => ({
  kind: 'alterColumn',
  table: t,
  column,
  change: { nullable: value },
})
const foreignKeys = (file: string) => raw(file, (db) => db.pragma('foreign_key_check'))

describe('adjacent changes of one table', () => {
  it('make one rebuild', async () => {
    const file = database(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5), b INT, c INT); CREATE INDEX i ON t (b); INSERT INTO t VALUES (1, 'x', 2, 3)`,
    )
    const done = await change(file, [
      {
        kind: 'addColumn',
        table: t,
        column: { name: 'd', type: { kind: 'text' }, nullable: false, default: { kind: 'literal', value: 'new' } },
      },
      { kind: 'dropIndex', table: t, index: 'i' },
      { kind: 'dropColumn', table: t, column: 'b' },
      toText('t', 'a'),
      nullable('c', false),
      { kind: 'renameColumn', table: t, column: 'c', to: 'e' },
      { kind: 'createIndex', table: t, index: { name: 'j', unique: true, elements: [{ column: 'e' }] } },
      { kind: 'addConstraint', table: t, constraint: { kind: 'unique', columns: ['a', 'e'] } },
    ])
    expect(done.rebuilds).toBe(1)
    expect(done.groups).toHaveLength(1)
    expect(rows(file, 'SELECT * FROM t')).toEqual([[1n, 'x', 3n, 'new']])
    expect(rows(file, `SELECT name FROM pragma_table_xinfo('t')`)).toEqual([['id'], ['a'], ['e'], ['d']])
    expect(rows(file, `SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`)).toEqual([['j']])
  })

  it('are parted by what stands between them', async () => {
    const file = database('CREATE TABLE t (a VARCHAR(5), b VARCHAR(5)); CREATE TABLE u (a VARCHAR(5))')
    const between: Operation = { kind: 'insertRows', table: t, columns: ['a'], rows: [['x']] }
    const done = await change(file, [toText('t', 'a'), between, toText('t', 'b'), toText('u', 'a')])
    expect(done.groups.map((group) => group.filter((statement) => statement.copy).length)).toEqual([1, 0, 1, 1])
    expect(rows(file, 'SELECT * FROM t')).toEqual([['x', null]])
  })

  it('need no rebuild where SQLite has an ALTER TABLE', async () => {
    const file = database(`CREATE TABLE t (a VARCHAR(5), b INT); INSERT INTO t VALUES ('x', 1)`)
    const done = await change(file, [
      {
        kind: 'addColumn',
        table: t,
        column: {
          name: 'c',
          type: { kind: 'integer', bits: 32 },
          nullable: false,
          default: { kind: 'literal', value: 5 },
        },
      },
      { kind: 'renameColumn', table: t, column: 'a', to: 'z' },
      { kind: 'dropColumn', table: t, column: 'b' },
      { kind: 'renameTable', table: t, to: 'u' },
    ])
    expect(done.rebuilds).toBe(0)
    expect(done.statements.every((statement) => statement.foreignKeys === undefined)).toBe(true)
    expect(rows(file, 'SELECT z, c FROM u')).toEqual([['x', 5n]])
  })

  it('rename a column before the rebuild, so that triggers, views and foreign keys follow', async () => {
    const file =
      database(`CREATE TABLE t (id INTEGER PRIMARY KEY, k INT UNIQUE, a VARCHAR(5)); CREATE TABLE c (k REFERENCES t (k));
      CREATE VIEW v AS SELECT k FROM t; CREATE TABLE log (k);
      CREATE TRIGGER g AFTER UPDATE OF k ON t BEGIN INSERT INTO log VALUES (NEW.k); END;
      INSERT INTO t VALUES (1, 10, 'x'); INSERT INTO c VALUES (10)`)
    const done = await change(file, [
      toText('t', 'a'),
      { kind: 'renameColumn', table: t, column: 'k', to: 'key2' },
      nullable('key2', false),
    ])
    expect(done.rebuilds).toBe(1)
    expect(rows(file, 'SELECT * FROM v')).toEqual([[10n]])
    raw(file, (db) => {
      db.exec('DELETE FROM c; UPDATE t SET key2 = 11')
      expect(db.prepare('SELECT k FROM log').pluck().all()).toEqual([11n])
    })
    expect(text(file, 'c')).toContain('key2')
  })

  it('may take the name of a column that goes', async () => {
    const file = database(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5), b INT); INSERT INTO t VALUES (1, 'x', 2)`,
    )
    await change(file, [
      toText('t', 'a'),
      { kind: 'dropColumn', table: t, column: 'a' },
      { kind: 'renameColumn', table: t, column: 'b', to: 'a' },
      {
        kind: 'addColumn',
        table: t,
        column: { name: 'b', type: { kind: 'text' }, nullable: true, default: { kind: 'now' } },
      },
    ])
    expect(rows(file, `SELECT id, a, b LIKE '20__-__-__ __:__:__' FROM t`)).toEqual([[1n, 2n, 1n]])
  })
})

describe('a change', () => {
  it('to NOT NULL names the rows with NULL and changes nothing', async () => {
    const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'), (5, NULL)`)
    const before = text(file, 't')
    await expect(change(file, [nullable('a', false)])).rejects.toThrow('rows with NULL in t.a: [{"id":5}]')
    expect(text(file, 't')).toBe(before)
  })

  it('that adds a NOT NULL column without a default works on an empty table and names rows of another', async () => {
    const add: Operation = {
      kind: 'addColumn',
      table: t,
      column: { name: 'n', type: { kind: 'text' }, nullable: false },
    }
    const empty = database('CREATE TABLE t (a)')
    await change(empty, [add])
    expect(rows(empty, `SELECT "notnull" FROM pragma_table_info('t') WHERE name = 'n'`)).toEqual([[1n]])
    const file = database('CREATE TABLE t (a); INSERT INTO t VALUES (1)')
    await expect(change(file, [add])).rejects.toThrow(
      'rows that would have no value in t.n, which is NOT NULL without a default',
    )
  })

  it('of a type with `using` converts, without it copies by affinity', async () => {
    const file = database(
      `CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('12 apples', '12 apples'), ('7', '7')`,
    )
    await change(file, [
      {
        kind: 'alterColumn',
        table: t,
        column: 'a',
        change: { type: { kind: 'integer', bits: 32 } },
        using: 'CAST(a AS INTEGER)',
      },
      { kind: 'alterColumn', table: t, column: 'b', change: { type: { kind: 'integer', bits: 32 } } },
    ])
    expect(rows(file, 'SELECT a, b FROM t')).toEqual([
      [12n, '12 apples'],
      [7n, 7n],
    ])
  })

  it('into STRICT names the rows whose values no column would take', async () => {
    const file = database(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT); INSERT INTO t VALUES (1, '12', 5), (2, 'twelve', 'x'), (3, 1.5, 'y')`,
    )
    const strict: Operation = { kind: 'alterTableOptions', table: t, options: { strict: true } }
    await expect(change(file, [strict])).rejects.toThrow('rows whose value in t.n is no INTEGER: [{"id":2},{"id":3}]')
    raw(file, (db) => db.exec('DELETE FROM t WHERE id > 1'))
    await change(file, [strict])
    expect(rows(file, 'SELECT n, s FROM t')).toEqual([[12n, '5']])
    expect(String(text(file, 't'))).toMatch(/\)\s*STRICT$/)
  })

  it('to AUTOINCREMENT and back counts on from the rows, or forgets', async () => {
    const file = database('CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, NULL), (6, NULL)')
    await change(file, [
      { kind: 'alterColumn', table: t, column: 'id', change: { identity: { mode: 'autoIncrement' } } },
    ])
    expect(rows(file, 'SELECT name, seq FROM sqlite_sequence')).toEqual([['t', 6n]])
    await change(file, [{ kind: 'alterColumn', table: t, column: 'id', change: { identity: null } }])
    expect(rows(file, 'SELECT name, seq FROM sqlite_sequence')).toEqual([])
    expect(rows(file, 'SELECT id FROM t')).toEqual([[1n], [6n]])
  })

  it('that would break a view is refused with its name before anything runs', async () => {
    const file = database(
      `CREATE TABLE t (a TEXT, b INT CHECK (b > 0)); CREATE VIEW v AS SELECT b FROM t; INSERT INTO t VALUES ('x', 1)`,
    )
    await expect(change(file, [toText('t', 'b'), { kind: 'dropColumn', table: t, column: 'b' }])).rejects.toMatchObject(
      {
        code: 'DEPENDENT_OBJECTS',
        details: { object: 'column t.b', dependants: ['view v'] },
      },
    )
    expect(rows(file, 'SELECT b FROM v')).toEqual([[1n]])
  })

  it('adds a foreign key only if every row points somewhere', async () => {
    const file = database(
      'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, p INT); INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 1), (2, 9)',
    )
    const add: Operation = {
      kind: 'addConstraint',
      table: t,
      constraint: {
        kind: 'foreignKey',
        columns: ['p'],
        references: { table: { name: 'p' }, columns: ['id'] },
        onDelete: 'cascade',
      },
    }
    await expect(change(file, [add])).rejects.toMatchObject({
      code: 'FOREIGN_KEY_VIOLATION',
      details: { violations: ['t, row 2: refers to p, which has no such row'] },
    })
    raw(file, (db) => db.exec('DELETE FROM t WHERE id = 2'))
    await change(file, [add])
    expect(rows(file, `SELECT "table", on_delete FROM pragma_foreign_key_list('t')`)).toEqual([['p', 'CASCADE']])
  })

  it('of tables that refer to themselves and to each other leaves their keys as they are', async () => {
    const file =
      database(`CREATE TABLE t (id INTEGER PRIMARY KEY, up INT REFERENCES t (id) ON DELETE CASCADE, u INT REFERENCES u (id), a VARCHAR(5));
      CREATE TABLE u (id INTEGER PRIMARY KEY, t INT REFERENCES t (id) ON DELETE CASCADE, a VARCHAR(5));
      INSERT INTO t VALUES (1, NULL, NULL, 'r'), (2, 1, NULL, 'x'); INSERT INTO u VALUES (1, 2, 'y'); UPDATE t SET u = 1`)
    const keys = () =>
      [1, 2].map((n) =>
        rows(
          file,
          `SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list('${n === 1 ? 't' : 'u'}') ORDER BY "from"`,
        ),
      )
    const before = keys()
    await change(file, [toText('t', 'a'), toText('u', 'a')])
    expect(keys()).toEqual(before)
    expect(foreignKeys(file)).toEqual([])
    expect(rows(file, 'SELECT id, up, u FROM t')).toEqual([
      [1n, null, 1n],
      [2n, 1n, 1n],
    ])
  })

  it('gives a table a counting key that takes over its hidden rowids', async () => {
    const file = database(`CREATE TABLE t (a); INSERT INTO t (rowid, a) VALUES (4, 'x'), (9, 'y')`)
    const id: ColumnModel = {
      name: 'id',
      type: { kind: 'integer', bits: 32 },
      nullable: false,
      identity: { mode: 'autoIncrement' },
    }
    await change(file, [
      { kind: 'addColumn', table: t, column: id },
      { kind: 'addConstraint', table: t, constraint: { kind: 'primaryKey', columns: ['id'] } },
    ])
    expect(rows(file, 'SELECT id, a FROM t')).toEqual([
      [4n, 'x'],
      [9n, 'y'],
    ])
  })

  it('never numbers rows whose key was NULL by itself', async () => {
    const file = database(`CREATE TABLE t (id INT PRIMARY KEY, a); INSERT INTO t VALUES (7, 'x'), (NULL, 'y')`)
    const integer: Operation = {
      kind: 'alterColumn',
      table: t,
      column: 'id',
      change: { native: { sqlite: 'INTEGER' } },
    }
    await expect(change(file, [integer])).rejects.toThrow('rows with NULL in t.id: [{"rowid":2}]')
  })

  it('means the table of the file also where a temporary one has its name', async () => {
    const file = database(`CREATE TABLE t (a VARCHAR(5)); CREATE INDEX i ON t (a); INSERT INTO t VALUES ('x');
      CREATE TABLE log (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END`)
    const dialect = await sqliteDialect({ url: file }).load()
    const session = await dialect.connection.connect({ purpose: 'run' })
    await session.execute('CREATE TEMP TABLE t (other)')
    await apply(session, (await compile(dialect, session, [toText('t', 'a')])).groups.flat())
    expect(await session.query('SELECT name FROM temp.sqlite_schema')).toEqual([{ name: 't' }])
    await session.close()
    expect(rows(file, `SELECT name, tbl_name FROM sqlite_master ORDER BY name`)).toEqual([
      ['g', 't'],
      ['i', 't'],
      ['log', 'log'],
      ['t', 't'],
    ])
    expect(rows(file, 'SELECT a FROM t')).toEqual([['x']])
    expect(text(file, 'i')).toBe('CREATE INDEX i ON t (a)')
  })

  it('goes round a table that has the name of the new one', async () => {
    const file = database(
      `CREATE TABLE "_migrate_new_t" (x); INSERT INTO "_migrate_new_t" VALUES (1); CREATE TABLE t (a VARCHAR(5))`,
    )
    await change(file, [toText('t', 'a')])
    expect(rows(file, 'SELECT name FROM sqlite_master ORDER BY name')).toEqual([['_migrate_new_t'], ['t']])
    expect(rows(file, 'SELECT x FROM "_migrate_new_t"')).toEqual([[1n]])
  })

  it('takes names with quotes, spaces, keywords and emoji', async () => {
    const file = database(
      `CREATE TABLE "or""der 🎈" ("select" VARCHAR(5), "a""b" INT, [c]]d] INT)`.replace('[c]]d]', '"c]d"'),
    )
    raw(file, (db) => db.exec(`INSERT INTO "or""der 🎈" VALUES ('x', 1, 2)`))
    expect((await change(file, [addCheck('or"der 🎈', '"a""b" > 0'), toText('or"der 🎈', 'select')])).rebuilds).toBe(1)
    expect(rows(file, 'SELECT * FROM "or""der 🎈"')).toEqual([['x', 1n, 2n]])
  })

  it('never drops a table whose rows others refer to, also if it was not told of them', async () => {
    const file =
      database(`CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE c (p INT REFERENCES T (id) ON DELETE CASCADE);
      CREATE TABLE s (id INTEGER PRIMARY KEY, up REFERENCES s (id)); INSERT INTO t VALUES (1); INSERT INTO c VALUES (1); INSERT INTO s VALUES (1, 1)`)
    const dialect = await sqliteDialect({ url: file }).load()
    const session = await dialect.connection.connect({ purpose: 'run' })
    const before = await dialect.introspection.schema(session, { tables: [t] })
    const operation = { kind: 'dropTable', table: t } as const
    const onlyTable = { ...before, tables: new Map([...before.tables].filter(([name]) => name === 't')) }
    const statements = dialect.compiler.table.dropTable({
      operation,
      before: onlyTable,
      after: dialect.model.apply(onlyTable, operation),
    })
    await expect(apply(session, statements)).rejects.toThrow('tables with foreign keys to t: [{"name":"c"}]')
    await session.close()
    expect(rows(file, 'SELECT p FROM c')).toEqual([[1n]])
    await change(file, [{ kind: 'dropTable', table: { name: 's' } }])
  })

  it('drops a table with the foreign keys to it, and keeps the rows that had them', async () => {
    const file =
      database(`CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES t (id) ON DELETE CASCADE);
      INSERT INTO t VALUES (1); INSERT INTO c VALUES (7, 1)`)
    await change(file, [{ kind: 'dropTable', table: t, cascade: true }])
    expect(rows(file, 'SELECT * FROM c')).toEqual([[7n, 1n]])
    expect(rows(file, `SELECT * FROM pragma_foreign_key_list('c')`)).toEqual([])
  })

  it('renames the key of a WITHOUT ROWID table that a constraint says is unique, too', async () => {
    const file = database(
      `CREATE TABLE t (a INTEGER PRIMARY KEY, b, CONSTRAINT u UNIQUE (a)) WITHOUT ROWID; CREATE VIEW v AS SELECT a FROM t;
       CREATE TABLE c (p INTEGER REFERENCES t (a)); INSERT INTO t VALUES (1, 'x'), (2, 'y'); INSERT INTO c VALUES (2)`,
    )
    const rename: Operation = { kind: 'renameColumn', table: t, column: 'a', to: 'z' }
    await change(file, [rename])
    expect(rows(file, 'SELECT z, b FROM t ORDER BY z')).toEqual([
      [1n, 'x'],
      [2n, 'y'],
    ])
    expect(String(text(file, 't'))).toMatch(/"z" INTEGER PRIMARY KEY, b, CONSTRAINT u UNIQUE \("z"\)\) WITHOUT ROWID$/)
    expect(String(text(file, 'v'))).toMatch(/SELECT "?z"? FROM t/)
    expect(String(text(file, 'c'))).toMatch(/REFERENCES "?t"? \("?z"?\)/)
    expect(foreignKeys(file)).toEqual([])
    // In a group with a rebuild of its own.
    await change(file, [{ ...rename, column: 'z', to: 'y' }, addCheck('t', 'y > 0')])
    expect(rows(file, 'SELECT y FROM v ORDER BY 1')).toEqual([[1n], [2n]])
  })
})

test('changes on op, one statement each, make one rebuild of a table, as those of a block do', async () => {
  const upgrade = (op: OperationRecorder): void => {
    op.alterColumn('t', 'a', { type: textType() })
    op.addColumn('t', 'd', integer())
    op.addUnique('t', ['b'], { name: 't_b' })
    op.alterColumn('t', 'c', { nullable: false })
    op.dropColumn('t', 'gone')
    op.addCheck('t', expression('b > 0'))
  }
  const file = database(
    `CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5), b INT, c INT, gone INT); INSERT INTO t VALUES (1, 'x', 2, 3, 4)`,
  )
  const { operations } = record({ revision: 'r', dialect: 'sqlite', build: upgrade })
  const done = await change(
    file,
    operations.map(({ operation }) => operation),
  )
  expect(done.rebuilds).toBe(1)
  expect(done.groups).toHaveLength(1)
  expect(rows(file, 'SELECT * FROM t')).toEqual([[1n, 'x', 2n, 3n, null]])
})

it('a `using` may end in a comment', async () => {
  const file = database("CREATE TABLE t (a VARCHAR(5)); INSERT INTO t VALUES ('A')")
  const using = 'lower(a) -- folded'
  await change(file, [
    { kind: 'alterColumn', table: { name: 't' }, column: 'a', change: { type: { kind: 'text' } }, using },
  ])
  expect(rows(file, 'SELECT a FROM t')).toEqual([['a']])
})
