import { expect, it } from 'vitest'
import { change, database, raw, rows, text, toText } from './kit.ts'

const setup = `CREATE TABLE t (id INTEGER PRIMARY KEY, n VARCHAR(5)); CREATE TABLE log (id); INSERT INTO t VALUES (1, 'old');
  CREATE TRIGGER g AFTER INSERT ON log BEGIN
    INSERT INTO t (id, n) VALUES (NEW.id, 'new') ON CONFLICT (id) DO UPDATE SET n = t.n || '+' || excluded.n;
  END;
  CREATE TRIGGER other AFTER DELETE ON log BEGIN DELETE FROM t WHERE id = OLD.id; END`

it("a trigger's upsert means the new values also after its table was renamed", async () => {
  const file = database(setup)
  await change(file, [
    { kind: 'renameTable', table: { name: 't' }, to: 'new t' },
    { kind: 'renameColumn', table: { name: 'new t' }, column: 'n', to: 'name' },
  ])
  expect(text(file, 'g')).toBe(`CREATE TRIGGER g AFTER INSERT ON log BEGIN
    INSERT INTO "new t" (id, "name") VALUES (NEW.id, 'new') ON CONFLICT (id) DO UPDATE SET "name" = "new t"."name" || '+' || excluded."name";
  END`)
  raw(file, (db) => db.exec('INSERT INTO log VALUES (1)'))
  expect(rows(file, 'SELECT * FROM "new t"')).toEqual([[1n, 'old+new']])
})

it('also where only the case changes, where a rebuild follows, and where the trigger is its own', async () => {
  const file = database(`${setup}; CREATE TRIGGER own AFTER UPDATE OF id ON t BEGIN
    INSERT INTO t VALUES (NEW.id, 'own') ON CONFLICT (id) DO UPDATE SET n = excluded.n; END`)
  await change(file, [{ kind: 'renameTable', table: { name: 't' }, to: 'T' }, toText('T', 'n')])
  raw(file, (db) => db.exec('INSERT INTO log VALUES (1)'))
  expect(rows(file, 'SELECT * FROM T')).toEqual([[1n, 'old+new']])
  raw(file, (db) => db.exec('UPDATE T SET id = 2'))
  expect(rows(file, 'SELECT * FROM T')).toEqual([[2n, 'own']])
})
