import { expect, it } from 'vitest'
import { addCheck, change, database, raw, rows, toText } from './kit.ts'

const setup = `PRAGMA foreign_keys = OFF; CREATE TABLE parent (id INT, a VARCHAR(5)); INSERT INTO parent VALUES (1, 'x');
  CREATE TABLE child (p INT REFERENCES parent (id), a VARCHAR(5)); INSERT INTO child VALUES (1, 'y');
  CREATE TABLE other (id INTEGER PRIMARY KEY, up INT REFERENCES other (id), gone INT REFERENCES nowhere, a VARCHAR(5));
  INSERT INTO other VALUES (1, NULL, NULL, 'z')`

it("a foreign key that had no unique parent before stands in no rebuild's way", async () => {
  const file = database(setup)
  expect((await change(file, [toText('other', 'a'), toText('parent', 'a'), toText('child', 'a')])).rebuilds).toBe(3)
  expect(rows(file, 'SELECT a FROM parent UNION ALL SELECT a FROM child UNION ALL SELECT a FROM other')).toEqual([
    ['x'],
    ['y'],
    ['z'],
  ])
})

it('and what a rebuild adds to it is still found', async () => {
  const file = database(setup)
  raw(file, (db) => {
    db.pragma('foreign_keys = OFF')
    db.exec('CREATE TABLE keyed (id INT PRIMARY KEY); CREATE TABLE c2 (k INT REFERENCES keyed (id))')
  })
  const drop = { kind: 'dropConstraint', table: { name: 'keyed' }, constraint: { kind: 'primaryKey' } } as const
  await expect(change(file, [addCheck('other', 'id > 0'), drop])).rejects.toMatchObject({
    code: 'FOREIGN_KEY_VIOLATION',
    details: { violations: ['c2: foreign key mismatch - "c2" referencing "keyed"'] },
  })
})
