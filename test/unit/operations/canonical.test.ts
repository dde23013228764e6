import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson, isSame } from '../../../packages/core/src/model/canonical.ts'
import { counts } from '../../kit/scale.ts'

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(undefined, null, true, false, 0, -0, 1, 1.5, Number.NaN, '', 'a', '1', 1n, [], {}),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'name'), tie('any'), { maxKeys: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('any'), { maxKeys: 2 }).map((one) => new Map(Object.entries(one))),
    fc.constantFrom(new Date(0), new Date(1)),
  ),
})).any

it('two values are the same where their canonical JSON is', () => {
  const tally = { same: 0, different: 0 }
  fc.assert(
    fc.property(value, value, (a, b) => {
      const expected = canonicalJson(a) === canonicalJson(b)
      tally[expected ? 'same' : 'different'] += 1
      expect(isSame(a, b)).toBe(expected)
      expect(isSame(a, structuredClone(a))).toBe(true)
    }),
    { numRuns: counts.operationLaws * 5 },
  )
  expect(Math.min(...Object.values(tally))).toBeGreaterThan(50)
})
