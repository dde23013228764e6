import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executeIn } from '../unit/run/kit.ts'
import { ensureBuilt, type Finished, Project, twoRevisions, withRightsThatCount } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

/** A project whose database stands at its head. */
function applied(): Project {
  const project = new Project(twoRevisions)
  projects.push(project)
  expect(project.run(['upgrade'])).toMatchObject({ code: 0 })
  return project
}

/** Runs a command, and proves that the file of the database has the bytes that it had. */
function untouched(project: Project, args: readonly string[]): Finished {
  const before = existsSync(project.database) ? readFileSync(project.database) : undefined
  const finished = project.run(args)
  expect(existsSync(project.database) ? readFileSync(project.database) : undefined).toEqual(before)
  return finished
}

const b1 = 'migrations/b1_locale.ts'

describe('what may be wrong with files and rows is said, and the database stays as it is', () => {
  test('a deleted file: upgrade fails and names the revision, check says what to do', () => {
    const project = applied()
    rmSync(join(project.folder, b1))
    expect(untouched(project, ['upgrade'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/UNKNOWN_APPLIED_REVISION: migrate_version names .* that no file has: b1\./),
    })
    expect(untouched(project, ['check'])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('Bring the file back'),
    })
  })

  test('a deleted file: the command that upgrade names reverts the revision, and upgrade works again', () => {
    const project = applied()
    rmSync(join(project.folder, b1))
    expect(project.json(['upgrade'])).toMatchObject({
      error: {
        code: 'UNKNOWN_APPLIED_REVISION',
        remedy:
          'Use the release that knows these revisions, or bring their files back, or revert them by what the history has of them: `migrate downgrade b1@a1`.',
      },
    })
    expect(project.run(['downgrade', 'b1@a1'])).toMatchObject({ code: 0 })
    expect(project.run(['upgrade'])).toMatchObject({ code: 0, stdout: expect.stringContaining('at a1') })
  })

  test('an edited file: upgrade warns, upgrade and plan refuse it with 3 under --strict, check tells how it differs', () => {
    const project = applied()
    project.put({ [b1]: (twoRevisions[b1] ?? '').replace('varchar(12)', 'varchar(20)') })
    expect(untouched(project, ['upgrade'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Revision b1 (main) was edited after it was applied: operations differ'),
    })
    expect(untouched(project, ['plan']).code).toBe(0)
    for (const command of ['plan', 'upgrade']) {
      expect(untouched(project, [command, '--strict'])).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('EDITED_REVISION'),
      })
    }
    expect(untouched(project, ['check'])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('its operations differ from what was applied'),
    })
  })

  test('an unknown id in the version table', () => {
    const project = applied()
    executeIn(project.database, "UPDATE migrate_version SET version_num = 'zzz'")
    for (const args of [['upgrade'], ['downgrade', 'base'], ['stamp', 'a1']]) {
      expect(untouched(project, args)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/UNKNOWN_APPLIED_REVISION: .*zzz/),
      })
    }
    expect(untouched(project, ['check'])).toMatchObject({ code: 3, stdout: expect.stringContaining('stamp --purge') })
  })

  test('two rows of which one stands on the other', () => {
    const project = applied()
    executeIn(project.database, "INSERT INTO migrate_version VALUES ('a1')")
    expect(untouched(project, ['upgrade'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/OVERLAPPING_TARGETS: .*a1, b1 stand on each other[\s\S]*stamp --purge/),
    })
    expect(untouched(project, ['check'])).toMatchObject({ code: 3, stdout: expect.stringContaining('a1, b1') })
    // And the way out that both name is one.
    expect(project.run(['stamp', 'b1', '--purge']).code).toBe(0)
    expect(project.run(['check']).code).toBe(0)
  })

  test('an empty folder is nothing to do on an empty database, and a refusal on one that has revisions', () => {
    const project = applied()
    rmSync(join(project.folder, 'migrations'), { recursive: true })
    mkdirSync(join(project.folder, 'migrations'))
    expect(untouched(project, ['upgrade'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('UNKNOWN_APPLIED_REVISION'),
    })
    rmSync(project.database)
    expect(untouched(project, ['upgrade'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('up to date at base'),
    })
    rmSync(join(project.folder, 'migrations'), { recursive: true })
    expect(untouched(project, ['upgrade'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/MIGRATIONS_NOT_FOUND: .*does not exist/),
    })
  })

  test.each([
    ['what is no TypeScript', 'export default {{', 'CONFIG_FAILED'],
    ['a wrong key', "export default { url: 'sqlite:./app.db', migration: './migrations' }", 'CONFIG_INVALID'],
    ['a throw', "throw new Error('out of coffee')", 'CONFIG_FAILED'],
    ['nothing', '', 'CONFIG_FAILED'],
  ])('a configuration with %s', (_what, text, code) => {
    const project = applied()
    project.put({ 'migrate.config.ts': text })
    for (const command of ['upgrade', 'check', 'doctor']) {
      expect(untouched(project, [command])).toMatchObject({ code: 2, stderr: expect.stringContaining(code) })
    }
  })
})

describe('no rights on the folder of revisions', () => {
  test.each(['upgrade', 'status', 'check'])('are told by %s with its path, and nothing is touched', (command) => {
    const project = applied()
    const folder = join(project.folder, 'migrations')
    const before = readFileSync(project.database)
    chmodSync(folder, 0)
    try {
      expect(project.run([command], withRightsThatCount)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`MIGRATIONS_NOT_FOUND: The folder of migrations ${folder} cannot be read`),
      })
    } finally {
      chmodSync(folder, 0o755)
    }
    expect(readFileSync(project.database)).toEqual(before)
  })
})
