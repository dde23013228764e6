import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, revision, twoRevisions } from '../../cli/project.ts'

beforeAll(ensureBuilt)
let project: Project
let foreignFolder: string
beforeEach(() => {
  project = new Project(twoRevisions)
  foreignFolder = mkdtempSync(join(tmpdir(), 'outside-'))
})
afterEach(() => {
  project.remove()
  rmSync(foreignFolder, { recursive: true, force: true })
})

const marker = (): string => join(foreignFolder, 'ran')
/** Code that leaves a file behind when it is run. */
const trap = (): string => `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(marker())}, '')\n`
const config = (): string => `${trap()}export default { url: 'sqlite:trap.db', migrations: './migrations' }\n`

describe('a revision is run when it is its turn, and never to be looked at', () => {
  test.each([
    ['history'],
    ['history', '--verbose'],
    ['heads'],
    ['show', 'c1'],
    ['status'],
    ['current'],
    ['plan', 'b1'],
    ['preserved'],
    ['upgrade', 'b1'],
  ])('%j', (...args) => {
    project.put({ 'migrations/c1_trap.ts': trap() + revision('c1', 'b1', '') })
    expect(project.run(args)).toMatchObject({ code: 0 })
    expect(existsSync(marker())).toBe(false)
    project.run(['upgrade', 'c1'])
    expect(existsSync(marker())).toBe(true)
  })
})

describe('what is no revision of the folder is never run', () => {
  test('other extensions, folders within, declarations, what editors leave, and packages', () => {
    for (const name of [
      'x.json',
      'x.txt',
      'x.ts.orig',
      'x.ts~',
      '.x.ts',
      '#x.ts',
      'x.d.ts',
      'x.test.ts',
      'x.sh',
      'deep/x.ts',
      'node_modules/x/index.ts',
    ])
      project.put({ [`migrations/${name}`]: trap() + revision('z1', 'b1', '') })
    expect(project.json([])).toMatchObject({ ok: true, applied: ['main:a1', 'main:b1'] })
    expect(existsSync(marker())).toBe(false)
  })

  test.each([
    ['a path for a revision', '../../outside'],
    ['an absolute one', '/etc/passwd'],
    ['a file name', 'a1_accounts.ts'],
    ['a URL', 'file:///etc/passwd'],
  ])('%s names none', (_what, target) => {
    for (const command of ['upgrade', 'downgrade', 'plan', 'show', 'stamp']) {
      const { code, stderr } = project.run([command, target])
      // A colon is that of a range.
      expect(code).toBe(stderr.startsWith('error: USAGE: ') ? 2 : 1)
      expect(stderr).toMatch(
        /error: (?:USAGE|UNKNOWN_REVISION|INVALID_OPTION|NO_SUCH_BRANCH|INVALID_DOWNGRADE_TARGET|RELATIVE_OUT_OF_RANGE): /,
      )
    }
  })

  test('a revision whose id is a path is refused, and nothing is written anywhere', () => {
    project.put({ 'migrations/c1_x.ts': revision('../../../outside', 'b1', '') })
    expect(project.run([]).stderr).toContain('error: ILLEGAL_REVISION_ID: ')
    expect(existsSync(project.database)).toBe(false)
  })

  test('a pipe or a device is refused instead of being waited for', () => {
    execFileSync('mkfifo', [join(project.folder, 'migrations/c1_pipe.ts')])
    const pipe = project.run(['status'], { timeout: 30_000 })
    expect(pipe).toMatchObject({ code: 1, stderr: expect.stringContaining('REVISION_UNREADABLE') })
    rmSync(join(project.folder, 'migrations/c1_pipe.ts'))
    symlinkSync('/dev/zero', join(project.folder, 'migrations/c1_zero.ts'))
    expect(project.run(['status'], { timeout: 30_000 }).stderr).toContain('is no regular file')
    rmSync(join(project.folder, 'migrations/c1_zero.ts'))
    for (const name of ['up.sql', 'down.sql', 'effects.js']) {
      project.put({ 'migrations/c1_sql/up.sql': '-- revision: c1\n-- revises: b1\n\nCREATE TABLE t (id integer);\n' })
      rmSync(join(project.folder, 'migrations/c1_sql', name), { force: true })
      execFileSync('mkfifo', [join(project.folder, 'migrations/c1_sql', name)])
      const result = project.run(['plan'], { timeout: 30_000 })
      expect([name, result]).toMatchObject([name, { code: 1, stderr: expect.stringContaining('is no regular file') }])
      rmSync(join(project.folder, 'migrations/c1_sql'), { recursive: true })
    }
    execFileSync('mkfifo', [join(project.folder, 'pipe.ts')])
    expect(project.run(['--config', 'pipe.ts'], { timeout: 30_000 })).toMatchObject({ code: 2 })
  })
})

describe('a configuration is taken from the package that one stands in, and from nowhere above', () => {
  test('not from above the package, not from a package within, not from where there is no package', () => {
    project.put({ 'inner/package.json': '{}', 'node_modules/evil/migrate.config.ts': config() })
    project.put({ 'migrate.config.ts': config() })
    expect(project.run(['status'], { cwd: join(project.folder, 'inner') }).stderr).toContain('CONFIG_NOT_FOUND')
    writeFileSync(join(foreignFolder, 'migrate.config.mjs'), config())
    mkdirSync(join(foreignFolder, 'deep/deeper'), { recursive: true })
    expect(project.run(['status'], { cwd: join(foreignFolder, 'deep/deeper') }).stderr).toContain('CONFIG_NOT_FOUND')
    expect(existsSync(marker())).toBe(false)
  })

  test('not from a folder above in which anybody could have put it', () => {
    writeFileSync(join(foreignFolder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(foreignFolder, 'migrate.config.mjs'), config())
    mkdirSync(join(foreignFolder, 'mine'))
    chmodSync(foreignFolder, 0o1777)
    expect(project.run(['status'], { cwd: join(foreignFolder, 'mine') }).stderr).toContain('CONFIG_NOT_FOUND')
    expect(existsSync(marker())).toBe(false)
    chmodSync(foreignFolder, 0o755)
    project.run(['status'], { cwd: join(foreignFolder, 'mine') })
    expect(existsSync(marker())).toBe(true)
  })

  test('a folder that everybody can write to is told, once', () => {
    chmodSync(join(project.folder, 'migrations'), 0o777)
    const where = join(project.folder, 'migrations')
    const warning = `warning: ${where} can be written to by every user of this machine, and what lies there is run\n`
    expect(project.run(['status'])).toMatchObject({ code: 0, stderr: warning })
    chmodSync(join(project.folder, 'migrations'), 0o755)
    expect(project.run(['status']).stderr).toBe('')
  })
})
