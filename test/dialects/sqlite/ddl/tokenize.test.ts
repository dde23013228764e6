import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldName, memory, nameOf, tokenize } from './kit.ts'

const pieces = [
  ...'\'"`[]()-/*.,;:@#$?x0_1eE+=<>|!~&% \t\n\r\f\v\uFEFF\\{}^',
  ...['--', '/*', '*/', "x'", "''", '""', '->>', '0x', '1e', '1_0', 'é', '😀', '\0', 'CREATE', "x'0'"],
]
const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 }))).map((parts) => parts.join(''))

test('every text is cut into tokens that together are the text', () => {
  fc.assert(
    fc.property(text, (sql) => {
      const tokens = tokenize(sql)
      expect(tokens.map((token) => token.text).join('')).toBe(sql)
      expect(tokens.every((token, at) => token.start === (tokens[at - 1]?.end ?? 0) && token.end > token.start)).toBe(
        true,
      )
    }),
    { numRuns: 2000 },
  )
})

// In the square of its length none of these would come to an end.
test('a long text is cut, whatever it repeats', () => {
  for (const piece of ["'", '"', '/*', '--', '[', '``', "x'", '((', '- ', '\u{1F600}', '1_', '.']) {
    const sql = piece.repeat(200_000)
    expect(tokenize(sql).at(-1)?.end, piece).toBe(sql.length)
  }
})

test.each([
  ["'it''s' x'00fF' X'0'", ['string', 'blob', 'invalid']],
  ['"a""b" `c``d` [e"f] [g', ['quoted', 'quoted', 'quoted', 'invalid']],
  [
    '1 1.5 .5 1. 1e5 1e+5 0x1F 1_000 1e 12abc',
    ['number', 'number', 'number', 'number', 'number', 'number', 'number', 'number', 'invalid', 'invalid'],
  ],
  ['?1 :a @b $c #d', ['variable', 'variable', 'variable', 'variable', 'variable']],
  [
    'a->b->>c || d<>e!=f',
    ['word', 'operator', 'word', 'operator', 'word', 'operator', 'word', 'operator', 'word', 'operator', 'word'],
  ],
  ['a-- b /*\n/* -- */c/* open', ['word', 'comment', 'comment', 'word', 'comment']],
  ['naïve _x $y é😀', ['word', 'word', 'variable', 'word']],
] as const)('%s', (sql, kinds) => {
  expect(tokenize(sql).flatMap((token) => (token.kind === 'space' ? [] : [token.kind]))).toEqual(kinds)
})

test('names are what SQLite takes them for', () => {
  const spellings = ['a', '"a""b"', '`a``b`', '[a"b]', "'it''s'", 'É', '"é"', '_1$']
  for (const spelling of spellings) {
    const [token] = tokenize(spelling)
    const named = memory(`CREATE TABLE t (${spelling})`)
      .prepare("SELECT name FROM pragma_table_info('t')")
      .pluck()
      .get()
    expect(token && nameOf(token)).toBe(named)
  }
})

test('only ASCII letters are folded, as SQLite does it', () => {
  const db = memory()
  for (const name of ['ABC', 'ÉÀ', 'Kelvin K', 'СТОЛ', 'İ', 'ß']) {
    const createLowerCase = () => db.exec(`CREATE TABLE "${name.toLowerCase()}" (a)`)
    db.exec(`CREATE TABLE "${name}" (a)`)
    if (foldName(name) === foldName(name.toLowerCase())) expect(createLowerCase).toThrow(/already exists/)
    else expect(createLowerCase).not.toThrow()
  }
})
