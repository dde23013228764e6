import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { program } from '../faults/runner/program.ts'
import { longRun } from '../kit/scale.ts'
import { describeOn } from '../kit/servers.ts'

/** MiB; a server with the usual `max_allowed_packet` of MariaDB (16 MiB) takes it, with what quoting adds. */
const size = 12
/** What a process takes besides: compiled code, buffers of the connection. */
const spare = 20
const five = 5 * size + spare
/** The driver of MySQL takes that much by itself, to read a text and write it elsewhere: the long run measures it beside. */
const most = { sqlite: five, postgres: five, mariadb: 10 * size + spare, mysql: 10 * size + spare }

let path = ''
beforeAll(async () => {
  path = await program('test/large-rows/child.ts')
})

/** The most memory above rest, in MiB. */
async function peak(mode: string, url: string, shape = 'objects'): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', path, mode, url, shape, String(size)])
  return Number(stdout)
}

function peaks(fresh: () => Promise<{ readonly url: string }>, database: keyof typeof most): void {
  it('a JSON row of many small objects goes up and down, and is inserted, in five times its bytes', async () => {
    const { url } = await fresh()
    await peak('prepare', url)
    const found: Record<string, number> = {}
    if (longRun) found.bare = await peak('bareCopy', url)
    for (const mode of ['up', 'down', 'up', 'insert']) found[mode] = await peak(mode, url)
    if (longRun) found.bareInsert = await peak('bareInsert', url)
    for (const mode of ['up', 'down', 'insert']) expect(found[mode], JSON.stringify(found)).toBeLessThan(most[database])
    if (longRun && most[database] > five) expect(found.bare, JSON.stringify(found)).toBeGreaterThan(most[database])
  }, 120_000)

  it('a text of that size that is no JSON is preserved and restored in eight times its bytes', async () => {
    const { url } = await fresh()
    await peak('prepare', url, 'broken')
    const found: Record<string, number> = {}
    for (const mode of ['up', 'down']) found[mode] = await peak(mode, url, 'broken')
    for (const mode of ['up', 'down']) expect(found[mode], JSON.stringify(found)).toBeLessThan(8 * size + 2 * spare)
  }, 120_000)
}

describe('sqlite: the memory that a large row takes', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  peaks(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'large-'))
    folders.push(folder)
    return { url: `sqlite:${join(folder, 'app.db')}` }
  }, 'sqlite')
})

const servers = ['postgres', 'mariadb', 'mysql'] as const
for (const server of servers) describeOn(server, 'the memory that a large row takes', (fresh) => peaks(fresh, server))
