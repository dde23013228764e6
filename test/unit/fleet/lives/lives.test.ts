import { expect, test } from 'vitest'
import { counts } from '../../../kit/scale.ts'
import { failuresOf } from '../../conservation/cases.ts'
import { FleetLife } from './fleet-life.ts'
import { describeFleets } from './grounds.ts'

/** What happens in one life. */
const acts = 12

describeFleets('fleets that live through random revisions, stops and writes', (fleets, kind) => {
  test('are migrated as each member by itself, and lose no value in silence', async () => {
    const failed = await failuresOf(counts.fleetLives[kind], async (from, log) => {
      const life = await FleetLife.start(fleets(from), from, log)
      for (let act = 0; act < acts; act += 1) await life.act()
      await life.expectChecked()
    })
    expect(failed).toEqual([])
  })
})
