import { expect, test } from 'vitest'
import { counts } from '../../kit/scale.ts'
import type { Ground } from '../ensure/ground.ts'
import { describeLives, failuresOf } from './cases.ts'
import { acts, Life } from './life.ts'

const lives = (openGround: () => Promise<Ground>): void => {
  test('lose no value in silence', async () => {
    const failed = await failuresOf(counts.lives, async (from, log) => {
      const life = await new Life(await openGround(), from, log).begin()
      for (let act = 0; act < acts; act += 1) await life.act()
      await life.end()
    })
    expect(failed.length, failed.join('\n\n')).toBe(0)
  })
}

describeLives('databases that live through random revisions, stops, writes, merges and squashes', lives)
