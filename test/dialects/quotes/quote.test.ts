import type { Quote, SqlValue } from '@org/migrate-core/dialect'
import { describe, expect, test } from 'vitest'
import { quote as mysql } from '../../../packages/dialect-mysql/src/sql/quote.ts'
import { quote as postgres } from '../../../packages/dialect-postgres/src/sql/quote.ts'
import { quote as sqlite } from '../../../packages/dialect-sqlite/src/sql/quote.ts'

const quotes = { sqlite, postgres, mysql } as const satisfies Record<string, Quote>
type PerDialect = { readonly [D in keyof typeof quotes]: string }

/** The text, or the code of the error. */
function attempt(quoted: () => { readonly text: string }): string {
  try {
    return quoted().text
  } catch (error) {
    return (error as { readonly code: string }).code
  }
}

function all(quoted: (quote: Quote) => { readonly text: string }): PerDialect {
  const of = (quote: Quote): string => attempt(() => quoted(quote))
  return { sqlite: of(sqlite), postgres: of(postgres), mysql: of(mysql) }
}

describe('names', () => {
  test.each<[string, string, PerDialect]>([
    ['a plain name', 'users', { sqlite: '"users"', postgres: '"users"', mysql: '`users`' }],
    ['a double quote', 'a"b', { sqlite: '"a""b"', postgres: '"a""b"', mysql: '`a"b`' }],
    ['a backtick', 'a`b', { sqlite: '"a`b"', postgres: '"a`b"', mysql: '`a``b`' }],
    ['a backslash', 'a\\', { sqlite: '"a\\"', postgres: '"a\\"', mysql: '`a\\`' }],
    ['nothing', '', { sqlite: 'INVALID_NAME', postgres: 'INVALID_NAME', mysql: 'INVALID_NAME' }],
    ['NUL', 'a\0b', { sqlite: 'INVALID_NAME', postgres: 'INVALID_NAME', mysql: 'INVALID_NAME' }],
    ['a line break', 'a\nb', { sqlite: 'INVALID_NAME', postgres: 'INVALID_NAME', mysql: 'INVALID_NAME' }],
    ['half a character', 'a\uD83D', { sqlite: 'INVALID_NAME', postgres: 'INVALID_NAME', mysql: 'INVALID_NAME' }],
    ['an emoji', '😀', { sqlite: '"😀"', postgres: '"😀"', mysql: 'INVALID_NAME' }],
    ['a space at the end', 'a ', { sqlite: '"a "', postgres: '"a "', mysql: 'INVALID_NAME' }],
  ])('%s', (_what, name, expected) => {
    expect(all((quote) => quote.identifier(name))).toEqual(expected)
  })

  test('PostgreSQL counts 63 bytes, MySQL 64 characters, SQLite does not count', () => {
    const outcomes = (name: string): readonly string[] =>
      Object.values(all((quote) => quote.identifier(name))).map((text) => (text === 'NAME_TOO_LONG' ? text : 'taken'))
    expect(outcomes('a'.repeat(63))).toEqual(['taken', 'taken', 'taken'])
    expect(outcomes('a'.repeat(64))).toEqual(['taken', 'NAME_TOO_LONG', 'taken'])
    expect(outcomes('a'.repeat(65))).toEqual(['taken', 'NAME_TOO_LONG', 'NAME_TOO_LONG'])
    // Two bytes each in UTF-8.
    expect(outcomes('ä'.repeat(31))).toEqual(['taken', 'taken', 'taken'])
    expect(outcomes('ä'.repeat(32))).toEqual(['taken', 'NAME_TOO_LONG', 'taken'])
    expect(outcomes('ä'.repeat(64))).toEqual(['taken', 'NAME_TOO_LONG', 'taken'])
  })

  test('a table with its schema', () => {
    expect(all((quote) => quote.table({ schema: 'a.b', name: 'c' }))).toEqual({
      sqlite: 'UNSUPPORTED',
      postgres: '"a.b"."c"',
      mysql: '`a.b`.`c`',
    })
  })
})

describe('values', () => {
  test.each<[string, SqlValue, PerDialect]>([
    ['null', null, { sqlite: 'NULL', postgres: 'NULL', mysql: 'NULL' }],
    ['true', true, { sqlite: '1', postgres: 'TRUE', mysql: 'TRUE' }],
    ['false', false, { sqlite: '0', postgres: 'FALSE', mysql: 'FALSE' }],
    ['a quote', "it's", { sqlite: "'it''s'", postgres: "'it''s'", mysql: "'it''s'" }],
    ['a backslash', "\\'", { sqlite: "'\\'''", postgres: "E'\\\\'''", mysql: "_utf8mb4 X'5c27'" }],
    ['NUL', 'a\0', { sqlite: "CAST(x'6100' AS TEXT)", postgres: 'UNSUPPORTED', mysql: "_utf8mb4 X'6100'" }],
    ['a line break', 'a\nb', { sqlite: "'a\nb'", postgres: "'a\nb'", mysql: "'a\nb'" }],
    ['an integer', 12n, { sqlite: '12', postgres: '12', mysql: '12' }],
    ['2^63', 2n ** 63n, { sqlite: 'UNSUPPORTED', postgres: '9223372036854775808', mysql: '9223372036854775808' }],
    ['66 digits', 10n ** 65n, { sqlite: 'UNSUPPORTED', postgres: `1${'0'.repeat(65)}`, mysql: 'UNSUPPORTED' }],
    ['a fraction', 0.5, { sqlite: '0.5', postgres: '0.5', mysql: '0.5' }],
    ['minus zero', -0, { sqlite: '-0.0', postgres: "'-0'::double precision", mysql: '-0e0' }],
    ['infinity', Infinity, { sqlite: '9e999', postgres: "'Infinity'::double precision", mysql: 'UNSUPPORTED' }],
    [
      'minus infinity',
      -Infinity,
      { sqlite: '-9e999', postgres: "'-Infinity'::double precision", mysql: 'UNSUPPORTED' },
    ],
    ['not a number', NaN, { sqlite: 'NULL', postgres: "'NaN'::double precision", mysql: 'UNSUPPORTED' }],
    [
      'bytes',
      Buffer.from('00ff5c', 'hex'),
      { sqlite: "x'00ff5c'", postgres: "E'\\\\x00ff5c'::bytea", mysql: "X'00ff5c'" },
    ],
    ['no bytes', Buffer.alloc(0), { sqlite: "x''", postgres: "E'\\\\x'::bytea", mysql: "X''" }],
    [
      'a view into a buffer',
      new Uint8Array([9, 1, 2, 9]).subarray(1, 3),
      { sqlite: "x'0102'", postgres: "E'\\\\x0102'::bytea", mysql: "X'0102'" },
    ],
  ])('%s', (_what, value, expected) => {
    expect(all((quote) => quote.literal(value))).toEqual(expected)
  })

  test('half a character is not turned into another one', () => {
    expect(attempt(() => postgres.literal('a\uD83D'))).toBe('UNSUPPORTED')
    expect(attempt(() => mysql.literal('a\uDE00b'))).toBe('UNSUPPORTED')
    expect(attempt(() => mysql.literal('😀'))).toBe("'😀'")
  })
})
