import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, filePath, Project, twoRevisions, untimed } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

const inside = (...path: readonly string[]): string => join(project.folder, ...path)
const textOf = (...path: readonly string[]): string => readFileSync(filePath(project.folder, join(...path)), 'utf8')
const files = (folder = 'migrations'): readonly string[] => readdirSync(inside(folder)).map(untimed).toSorted()
const config = (more: string): Readonly<Record<string, string>> => ({
  'migrate.config.ts': `import { defineConfig } from '@org/cli'\nexport default defineConfig({ url: 'sqlite:./app.db', ${more} })\n`,
})

describe('migrate revision', () => {
  test('makes a file behind the head, which the next upgrade applies; no database is made for it', () => {
    const created = project.run(['revision', '-m', 'Accounts: get a Colour!', '--rev-id', 'c1'])
    const path = inside('migrations')
    expect(created).toMatchObject({ code: 0, stderr: '' })
    expect(created.stdout).toMatch(/^created (\S+)\/\d{8}T\d{6}_c1_accounts_get_a_colour\.ts\nc1 revises b1\n$/)
    expect(created.stdout).toContain(`created ${path}/`)
    expect(existsSync(project.database)).toBe(false)
    expect(textOf('migrations/c1_accounts_get_a_colour.ts')).toMatch(
      /^\/\*\* Accounts: get a Colour! — Revises b1 — \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \*\/\n/,
    )
    expect(project.run([])).toMatchObject({ code: 0, stdout: expect.stringContaining('3 revisions applied') })
    expect(project.run(['current']).stdout).toContain('c1 (head)  Accounts: get a Colour!')
  })

  test('without words makes an id of twelve hex digits', () => {
    const { revision, files: created } = project.json(['revision'])
    expect(revision).toMatch(/^[0-9a-f]{12}$/)
    expect((created as readonly string[]).map(untimed)).toEqual([inside('migrations', `${revision}.ts`)])
  })

  test('is made where no folder of a cache can be written', () => {
    rmSync(join(project.folder, 'node_modules/.cache'), { recursive: true, force: true })
    symlinkSync(join(project.folder, 'not/there'), join(project.folder, 'node_modules/.cache'))
    const env = { TMPDIR: join(project.folder, 'migrate.config.ts') }
    expect(project.run(['revision', '-m', 'one'], { env, ownProcess: true })).toMatchObject({ code: 0, stderr: '' })
    rmSync(join(project.folder, 'node_modules/.cache'))
  })

  test('two that are made at once have two ids and two files', async () => {
    const before = files().length
    const both = ['one', 'one'].map((message) => project.start(['revision', '-m', message]))
    const ended = await Promise.all(both.map((each) => each.ended))
    expect(ended.map(({ code }) => code)).toEqual([0, 0])
    expect(files()).toHaveLength(before + 2)
    expect(new Set(ended.map(({ stdout }) => stdout)).size).toBe(2)
  })

  test('takes a branch, labels and dependencies, and names parents by their beginning', () => {
    expect(project.run(['revision', '--head', 'a1', '--splice', '--rev-id', 'side1']).code).toBe(0)
    const root = ['revision', '--head', 'base', '--branch-label', 'billing', '--rev-id', 'bill1']
    expect(project.run([...root, '--depends-on', 'side', '--depends-on', 'b1'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('bill1 a new root'),
    })
    const text = textOf('migrations/bill1.ts')
    expect(text).toContain("export const branchLabels: readonly string[] = ['billing']")
    expect(text).toContain("export const dependsOn: readonly string[] = ['side1', 'b1']")
    project.run(['revision', '--head', 'billing@head', '--rev-id', 'bill2'])
    expect(textOf('migrations/bill2.ts')).toContain("export const downRevision = 'bill1'")
    expect(project.run(['upgrade', 'billing@head'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('5 revisions applied'),
    })
  })

  test('makes the folder where there is none yet', () => {
    rmSync(inside('migrations'), { recursive: true })
    expect(project.run(['revision', '--rev-id', 'a1'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('a1 a new root'),
    })
    expect(files()).toEqual(['a1.ts'])
    rmSync(filePath(project.folder, 'migrations/a1.ts'))
    expect(project.run(['revision', '--rev-id', 'a2']).code).toBe(0)
  })

  test.each([
    [['--rev-id', 'a-b'], 'ILLEGAL_REVISION_ID', 1],
    [['--rev-id', '../x'], 'ILLEGAL_REVISION_ID', 1],
    [['--rev-id', 'b1'], 'DUPLICATE_REVISION', 1],
    [['--head', 'none'], 'UNKNOWN_REVISION', 1],
    [['--head', 'a1'], 'NOT_A_HEAD', 1],
    [['--depends-on', 'none'], 'UNKNOWN_REVISION', 1],
    [['--branch-label', 'a@b'], 'ILLEGAL_REVISION_ID', 1],
    [['--version-path', 'elsewhere'], 'INVALID_OPTION', 2],
  ])('%j is %s and leaves nothing behind', (args, code, exitCode) => {
    const before = files()
    expect(project.json(['revision', '-m', 'x', ...args])).toMatchObject({ ok: false, exitCode, error: { code } })
    expect(files()).toEqual(before)
    expect(existsSync(inside('elsewhere'))).toBe(false)
  })

  test('--head with a beginning that several have says which', () => {
    for (const id of ['side1', 'side2']) project.run(['revision', '--head', 'a1', '--splice', '--rev-id', id])
    const refused = project.run(['revision', '--head', 'side'])
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('AMBIGUOUS_PREFIX') })
    expect(refused.stderr).toContain('side1, side2')
  })

  test('a folder that nothing can be written to is told, and nothing is left behind', () => {
    rmSync(inside('migrations'), { recursive: true })
    // Root may write anywhere: what cannot be a folder stands in for one without rights.
    project.put({ ...config("migrations: './file/migrations'"), file: '' })
    expect(project.run(['revision', '-m', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /FILE_NOT_WRITTEN: .*file\/migrations\/.*_x.ts cannot be written: a part of the path/,
      ),
    })
    expect(textOf('file')).toBe('')
  })
})

describe('several locations', () => {
  beforeEach(() => {
    rmSync(inside('migrations'), { recursive: true })
    project.put(config("migrations: ['./billing', './search']"))
  })

  test('a new root has to say its folder, what follows it lies beside it, and each has a head of its own', () => {
    expect(project.run(['revision', '--rev-id', 'b1'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${inside('billing')}, ${inside('search')}`),
    })
    expect(existsSync(inside('billing'))).toBe(false)
    for (const args of [
      ['--rev-id', 'b1', '--branch-label', 'billing', '--version-path', 'billing'],
      ['--rev-id', 's1', '--head', 'base', '--version-path', './search', '--branch-label', 'search'],
      ['--rev-id', 'b2', '--head', 'billing@head', '--depends-on', 'search'],
      ['--rev-id', 's2', '--head', 'search@head'],
    ]) {
      expect(project.run(['revision', ...args])).toMatchObject({ code: 0, stderr: '' })
    }
    expect([files('billing'), files('search')]).toEqual([
      ['b1.ts', 'b2.ts'],
      ['s1.ts', 's2.ts'],
    ])
    expect(textOf('billing/b2.ts')).toContain("export const dependsOn: readonly string[] = ['search']")
    expect(project.run(['upgrade', 'billing@head'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 revisions applied'),
    })
    expect(project.run(['upgrade', 'heads']).code).toBe(0)
    expect(project.json(['current'])).toMatchObject({ revisions: [{ revision: 'b2' }, { revision: 's2' }] })
  })

  test('one id in both is refused with both files', () => {
    for (const folder of ['billing', 'search']) {
      project.put({ [`${folder}/a1.ts`]: twoRevisions['migrations/a1_accounts.ts'] ?? '' })
    }
    expect(project.json([])).toMatchObject({
      error: {
        code: 'DUPLICATE_REVISION',
        details: { sources: [inside('billing/a1.ts'), inside('search/a1.ts')] },
      },
    })
  })
})

describe('how new files look', () => {
  test('the configuration says name, time zone, slug and text', () => {
    project.put({
      ...config(
        "migrations: './migrations', recursive: true, newFiles: { name: '{{year}}/{{rev}}-{{slug}}', slugLength: 9, timeZone: 'Asia/Tokyo', template: './our.mts' }",
      ),
      'our.mts':
        '// {{message}} ({{date}})\nexport const revision = {{revision}}\nexport const downRevision = {{downRevision}}\nexport const upgrade = () => {}\n',
    })
    const { files: created } = project.json(['revision', '-m', 'accounts get it', '--rev-id', 'c1'])
    const [file = ''] = created as readonly string[]
    expect(file).toMatch(/migrations\/\d{4}\/c1-accounts\.mts$/)
    expect(readFileSync(file, 'utf8')).toMatch(
      /^\/\/ accounts get it \(.*\+09:00\)\nexport const revision = 'c1'\nexport const downRevision = 'b1'\n/,
    )
    expect(project.run([])).toMatchObject({ code: 0, stdout: expect.stringContaining('3 revisions applied') })
  })

  test.each([
    ["name: '{{year}}/{{rev}}'", 'recursive'],
    ["timeZone: 'Mars/Base'", 'Mars/Base'],
    ["template: './none.ts'", 'none.ts cannot be read'],
    ["name: '{{nome}}'", '{{nome}}'],
  ])('%s is refused', (newFiles, message) => {
    const before = files()
    project.put(config(`migrations: './migrations', newFiles: { ${newFiles} }`))
    expect(project.run(['revision', '-m', 'x'])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
    expect(files()).toEqual(before)
  })

  test('a wrong key below newFiles is named with what was meant', () => {
    project.put(config("migrations: './migrations', newFiles: { timezone: 'UTC', hooks: [{ args: [] }] } as never"))
    const { code, stderr } = project.run(['heads'])
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean `timeZone`?')
    expect(stderr).toContain('`newFiles.hooks.0.exec`')
  })
})

describe('hooks on new files', () => {
  const hooks = (list: string): void => project.put(config(`migrations: './migrations', newFiles: { hooks: ${list} }`))

  test('run in their order, in the folder of the configuration, with what the project has installed', () => {
    project.put({ 'node_modules/.bin/stamp-it': '#!/bin/sh\nprintf "// stamped in %s\\n" "$PWD" >> "$1"\n' })
    hooks(
      "[{ exec: 'chmod', args: ['a+x', 'node_modules/.bin/stamp-it'] }, { exec: 'stamp-it', args: ['{{file}}'] }, { exec: 'sh', args: ['-c', 'echo // last >> \"$0\"', '{{file}}'] }]",
    )
    project.put({ 'below/x': '' })
    const created = project.run(['revision', '--rev-id', 'c1'], { cwd: inside('migrations') })
    expect(created).toMatchObject({ code: 0, stderr: '' })
    expect(textOf('migrations/c1.ts')).toMatch(new RegExp(`// stamped in ${project.folder}\n// last\n$`))
  })

  test('one that fails is named with what it said, those behind it do not run, and the file is kept', () => {
    hooks(
      "[{ name: 'the formatter', exec: 'sh', args: ['-c', 'echo this is wrong >&2; exit 3'] }, { exec: 'touch', args: ['ran'] }]",
    )
    const failed = project.run(['revision', '--rev-id', 'c1'])
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain('HOOK_FAILED: The hook the formatter failed on')
    expect(failed.stderr).toContain('exit code 3')
    expect(failed.stderr).toContain('this is wrong')
    expect(failed.stderr).toContain('The file was kept')
    expect(files()).toContain('c1.ts')
    expect(existsSync(inside('ran'))).toBe(false)
    hooks("[{ exec: 'no-such-program' }]")
    expect(project.json(['revision', '--rev-id', 'd1'])).toMatchObject({
      exitCode: 1,
      error: { code: 'HOOK_FAILED', details: { hook: 'no-such-program' } },
    })
  })
})

describe('migrate edit', () => {
  const editor = { EDITOR: 'sh -c \'printf "// seen by %s\\n" "$1" >> "$2"\' sh me' }

  test('opens the file in VISUAL, else EDITOR, with its arguments', () => {
    expect(project.run(['edit', 'head'], { env: { VISUAL: '', ...editor } })).toMatchObject({ code: 0 })
    expect(textOf('migrations/b1_locale.ts')).toMatch(/\/\/ seen by me\n$/)
    project.run(['upgrade', 'a1'])
    project.run(['edit', 'current'], { env: { ...editor, VISUAL: '' } })
    expect(textOf('migrations/a1_accounts.ts')).toMatch(/\/\/ seen by me\n$/)
  })

  test('says what is missing: an editor, a revision, an editor that works', () => {
    const none = { VISUAL: '', EDITOR: '' }
    expect(project.run(['edit', 'head'], { env: none })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('neither VISUAL nor EDITOR'),
    })
    expect(project.run(['edit', 'current'], { env: { VISUAL: 'true' } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('names no revision'),
    })
    expect(project.run(['edit', 'head'], { env: { VISUAL: 'false' } })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The editor `false` failed'),
    })
    expect(existsSync(project.database)).toBe(false)
  })
})

test('a tier of numbered files takes no new revision', () => {
  project.put({
    'migrate.config.ts':
      "import { graph, sequential } from '@org/migrate-core/node'\nexport default { url: 'sqlite:./app.db', tiers: [sequential(new URL('./legacy/', import.meta.url)), graph(new URL('./migrations/', import.meta.url))] }\n",
  })
  mkdirSync(inside('legacy'))
  writeFileSync(inside('legacy/001_first.ts'), 'export function migrate() {}\n')
  expect(project.run(['revision', '--tier', 'legacy'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('its files are numbered'),
  })
  expect(project.run(['revision', '--rev-id', 'c1']).code).toBe(0)
})
