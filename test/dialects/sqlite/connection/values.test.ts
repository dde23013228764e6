import { describe, expect, it } from 'vitest'
import { open } from './kit.ts'

describe('values', () => {
  it('come in one form, by the declared type of the column', async () => {
    const session = await open(':memory:')
    await session.execute(
      'CREATE TABLE v (id INTEGER PRIMARY KEY, b BOOLEAN, j JSON, d DECIMAL(30,10), r REAL, f DOUBLE, t DATETIME, x BLOB, n)',
    )
    await session.execute('INSERT INTO v VALUES (?,?,?,?,?,?,?,?,?)', [
      9007199254740993n,
      true,
      '42',
      '10.50',
      3,
      0.1,
      '2026-01-02 03:04:05',
      new Uint8Array([0, 255]),
      5_000_000_000,
    ])
    const [row] = await session.query('SELECT * FROM v')
    expect({ ...row }).toEqual({
      id: 9007199254740993n,
      b: true,
      j: '42',
      d: '10.5',
      r: 3,
      f: 0.1,
      t: '2026-01-02 03:04:05',
      x: Buffer.from([0, 255]),
      n: 5_000_000_000n,
    })
    expect(Object.getPrototypeOf(row)).toBeNull()
  })

  it('are boolean in a plain column, also through an alias and a view, but not in an expression', async () => {
    const session = await open(':memory:')
    await session.execute('CREATE TABLE v (b BOOLEAN)')
    await session.execute('CREATE VIEW w AS SELECT b AS c FROM v')
    for (const value of [true, false, null, 7n]) await session.execute('INSERT INTO v VALUES (?)', [value])
    expect(await session.query('SELECT b, b AS a, b = 1 AS e FROM v')).toEqual([
      { b: true, a: true, e: 1n },
      { b: false, a: false, e: 0n },
      { b: null, a: null, e: null },
      { b: 7n, a: 7n, e: 0n },
    ])
    expect(await session.query('SELECT c FROM w LIMIT 1')).toEqual([{ c: true }])
  })

  it('of JSON and decimals stay text whatever NUMERIC affinity made of them', async () => {
    const session = await open(':memory:')
    await session.execute('CREATE TABLE v (j JSON, d DECIMAL)')
    for (const text of ['1', '1.5', '1e400', '{"a": 1.0}', 'null', '"1"', '12345678901234567890']) {
      await session.execute('INSERT INTO v VALUES (?, ?)', [text, text])
    }
    const rows = await session.query('SELECT j, d FROM v')
    expect(rows.map((row) => row.j)).toEqual(['1', '1.5', '9e999', '{"a": 1.0}', 'null', '"1"', '12345678901234567000'])
    expect(rows.map((row) => row.d).slice(0, 3)).toEqual(['1', '1.5', '9e999'])
  })

  it('may stand in columns called __proto__ and constructor', async () => {
    const session = await open(':memory:')
    const [row] = await session.query('SELECT 1 AS "__proto__", 2 AS "constructor"')
    expect(Object.entries(row ?? {})).toEqual([
      ['__proto__', 1n],
      ['constructor', 2n],
    ])
  })

  it('that cannot be stored as they are are refused by number', async () => {
    const session = await open(':memory:')
    await expect(session.query('SELECT ?, ?', [1, undefined as never])).rejects.toThrow('parameter 2 is undefined')
    await expect(session.query('SELECT ?', [Number.NaN])).rejects.toThrow('parameter 1 is NaN')
    await expect(session.query('SELECT ?', [2n ** 63n])).rejects.toThrow(RangeError)
    expect(await session.query('SELECT typeof(?) AS a, typeof(?) AS b, ? AS c', [-0, 1.5, -(2n ** 63n)])).toEqual([
      { a: 'real', b: 'real', c: -(2n ** 63n) },
    ])
  })

  it('of several statements in one text are refused', async () => {
    const session = await open(':memory:')
    await expect(session.execute('SELECT 1; SELECT 2')).rejects.toThrow(/more than one statement/)
  })

  it('follow the schema: a prepared SELECT * shows a column added later', async () => {
    const session = await open(':memory:')
    await session.execute('CREATE TABLE v (a)')
    await session.execute('INSERT INTO v VALUES (1)')
    expect(await session.query('SELECT * FROM v')).toEqual([{ a: 1n }])
    await session.execute('ALTER TABLE v ADD COLUMN b BOOLEAN DEFAULT 1')
    expect(await session.query('SELECT * FROM v')).toEqual([{ a: 1n, b: true }])
  })

  it('changes are counted, also with RETURNING, and are 0 for DDL', async () => {
    const session = await open(':memory:')
    expect(await session.execute('CREATE TABLE v (a)')).toEqual({ changes: 0 })
    expect(await session.execute('INSERT INTO v VALUES (1), (2)')).toEqual({ changes: 2 })
    expect(await session.execute('/* all */ UPDATE v SET a = 3 RETURNING a')).toEqual({ changes: 2 })
    expect(await session.execute('DROP TABLE v')).toEqual({ changes: 0 })
    expect(await session.execute('SELECT 1')).toEqual({ changes: 0 })
  })
})
