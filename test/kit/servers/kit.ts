import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach } from 'vitest'
import { cacheFolder } from './cache.mjs'
import { variables } from './names.mjs'
import type { Outcome } from './servers.mjs'

/** An environment in which nothing of the surrounding run is known. */
export function bareEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, TEST_REQUIRE: '', TEST_SERVERS_FROM: '', ...more }
  for (const name of Object.values(variables)) if (more[name] === undefined) delete env[name]
  return env
}

const runs: ChildProcess[] = []

/** A folder of each test, with a short path: sockets lie below it. */
export function temporaryFolder(): { readonly path: string } {
  const testFolder = { path: '' }
  beforeEach(() => {
    testFolder.path = realpathSync(mkdtempSync(join(tmpdir(), 'ms-')))
    // The servers' account goes through it.
    chmodSync(testFolder.path, 0o755)
  })
  afterEach(async () => {
    const { path } = testFolder
    for (const each of runs.splice(0)) each.kill('SIGKILL')
    // A test that failed has said so already.
    await until('the servers are gone', () => !processesOf(path).some(({ pid }) => isAlive(pid))).catch(() => undefined)
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }, 90_000)
  return testFolder
}

export async function until(what: string, holds: () => boolean, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !holds(); await sleep(20)) if (Date.now() > end) throw new Error(`not yet: ${what}`)
}

/** Whether a process runs; one that is dead and only waits to be counted does not. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    const stat = `/proc/${pid}/stat`
    return !existsSync(stat) || !/\) [ZX] /.test(readFileSync(stat, 'utf8'))
  } catch {
    return false
  }
}

const module = fileURLToPath(new URL('servers.mjs', import.meta.url))

/** A run that starts servers, says what became of them, and stays until it is told to stop. */
const program = `
const { startServers } = await import(${JSON.stringify(module)})
const servers = startServers(process.argv[1])
const alive = setInterval(() => undefined, 1000)
process.on('SIGTERM', async () => { await servers.stop(); clearInterval(alive) })
console.log(JSON.stringify(await servers.outcomes()))
`

export interface Run {
  readonly process: ChildProcess
  readonly outcomes: Promise<readonly Outcome[]>
  readonly ended: Promise<unknown>
}

export function startRun(servers: string, temporary: string, more: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, servers], {
    env: bareEnvironment({ TMPDIR: temporary, ...more }),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  runs.push(child)
  const ended = new Promise((resolve) => child.once('close', resolve))
  const outcomes = new Promise<readonly Outcome[]>((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text.includes('\n')) resolve(JSON.parse(text) as readonly Outcome[])
    })
    child.once('close', () => reject(new Error('the run ended')))
  })
  outcomes.catch(() => undefined)
  return { process: child, outcomes, ended }
}

export const foldersOf = (temporary: string): readonly string[] =>
  readdirSync(temporary).filter((name) => name.startsWith('migrate-servers-'))

/** The processes that the runs in a folder have noted: `keeper` or `pid`, and the number. */
export function processesOf(temporary: string): readonly { readonly kind: string; readonly pid: number }[] {
  return foldersOf(temporary).flatMap((name) => {
    const file = join(temporary, name, 'running')
    if (!existsSync(file)) return []
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([kind = '', pid]) => ({ kind, pid: Number(pid) }))
  })
}

/** A cache that has the programs of the real one, and no data: what servers make at first is made again. */
export function cacheWithoutData(folder: string): Record<string, string> {
  const cache = join(folder, 'cache')
  mkdirSync(cache)
  for (const { name } of readdirSync(cacheFolder(), { withFileTypes: true }).filter((each) => each.isDirectory())) {
    if (!/^data-|\.part-/.test(name)) symlinkSync(join(cacheFolder(), name), join(cache, name))
  }
  return { TEST_SERVERS_CACHE: cache }
}

/** The command lines of processes that name a folder, or work in it; empty where the system does not say. */
export function processesIn(folder: string): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return []
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return commandLine.includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ? [commandLine] : []
    } catch {
      // It has ended since, or is another user's.
      return []
    }
  })
}
