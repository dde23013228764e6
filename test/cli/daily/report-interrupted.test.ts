import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { revision } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk } from './kit.ts'

cleanDesks()

const table = `op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })`
/** Is inside a data step until there is a file `gate`. */
const gated = `${table}
  op.run('wait', { up: async (db) => {
    const { existsSync, writeFileSync } = await import('node:fs')
    writeFileSync('inside', '')
    while (!existsSync('gate')) { await new Promise((resolve) => setTimeout(resolve, 20)); await db.query('SELECT 1') }
  }, down: 'none' })`

/** Is read for a plan, and waits there once. */
const gatedImport = `import { existsSync, writeFileSync } from 'node:fs'
if (!existsSync('gate')) writeFileSync('inside', '')
while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 20))
`

const pages = (at: Desk): readonly string[] => readdirSync(at.project.folder).filter((name) => /\.html/.test(name))
const pageOf = (at: Desk, name: string): string => readFileSync(join(at.project.folder, name), 'utf8')
async function isInside(at: Desk): Promise<void> {
  while (!existsSync(join(at.project.folder, 'inside'))) await sleep(20)
}

describe('a run that reports', () => {
  const files = { 'migrate.config.ts': configOf(), 'migrations/a1_a.ts': revision('a1', null, `  ${gated}`) }
  const args = ['upgrade', '--report', 'run.html']

  test('stopped by Ctrl-C leaves a page that says so, and the next one replaces it', async () => {
    const at = desk(files)
    const run = at.project.start(args)
    await isInside(at)
    run.signal('SIGINT')
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(130)
    expect(pages(at)).toEqual(['run.html'])
    expect(pageOf(at, 'run.html')).toContain('ABORTED')
    at.project.put({ gate: '' })
    expect(at.run(...args).code).toBe(0)
    expect(pageOf(at, 'run.html')).not.toContain('ABORTED')
  })

  test('killed leaves no page, and nothing that keeps the next one from writing it', async () => {
    const at = desk(files)
    const run = at.project.start(args)
    await isInside(at)
    expect((await run.kill()).signal).toBe('SIGKILL')
    expect(pages(at)).toEqual([])
    at.project.put({ gate: '' })
    expect(at.run(...args)).toMatchObject({ code: 0 })
    expect(pages(at)).toEqual(['run.html'])
    expect(await at.tables()).toEqual(['people'])
  })
})

describe('report', () => {
  const files = {
    'migrate.config.ts': configOf(),
    'migrations/a1_a.ts': `${gatedImport}${revision('a1', null, `  ${table}`)}`,
  }

  test.each(['SIGINT', 'SIGKILL'] as const)('ended by %s leaves no page and no part of one', async (signal) => {
    const at = desk(files)
    const run = at.project.start(['report', '--out', 'page.html'])
    await isInside(at)
    run.signal(signal)
    // What it imports runs to its end.
    if (signal === 'SIGINT') while (!run.output().includes('SIGINT')) await sleep(20)
    at.project.put({ gate: '' })
    expect((await run.ended).code).toBe(signal === 'SIGINT' ? 130 : null)
    expect(pages(at)).toEqual([])
    expect(at.run('report', '--out', 'page.html').code).toBe(0)
  })

  test('of two at once both write the page, whole', async () => {
    const at = desk(files)
    const runs = [1, 2].map(() => at.project.start(['report', '--out', 'page.html']))
    await isInside(at)
    at.project.put({ gate: '' })
    for (const { ended } of runs) expect(await ended).toMatchObject({ code: 0 })
    expect(pages(at)).toEqual(['page.html'])
    expect(pageOf(at, 'page.html')).toMatch(/^<!doctype html>(?:.|\n)*<\/html>\s*$/i)
  })
})
