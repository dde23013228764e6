import type { Operation } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it } from 'vitest'
import { addCheck, change, database, raw, rows, text, toText } from './kit.ts'

/** A database as a SQLite with double-quoted strings would have made it: here every string of the texts gets such quotes. */
function lenient(sql: string): string {
  const file = database(sql)
  raw(file, (db) => {
    db.unsafeMode()
    db.pragma('writable_schema = ON')
    db.exec(`UPDATE sqlite_master SET sql = replace(replace(replace(sql, '''''', '§'), '''', '"'), '§', '''')`)
  })
  return file
}

const old = () =>
  lenient(`CREATE TABLE t (a TEXT DEFAULT 'x' CHECK (a <> 'it''s'), b TEXT AS (a || "a" || 'true'), n VARCHAR(9),
    CHECK (n IS NOT 'B' COLLATE "nocase" OR n LIKE 'z%'));
  CREATE INDEX i ON t (a || 'q', "n") WHERE n <> 'w';
  CREATE VIEW v AS SELECT 'str' AS s, a FROM t;
  CREATE TRIGGER g AFTER DELETE ON t BEGIN UPDATE t SET n = 'hey'; END`)

it('strings that a stored text has in double quotes stay strings', async () => {
  const file = old()
  raw(file, (db) => db.exec(`INSERT INTO t (n) VALUES ('one')`))
  const bodies = [text(file, 'v'), text(file, 'g')]
  expect(bodies[0]).toContain('SELECT "str"')
  expect((await change(file, [toText('t', 'n')])).rebuilds).toBe(1)
  expect(text(file, 't')).toBe(
    `CREATE TABLE "t" (a TEXT DEFAULT "x" CHECK (a <> 'it''s'), b TEXT AS (a || "a" || 'true'), n TEXT,
    CHECK (n IS NOT "B" COLLATE "nocase" OR n LIKE 'z%'))`,
  )
  expect(text(file, 'i')).toBe(`CREATE INDEX i ON t (a || 'q', "n") WHERE n <> 'w'`)
  expect([text(file, 'v'), text(file, 'g')]).toEqual(bodies)
  expect(rows(file, 'SELECT a, b, n FROM t')).toEqual([['x', 'xxtrue', 'one']])
  raw(file, (db) => {
    expect(() => db.exec(`INSERT INTO t (a) VALUES ('it''s')`)).toThrow(/CHECK/)
    expect(() => db.exec(`INSERT INTO t (a, n) VALUES ('y', 'xytrue'), ('x', 'xxtrue')`)).toThrow(/CHECK/)
  })
})

it('are read as strings, and can be dropped and renamed', async () => {
  const file = old()
  const dialect = sqliteDialect({ url: file })
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  const table = (await dialect.introspection.schema(session)).tables.get('t')
  await session.close()
  expect(table?.columns[1]?.generated?.expression).toBe(`a || "a" || 'true'`)
  expect(table?.constraints[0]).toEqual({ kind: 'check', expression: `a <> 'it''s'` })
  expect(table?.indexes[0]).toMatchObject({
    elements: [{ expression: `a || 'q'` }, { column: 'n' }],
    where: `n <> 'w'`,
  })
  const drop: Operation = {
    kind: 'dropConstraint',
    table: { name: 't' },
    constraint: { kind: 'check', expression: `a <> 'it''s'` },
  }
  await change(file, [drop, { kind: 'renameIndex', table: { name: 't' }, index: 'i', to: 'j' }])
  expect(text(file, 'j')).toBe(`CREATE INDEX "j" ON t (a || 'q', "n") WHERE n <> 'w'`)
  raw(file, (db) => db.exec(`INSERT INTO t (a) VALUES ('it''s')`))
})

it("nothing new may be one: an author's misspelled column is an error", async () => {
  const file = database('CREATE TABLE t (a TEXT)')
  await expect(change(file, [addCheck('t', '"aa" > 0')])).rejects.toThrow(/no such column/)
})
