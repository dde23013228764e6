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
