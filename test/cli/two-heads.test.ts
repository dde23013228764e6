import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, filePath, Project, revision, twoRevisions, untimed } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

const column = (name: string): string =>
  `  op.alterTable('accounts', (t) => {\n    t.addColumn('${name}', varchar(12))\n  })`
const sideC = (): void =>
  project.put({
    'migrations/c1_colour.ts': revision('c1', 'a1', column('colour'), 'accounts get a colour'),
    'migrations/c2_shade.ts': revision('c2', 'c1', column('shade'), 'accounts get a shade'),
  })
const inside = (...path: readonly string[]): string => join(project.folder, ...path)
const textOf = (path: string): string => readFileSync(filePath(project.folder, path), 'utf8')

function git(author: string, ...args: readonly string[]): void {
  const identity = ['-c', `user.name=${author}`, '-c', 'user.email=x@example.com', '-c', 'commit.gpgsign=false']
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: project.folder, encoding: 'utf8' })
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
}

describe('two heads after two branches of the repository are merged', () => {
  test('status names both heads, and what upgrade may be given', () => {
    expect(project.run(['upgrade', 'a1']).code).toBe(0)
    expect(project.json(['status'])).not.toHaveProperty('tiers.0.multipleHeads')
    sideC()
    expect(project.run(['status']).stdout).toContain(
      '\nmain has 2 heads: b1, c2; name one, write `heads` for all, or join them with `migrate merge heads`\n',
    )
    expect(project.json(['status'])).toMatchObject({ state: 'behind', tiers: [{ multipleHeads: ['b1', 'c2'] }] })
    expect(project.run(['upgrade', 'heads']).code).toBe(0)
  })

  test('upgrade refuses, with both files, whose they are and the two ways out', () => {
    git('Ann', 'init', '-q', '-b', 'main')
    git('Ann', 'add', 'migrations')
    git('Ann', 'commit', '-qm', 'one')
    sideC()
    git('Bob', 'add', 'migrations')
    git('Bob', 'commit', '-qm', 'two')
    const refused = project.run(['upgrade', 'head'])
    expect(refused.code).toBe(1)
    for (const message of [
      'MULTIPLE_HEADS',
      `b1  ${inside('migrations/b1_locale.ts')} (Ann)`,
      `c2  ${inside('migrations/c2_shade.ts')} (Bob)`,
      '`migrate merge heads`',
      '`migrate rebase c1 --onto b1`',
    ]) {
      expect(refused.stderr).toContain(message)
    }
    expect(project.json(['upgrade'])).toMatchObject({
      error: {
        details: {
          heads: ['b1', 'c2'],
          sides: [
            { head: 'b1', author: 'Ann' },
            { first: 'c1', author: 'Bob' },
          ],
        },
      },
    })
    expect(project.run(['status']).stdout).toContain('empty')
  })

  test('outside of a repository no author is named', () => {
    sideC()
    const { stderr } = project.run(['upgrade'])
    expect(stderr).toContain(`b1  ${inside('migrations/b1_locale.ts')}\n`)
    expect(stderr).not.toContain('(')
  })

  test('merge joins them: head is one again', () => {
    sideC()
    const { code, stdout } = project.run(['merge', 'heads', '--rev-id', 'm1'])
    expect({ code, stdout: untimed(stdout) }).toEqual({
      code: 0,
      stdout: `created ${inside('migrations/m1_merge_b1_and_c2.ts')}\nm1 joins b1, c2\n`,
    })
    expect(textOf('migrations/m1_merge_b1_and_c2.ts')).toContain("export const downRevision = ['b1', 'c2']")
    expect(project.run(['upgrade'])).toMatchObject({ code: 0, stdout: expect.stringContaining('5 revisions applied') })
    expect(project.json(['current'])).toMatchObject({ revisions: [{ revision: 'm1', head: true }] })
  })

  test('merge refuses what is no merge, and makes nothing of it', () => {
    sideC()
    for (const [message, code, args] of [
      ['there is nothing to merge', 2, ['b1']],
      ['c1', 1, ['b1', 'c1']],
      ['DUPLICATE_HEADS', 1, ['b1', 'b1']],
      ['OVERLAPPING_TARGETS', 1, ['c1', 'c2', '--splice']],
      ['UNKNOWN_REVISION', 1, ['b1', 'none']],
    ] as const) {
      expect(project.run(['merge', ...args])).toMatchObject({ code, stderr: expect.stringContaining(message) })
    }
    expect(project.json(['heads'])).toMatchObject({ revisions: [{ revision: 'b1' }, { revision: 'c2' }] })
    expect(
      project.run(['merge', 'b1', 'c1', '--splice', '--rev-id', 'm1', '--branch-label', 'both', '-m', 'x']).code,
    ).toBe(0)
    expect(textOf('migrations/m1_x.ts')).toContain("export const branchLabels: readonly string[] = ['both']")
  })

  test('rebase puts one line behind the other: one constant and one comment change, the children follow', () => {
    sideC()
    const before = textOf('migrations/c1_colour.ts')
    const second = textOf('migrations/c2_shade.ts')
    expect(project.run(['upgrade', 'b1']).code).toBe(0)
    expect(project.run(['rebase', 'c1', '--onto', 'head'])).toMatchObject({
      code: 0,
      stdout: `c1 revises b1 instead of a1: ${inside('migrations/c1_colour.ts')}\nheads: c2\n`,
    })
    expect(textOf('migrations/c1_colour.ts')).toBe(
      before.replace('Revises a1', 'Revises b1').replace('string | null = "a1"', 'string | null = "b1"'),
    )
    expect(textOf('migrations/c2_shade.ts')).toBe(second)
    expect(project.run(['rebase', 'c1', '--onto', 'b1']).stdout).toContain('c1 revises b1 already')
    expect(project.run(['upgrade'])).toMatchObject({ code: 0, stdout: expect.stringContaining('2 revisions applied') })
    expect(project.json(['current'])).toMatchObject({ revisions: [{ revision: 'c2', head: true }] })
  })

  test('rebase refuses what this database has applied, naming it, and leaves the file as it was', () => {
    sideC()
    const before = textOf('migrations/c1_colour.ts')
    expect(project.run(['upgrade', 'c2']).code).toBe(0)
    const refused = project.run(['rebase', 'c1', '--onto', 'b1'])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`c1 is applied in ${project.database}`) })
    expect(textOf('migrations/c1_colour.ts')).toBe(before)
    expect(project.run(['rebase', 'b1', '--onto', 'c2'])).toMatchObject({ code: 0 })
    expect(project.run(['upgrade'])).toMatchObject({ code: 0, stdout: expect.stringContaining('now at b1') })
  })

  test.each([
    ['onto itself', ['c1', '--onto', 'c1'], 'cannot be put behind itself'],
    ['onto what follows it', ['c1', '--onto', 'c2'], 'which stands on it'],
    ['onto what is no head', ['c2', '--onto', 'a1'], 'NOT_A_HEAD'],
    ['onto nothing', ['c1', '--onto', 'base'], 'one is to be the parent'],
    ['what is not there', ['none', '--onto', 'b1'], 'UNKNOWN_REVISION'],
    ['without saying onto what', ['c1'], '--onto'],
  ])('rebase %s is refused', (_what, args, message) => {
    sideC()
    const before = textOf('migrations/c1_colour.ts')
    const refused = project.run(['rebase', ...args])
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain(message)
    expect(textOf('migrations/c1_colour.ts')).toBe(before)
  })
})
