import { readFileSync } from 'node:fs'
import { parseJson, readJsonText, stringifyJson, writeJsonText } from '@org/migrate-schema/json-text'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const cell = { table: 'user', column: 'settings', key: 'u1' }
const invalid = (details: object) =>
  expect.objectContaining({ code: 'VALUE_INVALID', details: expect.objectContaining(details) })

describe('the JSON text codec', () => {
  it('reads SQL NULL, null and the empty string as null, and tells of the last', () => {
    const empty: unknown[] = []
    const read = (stored: string | null) => readJsonText(stored, cell, { onEmpty: (at) => empty.push(at) })
    expect([read(null), read('null'), read('')]).toEqual([null, null, null])
    expect(empty).toEqual([cell])
    expect(() => readJsonText('', cell, { strict: true })).toThrowError(invalid(cell))
  })

  it('writes null as SQL NULL, or as JSON null when asked', () => {
    expect(writeJsonText(null, cell)).toBeNull()
    expect(writeJsonText(undefined, cell)).toBeNull()
    expect(writeJsonText(null, cell, { nullAs: 'json' })).toBe('null')
  })

  it.each([
    '9223372036854775807',
    '{"id":12345678901234567890123,"f":0.1}',
    '[1e400,-0,-0.0,1.10000000000000000001,9007199254740993]',
    '{"a":"-0 and 12345678901234567890","b":[]}',
    '{"__proto__":{"x":1},"constructor":12345678901234567}',
    '"\\ud83e"',
    '{"n":"\\u0000"}',
  ])('gives %s back as it was', (text) => {
    expect(stringifyJson(parseJson(text))).toBe(text)
  })

  it('gives whole numbers beyond 2^53 as bigint, others as number', () => {
    expect(parseJson('[9007199254740991,9007199254740993,-9223372036854775808,1.5,1e3]')).toEqual([
      9007199254740991,
      9007199254740993n,
      -9223372036854775808n,
      1.5,
      1000,
    ])
  })

  it('does not let a document set a prototype', () => {
    const read = parseJson('{"__proto__":{"x":1},"n":1e400}') as { readonly x?: unknown }
    expect(read.x).toBeUndefined()
    expect(Object.keys(read)).toEqual(['__proto__', 'n'])
  })

  it('lets the last of two equal keys count, on both ways of reading', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 })
    expect(parseJson('{"a":12345678901234567890,"a":{"b":2}}')).toEqual({ a: { b: 2 } })
  })

  it('reads ten thousand levels where no number is delicate', () => {
    const text = '['.repeat(10_000) + ']'.repeat(10_000)
    expect(Array.isArray(readJsonText(text, cell))).toBe(true)
    expect(() => readJsonText(`${'['.repeat(100_000)}1e400${']'.repeat(100_000)}`, cell)).toThrowError(
      invalid({ ...cell, why: 'the JSON is nested too deeply' }),
    )
  })

  it.each(['{', 'NaN', '{a:1}', '01', "{'a':1}", '\u{feff}1', 'nul', '1e400x'])(
    'names table, column and key of %s',
    (text) => {
      expect(() => readJsonText(text, cell)).toThrowError(invalid(cell))
      expect(() => readJsonText(text, cell)).toThrowError(/user\.settings of row u1/)
    },
  )

  it.each([
    ['NaN', Number.NaN],
    ['infinity', { a: Number.POSITIVE_INFINITY }],
    ['a function', { a: () => 1 }],
    ['a Date', { a: new Date(0) }],
    ['a Map', [new Map()]],
  ])('refuses to write %s', (_name, value) => {
    expect(() => writeJsonText(value, cell)).toThrowError(invalid(cell))
  })

  it('reads what JSON.parse reads, and writes it again', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = parseJson(text)
        expect(JSON.parse(stringifyJson(value))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('keeps every digit of any number', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][-+]?\d{1,3})?$/)
    fc.assert(
      fc.property(digits, (text) => {
        const reprinted = stringifyJson(parseJson(text))
        expect(exact(reprinted)).toEqual(exact(text))
      }),
    )
  })
})

/** Sign, digits and power of ten: by hand, so that no float is asked. */
function exact(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const short = digits.replace(/0+$/, '')
  if (short === '') return `${sign}0`
  return `${sign}${short}e${Number(exponent) - fraction.length + digits.length - short.length}`
}

describe('the entry points', () => {
  it('need neither Drizzle nor Zod for the declarations', () => {
    const texts = new Set<string>()
    const follow = (url: URL): void => {
      if (texts.has(url.href)) return
      texts.add(url.href)
      for (const [, from = ''] of readFileSync(url, 'utf8').matchAll(/from '([^']+)'/g)) {
        if (from.startsWith('.')) follow(new URL(from, url))
        // Core itself imports neither: a rule of test/repository.
        else expect(['@org/migrate-core', '@org/migrate-core/dialect']).toContain(from)
      }
    }
    follow(new URL('../../../packages/schema/src/index.ts', import.meta.url))
    expect(texts.size).toBeGreaterThan(5)
  })
})
