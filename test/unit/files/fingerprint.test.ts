import { expect, test } from 'vitest'
import { fingerprint } from '../../../packages/core/src/model/fingerprint.ts'

test('texts that differ little have fingerprints that differ, also in each half', () => {
  const base = "export default { url: 'sqlite:app.db', port: 5432 }\n"
  const texts = new Set([base, '', 'ab', 'ba', 'a', '\0', '\0\0', '\u0100', '\u0001\0'])
  for (let at = 0; at < base.length; at += 1) {
    texts.add(base.slice(0, at) + base.slice(at + 1))
    for (const unit of ['\0', 'x', '\u00e9', '\ud83d']) texts.add(base.slice(0, at) + unit + base.slice(at + 1))
    for (let other = at + 1; other < base.length; other += 1)
      texts.add(`${base.slice(0, at)}1${base.slice(at + 1, other)}2${base.slice(other + 1)}`)
  }
  for (let number = 0; number < 20_000; number += 1) texts.add(base.replace('5432', String(number)))
  const prints = [...texts].map(fingerprint)
  expect(prints.every((print) => /^[0-9a-f]{32}$/.test(print))).toBe(true)
  expect(new Set(prints).size).toBe(texts.size)
  expect(new Set(prints.map((print) => print.slice(0, 16))).size).toBe(texts.size)
  expect(new Set(prints.map((print) => print.slice(16))).size).toBe(texts.size)
})
