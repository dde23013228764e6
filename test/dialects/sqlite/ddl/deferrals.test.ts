import { expect, test } from 'vitest'
import { change, database, rows, text } from '../rebuild/kit.ts'
import { dropConstraintText, memory, readTable } from './kit.ts'

const parent = 'CREATE TABLE p (id INTEGER PRIMARY KEY)'

/** Whether SQLite lets a row that refers to nothing stand until the transaction ends. */
function isDeferred(sql: string): boolean {
  const db = memory(parent, sql)
  db.pragma('foreign_keys = ON')
  db.exec('BEGIN')
  try {
    db.exec('INSERT INTO t (a) VALUES (5)')
    return true
  } catch (error) {
    expect(String(error)).toContain('FOREIGN KEY constraint failed')
    return false
  }
}

test.each([
  ['a INT REFERENCES p (id) NOT NULL DEFERRABLE INITIALLY DEFERRED', 'deferred'],
  ['a INT REFERENCES p (id) CHECK (a > 1) DEFERRABLE', 'immediate'],
  ['a INT REFERENCES p (id), b INT DEFERRABLE INITIALLY DEFERRED', 'deferred'],
  ['a INT REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED, b INT NOT DEFERRABLE', undefined],
  ['a INT REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED CONSTRAINT x NOT DEFERRABLE INITIALLY IMMEDIATE', undefined],
  ['a INT REFERENCES p (id) NOT DEFERRABLE DEFERRABLE INITIALLY DEFERRED', 'deferred'],
  ['b INT DEFERRABLE INITIALLY DEFERRED, a INT REFERENCES p (id)', undefined],
])('a foreign key is deferred by what stands later in the text, as for SQLite: %s', (columns, deferrable) => {
  const sql = `CREATE TABLE t (${columns})`
  const keys = readTable(sql).constraints.filter((each) => each.kind === 'foreignKey')
  expect(keys.map((key) => [key.columns, key.deferrable])).toEqual([[['a'], deferrable]])
  expect(isDeferred(sql)).toBe(deferrable === 'deferred')
})

test('a dropped foreign key takes what is said of it along, and leaves that of another one', () => {
  const sql =
    'CREATE TABLE t (a INT REFERENCES p (id) NOT NULL DEFERRABLE INITIALLY DEFERRED, b INT CONSTRAINT f REFERENCES p (id) UNIQUE NOT DEFERRABLE)'
  const dropped = dropConstraintText(sql, { name: 'f' })
  expect(dropped).toBe('CREATE TABLE t (a INT REFERENCES p (id) NOT NULL DEFERRABLE INITIALLY DEFERRED, b INT UNIQUE)')
  expect(isDeferred(dropped)).toBe(true)
})

test('a table of which another program dropped a foreign key is changed as any other', async () => {
  // So leaves it ALTER TABLE … DROP CONSTRAINT of SQLite 3.54 where the foreign keys were NOT DEFERRABLE.
  const left = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT DEFERRABLE, b INT NOT DEFERRABLE NOT NULL)'
  const file = database(`${parent}; ${left}; INSERT INTO t VALUES (1, 2, 3)`)
  await change(file, [
    { kind: 'alterColumn', table: { name: 't' }, column: 'b', change: { type: { kind: 'text' } } },
    { kind: 'alterColumn', table: { name: 't' }, column: 'a', change: { nullable: false } },
    { kind: 'dropColumn', table: { name: 't' }, column: 'b' },
  ])
  expect(rows(file, 'SELECT * FROM t')).toEqual([[1n, 2n]])
  expect(text(file, 't')).toContain('NOT NULL')
})
