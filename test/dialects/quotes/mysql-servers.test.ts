import { expect, test } from 'vitest'
import { boundText, quote, quotedComment, quotedString } from '../../../packages/dialect-mysql/src/sql/quote.ts'
import { describeOnEach } from '../../kit/servers.ts'

const values = ['plain', "it's", 'a\\b', "\\'", '\\\\', 'a"b', 'ä😀', '%_', '\\0', 'a\nb']
const modes = ["''", "'ANSI_QUOTES'", "'NO_BACKSLASH_ESCAPES'", "'ANSI,NO_BACKSLASH_ESCAPES'"]

describeOnEach(['mariadb', 'mysql'], 'quoted texts', (createDatabase) => {
  test('are the same texts in every mode: in queries, as defaults, in rows', async () => {
    const db = await createDatabase()
    for (const mode of modes) {
      for (const text of values) {
        const literal = quote.literal(text).text
        const rows = await db.sql(`SET NAMES utf8mb4, SESSION sql_mode = ${mode}; DROP TABLE IF EXISTS q;
          CREATE TABLE q (a varchar(20) DEFAULT ${literal}, b varchar(20)) CHARACTER SET utf8mb4;
          INSERT INTO q (b) VALUES (${literal}); SELECT a, b, ${literal} AS c FROM q WHERE b = ${literal}`)
        expect([mode, ...rows]).toEqual([mode, { a: text, b: text, c: text }])
      }
    }
  })

  test('are texts also where only a string may stand, on sessions as ours are', async () => {
    const db = await createDatabase()
    for (const text of values) {
      const string = quotedString(text)
      // The catalog is utf8mb3.
      const plain = text.replace('😀', '')
      const comment = quotedComment(plain)
      const rows = await db.sql(`SET NAMES utf8mb4; DROP TABLE IF EXISTS q;
        CREATE TABLE q (e enum(${string}, 'other') COMMENT ${comment}) CHARACTER SET utf8mb4 COMMENT = ${comment};
        INSERT INTO q VALUES (1); SELECT (SELECT e FROM q) AS e, column_comment AS c, table_comment AS t
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = '${db.name}' AND table_name = 'q'`)
      expect(rows).toEqual([{ e: text, c: plain, t: plain }])
      expect(await db.sql(`SET NAMES utf8mb4; SELECT ${boundText(text)} AS a`)).toEqual([{ a: text }])
    }
  })

  test('with characters that a comment would lose are refused there', () => {
    expect(() => quotedComment('ä😀')).toThrow('U+FFFF')
    expect(quotedComment('ä\\')).toBe("'ä\\\\'")
  })

  test('of bytes and numbers are what they were', async () => {
    const db = await createDatabase()
    const values = [Buffer.from('00ff5c27', 'hex'), 2n ** 64n - 1n, -(2n ** 63n), 1e-300, 0.1, true].map(
      (value) => quote.literal(value).text,
    )
    await db.sql(
      `CREATE TABLE v (b blob, u bigint unsigned, i bigint, small double, d double, t boolean); INSERT INTO v VALUES (${values.join(', ')})`,
    )
    const [row] = await db.sql('SELECT HEX(b) AS b, u, i, small = 1e-300 AS small, d = 1e-1 AS d, t FROM v')
    expect(row).toMatchObject({ b: '00FF5C27', u: '18446744073709551615', i: '-9223372036854775808', t: 1 })
    expect([row?.small, row?.d].map(Number)).toEqual([1, 1])
  })
})
