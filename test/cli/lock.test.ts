import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { describeOn, describeOnDialects, type TestDatabase } from '../kit/servers.ts'
import { ensureBuilt, gatedRevision, Project, type Started, twoRevisions } from './project.ts'

const limitMs = 120_000

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

/** A run that stands inside its last revision, c1. */
async function running(env: NodeJS.ProcessEnv = {}): Promise<Started> {
  expect(project.run(['upgrade'], { env })).toMatchObject({ code: 0 })
  project.put({ 'migrations/c1_gated.ts': gatedRevision('c1', 'b1') })
  const run = project.start(['upgrade'], { env })
  await expect.poll(() => existsSync(join(project.folder, 'inside')) || run.output(), { timeout: 60_000 }).toBe(true)
  return run
}
const openGate = (): void => project.put({ gate: '' })

describe('--lock-wait', () => {
  test.each(['5', '-1s', '1.5s', '30sec', 'never', '', ' 5s', '5S'])(
    'of "%s" is refused, with the forms there are',
    (value) => {
      const { code, stdout, stderr } = project.run(['upgrade', `--lock-wait=${value}`])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('USAGE')
      expect(stderr).toContain('It is 0, forever, or a number with ms, s, m or h.')
      expect(existsSync(project.database)).toBe(false)
    },
  )

  test.each(['0', '250ms', '30s', '5m', '1h', 'forever'])('of %s is taken, before and after the command', (value) => {
    expect(project.run(['--lock-wait', value, 'upgrade']).code).toBe(0)
    expect(project.run(['upgrade', '--lock-wait', value]).stdout).toContain('up to date')
  })
})

describe('words', () => {
  test.each([
    [['lock', 'releas'], "unknown command 'lock releas': did you mean release?"],
    [['lock', 'nothing'], "unknown command 'lock nothing': there are status, release"],
    [['lock', 'release', 'now'], 'too many arguments'],
    [['lock', 'status', '--exitcode'], '--exit-code'],
    [['resume', 'a1'], 'too many arguments'],
    [['resume', '--assume-applied', 'a1'], 'a1 is not the number of a part'],
    [['resume', '--assume-applied', '1', '--assume-not-applied', '1'], 'give one of the two options'],
    [['upgrade', '--backup'], "'--backup <file>' argument missing"],
  ] as const)('%j that are wrong exit with 2 and say what is right', (args, message) => {
    const { code, stdout, stderr } = project.run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('error: USAGE: ')
    expect(stderr).toContain(message)
    expect(existsSync(project.database)).toBe(false)
  })

  test.each([
    [['--help'], ['--lock-wait <time>', 'lock ', 'resume ']],
    [['help', 'upgrade'], ['--backup <file>']],
    [
      ['lock', '--help'],
      ['status', 'release'],
    ],
    [
      ['lock', 'status', '--help'],
      ['--exit-code', '--json'],
    ],
    [['lock', 'release', '--help'], ['known to be dead']],
    [
      ['resume', '--help'],
      ['--assume-applied <part>', '--assume-not-applied <part>'],
    ],
  ] as const)('%j are answered on stdout', (args, message) => {
    const { code, stdout, stderr } = project.run(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const word of message) expect(stdout).toContain(word)
  })
})

