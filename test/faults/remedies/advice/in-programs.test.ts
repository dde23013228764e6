import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { skipWithout } from '../../../kit/sqlite-client/needs-driver.ts'
import { removeProjects } from '../program.ts'
import { createSandbox, executed } from '../scenario.ts'
import { inPrograms } from './in-programs.ts'
import { shaped } from './shaped.ts'

const home = mkdtempSync(join(tmpdir(), 'advice-'))
afterAll(() => {
  removeProjects()
  rmSync(home, { recursive: true, force: true })
})

describe('an advice about commands, options and files works when it is followed', () => {
  test.for(Object.entries(inPrograms).flatMap(([advice, all]) => all.map((each) => [advice, each] as const)))(
    '%s',
    async ([advice, each], context) => {
      if (each.needs !== undefined) skipWithout(each.needs, context)
      const sandbox = createSandbox(mkdtempSync(join(home, 'x-')))
      await executed(sandbox, each, ({ remedy }) => {
        expect(remedy).toMatch(shaped(each.follows !== '' && advice.includes(each.follows) ? each.follows : advice))
      })
    },
  )
})
