import type { ObservedMember } from '@org/migrate-fleet'
import { expect, test } from 'vitest'
import { HeatMapCounts } from '../../../apps/cli/src/fleet/heat-map.ts'

test('The members of the groups that a heat map has no rows for are counted in its last one', () => {
  const counts = new HeatMapCounts(({ group = '' }: ObservedMember) => group)
  for (let at = 100; at < 170; at += 1) {
    for (const heads of [['a1'], ['b1'], ['b1']])
      counts.add({ id: `m${at}`, group: `g${at}`, state: 'behind', heads, pending: 1 })
  }
  const { rows } = counts.map('none')
  const shown = rows.map(({ name, cells }) => [name, ...cells.map(({ count }) => count)])
  expect(shown).toHaveLength(60)
  expect([shown[0], shown[58], shown[59]]).toEqual([
    ['g100', 2, 1],
    ['g158', 2, 1],
    ['11 more', 22, 11],
  ])
})
