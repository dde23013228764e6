import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorCodes, isMigrateError } from '@org/migrate-core'
import { afterAll, describe, expect, test } from 'vitest'
import { answers } from './answers.ts'
import { placeIn } from './scenario.ts'

const home = mkdtempSync(join(tmpdir(), 'remedies-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('every code of the catalogue has its remedies executed here, or says why they cannot be', () => {
  expect(errorCodes.filter((code) => answers[code] === undefined)).toEqual([])
  expect(Object.keys(answers).filter((code) => !(errorCodes as readonly string[]).includes(code))).toEqual([])
  const reasons = Object.values(answers).filter((answer) => typeof answer === 'string')
  expect(reasons.every((reason) => reason.length > 40)).toBe(true)
  expect(errorCodes.filter((code) => typeof answers[code] !== 'string').length).toBeGreaterThan(errorCodes.length * 0.7)
})

for (const code of errorCodes) {
  const scenarios = answers[code]
  if (scenarios === undefined || typeof scenarios === 'string') continue
  describe(`the remedy of ${code} works`, () => {
    test.each(scenarios.map((each, at) => [each.follows, each, at] as const))('%s', async (follows, each, at) => {
      const folder = mkdtempSync(join(home, `${code}-${at}-`))
      const place = placeIn(folder)
      await each.before?.(place)
      let error: unknown
      try {
        await each.call(place)
      } catch (thrown) {
        error = thrown
      }
      if (!isMigrateError(error)) throw new Error(`${code} was not thrown, but ${String(error)}`, { cause: error })
      expect({ code: error.code, remedy: error.remedy }).toEqual({ code, remedy: expect.stringContaining(follows) })
      await each.follow?.(place)
      await (each.afterwards ?? each.call)(place)
    })
  })
}
