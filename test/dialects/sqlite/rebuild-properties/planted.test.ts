import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { exercise } from './exercise.ts'
import { exercisable, expectationOf } from './expect.ts'
import { type Check, findings } from './oracle.ts'
import { takeSnapshot } from './snapshot.ts'
import type { Change } from './spec.ts'

/*
 * The oracle is shown a rebuild written by hand, which it must accept, and the same rebuild with one defect at a time,
 * which it must name. Nothing of the migrator runs here.
 */

const table = 'people'
const create = `CREATE TABLE people (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT COLLATE NOCASE NOT NULL ON CONFLICT FAIL, -- as on the passport
  age INT DEFAULT (1 + 1),
  note,
  upper_name TEXT GENERATED ALWAYS AS (upper(name)) STORED,
  boss INTEGER REFERENCES people(id) ON DELETE SET NULL,
  CONSTRAINT sane CHECK (age <> 987654321), UNIQUE (name, age)
)`

const before = [
  create,
  `CREATE TABLE log (what, value)`,
  `CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)`,
  `CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT, people_id REFERENCES people)`,
  `INSERT INTO people (id, name, age, note, boss) VALUES (1, 'Ann', 30, 9e999, NULL), (3, 'ben ', NULL, '12', 1), (9, 'Cy', 5, x'00', 1)`,
  `INSERT INTO pets VALUES (1, 1), (2, 3), (3, NULL)`,
  `INSERT INTO other VALUES (7, NULL)`,
  `DELETE FROM people WHERE id = 9`,
  `CREATE INDEX by_age ON people (age DESC) WHERE age > 5`,
  `CREATE UNIQUE INDEX by_note ON people (lower(note), id)`,
  `CREATE TRIGGER told AFTER UPDATE ON people BEGIN INSERT INTO log VALUES ('update', new.id); END`,
  `CREATE TRIGGER came AFTER INSERT ON people BEGIN INSERT INTO log VALUES ('insert', new.id); END`,
  `CREATE TRIGGER left_us AFTER DELETE ON pets BEGIN INSERT INTO log SELECT 'pet', name FROM people; END`,
  `CREATE VIEW names AS SELECT name FROM people`,
  `PRAGMA user_version = 7`,
]

/** `note` becomes NOT NULL with a default, and a check comes. */
const changes: readonly Change[] = [
  { kind: 'nullable', column: 'note', nullable: false },
  { kind: 'default', column: 'note', to: { literal: 'none' } },
  { kind: 'addCheck', expression: `note <> 'never #12'`, column: 'note', name: 'known' },
]

const rebuild = {
  newTable: create
    .replace('CREATE TABLE people', 'CREATE TABLE people_new')
    .replace('note,', `note NOT NULL DEFAULT 'none',`)
    .replace('UNIQUE (name, age)', `UNIQUE (name, age), CONSTRAINT known CHECK (note <> 'never #12')`),
  copy: 'INSERT INTO people_new (id, name, age, note, boss) SELECT id, name, age, note, boss FROM people ORDER BY id',
  sequence: `UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'people') WHERE name = 'people_new'`,
  drop: 'DROP TABLE people',
  rename: 'ALTER TABLE people_new RENAME TO people',
  byAge: 'CREATE INDEX by_age ON people (age DESC) WHERE age > 5',
  byNote: 'CREATE UNIQUE INDEX by_note ON people (lower(note), id)',
  told: `CREATE TRIGGER told AFTER UPDATE ON people BEGIN INSERT INTO log VALUES ('update', new.id); END`,
  came: `CREATE TRIGGER came AFTER INSERT ON people BEGIN INSERT INTO log VALUES ('insert', new.id); END`,
}

/** In a text of the schema, behind SQLite's back. */
function rewrite(name: string, from: string, to: string): string[] {
  const doubled = (text: string): string => text.replaceAll("'", "''")
  return [
    'PRAGMA writable_schema = ON',
    `UPDATE sqlite_master SET sql = replace(sql, '${doubled(from)}', '${doubled(to)}') WHERE name = '${name}'`,
    'PRAGMA writable_schema = RESET',
  ]
}

