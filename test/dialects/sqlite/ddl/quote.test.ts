import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutsTexts, sqliteVersion } from '../../../kit/sqlite-client/needs-driver.ts'
import { literalText, memory, quote } from './kit.ts'

const control = /\p{Cc}/u
// A lone surrogate has no UTF-8 form, so encoding it changes the text.
const wellFormed = (text: string): boolean => Buffer.from(text).toString() === text
const names = fc
  .oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 }))
  .filter((name) => wellFormed(name) && !control.test(name) && !/^sqlite_/i.test(name))

test('every name comes back from sqlite_master as it went in', () => {
  fc.assert(
    fc.property(names, names, (table, column) => {
      const db = memory(`CREATE TABLE ${quote.table({ name: table }).text} (${quote.identifier(column).text} TEXT)`)
      expect(db.prepare('SELECT name FROM sqlite_master').pluck().get()).toBe(table)
      expect(db.prepare('SELECT name FROM pragma_table_info(?)').pluck().get(table)).toBe(column)
      db.close()
    }),
    { numRuns: 300 },
  )
})

test.each(['', 'a\0b', 'a\nb', '\t', 'a\u007f', '\uD800', 'x\uDC00y'])('the name %j is refused', (name) => {
  expect(() => quote.identifier(name)).toThrow(expect.objectContaining({ code: 'INVALID_NAME' }))
})

test('a table of another schema is refused', () => {
  expect(() => quote.table({ schema: 'app', name: 't' })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
})

const select = (text: string): unknown => memory().prepare(`SELECT ${text}`).pluck().safeIntegers().get()

const isRead = (text: string): boolean => !(cutsTexts && text.includes('\0'))

test('every value comes back from its literal', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => wellFormed(text) && isRead(text)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    // Before 3.53 SQLite reads the text of a number beyond 1e±75 with an error in the last bit.
    fc
      .double({ noNaN: true, ...(sqliteVersion < 3.53 ? { min: -1e75, max: 1e75 } : {}) })
      .filter((number) => !Number.isInteger(number) && (sqliteVersion >= 3.53 || Math.abs(number) > 1e-75)),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(null, Infinity, -Infinity, 1e300, -1e21, 5e-324, -(2n ** 63n), ...['a\0b', "'"].filter(isRead)),
  )
  fc.assert(
    fc.property(value, (given) => {
      expect(select(literalText(given))).toEqual(given)
    }),
    { numRuns: 500 },
  )
})

test.each([
  [true, '1'],
  [false, '0'],
  [null, 'NULL'],
  ["it's", "'it''s'"],
  [3, '3'],
  [-0.5, '-0.5'],
  [12n, '12'],
  [Infinity, '9e999'],
  [-Infinity, '-9e999'],
  [Buffer.from([0, 255]), "x'00ff'"],
])('%s is %s', (value, text) => {
  expect(quote.literal(value).text).toBe(text)
})

test('an integer of more than 64 bits is refused, not rounded', () => {
  expect(() => quote.literal(2n ** 63n)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
})
