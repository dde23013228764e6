import type { SqlValue } from '@org/migrate-core/dialect'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { codeOf, one, open } from './kit.ts'

describe.each(['mysql2', 'mariadb'] as const)('%s: ', (driver) => {
  describeOnEach(['mariadb', 'mysql'], 'values', (createDatabase, server) => {
    it('come back as every dialect gives them', async () => {
      const db = await createDatabase()
      const session = await open(db, { driver })
      await session.execute(`CREATE TABLE v (
      id int PRIMARY KEY AUTO_INCREMENT, flag boolean, small tinyint, tiny tinyint(1) unsigned, whole int, big bigint,
      ubig bigint unsigned, y year, bits bit(9), d decimal(40,10), db double, dt date, dtm datetime(6), ts timestamp(3) NULL,
      tm time(6), j json, fixed binary(3), var varbinary(9), bl longblob, tx longtext, l1 varchar(20) CHARACTER SET latin1,
      e enum('a','ö'), s set('x','y'), g point, n int) CHARACTER SET utf8mb4`)
      await db.sql(`INSERT INTO v VALUES (7, 1, -5, 1, -2147483648, -9223372036854775808, 18446744073709551615, 2024, b'100000001',
      '123456789012345678901234567890.0123456789', 0.1, '2024-02-29', '2024-01-02 03:04:05.000000', '2024-01-02 03:04:05.120',
      '-25:00:00.500000', '{"a":1.0}', X'01005c', X'', X'00ff5c27', 'ü😀', 'ä', 'ö', 'x,y', ST_GeomFromText('POINT(1 2)'), NULL)`)
      const [row] = await session.query('SELECT * FROM v')
      expect(Object.getPrototypeOf(row)).toBe(null)
      const [expected] = await db.sql('SELECT TIME_FORMAT(TIMEDIFF(NOW(), UTC_TIMESTAMP()), "%H") AS hours')
      expect(row).toMatchObject({
        id: 7n,
        flag: true,
        small: -5n,
        tiny: 1n,
        whole: -2147483648n,
        big: -9223372036854775808n,
        ubig: 18446744073709551615n,
        y: 2024n,
        bits: 257n,
        d: '123456789012345678901234567890.0123456789',
        db: 0.1,
        dt: '2024-02-29',
        dtm: '2024-01-02 03:04:05.000000',
        // The session reads in UTC; the test server's own zone is UTC as well.
        ...(expected?.hours === '00' ? { ts: '2024-01-02 03:04:05.120' } : {}),
        tm: '-25:00:00.500000',
        j: server === 'mysql' ? '{"a": 1.0}' : '{"a":1.0}',
        fixed: Buffer.from('01005c', 'hex'),
        var: Buffer.alloc(0),
        bl: Buffer.from('00ff5c27', 'hex'),
        tx: 'ü😀',
        l1: 'ä',
        e: 'ö',
        s: 'x,y',
        g: Buffer.from('000000000101000000000000000000f03f0000000000000040', 'hex'),
        n: null,
      })
    })

    it('of expressions are integers, also where they are true or false', async () => {
      const db = await createDatabase()
      const session = await open(db, { driver })
      await db.sql('CREATE TABLE t (b boolean); INSERT INTO t VALUES (1), (5), (0), (NULL)')
      expect(await session.query('SELECT b FROM t')).toEqual([true, 5n, false, null].map((b) => ({ b })))
      const [row] = await session.query(
        `SELECT CAST(1 AS SIGNED) c, COUNT(*) n, MAX(b) m, MIN(b) lo, COALESCE(MIN(b), 1) co, 18446744073709551615 u, 1.50 d, 1e0 f, TRUE t, 1 = 1 q, 'a' s, SUM(b) su,
       b'101' bits, NULL nothing FROM t`,
      )
      expect(row).toEqual({
        ...{
          c: 1n,
          n: 4n,
          m: 5n,
          lo: 0n,
          co: 0n,
          u: 18446744073709551615n,
          d: '1.50',
          f: 1,
          t: 1n,
          q: 1n,
          s: 'a',
          su: '6',
        },
        ...{ bits: Buffer.from([5]), nothing: null },
      })
      expect(await session.query('SELECT x.b FROM (SELECT b FROM t) x WHERE b = 1')).toEqual([{ b: true }])
    })

    it('may stand under any name', async () => {
      const session = await open(await createDatabase(), { driver })
      const [row] = await session.query('SELECT 1 AS `__proto__`, 2 AS `constructor`, 3 AS `ä"x`')
      expect(Object.entries(row ?? {})).toEqual([
        ['__proto__', 1n],
        ['constructor', 2n],
        ['ä"x', 3n],
      ])
    })

    it('of FLOAT come back as they were written, and everything beside them too', async () => {
      const db = await createDatabase()
      const session = await open(db, { driver })
      await session.execute(`CREATE TABLE f (id int PRIMARY KEY AUTO_INCREMENT, f float, db double, dt datetime(3), tm time(6),
      d date, i bigint, y year, j json, b boolean, bl blob, t text, dc decimal(9,3)) CHARACTER SET utf8mb4`)
      const neighbours = {
        dt: '2024-01-02 03:04:05.000',
        tm: '-01:00:00.000000',
        d: '2024-01-02',
        i: -9007199254740991n,
        y: 1999n,
      }
      const rest = { j: '[]', b: true, bl: Buffer.from([0, 255]), t: 'ü', dc: '1.500' }
      await fc.assert(
        fc.asyncProperty(
          fc.float({ noDefaultInfinity: true, noNaN: true, min: Math.fround(-3e38), max: Math.fround(3e38) }),
          fc.double({ noDefaultInfinity: true, noNaN: true }),
          async (single, double) => {
            await session.execute('DELETE FROM f')
            const values: SqlValue[] = [single, double, ...Object.values(neighbours), ...Object.values(rest)]
            await session.execute(
              `INSERT INTO f (f, db, dt, tm, d, i, y, j, b, bl, t, dc) VALUES (${values.map(() => '?').join(', ')})`,
              values,
            )
            const [row] = await session.query('SELECT * FROM f')
            const zero = (value: number): number => (value === 0 ? 0 : value)
            expect(zero(Math.fround(row?.f as number))).toBe(zero(single))
            expect(zero(row?.db as number)).toBe(zero(double))
            expect(row).toMatchObject({ ...neighbours, ...rest })
          },
        ),
        { numRuns: 60 },
      )
      await session.execute('UPDATE f SET f = ?', [0.1])
      expect(await session.query('SELECT f FROM f')).toEqual([{ f: 0.1 }])
      await db.sql('UPDATE f SET f = 16777217')
      expect(await one(session, 'SELECT f FROM f')).toBe(16777216)
      await db.sql('CREATE PROCEDURE p() SELECT f FROM f')
      expect(await codeOf(session.query('CALL p()'))).toBe('UNSUPPORTED')
      await db.sql('CREATE PROCEDURE q() SELECT db, 18446744073709551615 AS big FROM f')
      expect(await session.query('CALL q()')).toMatchObject([{ big: 18446744073709551615n }])
      if (server === 'mariadb') {
        const [inserted] = await session.query('INSERT INTO f (f) VALUES (16777216) RETURNING f, id > 0 AS made')
        expect(inserted).toEqual({ f: 16777216, made: 1n })
        expect(await one(session, 'SELECT COUNT(*) FROM f')).toBe(2n)
      }
    })

    it('are sent unchanged', async () => {
      const db = await createDatabase()
      const session = await open(db, { driver })
      await db.sql(
        'CREATE TABLE p (id int PRIMARY KEY AUTO_INCREMENT, t longtext, b longblob, j json) CHARACTER SET utf8mb4',
      )
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: 'binary', maxLength: 80 }),
          fc.uint8Array({ maxLength: 40 }),
          fc.json(),
          async (text, bytes, json) => {
            await session.execute('DELETE FROM p')
            await session.execute('INSERT INTO p (t, b, j) VALUES (?, ?, ?)', [text, bytes, json])
            const [stored] = await db.sql('SELECT HEX(t) AS t, HEX(b) AS b FROM p')
            expect(stored).toEqual({
              t: Buffer.from(text).toString('hex').toUpperCase(),
              b: Buffer.from(bytes).toString('hex').toUpperCase(),
            })
            const [row] = await session.query('SELECT t, b, j FROM p')
            expect(row).toMatchObject({ t: text, b: Buffer.from(bytes) })
            if (server === 'mariadb') expect(row?.j).toBe(json)
          },
        ),
        { numRuns: 80 },
      )
      const odd = 'a\\\'b"c\0d\n\r\x1a%_?;--/*😀\u2028'
      await session.execute('UPDATE p SET t = ?', [odd])
      expect(await one(session, 'SELECT t FROM p WHERE t = ?', [odd])).toBe(odd)
      await session.execute('UPDATE p SET j = ?', ['{"a\\\\b": "x\\"\\n😀", "n": 12345678901234567890}'])
      expect(await one(session, `SELECT JSON_UNQUOTE(JSON_EXTRACT(j, '$.n')) FROM p`)).toBe('12345678901234567890')
    })

    it('fit every column that they can', async () => {
      const session = await open(await createDatabase(), { driver })
      await session.execute(
        'CREATE TABLE c (b boolean, i bigint, u bigint unsigned, d decimal(20,2), db double, t text, bits bit(8))',
      )
      await session.execute('INSERT INTO c VALUES (?, ?, ?, ?, ?, ?, ?)', [
        1n,
        true,
        18446744073709551615n,
        '1.25',
        3n,
        'x',
        5n,
      ])
      await session.execute('INSERT INTO c VALUES (?, ?, ?, ?, ?, ?, ?)', [
        0,
        '7',
        2,
        1.25,
        2 ** 60,
        null,
        Buffer.from([5]),
      ])
      expect(await session.query('SELECT * FROM c')).toEqual([
        { b: true, i: 1n, u: 18446744073709551615n, d: '1.25', db: 3, t: 'x', bits: 5n },
        { b: false, i: 7n, u: 2n, d: '1.25', db: 2 ** 60, t: null, bits: 5n },
      ])
    })

    it('that cannot be sent are refused before anything is', async () => {
      const session = await open(await createDatabase(), { driver })
      await session.execute('CREATE TABLE r (a double)')
      for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 'a\uD83D', 10n ** 65n]) {
        await expect(session.execute('INSERT INTO r VALUES (?)', [value as never])).rejects.toThrow()
      }
      await expect(session.query('SELECT ?, ?', [1])).rejects.toThrow('2 placeholders and 1 values')
      await expect(session.query('SELECT ?', [1, 2])).rejects.toThrow('1 placeholders and 2 values')
      expect(await one(session, 'SELECT COUNT(*) FROM r')).toBe(0n)
    })

    it('take the place of placeholders alone', async () => {
      const session = await open(await createDatabase(), { driver })
      const sql = `SELECT '?' AS a, "it\\"s ?" AS b, ? AS \`c?\` /* ? */ -- ?
      # ?
      , 'a\\'?' AS d`
      expect(await session.query(sql, ['x'])).toEqual([{ a: '?', b: 'it"s ?', 'c?': 'x', d: "a'?" }])
    })

    it('of two texts compare, whatever they hold', async () => {
      const session = await open(await createDatabase(), { driver })
      expect(await one(session, "SELECT CONCAT(?, 'b', ?)", ['a\\', 'ä'])).toBe('a\\bä')
      expect(await one(session, "SELECT ? = _utf8mb4 X'5c'", ['\\'])).toBe(1n)
    })

    it('that are more than the server takes are refused, and the session continues', async () => {
      const session = await open(await createDatabase(), { driver })
      const limit = Number(await one(session, 'SELECT @@max_allowed_packet'))
      await expect(session.query('SELECT LENGTH(?)', ['x'.repeat(limit)])).rejects.toMatchObject({
        code: 'STATEMENT_FAILED',
        message: expect.stringContaining('max_allowed_packet'),
      })
      expect(await one(session, 'SELECT LENGTH(?)', ['x'.repeat(limit - 40)])).toBe(BigInt(limit - 40))
    })
  })
})

