import { spawn } from 'node:child_process'
import { readFile } from 'node:fs'
import { expect, test } from 'vitest'
import { createYield } from '../../../packages/core/src/lock/create-yield.ts'

test('what came during a long synchronous call is heard before the work continues, also in a callback of a file', async () => {
  const heard = await new Promise<boolean>((resolve) => {
    readFile(new URL(import.meta.url), () => {
      let isHeard = false
      spawn(process.execPath, ['-e', 'console.log(1)']).once('exit', () => {
        isHeard = true
      })
      const yieldNow = createYield()
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000)
      void yieldNow().then(() => resolve(isHeard))
    })
  })
  expect(heard).toBe(true)
})
