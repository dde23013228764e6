import type { SqlValue } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { describeOnEach } from '../../../kit/own-sessions.ts'
import { open } from './kit.ts'

const bytes = Buffer.from([0, 1, 92, 255])

/** What a column holds, as the server's own text, after a value was sent for it. */
const stored: readonly (readonly [type: string, value: SqlValue, text: string | null])[] = [
  ['boolean', true, 't'],
  ['boolean', false, 'f'],
  ['boolean', 1n, 't'],
  ['boolean', 0, 'f'],
  ['boolean', 'yes', 't'],
  ['boolean', null, null],
  ['smallint', 7, '7'],
  ['smallint', true, '1'],
  ['integer', 2147483647n, '2147483647'],
  ['integer', false, '0'],
  ['integer', '12', '12'],
  ['integer', -0, '0'],
  ['bigint', 9223372036854775807n, '9223372036854775807'],
  ['bigint', -9223372036854775808n, '-9223372036854775808'],
  ['bigint', 9007199254740991, '9007199254740991'],
  ['bigint', true, '1'],
  ['numeric', 12345678901234567890123n, '12345678901234567890123'],
  ['numeric', 1e21, '1000000000000000000000'],
  ['numeric', 0.1, '0.1'],
  ['numeric', true, '1'],
  ['numeric', '0.10', '0.10'],
  ['numeric', Number.NaN, 'NaN'],
  ['numeric(10,2)', 1.5, '1.50'],
  ['money', '12.34', '$12.34'],
  ['real', 1.5, '1.5'],
  ['double precision', 0.1, '0.1'],
  ['double precision', 5e-324, '5e-324'],
  ['double precision', -0, '-0'],
  ['double precision', Number.POSITIVE_INFINITY, 'Infinity'],
  ['double precision', Number.NaN, 'NaN'],
  ['double precision', 3n, '3'],
  ['double precision', true, '1'],
  ['text', 'a\\b\'c"d?e$1', 'a\\b\'c"d?e$1'],
  ['text', '', ''],
  ['text', 'true', 'true'],
  ['text', 5n, '5'],
  ['text', 1.5, '1.5'],
  ['text', '𝔘 \u{10FFFF}', '𝔘 \u{10FFFF}'],
  ['varchar(20)', 7, '7'],
  ['char(3)', 'ab', 'ab '],
  ['json', '{"b": 1,  "a": 2}', '{"b": 1,  "a": 2}'],
  ['json', '"a text"', '"a text"'],
  ['json', 'null', 'null'],
  ['json', 12n, '12'],
  ['json', true, 'true'],
  ['jsonb', '{"b": 1,  "a": 2}', '{"a": 2, "b": 1}'],
  ['jsonb', '12345678901234567890.5', '12345678901234567890.5'],
  ['bytea', bytes, '\\x00015cff'],
  ['bytea', new Uint8Array([1, 2]), '\\x0102'],
  ['bytea', Buffer.alloc(0), '\\x'],
  ['bytea', null, null],
  ['uuid', '6B0A7F4E-8F3B-4C36-9E0D-0D2C5C1E9F10', '6b0a7f4e-8f3b-4c36-9e0d-0d2c5c1e9f10'],
  ['date', '2024-02-29', '2024-02-29'],
  ['date', '0044-03-15 BC', '0044-03-15 BC'],
  ['time', '23:59:59.123456', '23:59:59.123456'],
  ['timestamp', '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.123456'],
  ['timestamp', 'infinity', 'infinity'],
  ['timestamptz', '2024-02-29T23:59:59.123456+05:30', '2024-02-29 18:29:59.123456+00'],
  ['timestamptz', '-infinity', '-infinity'],
  ['interval', '1 year 2 days 03:04:05.6', '1 year 2 days 03:04:05.6'],
  ['interval', 'P1Y2M', '1 year 2 mons'],
  ['integer[]', '{1,NULL,3}', '{1,NULL,3}'],
  ['text[]', '{a,"b,c"}', '{a,"b,c"}'],
  ['inet', '10.0.0.1/8', '10.0.0.1/8'],
  ['bit(4)', '1010', '1010'],
  ['int4range', '[1,5)', '[1,5)'],
  ['xml', '<a/>', '<a/>'],
  ['mood', 'happy', 'happy'],
  ['flag', true, 't'],
  ['flag', 0n, 'f'],
  ['count', 5n, '5'],
  ['count', true, '1'],
  ['blob', bytes, '\\x00015cff'],
  ['word', 'text', 'text'],
]

const types = `CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN flag AS boolean; CREATE DOMAIN count AS integer CHECK (VALUE >= 0);
CREATE DOMAIN blob AS bytea; CREATE DOMAIN word AS text`

