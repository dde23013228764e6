import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { errorCodes } from '../../../packages/core/src/errors/codes.ts'
import { skipWithout } from '../../kit/sqlite-client/needs-driver.ts'
import { hasTest } from '../catalogue/titles.ts'
import { answers } from './answers.ts'
import { removeProjects } from './program.ts'
import { createSandbox, executed, isPointer } from './scenario.ts'

const home = mkdtempSync(join(tmpdir(), 'remedies-'))
afterAll(() => {
  removeProjects()
  rmSync(home, { recursive: true, force: true })
})

test('every code of the catalogue has its remedies executed here, or by a test that is named', () => {
  expect(errorCodes.filter((code) => (answers[code] ?? []).length === 0)).toEqual([])
  expect(Object.keys(answers).filter((code) => !(errorCodes as readonly string[]).includes(code))).toEqual([])
})

for (const code of errorCodes) {
  const scenarios = answers[code] ?? []
  describe(`the remedy of ${code} works`, () => {
    test.for(scenarios.map((each, at) => [each.follows, each, at] as const))(
      '%s',
      async ([follows, each, at], context) => {
        if (isPointer(each)) {
          expect(hasTest(each.file, each.title), `${each.file} has the test ${each.title}`).toBe(true)
          return
        }
        if (each.needs !== undefined) skipWithout(each.needs, context)
        const folder = mkdtempSync(join(home, `${code}-${at}-`))
        const sandbox = createSandbox(folder)
        await executed(sandbox, each, (error) =>
          expect({ code: error.code, remedy: error.remedy }).toEqual({
            code,
            remedy: expect.stringContaining(follows),
          }),
        )
      },
    )
  })
}
