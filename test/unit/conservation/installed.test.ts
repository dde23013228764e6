import { expect, test } from 'vitest'
import { caseSeed, onlyCase, random, runSeed } from '../../kit/random.ts'
import { counts, longRun } from '../../kit/scale.ts'
import { describeEverywhere, describeOnSqlite, type Ground } from '../ensure/ground.ts'
import { installed } from './installed/installed.ts'
import { Life } from './life.ts'

/** What happens in one life. */
const acts = 20

const lives = (openGround: () => Promise<Ground>): void => {
  test('lose no value in silence', async () => {
    const seed = runSeed()
    const only = onlyCase()
    const failed: string[] = []
    for (let index = only ?? 0; index < (only === undefined ? counts.installedLives : only + 1); index += 1) {
      const from = random(caseSeed(seed, index))
      const installation = await installed(await openGround(), from)
      const life = await new Life(installation.ground, from).begin()
      try {
        for (let act = 0; act < acts; act += 1) {
          await life.act()
          life.log.push(`   by ${installation.log.splice(0).join('\n   by ')}`)
          await installation.check()
        }
        await life.end()
        await installation.check()
      } catch (error) {
        failed.push(
          `TEST_SEED=${seed} TEST_CASE=${index}: ${(error as Error).stack?.slice(0, 1500)}\n${life.log.join('\n')}`,
        )
      }
    }
    expect(failed.length, failed.join('\n\n')).toBe(0)
  })
}

const title = 'databases that are installed in many ways and live on'
if (longRun) describeEverywhere(title, lives)
else describeOnSqlite(title, lives)
