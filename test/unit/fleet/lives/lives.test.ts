import { expect, test } from 'vitest'
import { caseSeed, onlyCase, random, runSeed } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { FleetLife } from './fleet-life.ts'
import { describeFleets } from './grounds.ts'

/** What happens in one life. */
const acts = 12

describeFleets('fleets that live through random revisions, stops and writes', (fleets, kind) => {
  test('are migrated as each member by itself, and lose no value in silence', async () => {
    const seed = runSeed()
    const only = onlyCase()
    const failed: string[] = []
    for (let index = only ?? 0; index < (only === undefined ? counts.fleetLives[kind] : only + 1); index += 1) {
      const from = random(caseSeed(seed, index))
      const life = await FleetLife.start(fleets(from), from)
      try {
        for (let act = 0; act < acts; act += 1) await life.act()
        await life.expectChecked()
      } catch (error) {
        const stack = error instanceof Error ? error.stack : String(error)
        failed.push(`TEST_SEED=${seed} TEST_CASE=${index}: ${stack}\n${life.log.join('\n')}`)
      }
    }
    expect(failed).toEqual([])
  })
})
