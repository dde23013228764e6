import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

const add = (table: string): string => `  op.createTable('${table}', (t) => { t.column('id', integer()) })`

describe('commands that look', () => {
  test('make nothing where there is no database yet', () => {
    const before = readdirSync(project.folder)
    for (const args of [
      ['status'],
      ['current'],
      ['history'],
      ['heads'],
      ['show', 'head'],
      ['plan', 'head'],
      ['preserved'],
    ]) {
      expect(project.run(args)).toMatchObject({ code: 0, stderr: '' })
    }
    expect(readdirSync(project.folder)).toEqual(before)
  })

  test('status says that the database does not exist, and upgrade that it created it', () => {
    const url = ['--url', 'sqlite:./new/app.db']
    const file = join(project.folder, 'new/app.db')
    const state = 'state     empty: the database does not exist yet, 2 revisions pending\n'
    expect(project.run(['status', ...url]).stdout).toContain(`database  ${file}\n${state}`)
    expect(project.json(['status', ...url])).toMatchObject({ state: 'empty', isMissing: true })
    expect(existsSync(join(project.folder, 'new'))).toBe(false)
    const created = `${file} did not exist, and was created\n`
    expect(project.run(['upgrade', 'a1', ...url]).stderr).toContain(created)
    expect(project.run(['upgrade', ...url]).stderr).not.toContain('did not exist')
    expect(project.json(['status', ...url])).not.toHaveProperty('isMissing')
  })

  test.each([
    ['stamp', ['stamp', 'head']],
    ['reset', ['reset', '--confirm', 'app.db']],
  ])('%s says that it created the database', (command, args) => {
    const file = join(project.folder, command, 'app.db')
    const { code, stderr } = project.run([...args, '--url', `sqlite:${file}`])
    expect({ code, created: stderr.split('\n').filter((line) => line.includes('did not exist')) }).toEqual({
      code: 0,
      created: [`${file} did not exist, and was created`],
    })
  })

  test('status tells state, tiers and what is pending; --exit-code makes 3 of it', () => {
    const { stdout } = project.run(['status'])
    expect(stdout).toContain(`database  ${project.database}\n`)
    expect(stdout).toContain('2 revisions pending')
    expect(stdout).toMatch(/^lock {6}free$/m)
    expect(stdout).toContain('pending in main: a1, b1')
    expect(project.run(['status', '--exit-code']).code).toBe(3)
    expect(project.json(['status'])).toMatchObject({
      state: 'empty',
      database: project.database,
      pending: 2,
      tiers: [{ tier: 'main', heads: [], pending: ['a1', 'b1'] }],
    })
    project.run(['upgrade', 'a1'])
    expect(project.json(['status'])).toMatchObject({ state: 'behind', revision: ['a1'], pending: 1 })
    project.run([])
    expect(project.run(['status', '--exit-code'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('up to date'),
    })
  })

  test('a file edited after it was applied is told by status, and refused with 3 by --strict', () => {
    project.run([])
    const file = 'migrations/b1_locale.ts'
    const text = readFileSync(join(project.folder, file), 'utf8')
    project.put({ [file]: text.replace("'en'", "'de'") })
    expect(project.run(['status'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('edited after it was applied: main:b1 (operations differ)'),
    })
    expect(project.run(['status', '--exit-code']).code).toBe(3)
    expect(project.run(['--strict'])).toMatchObject({ code: 3, stderr: expect.stringContaining('EDITED_REVISION') })
    expect(project.run(['stamp', 'b1', '--accept-edit']).code).toBe(0)
    expect(project.run(['status', '--exit-code']).code).toBe(0)
  })

  test('history marks heads, the current revision, forks and merges, and takes a range', () => {
    project.put({
      'migrations/c1_x.ts': revision('c1', 'b1', add('c')),
      'migrations/c2_x.ts': revision('c2', 'b1', add('d')),
      'migrations/d1_x.ts': revision('d1', 'x', '  void op').replace(/downRevision.*/, "downRevision = ['c1', 'c2']"),
    })
    project.run(['upgrade', 'b1'])
    expect(project.run(['history']).stdout).toBe(
      [
        'c1, c2 -> d1 (head) (mergepoint)  about d1',
        'b1 -> c2  about c2',
        'b1 -> c1  about c1',
        'a1 -> b1 (current) (branchpoint)  accounts get a locale',
        '<base> -> a1  accounts',
        '',
      ].join('\n'),
    )
    expect(
      project
        .run(['history', '-r', 'current:'])
        .stdout.split('\n')
        .map((line) => /-> (\w+)/.exec(line)?.[1]),
    ).toEqual(['d1', 'c2', 'c1', 'b1', undefined])
    expect(
      (project.json(['history', '-r', 'a1:b1']).revisions as { revision: string }[]).map((row) => row.revision),
    ).toEqual(['b1', 'a1'])
    const verbose = project.run(['history', '--verbose', '-r', ':a1']).stdout
    expect(verbose).toMatch(
      /^a1\n {2}message {3}accounts\n {2}parents {3}<base>\n {2}children {2}b1\n {2}applied {3}20\S+ by [^@\s]+@\S+\n {2}file {6}.*a1_accounts\.ts\n$/,
    )
    expect(project.run(['history', '-r', 'b1:a1']).code).toBe(1)
    expect(project.run(['history', '-r', 'b1']).code).toBe(2)
  })

  test('heads and show tell of revisions', () => {
    expect(project.run(['heads']).stdout).toBe('b1  accounts get a locale\n')
    expect(project.run(['heads', '--verbose']).stdout).toContain('migrations/b1_locale.ts')
    expect(project.run(['show', 'b1']).stdout).toContain('parents   a1')
    expect(project.run(['show', 'head']).stdout).not.toContain('applied')
    expect(project.run(['show', 'nope'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('UNKNOWN_REVISION'),
    })
    expect(project.run(['show', 'base'])).toMatchObject({
      code: 0,
      stdout: 'base: nothing comes before it; a1 comes next\n',
    })
    expect(project.json(['show', 'a1'])).toMatchObject({
      tier: 'main',
      revisions: [
        { revision: 'a1', parents: [], children: ['b1'], source: join(project.folder, 'migrations/a1_accounts.ts') },
      ],
    })
  })

  test('plan lists every step with its SQL, what a downgrade keeps, and changes nothing', () => {
    const up = project.run(['plan', 'head']).stdout
    expect(up).toContain('[1/2] up main:a1  accounts\n')
    expect(up).toContain('CREATE TABLE "accounts"')
    expect(up).toMatch(/ALTER TABLE .*"accounts" ADD COLUMN "locale" VARCHAR\(12\) NOT NULL DEFAULT 'en';/)
    expect(up).toMatch(/INSERT INTO .*\n.*1, 'one'/)
    expect(existsSync(project.database)).toBe(false)
    expect(project.json(['plan', 'head'])).toMatchObject({
      version: 2,
      direction: 'up',
      steps: [{ revision: 'a1' }, { revision: 'b1', operations: [{ describe: 'add column accounts.locale' }] }],
    })
    project.run([])
    const before = readFileSync(project.database)
    expect(project.run(['plan']).stdout).toBe(`${project.database}: nothing to run, the database is at b1\n`)
    expect(project.run(['plan', 'base']).stdout).toMatch(
      /\[1\/2\] down main:b1[\s\S]*accounts\.locale: 1 value dropped, preserved/,
    )
    expect(readFileSync(project.database).equals(before)).toBe(true)
  })

  test('preserved lists what a downgrade preserved, and purge deletes it', () => {
    project.run([])
    expect(project.run(['preserved']).stdout).toBe('nothing is preserved\n')
    project.run(['downgrade', 'a1'])
    expect(project.run(['preserved']).stdout).toMatch(/main:b1 +accounts +locale +1 +0 +20/)
    expect(project.json(['preserved'])).toMatchObject({
      preserved: [{ revision: 'b1', table: 'accounts', column: 'locale', values: 1 }],
    })
    expect(project.run(['preserved', 'purge', 'b1']).stdout).toBe('1 value of b1 deleted\n')
    expect(project.run(['preserved']).stdout).toBe('nothing is preserved\n')
  })

  test('preserved purge and restore take what names a revision, and refuse what names none', () => {
    project.run([])
    project.run(['downgrade', 'a1'])
    for (const command of ['purge', 'restore']) {
      expect(project.run(['preserved', command, 'zz'])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('error: UNKNOWN_REVISION: '),
      })
      expect(project.run(['preserved', command, 'base'])).toMatchObject({ code: 2 })
    }
    expect(project.json(['preserved', 'restore', 'head'])).toMatchObject({ revision: 'b1', restored: 0 })
    expect(project.run(['preserved', 'purge', 'head']).stdout).toBe('1 value of b1 deleted\n')
    project.run([])
    project.run(['downgrade', 'a1'])
    rmSync(join(project.folder, 'migrations/b1_locale.ts'))
    expect(project.run(['preserved', 'purge', 'b1']).stdout).toBe('1 value of b1 deleted\n')
  })
})
