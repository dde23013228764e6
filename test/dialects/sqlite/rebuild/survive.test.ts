import { describe, expect, it } from 'vitest'
import { addCheck, change, database, raw, rows, text, toText } from './kit.ts'

describe('a rebuild', () => {
  it('of a parent keeps every child row of ON DELETE CASCADE, with foreign_keys=ON', async () => {
    const file = database(`
      CREATE TABLE parent (id INTEGER PRIMARY KEY, name VARCHAR(10));
      CREATE TABLE cascades (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE CASCADE);
      CREATE TABLE nulls (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE restricts (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id) ON DELETE RESTRICT);
      INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (7, 'c');
      INSERT INTO cascades VALUES (10, 1), (11, 2), (12, 7); INSERT INTO nulls VALUES (20, 1), (21, 7); INSERT INTO restricts VALUES (30, 2)`)
    const children = ['cascades', 'nulls', 'restricts'].map((name) => text(file, name))
    expect((await change(file, [toText('parent', 'name')])).rebuilds).toBe(1)
    expect(rows(file, 'SELECT id, p FROM cascades')).toEqual([
      [10n, 1n],
      [11n, 2n],
      [12n, 7n],
    ])
    expect(rows(file, 'SELECT id, p FROM nulls')).toEqual([
      [20n, 1n],
      [21n, 7n],
    ])
    expect(rows(file, 'SELECT id, p FROM restricts')).toEqual([[30n, 2n]])
    expect(['cascades', 'nulls', 'restricts'].map((name) => text(file, name))).toEqual(children)
    // The keys still hold: the parent is the one that the children mean.
    raw(file, (db) => {
      db.exec('DELETE FROM parent WHERE id = 7')
      expect(db.prepare('SELECT id FROM cascades').pluck().all()).toEqual([10n, 11n])
      expect(db.prepare('SELECT p FROM nulls').pluck().all()).toEqual([1n, null])
      expect(() => db.exec('DELETE FROM parent WHERE id = 2')).toThrow(/FOREIGN KEY/)
    })
  })

  it('keeps triggers, which do not fire meanwhile', async () => {
    const trigger = `CREATE TRIGGER "log it" AFTER INSERT ON t -- kept
      WHEN NEW.a IS NOT NULL BEGIN INSERT INTO log VALUES ('in; ' || NEW.a); END`
    const file = database(`CREATE TABLE t (a VARCHAR(5)); CREATE TABLE log (what);
      INSERT INTO t VALUES ('x'); ${trigger};
      CREATE TRIGGER gone AFTER DELETE ON t BEGIN INSERT INTO log VALUES ('out'); END;
      CREATE TRIGGER elsewhere AFTER INSERT ON log BEGIN UPDATE t SET a = a; END`)
    const textsBefore = ['log it', 'gone', 'elsewhere'].map((name) => text(file, name))
    expect(textsBefore[0]).toBe(trigger)
    expect((await change(file, [toText('t', 'a')])).rebuilds).toBe(1)
    expect(rows(file, 'SELECT * FROM log')).toEqual([])
    expect(['log it', 'gone', 'elsewhere'].map((name) => text(file, name))).toEqual(textsBefore)
    raw(file, (db) => db.exec(`INSERT INTO t VALUES ('y')`))
    expect(rows(file, 'SELECT * FROM log')).toEqual([['in; y']])
  })

  it('keeps views, and views of views', async () => {
    const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5)); INSERT INTO t VALUES (1, 'x');
      CREATE VIEW v AS SELECT t.a AS b, * FROM t; CREATE VIEW w (c) AS SELECT b FROM v JOIN t USING (id)`)
    const textsBefore = [text(file, 'v'), text(file, 'w')]
    expect((await change(file, [toText('t', 'a')])).rebuilds).toBe(1)
    expect([text(file, 'v'), text(file, 'w')]).toEqual(textsBefore)
    expect(rows(file, 'SELECT c FROM w')).toEqual([['x']])
  })

  it('keeps expression, partial, descending and collated indexes, by their own text', async () => {
    const indexes = [
      `CREATE INDEX i1 ON t (lower(a))`,
      `CREATE UNIQUE INDEX i2 ON t(b   DESC, a COLLATE NOCASE) /* partial */ WHERE b > 0`,
      `CREATE INDEX "i 3" ON "t" ("a" || b)`,
    ]
    const file = database(`CREATE TABLE t (a VARCHAR(5), b INT); ${indexes.join(';')}; INSERT INTO t VALUES ('X', 1)`)
    expect((await change(file, [toText('t', 'b')])).rebuilds).toBe(1)
    expect(['i1', 'i2', 'i 3'].map((name) => text(file, name))).toEqual(indexes)
    expect(rows(file, `EXPLAIN QUERY PLAN SELECT 1 FROM t WHERE lower(a) = 'x'`)[0]?.[3]).toContain('i1')
  })

  it('keeps CHECKs', async () => {
    const file = database(
      `CREATE TABLE t (a VARCHAR(5) CHECK (a <> 'no'), b INT, CONSTRAINT positive CHECK (b > 0 AND b < 100)); INSERT INTO t VALUES ('x', 1)`,
    )
    expect((await change(file, [toText('t', 'a')])).rebuilds).toBe(1)
    raw(file, (db) => {
      expect(() => db.exec(`INSERT INTO t VALUES ('no', 1)`)).toThrow(/CHECK constraint failed: a <> 'no'/)
      expect(() => db.exec(`INSERT INTO t VALUES ('x', 100)`)).toThrow(/CHECK constraint failed: positive/)
    })
  })

  it('keeps the AUTOINCREMENT counter', async () => {
    const file =
      database(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a VARCHAR(5)); CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT);
      INSERT INTO t VALUES (1, 'a'), (9, 'b'); DELETE FROM t WHERE id = 9; INSERT INTO other VALUES (4)`)
    expect((await change(file, [toText('t', 'a')])).rebuilds).toBe(1)
    expect(rows(file, 'SELECT name, seq FROM sqlite_sequence ORDER BY name')).toEqual([
      ['other', 4n],
      ['t', 9n],
    ])
    raw(file, (db) => db.exec(`INSERT INTO t (a) VALUES ('c')`))
    expect(rows(file, 'SELECT id FROM t')).toEqual([[1n], [10n]])
  })

  it('keeps the AUTOINCREMENT counter of an empty table, and none where none was', async () => {
    const file =
      database(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a VARCHAR(5)); INSERT INTO t VALUES (9, 'b'); DELETE FROM t;
      CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, a VARCHAR(5))`)
    await change(file, [toText('t', 'a'), toText('u', 'a')])
    expect(rows(file, 'SELECT name, seq FROM sqlite_sequence')).toEqual([['t', 9n]])
  })

  it('keeps collations', async () => {
    const file = database(
      `CREATE TABLE t (a VARCHAR(5) COLLATE NOCASE UNIQUE, b TEXT COLLATE RTRIM, c INT); INSERT INTO t VALUES ('X', 'y ', 1)`,
    )
    expect((await change(file, [toText('t', 'c')])).rebuilds).toBe(1)
    expect(rows(file, `SELECT a = 'x', b = 'y' FROM t`)).toEqual([[1n, 1n]])
    raw(file, (db) => expect(() => db.exec(`INSERT INTO t VALUES ('x', '', 2)`)).toThrow(/UNIQUE/))
  })

  it('keeps what it does not change as it was written', async () => {
    const file = database(
      `CREATE TABLE [t] ( -- the things
  "a b" INTEGER NOT NULL ON CONFLICT IGNORE DEFAULT (1 + 1), /* two */
  c VARCHAR(5), d ANY AS (c || '!') VIRTUAL,
  UNIQUE ("a b") ON CONFLICT REPLACE) STRICT`.replace('VARCHAR(5)', 'ANY'),
    )
    await change(file, [addCheck('t', 'c <> 0')])
    const textsBefore = String(text(file, 't'))
    for (const part of [
      '-- the things',
      '"a b" INTEGER NOT NULL ON CONFLICT IGNORE DEFAULT (1 + 1), /* two */',
      "d ANY AS (c || '!') VIRTUAL",
      'ON CONFLICT REPLACE',
      'STRICT',
    ]) {
      expect(textsBefore).toContain(part)
    }
  })

  it('leaves user_version, application_id and foreign_keys alone', async () => {
    const file = database(`PRAGMA user_version = 7; PRAGMA application_id = 99; CREATE TABLE t (a VARCHAR(5))`)
    await change(file, [toText('t', 'a')])
    raw(file, (db) => {
      expect([db.pragma('user_version', { simple: true }), db.pragma('application_id', { simple: true })]).toEqual([
        7n,
        99n,
      ])
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    })
  })
})
