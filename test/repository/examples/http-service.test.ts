import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { needsDriver } from '../../kit/sqlite-client/needs-driver.ts'
import { root } from '../tree.ts'

const limitMs = 60_000

let folder = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-http-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Service {
  readonly child: ChildProcess
  /** Until its output says so. */
  printed(what: RegExp): Promise<RegExpExecArray>
  ended(): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

function start(file: string, environment: Readonly<Record<string, string>> = {}): Service {
  const child = spawn(process.execPath, [join(root, 'examples/service/server.js'), file], {
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL')
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  return {
    child,
    async printed(what) {
      let match = what.exec(stdout)
      while (match === null) {
        if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${stderr}`)
        await Promise.race([once(child.stdout, 'data'), closed])
        match = what.exec(stdout)
      }
      return match
    },
    async ended() {
      const [code] = (await closed) as [number | null]
      return { code, stdout, stderr }
    },
  }
}

const addressOf = async (service: Service): Promise<string> =>
  `http://127.0.0.1:${(await service.printed(/Listening on port (\d+)/))[1]}`

async function ask(url: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(url, { headers: { connection: 'close' } })
  return { status: response.status, body: await response.json() }
}

function rows(file: string, sql: string): unknown[] {
  const database = new Database(file)
  try {
    const statement = database.prepare(sql)
    return statement.reader ? statement.all() : [statement.run().changes]
  } finally {
    database.close()
  }
}

describe('the service over HTTP', () => {
  needsDriver('better-sqlite3')
  const head = '71b8e3046cda'

  test(
    'migrates before it listens, and is ready while the database stands where it was made for',
    async () => {
      const file = join(folder, 'notes.db')
      const service = start(file)
      const at = await addressOf(service)
      expect(rows(file, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: head }])
      expect(await ask(`${at}/ready`)).toEqual({
        status: 200,
        body: { state: 'atHead', revision: [head], pending: 0 },
      })
      expect(await ask(`${at}/healthz`)).toEqual({ status: 200, body: { alive: true } })
      expect((await ask(`${at}/nothing`)).status).toBe(404)
      rows(file, "UPDATE migrate_version SET version_num = '0d5c2f7a9e11'")
      expect(await ask(`${at}/ready`)).toEqual({
        status: 503,
        body: { state: 'behind', revision: ['0d5c2f7a9e11'], pending: 1 },
      })
      rows(file, "UPDATE migrate_version SET version_num = 'ffffffffffff'")
      expect(await ask(`${at}/ready`)).toMatchObject({ status: 200, body: { state: 'ahead' } })
      expect((await ask(`${at}/healthz`)).status).toBe(200)
      service.child.kill('SIGTERM')
      const { code, stdout, stderr } = await service.ended()
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain(`Database atHead at ${head}, 2 applied here.`)
      await expect(fetch(`${at}/healthz`)).rejects.toThrow()
    },
    limitMs,
  )

  test(
    'answers what it has begun to hear when it is told to end',
    async () => {
      const file = join(folder, 'notes.db')
      const service = start(file)
      const at = await addressOf(service)
      const post = request(`${at}/notes`, { method: 'POST' })
      const answered = once(post, 'response')
      post.write('half a note')
      // The server has the request before it is told to end: another one, sent later, is answered.
      await expect.poll(async () => (await ask(`${at}/healthz`)).status).toBe(200)
      service.child.kill('SIGTERM')
      await expect
        .poll(() =>
          fetch(`${at}/healthz`).then(
            () => true,
            () => false,
          ),
        )
        .toBe(false)
      post.end(', and the other half')
      const [response] = await answered
      expect(response.statusCode).toBe(201)
      expect(JSON.parse(await text(response))).toEqual({ id: 1 })
      expect((await service.ended()).code).toBe(0)
      expect(rows(file, 'SELECT text FROM notes')).toEqual([{ text: 'half a note, and the other half' }])
    },
    limitMs,
  )

  test(
    'told to verify, does not listen on a database that is not at the head, and makes none',
    async () => {
      const file = join(folder, 'notes.db')
      const { code, stdout, stderr } = await start(file, { MIGRATE: 'verify' }).ended()
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^NOT_AT_HEAD: .*\nRun `migrate upgrade`, then start the service\.\n$/)
      expect(existsSync(file)).toBe(false)
    },
    limitMs,
  )

  test(
    'told to wait, listens once another instance has migrated; told to end meanwhile, ends',
    async () => {
      const file = join(folder, 'notes.db')
      const first = start(file, { MIGRATE: 'wait' })
      const second = start(join(folder, 'other.db'), { MIGRATE: 'wait' })
      const third = start(file)
      await addressOf(third)
      expect((await first.printed(/Database .*\n/))[0]).toBe(`Database atHead at ${head}, 0 applied here.\n`)
      second.child.kill('SIGTERM')
      expect(await second.ended()).toMatchObject({ code: 143, stdout: '', stderr: expect.stringContaining('ABORTED') })
      expect(existsSync(join(folder, 'other.db'))).toBe(false)
    },
    limitMs,
  )

  test(
    'refuses a word that is no mode',
    async () => {
      const { code, stderr } = await start(join(folder, 'notes.db'), { MIGRATE: 'yes' }).ended()
      expect(code).toBe(1)
      expect(stderr).toContain('INVALID_OPTION')
    },
    limitMs,
  )
})
