import { expect, test } from 'vitest'
import { countText, duration } from '../../apps/cli/src/reporters/formatting.ts'

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [9_240, '9.2 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [912_400, '15 min 12 s'],
  [7_500_000, '2 h 5 min'],
])('%d ms is shown as %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test.each([
  [0, '0'],
  [999, '999'],
  [1_001, '1,001'],
  [2_500_000, '2,500,000'],
])('%d is shown as %s', (count, text) => {
  expect(countText(count)).toBe(text)
})
