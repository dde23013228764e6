import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { databaseOn, type ServerName, serverUrl, type TestDatabase } from './servers.ts'

/** A server that one test file has for itself: it may die, run full and have settings that no other test could use. */
export interface OwnServer {
  readonly name: ServerName
  readonly port: number
  /** Of an administrator, in a database that is always there. */
  readonly url: string
  readonly version: string
  /** A new empty database. */
  createDatabase(): Promise<TestDatabase>
  /** Sends text to the administrator's database. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  /** SIGKILL ends all its processes at once, as a loss of power does. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Where it runs, nothing happens. */
  start(settings?: readonly string[]): Promise<void>
  /** With its data in memory: leaves so many bytes free; without a number, all there is. */
  fill(leave?: number): Promise<void>
}

export interface OwnOptions {
  /** Words of the server's command line, after our own. */
  readonly settings?: readonly string[]
  /** Keeps its data in memory of this size: `400m`. */
  readonly tmpfs?: string
}

interface Answer {
  readonly id: number
  readonly problem?: string
  readonly url?: string
  readonly version?: string
}

const keeper = fileURLToPath(new URL('./servers/own.mjs', import.meta.url))

class Keeper {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #count = 0

  constructor(name: ServerName, options: OwnOptions) {
    this.#child = spawn(process.execPath, [keeper, JSON.stringify({ name, ...options })], { detached: true })
    this.#child.stdin.on('error', () => undefined)
    let output = ''
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    })
    this.#child.once('close', () => {
      for (const [id, done] of this.#waiting) done({ id, problem: `the keeper of the server ended: ${output}` })
    })
  }

  async ask(act: string, more: object = {}): Promise<Answer> {
    this.#count += 1
    const id = this.#count
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.stdin.write(`${JSON.stringify({ id, act, ...more })}\n`)
    })
    if (answer.problem !== undefined) throw new Error(answer.problem)
    return answer
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.stdin.end()
    await ended
  }
}

async function begin(name: ServerName, keeper: Keeper): Promise<OwnServer> {
  const { url = '', version = '' } = await keeper.ask('begin')
  const at = databaseOn(name, url)
  return {
    name,
    url,
    version,
    port: Number(new URL(url).port),
    createDatabase: at.createDatabase,
    sql: at.sql,
    kill: async (signal) => void (await keeper.ask('kill', { signal })),
    start: async (settings = []) => void (await keeper.ask('start', { settings })),
    fill: async (leave) => void (await keeper.ask('fill', { leave })),
  }
}

/** A group of tests on a server of their own. Where this machine can start none they are skipped, with the reason. */
export function describeOnOwn(
  name: ServerName,
  title: string,
  options: OwnOptions,
  body: (own: () => OwnServer) => void,
): void {
  describe.skipIf(serverUrl(name) === undefined)(`${name} of its own: ${title}`, () => {
    const keeper: { of?: Keeper } = {}
    let own: OwnServer | undefined
    let why = ''
    beforeAll(async () => {
      keeper.of = new Keeper(name, options)
      own = await begin(name, keeper.of).catch((error: Error) => {
        why = `NOT RUN: ${error.message}`
        return undefined
      })
    }, 300_000)
    afterAll(async () => keeper.of?.end(), 120_000)
    beforeEach(async (context) => {
      if (own === undefined) return context.skip(why)
      // The test before may have left it dead.
      await own.start()
    }, 150_000)
    body(() => {
      if (own === undefined) throw new Error(why)
      return own
    })
  })
}