describe.each(['mysql2', 'mariadb'] as const)('%s: ', (driver) => {
  describeOnEach(['mariadb', 'mysql'], 'changes', (createDatabase) => {
    it('count the rows that a statement found, as on every dialect', async () => {
      const session = await open(await createDatabase(), { driver })
      expect(await session.execute('CREATE TABLE t (id int PRIMARY KEY, a int)')).toEqual({ changes: 0 })
      expect(await session.execute('INSERT INTO t VALUES (1, 1), (2, 1)')).toEqual({ changes: 2 })
      expect(await session.execute('UPDATE t SET a = 1')).toEqual({ changes: 2 })
      expect(await session.execute('UPDATE t SET a = 2 WHERE id = 3')).toEqual({ changes: 0 })
      expect(await session.execute('SELECT * FROM t')).toEqual({ changes: 0 })
      expect(await session.execute('ALTER TABLE t MODIFY a bigint, ALGORITHM=COPY')).toEqual({ changes: 0 })
      expect(await session.execute('DELETE FROM t')).toEqual({ changes: 2 })
      expect(await session.query('INSERT INTO t VALUES (1, 1)')).toEqual([])
    })

    it('are of one statement', async () => {
      const session = await open(await createDatabase(), { driver })
      expect(await codeOf(session.query('SELECT 1; SELECT 2'))).toBe(1064)
    })
  })
})
