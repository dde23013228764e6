import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Secrets } from '../../../apps/cli/src/secrets.ts'
import { bin, ensureBuilt, Project, revision, twoRevisions } from '../../cli/project.ts'
import { canary, canaryInUrl, expectNoCanary } from '../../kit/canary.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

const commanding =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/
const evil = '\u001b]0;owned\u0007\u009b2J\u202egnp\u2066\u200b\u200f\u061cx\u2028\ufeffx\u{e0041}'
/** Of what follows a part is white space. */
const written = '\\u001b]0;owned\\u0007\\u009b2J\\u202egnp\\u2066\\u200b\\u200f\\u061cx'

describe('what comes from files and databases', () => {
  test('reaches no terminal as it is: messages, names, values, errors, tables of the bookkeeping', () => {
    project.run([])
    project.put({
      'migrations/c1_evil.ts': revision(
        'c1',
        'b1',
        `  op.run(${JSON.stringify(`label${evil}`)}, { up: async () => { throw new Error(${JSON.stringify(evil)}) }, down: 'none' })`,
        `about ${evil}`,
      ),
    })
    for (const args of [['history', '--verbose'], ['show', 'c1'], ['heads'], ['plan'], []]) {
      for (const extra of [[], ['--json']]) {
        const { stdout, stderr } = project.run([...args, ...extra])
        expect(stdout + stderr).not.toMatch(commanding)
        expect(stdout + stderr).toContain(written)
        for (const line of extra.length === 0 ? [] : stdout.trimEnd().split('\n')) JSON.parse(line)
      }
    }
    const database = new Database(project.database)
    database.prepare('UPDATE migrate_history SET host = ?, user_name = ?, finished_at = ?').run(evil, evil, evil)
    database.prepare('UPDATE migrate_version SET version_num = ?').run(evil)
    database.close()
    for (const args of [
      ['status'],
      ['current'],
      ['history', '--verbose'],
      ['show', 'b1'],
      ['upgrade'],
      ['downgrade', 'base'],
    ]) {
      const { stdout, stderr } = project.run(args)
      expect(stdout + stderr).not.toMatch(commanding)
    }
  })

  test('cannot pass for a line of ours', () => {
    project.put({ 'migrations/c1_x\nerror: FORGED.ts': revision('c1', 'b1', '').replace(/^\/\*\*.*\n/, '') })
    for (const args of [['history'], ['heads'], ['show', 'c1'], ['plan'], []]) {
      const { stdout, stderr } = project.run(args)
      expect(`${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('error: FORGED'))).toEqual([])
    }
  })

  test('is the same value for every JSON reader, and emoji stay what they are', () => {
    project.put({ 'migrations/c1_evil.ts': revision('c1', 'b1', '', `👩🏽‍🚀 and ${evil}`) })
    const shown = project.json(['show', 'c1']) as { revisions: { message: string }[] }
    expect(shown.revisions[0]?.message).toBe(`👩🏽‍🚀 and ${evil}`)
    expect(project.run(['heads']).stdout).toContain('👩🏽‍🚀 and ')
  })
})

describe('a password on the command line', () => {
  const url = `postgres://user:${canaryInUrl}@127.0.0.1:1/db`

  test('is told once, on stderr; one in the environment is not on it', () => {
    for (const extra of [[], ['--json'], ['--quiet']]) {
      const { code, stdout, stderr } = project.run(['--url', url, ...extra])
      expect(code).toBe(1)
      expect(stderr.match(/every user of this machine can read/g)).toHaveLength(1)
      expectNoCanary({ stdout, stderr })
    }
    expect(project.run([], { env: { APP_URL: url } }).stderr).not.toContain('every user')
    expect(project.run(['--url', 'sqlite:x.db']).stderr).not.toContain('every user')
  })

  test.runIf(process.platform === 'linux')(
    'is out of the list of processes while the command runs, and so is one from the environment',
    async () => {
      project.put({
        'migrations/c1_waits.ts': revision(
          'c1',
          'b1',
          "  op.run('wait', async () => { console.error('here'); await new Promise((resolve) => setTimeout(resolve, 60_000)) })",
        ),
      })
      project.run(['upgrade', 'b1'])
      for (const [args, env] of [
        [['--config', `migrate.config.ts`, '--tier', 'main', '--ignore-foreign-history', url], {}],
        [[], { OTHER_URL: url }],
      ] as const) {
        const child = spawn(process.execPath, [bin, ...args], {
          cwd: project.folder,
          env: { ...process.env, ...env },
          stdio: 'pipe',
        })
        const ended = new Promise((resolve) => child.on('close', resolve))
        let out = ''
        await new Promise<void>((resolve, reject) => {
          child.stderr.on('data', (part) => {
            out += part
            if (out.includes('here')) resolve()
          })
          child.on('close', () => reject(new Error(`it ended: ${out}`)))
        })
        expectNoCanary({ list: readFileSync(`/proc/${child.pid}/cmdline`, 'utf8'), out })
        child.kill('SIGKILL')
        await ended
        expectNoCanary({
          rows: JSON.stringify(new Database(project.database).prepare('SELECT * FROM migrate_history').all()),
        })
      }
    },
  )

  test('that is a word of JSON leaves the document whole', () => {
    for (const password of ['true', 'type', 'result', '":{"', 'code', '0000']) {
      const { stdout } = project.run([
        '--url',
        `postgres://user:${encodeURIComponent(password)}@127.0.0.1:1/db`,
        '--json',
      ])
      expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'result', ok: false })
    }
  })

  test('is known in every spelling that it may be printed in', () => {
    const secrets = new Secrets({ DATABASE_URL: `postgres://user:${canaryInUrl}@host/db` }, [])
    const spellings = [
      canary,
      canaryInUrl,
      canaryInUrl.replace(/%../g, (encoded) => encoded.toLowerCase()),
      JSON.stringify({ canary }),
      Buffer.from(canary).toString('base64'),
      Buffer.from(`user:${canary}`).toString('base64'),
      Buffer.from(`me:${canary}@x`).toString('base64url'),
      new URLSearchParams({ canary }).toString(),
    ]
    expectNoCanary({ scrubbed: spellings.map((text) => secrets.scrub(text)) })
    const unencoded = new Secrets({}, [`postgres://user:it's "${canary}"@host/db`])
    expectNoCanary({ scrubbed: unencoded.scrub(`cannot log in with it's "${canary}" there`) })
  })
})

test('a command that is asked without a terminal asks nothing: it ends with standard input open', async () => {
  const child = spawn(process.execPath, [bin, 'downgrade', 'base'], { cwd: project.folder, stdio: 'pipe' })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
  expect(join(project.folder, 'app.db')).toBe(project.database)
})
