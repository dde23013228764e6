import { expect, test } from 'vitest'
import { caseSeed, onlyCase, runSeed } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { rates } from './features.ts'
import { runCase, temporaryFolder } from './run-case.ts'

/** Cases are run until so many really copied a table. Each depends on the run's seed and its number: `TEST_SEED=… TEST_CASE=…` runs it alone. */
test('a rebuild keeps everything that its changes do not touch, whatever the table', async () => {
  const seed = runSeed()
  const only = onlyCase()
  const count = counts.randomRebuilds
  const folder = temporaryFolder()
  const tally = rates()
  const failures: string[] = []
  let rebuilds = 0
  const last = only ?? count * 3
  try {
    for (let at = only ?? 0; rebuilds < count && at <= last && failures.length < 5; at++) {
      const result = await runCase(caseSeed(seed, at), `${folder.path}/case.db`)
      if (result.rebuilt) {
        rebuilds++
        tally.count(result.features)
      }
      if (result.failure !== undefined) failures.push(`TEST_SEED=${seed} TEST_CASE=${at}\n${result.failure}`)
    }
  } finally {
    folder.remove()
  }
  console.log([`random rebuilds: seed ${seed}, ${rebuilds} copied the table`, ...tally.lines()].join('\n'))
  expect(failures.join('\n\n')).toBe('')
  if (only !== undefined) return
  expect(tally.missing()).toEqual([])
  expect(rebuilds).toBe(count)
})
