import { expect, test } from 'vitest'
import { paceText } from '../../apps/cli/src/reporters/pace.ts'

test.each([
  ['nothing yet', [50, 900, 100], ''],
  ['nothing was done', [0, 5_000, 100], ''],
  ['a few', [12, 5_000, 100], ', 2.4/s, 42 s left'],
  ['many', [400_000, 10_000, 880_000], ', 40,000/s, 22 s left'],
  ['minutes', [10_000, 10_000, 700_000], ', 1,000/s, 12 min left'],
  ['hours', [10_000, 10_000, 11_100_000], ', 1,000/s, 3 h 5 min left'],
  ['an unknown end', [10_000, 10_000, undefined], ', 1,000/s'],
  ['more than there were', [10_000, 10_000, -5], ', 1,000/s'],
] as const)('how fast a long work is, and how long it still takes: %s', (_what, [done, ms, left], text) => {
  expect(paceText(done, ms, left)).toBe(text)
})
