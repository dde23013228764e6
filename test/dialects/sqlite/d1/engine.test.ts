import { describe, expect, test } from 'vitest'
import { type D1Statement, type D1TestDatabase, d1Server } from '../../../kit/d1/d1-server.ts'

const server = d1Server()

const list = (...statements: readonly string[]): readonly D1Statement[] => statements.map((sql) => ({ sql }))

/** What the engine refuses with. */
async function refusal(db: D1TestDatabase, ...statements: readonly string[]): Promise<string> {
  const { success, errors } = await db.send(list(...statements))
  return success ? 'it was not refused' : (errors[0]?.message ?? '')
}

async function done(db: D1TestDatabase, ...statements: readonly string[]): Promise<void> {
  const { errors } = await db.send(list(...statements))
  expect(errors).toEqual([])
}

async function withFamily(): Promise<D1TestDatabase> {
  const db = server().createDatabase()
  await done(
    db,
    'CREATE TABLE parents (id INTEGER PRIMARY KEY, v TEXT)',
    'CREATE TABLE children (id INTEGER PRIMARY KEY, parent REFERENCES parents ON DELETE CASCADE)',
    "INSERT INTO parents VALUES (1, 'a'), (2, 'b')",
    'INSERT INTO children VALUES (1, 1), (2, 2)',
  )
  return db
}

describe('the engine of D1', () => {
  test('transaction control is refused', async () => {
    const db = server().createDatabase()
    for (const sql of ['BEGIN', 'BEGIN IMMEDIATE', 'SAVEPOINT a'])
      expect(await refusal(db, sql)).toMatch(/^To execute a transaction, please use/)
  })

  test('a list rolls back whole', async () => {
    const db = await withFamily()
    expect(await refusal(db, "INSERT INTO parents VALUES (3, 'c')", 'CREATE TABLE other (a)', 'SELECT absent')).toBe(
      'no such column: absent at offset 7: SQLITE_ERROR',
    )
    expect(await db.rows('SELECT id FROM parents')).toEqual([[1], [2]])
    expect(await db.rows("SELECT name FROM sqlite_schema WHERE name = 'other'")).toEqual([])
  })

  test('foreign keys cannot be switched off in a list', async () => {
    const db = await withFamily()
    const { result } = await db.send(list('PRAGMA foreign_keys = OFF', 'PRAGMA foreign_keys'))
    expect(result[1]?.results.rows).toEqual([[1]])
  })

  test('the usual rebuild empties the children and reports success', async () => {
    const db = await withFamily()
    await done(
      db,
      'PRAGMA defer_foreign_keys = ON',
      'CREATE TABLE new_parents (id INTEGER PRIMARY KEY, v TEXT NOT NULL)',
      'INSERT INTO new_parents SELECT * FROM parents',
      'DROP TABLE parents',
      'ALTER TABLE new_parents RENAME TO parents',
    )
    expect(await db.rows('SELECT count(*) FROM parents')).toEqual([[2]])
    expect(await db.rows('SELECT count(*) FROM children')).toEqual([[0]])
  })

  test('an error can carry a text of ours and a value of a row, and changes() counts the statement before', async () => {
    const db = await withFamily()
    expect(await refusal(db, "SELECT json_extract('{}', 'migrate 3: ' || id) FROM parents WHERE id = 2")).toBe(
      "bad JSON path: 'migrate 3: 2': SQLITE_ERROR",
    )
    const oneRow = "SELECT json_extract('{}', 'migrate 4: ' || changes()) WHERE changes() <> 1"
    expect(await refusal(db, 'DELETE FROM children WHERE id = 99', oneRow)).toBe(
      "bad JSON path: 'migrate 4: 0': SQLITE_ERROR",
    )
    await done(db, "UPDATE parents SET v = 'x' WHERE id = 1", oneRow)
  })

  test('what else it refuses', async () => {
    const db = await withFamily()
    expect(await refusal(db, 'SELECT sqlite_version()')).toBe(
      'not authorized to use function: sqlite_version at offset 7: SQLITE_ERROR',
    )
    for (const sql of [
      'PRAGMA schema_version',
      'PRAGMA integrity_check',
      'PRAGMA user_version',
      'PRAGMA encoding',
      'PRAGMA query_only = ON',
      'PRAGMA writable_schema = ON',
      'PRAGMA compile_options',
      'CREATE TEMP TABLE t (a)',
      "ATTACH ':memory:' AS other",
    ]) {
      expect([sql, await refusal(db, sql)]).toEqual([sql, 'not authorized: SQLITE_AUTH'])
    }
    expect(await refusal(db, 'VACUUM')).toBe('cannot VACUUM from within a transaction: SQLITE_ERROR')
    // SQLite 3.53 has it.
    expect(await refusal(db, 'ALTER TABLE parents ALTER COLUMN v SET NOT NULL')).toMatch(/syntax error/)
  })

  test('what it has', async () => {
    const db = await withFamily()
    await done(
      db,
      'CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, v)',
      'INSERT INTO counted (v) VALUES (1)',
    )
    await done(db, "UPDATE sqlite_sequence SET seq = 99 WHERE name = 'counted'")
    expect(await db.rows('SELECT seq FROM sqlite_sequence')).toEqual([[99]])
    expect(await db.rows("SELECT name FROM pragma_table_xinfo('parents')")).toEqual([['id'], ['v']])
    expect(await db.rows("SELECT value FROM json_each('[1, 2]')")).toEqual([[1], [2]])
    expect(await db.rows('PRAGMA quick_check')).toEqual([['ok']])
    expect(await db.rows('PRAGMA foreign_key_check')).toEqual([])
    const { result } = await db.send(list('PRAGMA legacy_alter_table = ON', 'PRAGMA legacy_alter_table'))
    expect(result[1]?.results.rows).toEqual([[1]])
    // A table of its own, which is not the application's.
    expect(await db.rows("SELECT name FROM sqlite_schema WHERE name LIKE '\\_cf%' ESCAPE '\\'")).toEqual([
      ['_cf_METADATA'],
    ])
  })
})

describe('values on D1', () => {
  test('a number that is bound is real, whatever it is', async () => {
    const db = server().createDatabase()
    expect(await db.rows('SELECT typeof(?), quote(?)', [1, 2 ** 53])).toEqual([['real', '9.007199254740992e+15']])
  })

  test('a text keeps its NUL, and an unpaired surrogate becomes bytes that are no text', async () => {
    const db = server().createDatabase()
    expect(await db.rows('SELECT ?, hex(?)', ['a\0b', 'a\0b'])).toEqual([['a\0b', '610062']])
    expect(await db.rows('SELECT hex(?)', ['\ud800'])).toEqual([['EDA080']])
  })

  test('what comes out has lost integers above 2^53, the kind of a number, infinities and -0', async () => {
    const db = server().createDatabase()
    const rows = await db.rows("SELECT 9007199254740993, 1.0, 1e999, -0.0, x'0102'")
    expect(rows).toEqual([[9007199254740992, 1, null, 0, [1, 2]]])
  })
})

describe('the HTTP API', () => {
  test('a wrong token is refused', async () => {
    const { origin } = server()
    const answer = await fetch(`${origin}/client/v4/accounts/a/d1/database/b/query`, {
      method: 'POST',
      headers: { authorization: 'Bearer wrong' },
      body: '{"sql":"SELECT 1"}',
    })
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ success: false, errors: [{ code: 10000 }] })
  })
})
