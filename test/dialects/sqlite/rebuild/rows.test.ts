import type { Operation } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { addCheck, apply, change, compile, database, raw, rows, toText } from './kit.ts'

const edges = [-(2n ** 63n), -5n, 0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n]

describe('the rows of a rebuilt table', () => {
  it('keep their hidden rowids', async () => {
    const file = database(
      `CREATE TABLE t (a VARCHAR(5)); INSERT INTO t VALUES ('x'), ('y'), ('z'); DELETE FROM t WHERE a = 'y'`,
    )
    await change(file, [toText('t', 'a')])
    expect(rows(file, 'SELECT rowid, a FROM t')).toEqual([
      [1n, 'x'],
      [3n, 'z'],
    ])
  })

  it('keep their hidden rowids where columns are called rowid and oid', async () => {
    const file = database(
      `CREATE TABLE t ("RowId" VARCHAR(5), oid INT); INSERT INTO t (_rowid_, "RowId", oid) VALUES (4, 'x', 7), (9, 'y', 8)`,
    )
    await change(file, [toText('t', 'RowId')])
    expect(rows(file, 'SELECT _rowid_, "RowId", oid FROM t')).toEqual([
      [4n, 'x', 7n],
      [9n, 'y', 8n],
    ])
  })

  it('are all there where columns have taken every name of the rowid', async () => {
    const file = database(
      `CREATE TABLE t (rowid VARCHAR(5), oid INT, _rowid_ INT); INSERT INTO t VALUES ('x', 1, 2), ('y', NULL, NULL), ('x', 1, 2)`,
    )
    await change(file, [toText('t', 'rowid')])
    expect(rows(file, 'SELECT * FROM t')).toEqual([
      ['x', 1n, 2n],
      ['y', null, null],
      ['x', 1n, 2n],
    ])
  })

  for (const [what, definition] of [
    ['an INTEGER PRIMARY KEY', 'id INTEGER PRIMARY KEY'],
    ['a hidden rowid beside a key that may be NULL', 'id INT PRIMARY KEY'],
    ['a key DESC, which is no rowid', 'id INTEGER PRIMARY KEY DESC'],
  ] as const) {
    it(`arrive at both ends of 64 bits, with gaps: ${what}`, async () => {
      const file = database(`CREATE TABLE t (${definition}, a VARCHAR(5))`)
      raw(file, (db) => {
        const insert = db.prepare('INSERT INTO t (id, a) VALUES (?, ?)')
        for (const id of edges) insert.run(id, `e${id}`)
        db.exec(
          `WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 3 FROM n WHERE i < 9000) INSERT INTO t (id, a) SELECT i, 'v' || i FROM n`,
        )
        if (definition === 'id INT PRIMARY KEY') db.exec(`INSERT INTO t VALUES (NULL, 'null'), (NULL, 'null')`)
      })
      const query = `SELECT rowid, quote(id), quote(a) FROM t ORDER BY rowid`
      const before = rows(file, query)
      expect(before.length).toBeGreaterThan(3000)
      await change(file, [toText('t', 'a')])
      expect(rows(file, query)).toEqual(before)
    })
  }

  it('of a WITHOUT ROWID table arrive by ranges of a composite key', async () => {
    const file =
      database(`CREATE TABLE t (a TEXT COLLATE NOCASE, b INT, c VARCHAR(5), PRIMARY KEY (b, a)) WITHOUT ROWID;
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) INSERT INTO t SELECT 'k' || (i / 7), i % 7, 'v' || i FROM n`)
    const before = rows(file, 'SELECT * FROM t ORDER BY a, b')
    expect(before).toHaveLength(4000)
    await change(file, [toText('t', 'c')])
    expect(rows(file, 'SELECT * FROM t ORDER BY a, b')).toEqual(before)
  })

  it('of a WITHOUT ROWID table whose key compares otherwise than its column all arrive', async () => {
    const file = database(
      `CREATE TABLE t (a TEXT COLLATE NOCASE, c VARCHAR(5), PRIMARY KEY (a COLLATE BINARY)) WITHOUT ROWID`,
    )
    raw(file, (db) => {
      const insert = db.prepare('INSERT INTO t VALUES (?, ?)')
      for (let n = 0; n < 499; n += 1) insert.run(`a${String(n).padStart(4, '0')}`, 'v')
      for (const key of ['K', 'k']) insert.run(key, 'v')
    })
    await change(file, [toText('t', 'c')])
    expect(rows(file, `SELECT count(*), sum(a = 'k') FROM t`)).toEqual([[501n, 2n]])
  })

  it('keep every value bit by bit, generated columns left out', async () => {
    const file =
      database(`CREATE TABLE t (id INTEGER PRIMARY KEY, x, g AS (x || 1), s AS (id * 2) STORED, a VARCHAR(5));
      INSERT INTO t (x, a) VALUES (NULL, 1), (9e999, 2), (-0.0, 3), (x'00ff', '4'), (zeroblob(100000), 5), ('12', x'31'), (12, 7), ('ä''"' || char(0) || 'z', 8), (1e-320, 9)`)
    const query = 'SELECT id, quote(x), quote(g), quote(s), typeof(x) FROM t ORDER BY id'
    const before = rows(file, query)
    await change(file, [toText('t', 'a')])
    expect(rows(file, query)).toEqual(before)
    expect(rows(file, 'SELECT a, typeof(a) FROM t WHERE id IN (1, 6)')).toEqual([
      ['1', 'text'],
      [Buffer.from('1'), 'blob'],
    ])
  })

  it('that a conflict clause would swallow make an error instead', async () => {
    const file = database(`CREATE TABLE t (a TEXT, UNIQUE (a) ON CONFLICT IGNORE); INSERT INTO t VALUES ('x'), ('X')`)
    const nocase: Operation = {
      kind: 'alterColumn',
      table: { name: 't' },
      column: 'a',
      change: { collation: 'NOCASE' },
    }
    await expect(change(file, [nocase])).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_UNIQUE' })
    expect(rows(file, 'SELECT count(*) FROM t')).toEqual([[2n]])
  })

  it('leave timers running meanwhile, and come back whole when the copy is stopped', async () => {
    const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5));
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) INSERT INTO t SELECT i, 'v' || i FROM n`)
    const dialect = await sqliteDialect({ url: file }).load()
    const session = await dialect.connection.connect({ purpose: 'run' })
    const statements = (await compile(dialect, session, [toText('t', 'a')])).groups.flat()
    const spec = statements.find((statement) => statement.copy)?.copy
    if (spec === undefined) throw new Error('no copy')
    const batches: number[] = []
    let turns = 0
    const ticking = setInterval(() => (turns += 1), 1)
    const scope = await session.begin({ foreignKeys: 'off' })
    await session.execute('CREATE TABLE main."_migrate_new_t" (id INTEGER PRIMARY KEY, a TEXT)')
    expect(await session.copy(spec, { onProgress: (count) => batches.push(count) })).toBe(300_000)
    clearInterval(ticking)
    await scope.rollback()
    expect(batches.length).toBeGreaterThan(3)
    expect(batches).toEqual([...batches].sort((a, b) => a - b))
    expect(batches.at(-1)).toBe(300_000)
    expect(turns).toBeGreaterThan(1)

    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('stopped'))
    await expect(apply(session, statements, { signal: stop.signal, onProgress })).rejects.toThrow('stopped')
    expect(await session.query(`SELECT name FROM sqlite_schema`)).toEqual([{ name: 't' }])
    expect(await session.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1n }])
    await session.close()
    expect(rows(file, 'SELECT count(*) FROM t')).toEqual([[300_000n]])
  })

  it('of an empty table are none', async () => {
    const file = database('CREATE TABLE t (a VARCHAR(5)); CREATE TABLE w (a VARCHAR(5) PRIMARY KEY) WITHOUT ROWID')
    expect((await change(file, [toText('t', 'a'), toText('w', 'a')])).rebuilds).toBe(2)
    expect(rows(file, 'SELECT * FROM t')).toEqual([])
  })

  it('keep their ids for a full-text index with external content', async () => {
    const file = database(`CREATE TABLE t (a VARCHAR(5)); CREATE VIRTUAL TABLE f USING fts5 (a, content = 't');
      INSERT INTO t (rowid, a) VALUES (3, 'alpha'), (8, 'beta'); INSERT INTO f (f) VALUES ('rebuild')`)
    await change(file, [toText('t', 'a'), addCheck('t', `a <> ''`)])
    expect(rows(file, `SELECT rowid, a FROM f WHERE f MATCH 'beta'`)).toEqual([[8n, 'beta']])
    raw(file, (db) => db.exec(`INSERT INTO f (f, rank) VALUES ('integrity-check', 1)`))
  })
})
