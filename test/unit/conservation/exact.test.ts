import { expect, test } from 'vitest'
import { counts } from '../../kit/scale.ts'
import type { Ground } from '../ensure/ground.ts'
import { describeLives, failuresOf } from './cases.ts'
import { Walk } from './exact/walk.ts'
import { installed } from './installed/installed.ts'

/** How often one database leaves its values and comes back to them. */
const turns = 4

const walks = (openGround: () => Promise<Ground>): void => {
  test('come back byte for byte', async () => {
    const failed = await failuresOf(counts.exactWalks, async (from, log) => {
      const installation = await installed(await openGround(), from)
      log.push(...installation.log.splice(0))
      const walk = await new Walk(installation.ground, from, log).begin()
      for (let turn = 0; turn < turns; turn += 1) {
        await walk.turn()
        log.push(`   by ${installation.log.splice(0).join(', ')}`)
        await installation.check()
      }
    })
    expect(failed.length, failed.join('\n\n')).toBe(0)
  })
}

describeLives('values that one driver preserves and another restores', walks)
