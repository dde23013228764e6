import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { d1Server } from '../../../kit/d1/d1-server.ts'

// The migrator inside a Worker, on the binding that the engine gives it.

const folder = mkdtempSync(path.join(tmpdir(), 'migrate-worker-'))
const script = path.join(folder, 'worker.mjs')

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../../../kit/d1/migrating-worker.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    format: 'esm',
    conditions: ['source'],
    // What `nodejs_compat` gives. Here the workspace has the drivers of SQLite's files, which no Worker loads.
    external: ['node:*', 'better-sqlite3', 'better-sqlite3-multiple-ciphers'],
    logLevel: 'error',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const server = d1Server({ script })

async function ask(work: string): Promise<unknown> {
  return (await fetch(`${server().origin}/${work}`)).json()
}

describe('a Worker', () => {
  test('migrates the database of its binding up, down and up again', async () => {
    expect(await ask('status?db=0')).toBe('empty')
    expect(await ask('upgrade?db=0')).toEqual(['main:r1', 'main:r2', 'main:r3'])
    expect(await ask('upgrade?db=0')).toEqual([])
    expect(await ask('status?db=0')).toBe('atHead')
    expect(await ask('rows?db=0')).toEqual([[1, 'a', 'a@x']])
    expect(await ask('downgrade?db=0&to=r1')).toMatchObject({ code: 'DATA_LOSS' })
    expect(await ask('downgrade?db=0&to=r2')).toEqual(['main:r3'])
    expect(await ask('upgrade?db=0')).toEqual(['main:r3'])
  })

  test('migrates at the same time as others, and nothing is done twice', async () => {
    const results = await Promise.all([1, 2, 3].map(() => ask('upgrade?db=1')))
    expect(results.map((applied) => (applied as readonly unknown[]).length).sort()).toEqual([0, 0, 3])
    expect(await ask('status?db=1')).toBe('atHead')
  })
})
