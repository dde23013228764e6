import { createHash } from 'node:crypto'
import { expression, text } from '@org/migrate-core'
import type Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { counts } from '../../../kit/scale.ts'
import { ask, contents, makeFile } from './files.ts'
import { migrate, rootpage, temporaryFolder } from './run-case.ts'

let folder: ReturnType<typeof temporaryFolder>
let file: string
let number = 0

beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(() => folder.remove())
beforeEach(() => {
  number++
  file = `${folder.path}/big-${number}.db`
})

const things = `CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT COLLATE NOCASE, size, owner INT)`
const hash = (db: Database.Database, sql: string): string => {
  const digest = createHash('sha256')
  for (const row of db.prepare(sql).raw().safeIntegers().iterate() as Iterable<unknown[]>)
    digest.update(row.map(String).join('|')).update('\n')
  return digest.digest('hex')
}
const labelIsNeeded = (t: { alterColumn(name: string, change: { nullable: boolean; default: string }): void }): void =>
  t.alterColumn('label', { nullable: false, default: 'none' })
const notNull = (db: Database.Database): unknown =>
  db.prepare(`SELECT "notnull" FROM pragma_table_info('things') WHERE name = 'label'`).pluck().get()

describe('a rebuild of', () => {
  test('a table without rows keeps its AUTOINCREMENT counter', async () => {
    makeFile(file, [things, `INSERT INTO things (id) VALUES (41)`, 'DELETE FROM things'])
    await migrate(file, (op) => op.alterTable('things', labelIsNeeded))
    ask(file, (db) => {
      expect(notNull(db)).toBe(1)
      db.exec(`INSERT INTO things (label) VALUES ('next')`)
      expect(db.prepare('SELECT id FROM things').pluck().all()).toEqual([42])
    })
  })

  test('a table with one row keeps the row', async () => {
    makeFile(file, [things, `INSERT INTO things VALUES (9007199254740993, 'one', 9e999, -9223372036854775808)`])
    await migrate(file, (op) => op.alterTable('things', labelIsNeeded))
    ask(file, (db) => {
      expect(notNull(db)).toBe(1)
      expect(db.prepare('SELECT quote(id), quote(label), quote(size), quote(owner) FROM things').raw().all()).toEqual([
        ['9007199254740993', "'one'", '9.0e+999', '-9223372036854775808'],
      ])
    })
  })

  test(`a table with ${counts.bigTableRows} rows keeps every one of them`, async () => {
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${counts.bigTableRows})`
    makeFile(file, [
      things,
      `${many} INSERT INTO things SELECT i * 3, 'thing ' || i, i * 0.25, -i FROM n`,
      'CREATE INDEX by_size ON things (size)',
    ])
    const quoted = 'SELECT id, quote(label), quote(size), quote(owner) FROM things ORDER BY id'
    const before = ask(file, (db) => ({ rows: hash(db, quoted), page: rootpage(db, 'things') }))
    await migrate(file, (op) => op.alterTable('things', labelIsNeeded))
    ask(file, (db) => {
      expect(rootpage(db, 'things')).not.toBe(before.page)
      expect(hash(db, quoted)).toBe(before.rows)
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    })
  })

  test('a table whose hidden rowids have gaps keeps them over many ranges of the copy', async () => {
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)`
    makeFile(file, [
      'CREATE TABLE things (label TEXT, "rowid" TEXT, size)',
      `${many} INSERT INTO things (oid, label, "rowid", size) SELECT i * i - 5000, 'thing ' || i, 'not the rowid', x'00ff' FROM n`,
    ])
    const quoted = 'SELECT oid, quote(label), quote("rowid"), quote(size) FROM things ORDER BY oid'
    const before = ask(file, (db) => hash(db, quoted))
    await migrate(file, (op) => op.alterTable('things', labelIsNeeded))
    ask(file, (db) => {
      expect(notNull(db)).toBe(1)
      expect(hash(db, quoted)).toBe(before)
    })
  })

  test('a table without rowids goes over many ranges in the order of its descending, case-blind key', async () => {
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)`
    makeFile(file, [
      'CREATE TABLE things (label TEXT COLLATE NOCASE, part, size INT, PRIMARY KEY (label DESC, part)) WITHOUT ROWID',
      `${many} INSERT INTO things SELECT CASE i % 2 WHEN 0 THEN 'Thing ' ELSE 'thing ' END || (i / 7), CASE i % 3 WHEN 0 THEN i WHEN 1 THEN 'p' || i ELSE i + 0.5 END, i FROM n`,
    ])
    const quoted = 'SELECT quote(label), quote(part), quote(size) FROM things ORDER BY size'
    const before = ask(file, (db) => ({ rows: hash(db, quoted), page: rootpage(db, 'things') }))
    await migrate(file, (op) => op.alterTable('things', (t) => t.alterColumn('size', { nullable: false, default: 1 })))
    ask(file, (db) => {
      expect(rootpage(db, 'things')).not.toBe(before.page)
      expect(hash(db, quoted)).toBe(before.rows)
    })
  })

  test(`a table with a value of ${counts.bigBlobBytes} bytes keeps it`, async () => {
    makeFile(file, [
      things,
      `INSERT INTO things VALUES (1, 'big', randomblob(${counts.bigBlobBytes}), 0), (2, 'small', x'', 1)`,
    ])
    const digest = (db: Database.Database): unknown[] =>
      (db.prepare('SELECT size FROM things ORDER BY id').pluck().all() as Buffer[]).map((one) =>
        createHash('sha256').update(one).digest('hex'),
      )
    const before = ask(file, digest)
    await migrate(file, (op) => op.alterTable('things', labelIsNeeded))
    expect(ask(file, notNull)).toBe(1)
    expect(ask(file, digest)).toEqual(before)
  })

  test('a table under an FTS5 index of external content leaves the index fitting and findable', async () => {
    makeFile(file, [
      things,
      `INSERT INTO things VALUES (5, 'red bike', 1, 1), (70, 'blue boat', 2, 1), (71, 'red boat', 3, 1)`,
      'DELETE FROM things WHERE id = 70',
      `CREATE VIRTUAL TABLE found USING fts5(label, content='things', content_rowid='id')`,
      `INSERT INTO found(found) VALUES ('rebuild')`,
      'CREATE TRIGGER come AFTER INSERT ON things BEGIN INSERT INTO found(rowid, label) VALUES (new.id, new.label); END',
    ])
    await migrate(file, (op) => op.alterTable('things', labelIsNeeded))
    ask(file, (db) => {
      expect(notNull(db)).toBe(1)
      db.exec(`INSERT INTO found(found, rank) VALUES ('integrity-check', 1)`)
      db.exec(`INSERT INTO things (label) VALUES ('red car')`)
      expect(db.prepare(`SELECT rowid, label FROM found WHERE found MATCH 'red' ORDER BY rowid`).raw().all()).toEqual([
        [5, 'red bike'],
        [71, 'red boat'],
        [72, 'red car'],
      ])
    })
  })

  test('a table beside an R-tree leaves the R-tree and its triggers alone', async () => {
    makeFile(file, [
      things,
      `INSERT INTO things VALUES (1, 'a', 1, 1), (4, 'b', 2, 1)`,
      'CREATE VIRTUAL TABLE places USING rtree(id, low, high)',
      'INSERT INTO places SELECT id, id, id + 1 FROM things',
      'CREATE TRIGGER gone AFTER DELETE ON things BEGIN DELETE FROM places WHERE id = old.id; END',
    ])
    await migrate(file, (op) => op.alterTable('things', labelIsNeeded))
    ask(file, (db) => {
      expect(notNull(db)).toBe(1)
      expect(db.prepare('SELECT id FROM places WHERE low <= 4.5 AND high >= 4.5').pluck().all()).toEqual([4])
      db.exec('DELETE FROM things WHERE id = 4')
      expect(db.prepare('SELECT id FROM places').pluck().all()).toEqual([1])
    })
  })

  test('one of two tables that refer to each other in a circle keeps both', async () => {
    const teams =
      'CREATE TABLE teams (id INTEGER PRIMARY KEY, lead INTEGER REFERENCES people (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, label TEXT)'
    makeFile(file, [
      teams,
      'CREATE TABLE people (id INTEGER PRIMARY KEY, team INTEGER REFERENCES teams (id) ON DELETE CASCADE, label TEXT)',
      `INSERT INTO teams VALUES (1, 2, 'red'), (2, NULL, 'blue')`,
      `INSERT INTO people VALUES (1, 1, 'Ann'), (2, 1, 'Ben'), (3, 2, 'Cy')`,
    ])
    await migrate(file, (op) => op.alterTable('people', labelIsNeeded))
    ask(file, (db) => {
      expect(db.prepare(`SELECT "notnull" FROM pragma_table_info('people') WHERE name = 'label'`).pluck().get()).toBe(1)
      expect(db.prepare('SELECT * FROM teams').raw().all()).toEqual([
        [1, 2, 'red'],
        [2, null, 'blue'],
      ])
      expect(db.prepare('SELECT * FROM people').raw().all()).toEqual([
        [1, 1, 'Ann'],
        [2, 1, 'Ben'],
        [3, 2, 'Cy'],
      ])
      expect(db.prepare(`SELECT sql FROM sqlite_master WHERE name = 'teams'`).pluck().get()).toBe(teams)
      db.pragma('foreign_keys = ON')
      db.exec('DELETE FROM people WHERE id = 2')
      expect(db.prepare('SELECT id FROM people').pluck().all()).toEqual([3])
    })
  })

  test('two tables that refer to each other, in turns and in one revision, keeps both', async () => {
    makeFile(file, [
      'CREATE TABLE teams (id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT, lead INTEGER REFERENCES people ON DELETE CASCADE)',
      'CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT, team INTEGER REFERENCES teams ON DELETE CASCADE)',
      `INSERT INTO teams VALUES (5, 'red', 9), (6, 'blue', NULL)`,
      `INSERT INTO people VALUES (8, 'Ann', 5), (9, 'Ben', 6)`,
      'CREATE VIEW leads AS SELECT t.label, p.label FROM teams t JOIN people p ON p.id = t.lead',
      `CREATE TRIGGER moved AFTER UPDATE OF team ON people BEGIN UPDATE teams SET lead = NULL WHERE lead = new.id; END`,
    ])
    await migrate(file, (op) => {
      op.alterTable('teams', labelIsNeeded)
      op.alterTable('people', labelIsNeeded)
      op.alterTable('teams', (t) => t.renameColumn('lead', 'head'))
      op.alterTable('people', (t) => t.alterColumn('label', { default: 'nobody' }))
      op.alterTable('teams', (t) => t.addCheck(expression('head <> 77')))
    })
    ask(file, (db) => {
      const rows = (sql: string): unknown => db.prepare(sql).raw().all()
      expect(rows('SELECT id, label, head FROM teams')).toEqual([
        [5, 'red', 9],
        [6, 'blue', null],
      ])
      expect(rows('SELECT * FROM people')).toEqual([
        [8, 'Ann', 5],
        [9, 'Ben', 6],
      ])
      expect(rows('SELECT * FROM leads')).toEqual([['red', 'Ben']])
      db.exec('UPDATE people SET team = 6 WHERE id = 9')
      expect(rows('SELECT head FROM teams WHERE id = 5')).toEqual([[null]])
      db.exec('INSERT INTO people (team) VALUES (5)')
      expect(rows('SELECT id, label FROM people WHERE team = 5 ORDER BY id')).toEqual([
        [8, 'Ann'],
        [10, 'nobody'],
      ])
      expect(() => db.exec('UPDATE teams SET head = 77')).toThrow(/CHECK/)
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    })
  })

  test('a table with a collation of the application either keeps it or changes nothing', async () => {
    makeFile(file, [things, `INSERT INTO things VALUES (1, 'a', 1, 1)`])
    ask(file, (db) => {
      db.unsafeMode(true)
      db.pragma('writable_schema = ON')
      db.exec(`UPDATE sqlite_master SET sql = replace(sql, 'NOCASE', 'house_rules') WHERE name = 'things'`)
      db.pragma('writable_schema = RESET')
    })
    const before = contents(file)
    const failed = await migrate(file, (op) => op.alterTable('things', labelIsNeeded)).then(
      () => false,
      () => true,
    )
    const collation = ask(file, (db) => db.prepare(`SELECT sql FROM sqlite_master WHERE name = 'things'`).pluck().get())
    expect(collation).toContain('COLLATE house_rules')
    if (failed) expect(contents(file)).toBe(before)
    else expect(ask(file, notNull)).toBe(1)
  })
})

describe('a rebuild that fails', () => {
  const family = [
    things,
    `INSERT INTO things VALUES (1, 'a', 1, 1), (2, NULL, 2, 1), (3, 'a', 3, 1)`,
    'DELETE FROM things WHERE id = 3',
    `CREATE TABLE parts (id INTEGER PRIMARY KEY, thing INTEGER REFERENCES things ON DELETE CASCADE)`,
    'INSERT INTO parts VALUES (1, 1), (2, 2)',
    'CREATE INDEX by_label ON things (lower(label)) WHERE size > 0',
    `CREATE TRIGGER gone AFTER DELETE ON things BEGIN DELETE FROM parts WHERE thing = old.id; END`,
    'CREATE VIEW labels AS SELECT label FROM things',
    'PRAGMA user_version = 3',
  ]

  test.each([
    ['because rows hold NULL', (t: Alter) => t.alterColumn('label', { nullable: false })],
    ['because rows break a new CHECK', (t: Alter) => t.addCheck(expression('size < 2'), { name: 'small' })],
    ['because rows are equal under a new UNIQUE', (t: Alter) => t.addUnique(['owner'])],
    [
      'because rows point nowhere by a new foreign key',
      (t: Alter) => t.addForeignKey({ columns: ['size'], references: { table: 'parts', columns: ['id'] } }),
    ],
    [
      'in its second change, after a first that worked',
      (t: Alter) => {
        t.addColumn('colour', text(), { nullable: false, default: 'red' })
        t.addUnique(['owner', 'colour'])
      },
    ],
  ] as const)('%s leaves everything as it was', async (_why, change) => {
    makeFile(file, family)
    ask(file, (db) => db.exec(`INSERT INTO things VALUES (9, 'z', 900, 7)`))
    const before = contents(file)
    await expect(migrate(file, (op) => op.alterTable('things', change))).rejects.toThrow()
    expect(contents(file)).toBe(before)
  })
})

type Alter = Parameters<Parameters<Parameters<Parameters<typeof migrate>[1]>[0]['alterTable']>[1]>[0]
