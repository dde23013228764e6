import { expect, it } from 'vitest'
import { change, database, raw, rows, text, toText } from './kit.ts'

it('a rebuild keeps a trigger that writes the name of its table in another case', async () => {
  const trigger = 'CREATE TRIGGER g AFTER INSERT ON "TABLE one" BEGIN INSERT INTO log VALUES (NEW.a); END'
  const file = database(`CREATE TABLE "Table One" (a VARCHAR(5)); CREATE TABLE log (a); ${trigger}`)
  expect((await change(file, [toText('Table One', 'a')])).rebuilds).toBe(1)
  expect(text(file, 'g')).toBe(trigger)
  raw(file, (db) => db.exec(`INSERT INTO "Table One" VALUES ('x')`))
  expect(rows(file, 'SELECT a FROM log')).toEqual([['x']])
})

it('and so does a rename of the table that a rebuild follows', async () => {
  const file = database(`CREATE TABLE x28 (a VARCHAR(5)); CREATE TABLE log (a);
    CREATE TRIGGER g AFTER INSERT ON X28 BEGIN INSERT INTO log VALUES (NEW.a); END`)
  await change(file, [{ kind: 'renameTable', table: { name: 'x28' }, to: 'y' }, toText('y', 'a')])
  expect(rows(file, `SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'`)).toEqual([['g', 'y']])
  raw(file, (db) => db.exec(`INSERT INTO y VALUES ('x')`))
  expect(rows(file, 'SELECT a FROM log')).toEqual([['x']])
})

it('a rename and a rebuild reach a foreign key that writes its parent in another case', async () => {
  const file = database(`CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1);
    CREATE TABLE child (p INT REFERENCES PARENT (ID), a VARCHAR(5)); INSERT INTO child VALUES (1, 'x')`)
  await change(file, [
    { kind: 'renameTable', table: { name: 'parent' }, to: 'elder' },
    { kind: 'renameColumn', table: { name: 'elder' }, column: 'id', to: 'key' },
    toText('child', 'a'),
  ])
  expect(rows(file, `SELECT "table", "to" FROM pragma_foreign_key_list('child')`)).toEqual([['elder', 'key']])
  await expect(change(file, [{ kind: 'dropTable', table: { name: 'elder' } }])).rejects.toMatchObject({
    code: 'DEPENDENT_OBJECTS',
  })
})
