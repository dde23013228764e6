import { readFile } from 'node:fs'
import { expect, test } from 'vitest'
import { createYield } from '../../../packages/core/src/lock/create-yield.ts'

test.skipIf(process.platform === 'win32')(
  'a signal is heard before the work continues, also in a callback of a file',
  async () => {
    const heard = await new Promise<boolean>((resolve) => {
      let isHeard = false
      process.once('SIGUSR2', () => {
        isHeard = true
      })
      readFile(new URL(import.meta.url), () => {
        process.kill(process.pid, 'SIGUSR2')
        void createYield(0)().then(() => resolve(isHeard))
      })
    })
    expect(heard).toBe(true)
  },
)