/** What a value of a column comes back as. */
const given: readonly (readonly [type: string, text: string | null, value: SqlValue])[] = [
  ['boolean', 't', true],
  ['boolean', 'f', false],
  ['boolean', null, null],
  ['flag', 't', true],
  ['smallint', '-3', -3n],
  ['integer', '5', 5n],
  ['bigint', '9223372036854775807', 9223372036854775807n],
  ['count', '5', 5n],
  ['oid', '4294967295', 4294967295n],
  ['xid8', '7', 7n],
  ['real', '0.1', 0.1],
  ['double precision', '0.30000000000000004', 0.1 + 0.2],
  ['double precision', '-0', -0],
  ['double precision', 'NaN', Number.NaN],
  ['double precision', '-Infinity', Number.NEGATIVE_INFINITY],
  ['numeric', '12345678901234567890.123456789000', '12345678901234567890.123456789000'],
  ['numeric', 'NaN', 'NaN'],
  ['numeric', 'Infinity', 'Infinity'],
  ['text', 'a\nb', 'a\nb'],
  ['char(3)', 'a', 'a  '],
  ['name', 'n', 'n'],
  ['"char"', 'c', 'c'],
  ['json', '{"b":1,  "a": 12345678901234567890}', '{"b":1,  "a": 12345678901234567890}'],
  ['jsonb', '{"b": 1, "a": 2}', '{"a": 2, "b": 1}'],
  ['bytea', '\\x00015cff', bytes],
  ['blob', '\\x', Buffer.alloc(0)],
  ['uuid', '6b0a7f4e-8f3b-4c36-9e0d-0d2c5c1e9f10', '6b0a7f4e-8f3b-4c36-9e0d-0d2c5c1e9f10'],
  ['date', '0044-03-15 BC', '0044-03-15 BC'],
  ['date', 'infinity', 'infinity'],
  ['time', '24:00:00', '24:00:00'],
  ['timetz', '10:00:00+05:30', '10:00:00+05:30'],
  ['timestamp', '2024-02-29 23:59:59.000001', '2024-02-29 23:59:59.000001'],
  ['timestamptz', '2024-03-10 02:30:00-08', '2024-03-10 10:30:00+00'],
  ['timestamptz', '294276-12-31 00:00:00+00', '294276-12-31 00:00:00+00'],
  ['interval', '-1 mons +1 day -00:00:01', '-1 mons +1 day -00:00:01'],
  ['integer[]', '{1,NULL}', '{1,NULL}'],
  ['boolean[]', '{t,f}', '{t,f}'],
  ['mood[]', '{sad}', '{sad}'],
  ['bit varying(8)', '101', '101'],
  ['point', '(1,2)', '(1,2)'],
]

