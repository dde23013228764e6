import { caseSeed, onlyCase, type Random, random, runSeed } from '../../kit/random.ts'
import { longRun } from '../../kit/scale.ts'
import { describeEverywhere, describeOnSqlite, type Ground } from '../ensure/ground.ts'

/** Runs each case of a property, or the one to replay. Gives what failed: with its seed, and what the case wrote into its log. */
export async function failuresOf(
  count: number,
  run: (from: Random, log: string[]) => Promise<void>,
): Promise<readonly string[]> {
  const seed = runSeed()
  const only = onlyCase()
  const failed: string[] = []
  for (let index = only ?? 0; index < (only === undefined ? count : only + 1); index += 1) {
    const log: string[] = []
    try {
      await run(random(caseSeed(seed, index)), log)
    } catch (error) {
      const what = error instanceof Error ? error.stack?.slice(0, 2500) : String(error)
      failed.push(`TEST_SEED=${seed} TEST_CASE=${index}: ${what}\n${log.join('\n')}`)
    }
  }
  return failed
}

/** The servers are slower to make a database: theirs belong to the long run. */
export function describeLives(title: string, lives: (openGround: () => Promise<Ground>) => void): void {
  if (longRun) describeEverywhere(title, lives)
  else describeOnSqlite(title, lives)
}
