import { expect, test } from 'vitest'
import { caseSeed, onlyCase, random, runSeed } from '../../kit/random.ts'
import { counts, longRun } from '../../kit/scale.ts'
import { describeEverywhere, describeOnSqlite, type Ground } from '../ensure/ground.ts'
import { Life } from './life.ts'

/** What happens in one life. */
const acts = 20

const lives = (openGround: () => Promise<Ground>): void => {
  test('lose no value in silence', async () => {
    const seed = runSeed()
    const only = onlyCase()
    const failed: string[] = []
    for (let index = only ?? 0; index < (only === undefined ? counts.lives : only + 1); index += 1) {
      const life = await new Life(await openGround(), random(caseSeed(seed, index))).begin()
      try {
        for (let act = 0; act < acts; act += 1) await life.act()
        await life.end()
      } catch (error) {
        failed.push(`TEST_SEED=${seed} TEST_CASE=${index}: ${String(error)}\n${life.log.join('\n')}`)
      }
    }
    expect(failed).toEqual([])
  })
}

const title = 'databases that live through random revisions, stops, writes, merges and squashes'
// The servers are slower to make a database: theirs belong to the long run.
if (longRun) describeEverywhere(title, lives)
else describeOnSqlite(title, lives)
