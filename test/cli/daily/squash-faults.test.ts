import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { gatedRevision, revision } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk, onEachDatabase } from './kit.ts'

cleanDesks()

const table = (name: string): string => `  op.createTable('${name}', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })`
const files = {
  'migrations/a1_a.ts': revision('a1', null, table('a')),
  'migrations/b1_b.ts': revision('b1', 'a1', table('b')),
  'migrations/c1_c.ts': revision('c1', 'b1', table('c')),
}
/** A hook that waits for the file `gate`, before what records the squashed revision is written. */
const waiting = `import { existsSync, writeFileSync } from 'node:fs'
${configOf(`afterRevision: async ({ revision, direction }) => {
    if (revision !== 's1' || direction !== 'stamp') return
    writeFileSync('inside', '')
    while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 20))
  },`)}`
const settings = (at: Desk) => ({ env: { ...process.env, ...at.env } })
const path = (at: Desk, name: string): string => join(at.project.folder, name)
async function isInside(at: Desk): Promise<void> {
  while (!existsSync(path(at, 'inside'))) await sleep(20)
}
const names = (at: Desk): readonly string[] => readdirSync(path(at, 'migrations')).toSorted()
const recorded = async (at: Desk): Promise<readonly unknown[]> =>
  (await at.sql('SELECT revision FROM migrate_history ORDER BY id')).map((row) => row.revision)

onEachDatabase('a squashed revision whose recording is killed', (open) => {
  test('is not recorded in parts, and the next run records it', async () => {
    const at = await open({ ...files, 'migrate.config.ts': waiting })
    expect(at.run('upgrade')).toMatchObject({ code: 0 })
    expect(at.run('squash', 'a1:b1', '--rev-id', 's1')).toMatchObject({ code: 0 })
    const run = at.project.start(['upgrade'], settings(at))
    await isInside(at)
    expect((await run.kill()).signal).toBe('SIGKILL')
    at.project.put({ gate: '' })
    expect(await recorded(at)).toEqual(['a1', 'b1', 'c1'])
    expect(at.run('upgrade')).toMatchObject({ code: 0 })
    expect(await recorded(at)).toEqual(['a1', 'b1', 'c1', 's1'])
    expect(at.json('status')).toMatchObject({ state: 'atHead', interrupted: [] })
  })

  test('at the end of its range keeps the row of the range until it is recorded', async () => {
    const at = await open({ ...files, 'migrate.config.ts': waiting })
    expect(at.run('upgrade', 'b1')).toMatchObject({ code: 0 })
    expect(at.run('squash', 'a1:b1', '--rev-id', 's1')).toMatchObject({ code: 0 })
    const run = at.project.start(['upgrade'], settings(at))
    await isInside(at)
    await run.kill()
    at.project.put({ gate: '' })
    const heads = async () => (await at.sql('SELECT version_num FROM migrate_version')).map((row) => row.version_num)
    expect(await heads()).toEqual(['b1'])
    expect(at.run('upgrade')).toMatchObject({ code: 0 })
    expect(await heads()).toEqual(['c1'])
    expect(await recorded(at)).toEqual(['a1', 'b1', 's1', 'c1'])
  })
})

describe('squash', () => {
  const gated = { ...files, 'migrate.config.ts': configOf(''), 'migrations/c1_c.ts': gatedRevision('c1', 'b1') }
  const args = ['squash', 'a1:c1', '--rev-id', 's1', '--only-old-rows', 'all']
  const old = ['a1_a.ts', 'b1_b.ts', 'c1_c.ts']

  test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'ended by %s writes nothing, and another call ends',
    async (signal) => {
      const at = desk(gated)
      const run = at.project.start(args, settings(at))
      await isInside(at)
      run.signal(signal)
      at.project.put({ gate: '' })
      const { code } = await run.ended
      expect(code).toBe({ SIGKILL: null, SIGINT: 130, SIGTERM: 143 }[signal])
      expect(names(at).filter((name) => !name.startsWith('.'))).toEqual(old)
      if (signal !== 'SIGKILL') expect(names(at)).toEqual(old)
      const result = at.run(...args)
      expect(result.code, result.stderr).toBe(0)
      expect(names(at)).toHaveLength(4)
      expect(at.run('upgrade')).toMatchObject({ code: 0 })
    },
  )

  test('of two at once one writes, and the other one finds the range replaced', async () => {
    const at = desk(gated)
    const first = at.project.start(args, settings(at))
    await isInside(at)
    const second = at.project.start(['squash', 'a1:c1', '--only-old-rows', 'all'], settings(at))
    while (!second.output().includes('waiting for process')) await sleep(20)
    at.project.put({ gate: '' })
    expect((await first.ended).code).toBe(0)
    const refused = await second.ended
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('s1 replaces')
    expect(names(at)).toHaveLength(4)
  })

  test('finds out about an edited revision of the range before it replaces it', () => {
    const at = desk({ ...files, 'migrate.config.ts': configOf('') })
    expect(at.run('upgrade')).toMatchObject({ code: 0 })
    at.project.put({ 'migrations/b1_b.ts': revision('b1', 'a1', table('other')) })
    const refused = at.run('squash', 'a1:c1', '--rev-id', 's1')
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('EDITED_REVISION: b1 of the range was edited after it was applied')
    rmSync(path(at, 'migrations/b1_b.ts'))
    at.project.put(files)
    expect(at.run('squash', 'a1:c1', '--rev-id', 's1')).toMatchObject({ code: 0 })
    // And afterwards, until the database has recorded the squashed one.
    at.project.put({ 'migrations/b1_b.ts': revision('b1', 'a1', table('other')) })
    expect(at.json('status').edited).toEqual([{ tier: 'main', revision: 'b1', what: 'operations differ' }])
    expect(at.run('upgrade', '--strict').stderr).toContain('EDITED_REVISION')
    at.project.put(files)
    expect(at.run('upgrade', '--strict')).toMatchObject({ code: 0 })
  })
})
