import { caseSeed, onlyCase, runSeed } from '../kit/random.ts'
import { rates } from './features.ts'
import { runCase, temporaryFolder } from './run-case.ts'

export interface Outcome {
  readonly rebuilds: number
  readonly failures: readonly string[]
  readonly missing: readonly string[]
  readonly report: string
}

/**
 * Runs cases until that many of them really copied a table. Case `n` of a run depends on the run's seed and on `n` only:
 * `TEST_SEED=… TEST_CASE=…` runs it alone.
 */
export async function runMany(count: number, shard: number, shards: number): Promise<Outcome> {
  const seed = runSeed()
  const only = onlyCase()
  const folder = temporaryFolder()
  const tally = rates()
  const failures: string[] = []
  let rebuilds = 0
  let cases = 0
  try {
    for (let at = 0; rebuilds < count && at < count * 3 && failures.length < 5; at++) {
      const index = only ?? at * shards + shard
      if (only !== undefined && (at > 0 || only % shards !== shard)) break
      cases++
      const result = await runCase(caseSeed(seed, index), `${folder.path}/case.db`)
      if (result.rebuilt) {
        rebuilds++
        tally.count(result.features)
      }
      if (result.failure !== undefined) failures.push(`TEST_SEED=${seed} TEST_CASE=${index}\n${result.failure}`)
    }
  } finally {
    folder.remove()
  }
  const complete = only === undefined && failures.length === 0
  return {
    rebuilds,
    failures,
    missing: complete ? tally.missing() : [],
    report: [
      `random rebuilds: seed ${seed}, ${cases} cases, ${rebuilds} of them copied the table`,
      ...tally.lines(),
    ].join('\n'),
  }
}
