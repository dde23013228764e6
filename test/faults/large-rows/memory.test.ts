import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { longRun } from '../../kit/scale.ts'
import { describeOn } from '../../kit/servers.ts'
import { program } from '../runner/program.ts'

/** MiB; a server with the usual `max_allowed_packet` of MariaDB (16 MiB) takes it, with what quoting adds. */
const size = 12
/** What a process takes besides: compiled code, buffers of the connection. */
const spare = 20
const five = 5 * size + spare
/** The driver of MySQL takes that much by itself, to read a text and write it elsewhere: the long run measures it beside. */
const most = { sqlite: five, postgres: five, mariadb: 10 * size + spare, mysql: 10 * size + spare }

let path = ''
beforeAll(async () => {
  path = await program('test/faults/large-rows/child.ts')
})

/** The most memory above rest, in MiB. */
async function peak(mode: string, url: string, shape = 'objects'): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', path, mode, url, shape, String(size)])
  return Number(stdout)
}

type CreateDatabase = () => Promise<{ readonly url: string }>

/**
 * The least peak of each mode over up to three rounds, each on a database of its own: a late garbage collection on a busy machine only adds to
 * a peak, so the least is what the work needs. A round that stays below the limit is the last one.
 */
async function leastPeaks(
  createDatabase: CreateDatabase,
  modes: readonly string[],
  limit: number,
  shape?: string,
): Promise<Record<string, number>> {
  const least: Record<string, number> = {}
  for (let round = 0; round < 3; round += 1) {
    const { url } = await createDatabase()
    await peak('prepare', url, shape)
    for (const mode of modes)
      least[mode] = Math.min(least[mode] ?? Number.POSITIVE_INFINITY, await peak(mode, url, shape))
    if (Object.values(least).every((mebibytes) => mebibytes < limit)) break
  }
  return least
}

function peaksOfJson(createDatabase: CreateDatabase, database: keyof typeof most): void {
  it('a JSON row of many small objects goes up and down, and is inserted, in five times its bytes', async () => {
    const limit = most[database]
    const peakBytes = await leastPeaks(createDatabase, ['up', 'down', 'up', 'insert'], limit)
    for (const mebibytes of Object.values(peakBytes)) expect(mebibytes, JSON.stringify(peakBytes)).toBeLessThan(limit)
    if (!longRun || limit === five) return
    const { url } = await createDatabase()
    for (const mode of ['prepare', 'up']) await peak(mode, url)
    expect(await peak('bareCopy', url)).toBeGreaterThan(limit)
  })
}

function peaksOfText(createDatabase: CreateDatabase): void {
  it('a text of that size that is no JSON is preserved and restored in eight times its bytes', async () => {
    const limit = 8 * size + 2 * spare
    const peakBytes = await leastPeaks(createDatabase, ['up', 'down'], limit, 'broken')
    for (const mebibytes of Object.values(peakBytes)) expect(mebibytes, JSON.stringify(peakBytes)).toBeLessThan(limit)
  })
}

describe('sqlite: the memory that a large row takes', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const createDatabase: CreateDatabase = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'large-'))
    folders.push(folder)
    return { url: `sqlite:${join(folder, 'app.db')}` }
  }
  peaksOfJson(createDatabase, 'sqlite')
  peaksOfText(createDatabase)
})

// MariaDB has the driver of MySQL, and how a text is read in parts is the same everywhere.
const servers = longRun ? (['postgres', 'mariadb', 'mysql'] as const) : (['postgres', 'mysql'] as const)
for (const server of servers) {
  describeOn(server, 'the memory that a large row takes', (createDatabase) => {
    peaksOfJson(createDatabase, server)
    if (longRun) peaksOfText(createDatabase)
  })
}
