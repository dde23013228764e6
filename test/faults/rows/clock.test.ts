import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { differences, type Ground, type GroundName } from '../grounds/ground.ts'
import { groundOn } from '../grounds/index.ts'
import { isThere, onGround } from '../kills/suite.ts'
import type { Job } from '../runner/job.ts'
import { migratorOn } from '../runner/matrix.ts'
import { processesFor } from '../runner/processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'migrate-clock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A module that sets the clock of its process before anything is loaded: by so many years, and back by a day at each look. */
function clockOff(years: number, jumps: boolean): string {
  const file = join(folder, `clock${years}${jumps}.cjs`)
  writeFileSync(
    file,
    `const Real = Date
let looks = 0
const off = () => ${years} * 365.25 * 86400000 - ${jumps ? '(looks++ % 3) * 86400000' : '0'}
globalThis.Date = class Date extends Real {
  constructor(...args) { if (args.length === 0) super(Real.now() + off()); else super(...args) }
  static now() { return Real.now() + off() }
}
process.stderr.write('the clock says ' + new Date().getUTCFullYear() + '\\n')
`,
  )
  return file
}

const servers = ['sqlite', 'postgres', 'mariadb', 'mysql'] as const satisfies readonly GroundName[]
const legs = [
  { years: 10, jumps: false, direction: 'up', target: 'aaaaaaaaaaaa' },
  { years: -10, jumps: false, direction: 'up', target: 'bbbbbbbbbbbb' },
  { years: 10, jumps: true, direction: 'up', target: 'cccccccccccc' },
  { years: -10, jumps: true, direction: 'down', target: 'aaaaaaaaaaaa' },
  { years: 0, jumps: false, direction: 'up', target: 'cccccccccccc' },
] as const

/** All legs in processes of their own, each by its own clock. */
async function walkedWrong(ground: Ground): Promise<readonly unknown[]> {
  const ended: unknown[] = []
  for (const { years, jumps, direction, target } of legs) {
    const nodeOptions = ['--require', clockOff(years, jumps)]
    const processes = await processesFor(ground.dialect, { nodeOptions, ahead: false })
    const job: Job = { scenario: 'changes', dialect: ground.dialect, url: ground.url, direction, target }
    const { answer, stderr } = await processes.run(job)
    processes.close()
    const year = new Date().getUTCFullYear() + years
    expect([year - 1, year, year + 1].some((each) => stderr.includes(`the clock says ${each}`))).toBe(true)
    ended.push(answer?.applied ?? answer?.failure)
  }
  return ended
}

/** The same by the clock of this process, which is right. */
async function walked(ground: Ground): Promise<void> {
  const migrator = migratorOn(ground, 'changes')
  for (const { direction, target } of legs)
    await (direction === 'up' ? migrator.upgrade(target) : migrator.downgrade(target))
}

describe.each(servers.filter(isThere))('%s: the clock of a client', (name) => {
  it(
    'row 86: that is ten years wrong, and goes back between two looks, changes neither the order nor what is made',
    onGround(
      () => groundOn(name),
      async (ground) => {
        const right = await groundOn(name)
        try {
          const expected = [
            ['main:aaaaaaaaaaaa'],
            ['main:bbbbbbbbbbbb'],
            ['main:cccccccccccc'],
            ['main:cccccccccccc', 'main:bbbbbbbbbbbb'],
            ['main:bbbbbbbbbbbb', 'main:cccccccccccc'],
          ]
          expect(await walkedWrong(ground)).toEqual(expected)
          await walked(right)
          expect(differences((await right.inspect()).lasting, (await ground.inspect()).lasting)).toEqual([])
        } finally {
          await right.close()
        }
      },
    ),
  )
})