describe('on SQLite', () => {
  test('a database in a folder that is not made yet has a free lock', () => {
    const { code, stdout } = project.run(['status', '--url', 'sqlite:./later/app.db'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('lock      free\n') })
    expect(existsSync(join(project.folder, 'later'))).toBe(false)
  })

  test('where there is no file, none is made by looking, by taking away and by resuming', () => {
    expect(project.run(['lock'])).toMatchObject({ code: 0, stdout: `${project.database}: free\n` })
    expect(project.run(['lock', 'release'])).toMatchObject({
      code: 0,
      stdout: `${project.database}: the lock is free\n`,
    })
    expect(project.run(['resume']).stdout).toBe(
      `${project.database}: nothing is interrupted, the database is at base\n`,
    )
    expect(existsSync(project.database)).toBe(false)
  })

  test(
    'the holder is named to who waits and who asks, is not taken away, and ends with its process',
    async () => {
      const run = await running()
      const late = project.run(['upgrade', '--lock-wait', '0'])
      expect(late).toMatchObject({ code: 4, stdout: '' })
      expect(late.stderr).toMatch(/error: LOCKED: .*app\.db: process \d+ of .* since \d{4}-/)
      expect(project.json(['upgrade', '--lock-wait', '0'])).toMatchObject({
        ok: false,
        exitCode: 4,
        error: { code: 'LOCKED', details: { holder: expect.stringMatching(/^process \d+/) } },
      })
      for (const command of [
        ['stamp', 'head'],
        ['stamp', 'b1', '--purge'],
      ])
        expect(project.json([...command, '--lock-wait', '0'])).toMatchObject({ exitCode: 4, error: { code: 'LOCKED' } })
      const status = project.run(['lock', 'status', '--exit-code'])
      expect(status).toMatchObject({ code: 4, stderr: '' })
      expect(status.stdout).toContain(`${project.database}: held by process `)
      expect(project.run(['lock']).code).toBe(0)
      expect(project.json(['lock', 'release'])).toMatchObject({ held: true, kind: 'file', released: false })
      expect(project.run(['lock', 'release']).stdout).toContain('end that process, and it is free')
      await run.kill()
      expect(project.json(['lock', 'status'])).toEqual({ database: project.database, held: false, kind: 'none' })
      expect(project.run(['lock', 'status', '--exit-code'])).toMatchObject({
        code: 0,
        stdout: `${project.database}: free\n`,
      })
      openGate()
      expect(project.run(['upgrade', '--lock-wait', '0']).stdout).toContain('now at c1')
    },
    limitMs,
  )

  test(
    'who waits says so again and again, and then finds nothing to do',
    async () => {
      const run = await running()
      const second = project.start(['upgrade', '--lock-wait', 'forever'])
      const lines = (): number => second.output().split('waiting for the run lock of').length - 1
      await expect.poll(lines, { timeout: 60_000 }).toBeGreaterThanOrEqual(2)
      openGate()
      expect((await run.ended).stdout).toContain('now at c1')
      const { code, stdout, stderr } = await second.ended
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${project.database}: up to date at c1\n` })
      expect(stderr).toMatch(/waiting for the run lock of .*app\.db, held by process \d+/)
    },
    limitMs,
  )
})

const urlOf = ({ url }: TestDatabase): NodeJS.ProcessEnv => ({ APP_URL: url })

describeOnDialects(['postgres', 'mariadb'], 'the lock, on the command line', (createDatabase) => {
  it(
    'says who, at which revision; taken away, the run ends with 5 and the next one resumes',
    async () => {
      const db = await createDatabase()
      const env = urlOf(db)
      const run = await running(env)
      const status = project.run(['lock', 'status'], { env })
      expect(status.stdout).toMatch(/held by .*at revision c1 since \d{4}-.*\(the lock of a session/)
      expect(project.run(['upgrade', '--lock-wait', '0'], { env })).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('at revision c1'),
      })
      expect(project.json(['lock'], { env })).toMatchObject({ held: true, kind: 'session', epoch: 2 })
      const release = project.run(['lock', 'release'], { env })
      expect(release).toMatchObject({ code: 0 })
      expect(release.stdout).toContain('what that run still wants to write is refused')
      expect(release.stdout).toContain('end it there')
      openGate()
      const lost = await run.ended
      expect(lost).toMatchObject({ code: 5, stdout: '' })
      expect(lost.stderr).toContain('error: LOCK_LOST: ')
      expect((await db.sql('SELECT version_num FROM migrate_version')).map((row) => row.version_num)).toEqual(['b1'])
      expect(project.run(['upgrade'], { env }).stdout).toContain('now at c1')
      expect(project.json(['lock', 'release'], { env })).toMatchObject({ held: false, released: false })
    },
    limitMs,
  )

  it(
    'that a killed run left behind is said to be free, and the next run says whose it was',
    async () => {
      const db = await createDatabase()
      const env = urlOf(db)
      const run = await running(env)
      await run.kill()
      await expect.poll(() => project.json(['lock'], { env }).held).toBe(false)
      expect(project.json(['lock'], { env })).toMatchObject({
        kind: 'none',
        abandonedBy: expect.stringContaining('at revision c1'),
      })
      expect(project.run(['lock', 'status', '--exit-code'], { env })).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('ended without giving it back, and the next run takes it over'),
      })
      openGate()
      const next = project.run(['upgrade', '--lock-wait', '0'], { env })
      expect(next.stdout).toContain('now at c1')
      expect(next.stderr).toMatch(/warning: The run of .* ended at revision c1 without releasing its lock/)
      expect(project.run(['lock'], { env }).stdout).toMatch(/: free\n$/)
    },
    limitMs,
  )
})

describeOn('postgres', 'a lease, on the command line', (createDatabase) => {
  it(
    'of a killed run keeps others out until it is over, or taken away',
    async () => {
      project.put({
        'migrate.config.ts':
          "export default { url: process.env.APP_URL, migrations: './migrations', lock: 'table', leaseMs: 600_000, tables: { lock: 'own_lock' } }\n",
      })
      const db = await createDatabase()
      const env = urlOf(db)
      const run = await running(env)
      expect(project.json(['lock'], { env })).toMatchObject({ held: true, kind: 'lease' })
      await run.kill()
      expect(project.run(['lock', 'status', '--exit-code'], { env })).toMatchObject({
        code: 4,
        stdout: expect.stringContaining('a lease; it is free when it is no longer renewed'),
      })
      expect(project.run(['upgrade', '--lock-wait', '0'], { env }).code).toBe(4)
      await expect.poll(() => project.json(['lock', 'release'], { env }).released).toBe(true)
      expect((await db.sql('SELECT owner FROM own_lock WHERE id = 1')).map((row) => row.owner)).toEqual([null])
      openGate()
      expect(project.run(['upgrade', '--lock-wait', '0'], { env }).stdout).toContain('now at c1')
    },
    limitMs,
  )
})

describe('the configuration', () => {
  test.each([
    ['sqlite:./app.db', 'sqlite'],
    ['mysql://u@127.0.0.1:1/d', 'mysql'],
    ['mariadb://u@127.0.0.1:1/d', 'mysql'],
  ])("refuses lock: 'table' for %s", (url, name) => {
    project.put({
      'migrate.config.ts': `export default { url: '${url}', migrations: './migrations', lock: 'table' }\n`,
    })
    const { code, stderr } = project.run(['upgrade'])
    expect(code).toBe(2)
    expect(stderr).toContain('INVALID_OPTION')
    expect(stderr).toContain(`only PostgreSQL has the choice; a cluster of ${name} is recognised by itself`)
    expect(existsSync(project.database)).toBe(false)
  })

  test.each(['postgres://u@127.0.0.1:1/d', 'mysql://u@127.0.0.1:1/d', 'sqlite:./app.db'])(
    'refuses a key for %s, which would not be encrypted, and does not print it',
    (url) => {
      project.put({
        'migrate.config.ts': `export default { url: '${url}', migrations: './migrations', key: 'a horse that is correct' }\n`,
      })
      const { code, stdout, stderr } = project.run(['upgrade'])
      expect(code).toBe(2)
      expect(stderr).toMatch(/INVALID_OPTION.*key/)
      expect(stdout + stderr).not.toContain('a horse')
      expect(existsSync(project.database)).toBe(false)
    },
  )

  test('refuses a kind of lock that there is not, and a key of the wrong type', () => {
    project.put({
      'migrate.config.ts': "export default { migrations: './migrations', lock: 'row', leaseMs: '9', key: 7 }\n",
    })
    const { code, stderr } = project.run([])
    expect(code).toBe(2)
    for (const message of ['CONFIG_INVALID', '`lock`: ', '`leaseMs`: ', '`key`: ']) expect(stderr).toContain(message)
  })

  test('migrates where migrationUrl says rather than url, and where --url says rather than either', () => {
    project.put({
      'migrate.config.ts':
        "export default { url: 'sqlite:./service.db', migrationUrl: 'sqlite:./direct.db', migrations: './migrations' }\n",
    })
    expect(project.run([], { env: { DATABASE_URL: 'sqlite:./env.db' } }).stdout).toContain('direct.db: 2 revisions')
    expect(project.run(['--url', 'sqlite:./asked.db']).stdout).toContain('asked.db: 2 revisions')
    const createdFiles = ['direct.db', 'asked.db', 'service.db', 'env.db'].filter((name) =>
      existsSync(join(project.folder, name)),
    )
    expect(createdFiles).toEqual(['direct.db', 'asked.db'])
  })
})