interface Plan {
  readonly steps?: Partial<Record<keyof typeof rebuild, string>>
  readonly foreignKeys?: 'on'
  readonly afterwards?: readonly string[]
}

function oracleOn(plan: Plan): ReturnType<typeof findings> {
  const db = new Database(':memory:')
  try {
    db.pragma('foreign_keys = OFF')
    for (const sql of before) db.exec(sql)
    const snapshot = takeSnapshot(db)
    const expected = expectationOf(db, snapshot, table, changes)
    const exercised = exercise(
      db,
      table,
      exercisable(snapshot, expected).map((one) => one.before),
    )
    db.pragma(`foreign_keys = ${plan.foreignKeys === 'on' ? 'ON' : 'OFF'}`)
    db.pragma('legacy_alter_table = ON')
    for (const sql of Object.values({ ...rebuild, ...plan.steps })) if (sql !== '') db.exec(sql)
    db.pragma('legacy_alter_table = OFF')
    db.pragma('foreign_keys = OFF')
    db.unsafeMode(true)
    for (const sql of plan.afterwards ?? []) db.exec(sql)
    return findings(db, snapshot, exercised, expected)
  } finally {
    db.close()
  }
}

const defects: readonly (readonly [string, Check, Plan])[] = [
  ['a row is lost', 'rows kept', { steps: { copy: `${rebuild.copy} LIMIT 1` } }],
  [
    'a value comes from another column',
    'rows kept',
    { steps: { copy: rebuild.copy.replace('id, name, age, note, boss FROM', 'id, name, id, note, boss FROM') } },
  ],
  [
    'a number is turned into a text',
    'rows kept',
    { steps: { copy: rebuild.copy.replace('age, note, boss FROM', 'age, CAST(note AS TEXT), boss FROM') } },
  ],
  [
    'rowids are renumbered',
    'rowids kept',
    { steps: { copy: rebuild.copy.replace('SELECT id,', 'SELECT row_number() OVER (),') } },
  ],
  ['the high-water mark of AUTOINCREMENT is forgotten', 'AUTOINCREMENT kept', { steps: { sequence: '' } }],
  [
    'the entry of another table in sqlite_sequence is lost',
    'AUTOINCREMENT kept',
    { afterwards: [`DELETE FROM sqlite_sequence WHERE name = 'other'`] },
  ],
  ['the drop cascades', 'other tables kept', { foreignKeys: 'on' }],
  ['a child is given away', 'other tables kept', { afterwards: ['UPDATE pets SET owner = 3 WHERE id = 1'] }],
  [
    'the text of a child is changed',
    'other texts kept',
    { afterwards: rewrite('pets', 'ON DELETE CASCADE', 'ON DELETE RESTRICT') },
  ],
  ['an index is not made again', 'objects kept', { steps: { byAge: '' } }],
  [
    'an index loses its predicate',
    'other texts kept',
    { steps: { byAge: 'CREATE INDEX by_age ON people (age DESC)' } },
  ],
  [
    'an index loses its order',
    'indexes kept',
    { steps: { byAge: 'CREATE INDEX by_age ON people (age) WHERE age > 5' } },
  ],
  ['a trigger is not made again', 'objects kept', { steps: { told: '' } }],
  [
    'a trigger is made again with another text',
    'other texts kept',
    { steps: { told: rebuild.told.replace('AFTER', 'BEFORE') } },
  ],
  [
    'a trigger is there but does something else',
    'triggers silent and working',
    { steps: { told: rebuild.told.replace(`'update'`, `'changed'`) } },
  ],
  ['the triggers fire during the copy', 'other tables kept', { afterwards: [`INSERT INTO log VALUES ('insert', 1)`] }],
  ['a view is lost', 'objects kept', { afterwards: ['DROP VIEW names'] }],
  ['a view stops working', 'views working', { afterwards: rewrite('names', 'FROM people', 'FROM persons') }],
  ['a table is left behind', 'objects kept', { afterwards: ['CREATE TABLE left_over (a)'] }],
  ['a collation is lost', 'definition kept', { steps: { newTable: rebuild.newTable.replace('COLLATE NOCASE ', '') } }],
  [
    'a conflict clause is lost',
    'definition kept',
    { steps: { newTable: rebuild.newTable.replace(' ON CONFLICT FAIL', '') } },
  ],
  [
    'a comment is lost',
    'definition kept',
    { steps: { newTable: rebuild.newTable.replace(' -- as on the passport', '') } },
  ],
  [
    'a check is lost',
    'definition kept',
    { steps: { newTable: rebuild.newTable.replace('CONSTRAINT sane CHECK (age <> 987654321), ', '') } },
  ],
  [
    'a unique constraint is lost',
    'indexes kept',
    { steps: { newTable: rebuild.newTable.replace('UNIQUE (name, age), ', '') } },
  ],
  [
    'a default is rewritten',
    'definition kept',
    { steps: { newTable: rebuild.newTable.replace('DEFAULT (1 + 1)', 'DEFAULT 2') } },
  ],
  [
    'AUTOINCREMENT is lost',
    'definition kept',
    { steps: { newTable: rebuild.newTable.replace(' AUTOINCREMENT', ''), sequence: '' } },
  ],
  [
    'a generated column becomes a plain one',
    'structure as asked',
    { steps: { newTable: rebuild.newTable.replace(' GENERATED ALWAYS AS (upper(name)) STORED', '') } },
  ],
  [
    'a foreign key onto itself is lost',
    'foreign keys kept',
    { steps: { newTable: rebuild.newTable.replace(' REFERENCES people(id) ON DELETE SET NULL', '') } },
  ],
  [
    'a column is put in another place',
    'structure as asked',
    {
      steps: {
        newTable: rebuild.newTable
          .replace('  age INT DEFAULT (1 + 1),\n', '')
          .replace('  boss', '  age INT DEFAULT (1 + 1),\n  boss'),
      },
    },
  ],
  [
    'NOT NULL is not there',
    'structure as asked',
    { steps: { newTable: rebuild.newTable.replace('note NOT NULL', 'note') } },
  ],
  [
    'NULL is replaced instead of refused',
    'change behaves',
    { steps: { newTable: rebuild.newTable.replace('note NOT NULL', 'note NOT NULL ON CONFLICT REPLACE') } },
  ],
  [
    'the default is not there',
    'structure as asked',
    { steps: { newTable: rebuild.newTable.replace(`DEFAULT 'none'`, '') } },
  ],
  [
    'the default is another',
    'structure as asked',
    { steps: { newTable: rebuild.newTable.replace(`DEFAULT 'none'`, `DEFAULT 'nine'`) } },
  ],
  [
    'the check is not there',
    'change behaves',
    { steps: { newTable: rebuild.newTable.replace(`, CONSTRAINT known CHECK (note <> 'never #12')`, '') } },
  ],
  [
    'the check checks nothing',
    'change behaves',
    { steps: { newTable: rebuild.newTable.replace(`CHECK (note <> 'never #12')`, 'CHECK (1)') } },
  ],
  ['a row points nowhere', 'violations as before', { afterwards: ['UPDATE pets SET owner = 555 WHERE id = 1'] }],
  ['user_version is reset', 'header kept', { afterwards: ['PRAGMA user_version = 0'] }],
  ['application_id is set', 'header kept', { afterwards: ['PRAGMA application_id = 5'] }],
  ['an index does not fit its table', 'integrity', { afterwards: rewrite('by_age', 'age > 5', 'age IS NULL') }],
]

describe('the oracle of the rebuild properties', () => {
  test('accepts a rebuild that keeps every promise', () => {
    expect(oracleOn({})).toEqual([])
  })

  test.each(defects)('complains when %s (%s)', (_what, check, plan) => {
    expect(oracleOn(plan).map((one) => one.check)).toContain(check)
  })
})
