import { expect, it } from 'vitest'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { live } from '../compile/kit.ts'

/*
 * The catalogs of both servers are utf8mb3: they show `?` for a character beyond U+FFFF, and MySQL's cuts the bytes of a default
 * at the first zero. What is expected here was asked of the server by HEX, which shows everything.
 */

const grin = 'F09F9880'

const alter = (change: object) => ({ kind: 'alterColumn', table: { name: 't' }, column: 'c', change }) as const

async function tableWith(db: TestDatabase, column: string): Promise<void> {
  await db.sql(`CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(9), c ${column}) DEFAULT CHARSET=utf8mb4`)
}

/** What a row gets in `c` that says nothing of it. */
async function stored(db: TestDatabase): Promise<unknown> {
  await db.sql("DELETE FROM t; INSERT INTO t (id, s) VALUES (1, 's')")
  const [row] = await db.sql('SELECT HEX(c) AS c FROM t')
  return row?.c
}

const columns: readonly (readonly [column: string, hex: string])[] = [
  ["VARCHAR(9) DEFAULT '😀?'", `${grin}3F`],
  ["VARCHAR(9) CHARACTER SET utf16 DEFAULT '😀'", 'D83DDE00'],
  ["VARCHAR(30) DEFAULT (CONCAT('😀', 'it''s \\\\ ????'))", `${grin}69742773205C203F3F3F3F`],
  ["BINARY(4) DEFAULT X'00FF00FE'", '00FF00FE'],
  ["VARBINARY(9) DEFAULT 'a\\0b'", '610062'],
  ["BIT(8) DEFAULT b'10101'", '15'],
  ["VARCHAR(9) AS (CONCAT(s, '😀')) STORED", `73${grin}`],
]

describeOnEach(['mariadb', 'mysql'], 'what the catalog does not show', (createDatabase, server) => {
  for (const [column, hex] of columns) {
    it(`${column} is the same after another attribute was changed, and after the downgrade`, async () => {
      const db = await createDatabase()
      await tableWith(db, column)
      const { run, shown } = await live(db)
      const before = await shown('t')
      expect(await stored(db)).toBe(hex)
      const commented = await run(['t'], alter({ comment: 'new' }))
      expect(await stored(db)).toBe(hex)
      await run(['t'], ...commented.back)
      expect(await shown('t')).toBe(before)
      const dropped = await run(['t'], { kind: 'dropColumn', table: { name: 't' }, column: 'c' })
      await run(['t'], ...dropped.back)
      expect(await stored(db)).toBe(hex)
      if (column.includes(' AS ')) return
      const without = await run(['t'], alter({ default: null }))
      expect(await stored(db)).toBeNull()
      await run(['t'], ...without.back)
      expect(await stored(db)).toBe(hex)
    })
  }

  it('a default of a column that is NOT NULL is the same', async () => {
    for (const rows of server === 'mysql' ? [0, 1] : [1]) {
      const db = await createDatabase()
      await tableWith(db, "VARCHAR(9) NOT NULL DEFAULT '😀?', b BINARY(3) NOT NULL DEFAULT X'00FF'")
      const { run, shown } = await live(db)
      const before = await shown('t')
      if (rows === 1) await stored(db)
      const commented = await run(['t'], alter({ comment: 'new' }))
      await run(['t'], ...commented.back)
      expect(await shown('t')).toBe(before)
      const done = await run(['t'], { kind: 'dropTable', table: { name: 't' } })
      await run([], ...done.back.filter(({ kind }) => kind === 'createTable'))
      expect(await stored(db)).toBe(`${grin}3F`)
      expect(await db.sql('SELECT HEX(b) AS b FROM t')).toEqual([{ b: '00FF00' }])
    }
  })

  it('two tables that the server shows alike are told apart', async () => {
    // The first of each is what is shown of all.
    for (const [column, ...defaults] of [
      ['VARCHAR(9) DEFAULT ', "'?'", "'😀'", "'😁'"],
      ['BINARY(2) DEFAULT ', "X'003F'", "X'00FF'", "X'00FE'"],
      ['VARCHAR(9) DEFAULT ', "(CONCAT('????', s))", "(CONCAT('😀', s))", "(CONCAT('😁', s))"],
    ]) {
      const read: unknown[] = []
      for (const value of defaults) {
        const db = await createDatabase()
        await tableWith(db, `${column}${value}`)
        const { introspect } = await live(db)
        const model = await introspect('t')
        read.push(JSON.stringify(model.tables.get('t')?.columns.find(({ name }) => name === 'c')?.default))
      }
      expect(new Set(read).size).toBe(defaults.length)
    }
  })

  it('a check keeps its text when it is dropped and comes back', async () => {
    const db = await createDatabase()
    await tableWith(db, "INT, CONSTRAINT no_grin CHECK (s <> '😀')")
    const { run } = await live(db)
    const done = await run(['t'], { kind: 'dropConstraint', table: { name: 't' }, constraint: { name: 'no_grin' } })
    await db.sql("INSERT INTO t (id, s) VALUES (1, '😀'); DELETE FROM t")
    await run(['t'], ...done.back)
    await expect(db.sql("INSERT INTO t (id, s) VALUES (1, '😀')")).rejects.toMatchObject({ message: /no_grin/ })
    await db.sql("INSERT INTO t (id, s) VALUES (1, '????')")
  })

  it('the values of an enum are never replaced by what is shown of them', async () => {
    const db = await createDatabase()
    await tableWith(db, "ENUM('😀', 'b')")
    const { run } = await live(db)
    await expect(run(['t'], alter({ comment: 'new' }))).rejects.toMatchObject({ errno: 1846 })
    await db.sql("INSERT INTO t (id, c) VALUES (1, '😀')")
    expect(await db.sql('SELECT HEX(c) AS c FROM t')).toEqual([{ c: grin }])
  })

  it('a question mark among the values of an enum is no obstacle', async () => {
    const db = await createDatabase()
    await tableWith(db, "ENUM('?', 'b')")
    const { run, shown } = await live(db)
    await run(['t'], alter({ comment: 'new', nullable: false, default: { kind: 'literal', value: '?' } }))
    expect(await shown('t')).toContain("`c` enum('?','b') NOT NULL DEFAULT '?' COMMENT 'new'")
  })
})
