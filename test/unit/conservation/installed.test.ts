import { expect, test } from 'vitest'
import { counts } from '../../kit/scale.ts'
import type { Ground } from '../ensure/ground.ts'
import { describeLives, failuresOf } from './cases.ts'
import { installed } from './installed/installed.ts'
import { acts, Life } from './life.ts'

const lives = (openGround: () => Promise<Ground>): void => {
  test('lose no value in silence', async () => {
    const failed = await failuresOf(counts.installedLives, async (from, log) => {
      const installation = await installed(await openGround(), from)
      const life = await new Life(installation.ground, from, log).begin()
      for (let act = 0; act < acts; act += 1) {
        await life.act()
        log.push(`   by ${installation.log.splice(0).join('\n   by ')}`)
        await installation.check()
      }
      await life.end()
      await installation.check()
    })
    expect(failed.length, failed.join('\n\n')).toBe(0)
  })
}

describeLives('databases that are installed in many ways and live on', lives)