for (const driver of ['postgres', 'pg', 'pg.Pool', 'pg.Client', 'postgres.js'] as const)
  describeOnEach(['postgres', 'postgres-next'], `values by ${driver}`, (createDatabase) => {
    test('each kind of value goes into the columns that it fits', async () => {
      const database = await createDatabase()
      await database.sql(types)
      const session = await open(database.url, { driver })
      const values: unknown[] = []
      for (const [at, [type, value]] of stored.entries()) {
        await session.execute(`CREATE TABLE s${at} (v ${type})`)
        await session.execute(`INSERT INTO s${at} VALUES (?)`, [value])
        const same = await session.query(
          `SELECT 1 FROM s${at} WHERE ${/^(json|xml|point)$/.test(type) ? 'v::text = ?' : 'v IS NOT DISTINCT FROM ?'}`,
          [type === 'json' || type === 'xml' ? (value === null ? null : String(value)) : value],
        )
        values.push([at, same.length])
      }
      const storedTexts = await database.sql(
        stored
          .map(
            ([type], at) =>
              `SELECT ${at} AS at, ${/^char\(/.test(type) ? "format('%s', v)" : 'v::text'} AS v FROM s${at}`,
          )
          .join(' UNION ALL ')
          .concat(' ORDER BY at'),
      )
      const text = (boolean: string | null): string | null =>
        boolean === 't' ? 'true' : boolean === 'f' ? 'false' : boolean
      expect(storedTexts.map(({ v }, at) => [...(stored[at] ?? []).slice(0, 2), v])).toEqual(
        stored.map(([type, value, expected]) => [
          type,
          value,
          /^(boolean|flag)$/.test(type) ? text(expected) : expected,
        ]),
      )
      expect(values).toEqual(stored.map((_, at) => [at, 1]))
    })

    test('each column comes back in the one form that every dialect gives', async () => {
      const database = await createDatabase()
      await database.sql(types)
      const quoted = (text: string | null): string => (text === null ? 'NULL' : `'${text}'`)
      await database.sql(
        given
          .map(([type, text], at) => `CREATE TABLE g${at} (v ${type}); INSERT INTO g${at} VALUES (${quoted(text)})`)
          .join(';'),
      )
      const session = await open(database.url, { driver })
      const values: unknown[] = []
      for (const [at, [type, text]] of given.entries()) {
        const [row] = await session.query(`SELECT v FROM g${at}`)
        values.push([type, text, row?.v])
      }
      expect(values).toEqual(given.map((each) => [...each]))
    })

    test('the server’s, the database’s and the role’s own formats change nothing', async () => {
      const database = await createDatabase()
      for (const [name, value] of [
        ['DateStyle', 'German'],
        ['IntervalStyle', 'iso_8601'],
        ['TimeZone', 'Asia/Tokyo'],
        ['bytea_output', 'escape'],
        ['extra_float_digits', '-5'],
        ['standard_conforming_strings', 'off'],
        ['array_nulls', 'off'],
        ['xmloption', 'document'],
        ['transform_null_equals', 'on'],
        ['quote_all_identifiers', 'on'],
      ]) {
        await database.sql(`ALTER DATABASE "${database.name}" SET ${name} = '${value}'`)
      }
      const session = await open(database.url, { driver })
      const [row] = await session.query(`SELECT '2024-01-02'::date AS d, '2024-01-02 03:04:05+00'::timestamptz AS t,
      '1 year 2 hours'::interval AS i, '\\x00ff'::bytea AS b, 0.1::float8 + 0.2::float8 AS f, 'a\\b' AS s,
      ('{NULL}'::text[])[1] IS NULL AS n, CAST('<a/>b' AS xml)::text AS x, (1 = NULL) IS NULL AS e,
      format_type('int8'::regtype, NULL) || ' ' || quote_ident('a') AS q`)
      expect({ ...row }).toEqual({
        d: '2024-01-02',
        t: '2024-01-02 03:04:05+00',
        i: '1 year 02:00:00',
        b: Buffer.from([0, 255]),
        f: 0.1 + 0.2,
        s: 'a\\b',
        n: 1n,
        x: '<a/>b',
        e: 1n,
        q: 'bigint a',
      })
    })

    test('a boolean is one where the result column is a plain column, else a bigint', async () => {
      const database = await createDatabase()
      await database.sql(`CREATE TABLE t (a boolean, b boolean); INSERT INTO t VALUES (true, NULL);
      CREATE VIEW v AS SELECT a, NOT a AS n FROM t`)
      const session = await open(database.url, { driver })
      const one = async (sql: string): Promise<SqlValue | undefined> =>
        Object.values((await session.query(sql))[0] ?? {})[0]
      expect(await one('SELECT a FROM t')).toBe(true)
      expect(await one('SELECT b FROM t')).toBeNull()
      expect(await one('SELECT x.a FROM (SELECT a FROM t) x')).toBe(true)
      expect(await one('WITH c AS (SELECT a FROM t) SELECT a FROM c')).toBe(true)
      expect(await one('SELECT a FROM v')).toBe(true)
      expect(await one('UPDATE t SET b = false RETURNING b')).toBe(false)
      expect(await one('SELECT NOT a FROM t')).toBe(0n)
      expect(await one('SELECT true')).toBe(1n)
      expect(await one('SELECT bool_and(a) FROM t')).toBe(1n)
      expect(await one('SELECT EXISTS (SELECT 1 FROM t)')).toBe(1n)
    })

    test('an untyped place takes a value as text, as a literal in quotes would be', async () => {
      const database = await createDatabase()
      await database.sql('CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, NULL)')
      const session = await open(database.url, { driver })
      const one = async (sql: string, params: SqlValue[]): Promise<SqlValue | undefined> =>
        Object.values((await session.query(sql, params))[0] ?? {})[0]
      expect(await one('SELECT ?', [1n])).toBe('1')
      expect(await one('SELECT CAST(? AS bigint)', [1n])).toBe(1n)
      expect(await one('SELECT a + ? FROM t', [2])).toBe(3n)
      expect(await one('SELECT coalesce(b, ?) FROM t', ['x'])).toBe('x')
      expect(
        await one('INSERT INTO t (a) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM t WHERE a = ?) RETURNING a', [5n, 5n]),
      ).toBe(5n)
      expect(await one('SELECT count(*) FROM t WHERE a IN (?, ?) LIMIT ?', [1, 5n, 10])).toBe(2n)
    })

    test('rows have no prototype, and columns may have any name', async () => {
      const database = await createDatabase()
      const session = await open(database.url, { driver })
      const [row] = await session.query('SELECT 1 AS "__proto__", 2 AS constructor, 3 AS "a b"')
      expect(Object.getPrototypeOf(row)).toBeNull()
      expect(Object.entries(row ?? {})).toEqual([
        ['__proto__', 1n],
        ['constructor', 2n],
        ['a b', 3n],
      ])
    })

    test('what the server cannot hold is refused before it is sent, and the transaction continues', async () => {
      const database = await createDatabase()
      await database.sql('CREATE TABLE t (a text, n int, j jsonb, b bytea)')
      const session = await open(database.url, { driver })
      const scope = await session.begin()
      const refused = async (column: string, value: SqlValue): Promise<string> =>
        session.execute(`INSERT INTO t (${column}) VALUES (?)`, [value]).then(
          () => 'stored',
          (error: unknown) => (error as Error).message,
        )
      expect(await refused('a', 'a\0b')).toBe('a text cannot be stored: a text of PostgreSQL holds no NUL character')
      expect(await refused('a', '\uD800')).toBe('a text cannot be stored: it is not well-formed Unicode')
      expect(await refused('a', bytes)).toBe('parameter 1 is bytes, and its place is a text')
      expect(await refused('n', bytes)).toBe('parameter 1 is bytes, and its place is a number')
      expect(await refused('j', bytes)).toBe('parameter 1 is bytes, and its place is a text')
      expect(await refused('a', undefined as unknown as null)).toBe(
        'parameter 1 is undefined; pass null for an SQL NULL',
      )
      await expect(session.execute('INSERT INTO t (a, n) VALUES (?, ?)', ['x'])).rejects.toThrow(
        'the statement has 2 placeholders, and 1 parameters were given',
      )
      await expect(session.execute('SELECT 1', [1])).rejects.toThrow('the statement has 0 placeholders')
      await expect(session.execute("SELECT '\0'")).rejects.toThrow('NUL character')
      expect(await refused('a', 'kept')).toBe('stored')
      await scope.commit()
      expect(await database.sql('SELECT a FROM t')).toEqual([{ a: 'kept' }])
    })

    test('bytes that have no place in a statement that ran before fail alone, in turn and at once', async () => {
      const database = await createDatabase()
      await database.sql('CREATE TABLE t (n int)')
      const session = await open(database.url, { driver })
      const insert = (value: SqlValue): Promise<string> =>
        session.execute('INSERT INTO t VALUES (?)', [value]).then(
          () => 'stored',
          (error: unknown) => (error as Error).message,
        )
      const refused = 'parameter 1 is bytes, and its place is a number'
      for (const value of [1, 2, 3]) expect(await insert(value)).toBe('stored')
      for (const value of [bytes, bytes]) expect(await insert(value)).toBe(refused)
      expect(await Promise.all([4, bytes, 5, bytes, bytes, 6].map(insert))).toEqual([
        'stored',
        refused,
        'stored',
        refused,
        refused,
        'stored',
      ])
      expect(await database.sql('SELECT count(*)::int AS n FROM t')).toEqual([{ n: 6 }])
    })

    test('?? is a question mark of the server, and ? in texts, names and comments is none of ours', async () => {
      const database = await createDatabase()
      await database.sql(`CREATE TABLE t (j jsonb, "a?" int); INSERT INTO t VALUES ('{"k": 1}', 7)`)
      const session = await open(database.url, { driver })
      const rows = await session.query(
        `SELECT "a?", '?' AS q, $x$?$x$ AS d, E'\\'?' AS e /* ? /* ? */ */ FROM t WHERE j ?? ? -- ?`,
        ['k'],
      )
      expect({ ...rows[0] }).toEqual({ 'a?': 7n, q: '?', d: '?', e: "'?" })
    })

    test('a large value and many parameters', async () => {
      const database = await createDatabase()
      await database.sql('CREATE TABLE t (b bytea, a text); CREATE TABLE n (v int)')
      const session = await open(database.url, { driver })
      const big = Buffer.alloc(5_000_000, 7)
      await session.execute('INSERT INTO t VALUES (?, ?)', [big, 'x'.repeat(5_000_000)])
      const [row] = await session.query('SELECT b, length(a) AS n FROM t')
      expect(big.equals(row?.b as Buffer)).toBe(true)
      expect(row?.n).toBe(5_000_000n)
      const many = Array.from({ length: 5_000 }, (_, at) => at)
      const { changes } = await session.execute(`INSERT INTO n VALUES ${many.map(() => '(?)').join(', ')}`, many)
      expect(changes).toBe(5_000)
    })
  })
