import { expect, test } from 'vitest'
import { onlyCase } from '../kit/random.ts'
import { shardSize } from './features.ts'
import { runMany } from './run-many.ts'

// two files, so that two processes share the work
test('a rebuild keeps everything that its changes do not touch, whatever the table (half 1)', {
  timeout: 3_600_000,
}, async () => {
  const count = shardSize(2)
  const { rebuilds, failures, missing, report } = await runMany(count, 0, 2)
  console.log(report)
  expect(failures.join('\n\n')).toBe('')
  expect(missing).toEqual([])
  if (onlyCase() === undefined) expect(rebuilds).toBe(count)
})
