import { describe, expect, it } from 'vitest'
import { isJson, JsonCheck } from '../../../packages/schema/src/data/json-validity.ts'

const valid = [
  'null',
  ' true ',
  '\t\r\n false',
  '0',
  '-0',
  '-0.0',
  '12.5e-3',
  '1E+400',
  '12345678901234567890',
  '""',
  '"\\ud83e"',
  '"\\u0000"',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '"\u007f \u2028 \ud83e"',
  '[]',
  '{}',
  '[ 1 , [ ] , { } ]',
  '{"a":1,"a":2}',
  '{"__proto__": {"x": [null, {"y": "z"}]}}',
]

const invalid = [
  '',
  ' ',
  '\ufeff{}',
  '\u00a0{}',
  'NaN',
  '{"t": NaN}',
  '{"t": -Infinity}',
  'tru',
  'truE',
  'nulll',
  '01',
  '{"a":01}',
  '+1',
  '.5',
  '5.',
  '1e',
  '1e+',
  '-',
  '1 2',
  '[1,]',
  '[,1]',
  '{"a":1,}',
  '{a:1}',
  "{'a':1}",
  '{"a" 1}',
  '{"a":}',
  '{"a"}',
  '[1}',
  '{"a":1]',
  ']',
  '[',
  '{',
  '"',
  '"\n"',
  '"raw\ttab"',
  '"\\x41"',
  '"\\u12g4"',
  '"\\u12',
  '{}{}',
  '/* no */ 1',
  '{}\u0000',
]

describe('JSON by RFC 8259', () => {
  it.each(valid)('takes %j', (text) => {
    expect(isJson(text)).toBe(true)
  })

  it.each(invalid)('refuses %j', (text) => {
    expect(isJson(text)).toBe(false)
  })

  it('agrees with JSON.parse on every text of up to four characters of the grammar', () => {
    const alphabet = ['{', '}', '[', ']', ':', ',', '"', '1', '0', '-', '.', 'e', ' ', '\\', 'n']
    const accepted = (text: string): boolean => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    const differing: string[] = []
    const visit = (text: string, left: number): void => {
      if (isJson(text) !== accepted(text)) differing.push(text)
      if (left > 0) for (const letter of alphabet) visit(text + letter, left - 1)
    }
    visit('', 4)
    expect(differing).toEqual([])
  })

  it('takes the same text in pieces of any size', () => {
    const text = ' {"key\\u0041\\n": [1.5e-7, true, null, "a\\\\", {"b": -0}], "c": ""} '
    for (let size = 1; size <= text.length; size += 1) {
      const check = new JsonCheck()
      for (let from = 0; from < text.length; from += size) expect(check.push(text.slice(from, from + size))).toBe(true)
      expect(check.end()).toBe(true)
    }
  })

  it('has no limit to nesting', () => {
    const levels = 1_000_000
    expect(isJson('['.repeat(levels) + ']'.repeat(levels))).toBe(true)
    expect(isJson(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)).toBe(true)
    expect(isJson('['.repeat(levels) + ']'.repeat(levels - 1))).toBe(false)
  })
})
