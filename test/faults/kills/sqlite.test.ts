import { describe, it } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { record } from '../figures.ts'
import { sqliteGround } from '../grounds/sqlite.ts'
import { killMatrix } from '../runner/matrix.ts'
import { randomKills } from './random.ts'
import { expectRight, kills, onGround } from './suite.ts'

kills('sqlite', ['there', 'back', 'changes', 'backfills', 'rebuilds'])

describe('sqlite: a kill at any statement of a rebuild', () => {
  const up = (target: string) => ({ name: target, direction: 'up' as const, target })
  for (const journalMode of ['delete', 'truncate', 'wal'] as const) {
    it(
      `leaves all of it or nothing in journal mode ${journalMode}`,
      onGround(
        () => sqliteGround(journalMode === 'wal' ? 'wal' : 'delete'),
        async (ground) => {
          const legs = [
            up('aaaaaaaaaaaa'),
            up('bbbbbbbbbbbb'),
            { name: 'bbbbbbbbbbbb', direction: 'down' as const, target: 'aaaaaaaaaaaa' },
          ]
          const figures = await killMatrix({
            ground,
            scenario: 'rebuilds',
            legs,
            everyLeg: 1,
            everyPoint: counts.killEvery,
            whole: () => true,
            journalMode,
          })
          expectRight(figures)
          const { wrong: _, intended: __, ...reportedFigures } = figures
          record(`kills in journal mode ${journalMode}`, 'sqlite', reportedFigures)
        },
      ),
      14_400_000,
    )
  }
})

describe('sqlite: a kill', () => randomKills('sqlite'))
