import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRevisionGraph, graphOf, revisions } from '@org/migrate-core'
import { graph, sequential } from '@org/migrate-core/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folders-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}
const header = (id: string, down: string | null = null): string =>
  `export const revision = '${id}'\nexport const downRevision = ${JSON.stringify(down)}\nexport function upgrade() {}\n`

describe('graph(directory)', () => {
  test('takes an absolute path or a file: URL and refuses a relative path', async () => {
    put({ 'a1_x.ts': header('a1') })
    for (const directory of [folder, pathToFileURL(folder), pathToFileURL(folder).href]) {
      expect((await graph(directory).source.headers()).map((scanned) => scanned.revision)).toEqual(['a1'])
    }
    expect(() => graph('./migrations')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })

  test('a folder that is not there is MIGRATIONS_NOT_FOUND', async () => {
    await expect(graph(join(folder, 'none')).source.headers()).rejects.toMatchObject({
      code: 'MIGRATIONS_NOT_FOUND',
      details: { directory: join(folder, 'none') },
    })
  })

  test('links are followed: to a file, to a folder that is left alone, and to nothing, which is REVISION_UNREADABLE', async () => {
    mkdirSync(join(folder, 'sub'))
    put({ 'sub/real.ts': header('a1') })
    symlinkSync('sub/real.ts', join(folder, 'a1_x.ts'))
    symlinkSync('sub', join(folder, 'folder.ts'))
    expect((await graph(folder).source.headers()).map((scanned) => scanned.revision)).toEqual(['a1'])
    for (const to of ['nowhere.ts', 'b1_x.ts']) {
      symlinkSync(to, join(folder, 'b1_x.ts'))
      await expect(graph(folder).source.headers()).rejects.toMatchObject({
        code: 'REVISION_UNREADABLE',
        details: { file: join(folder, 'b1_x.ts') },
      })
      rmSync(join(folder, 'b1_x.ts'))
    }
  })

  test('a file that goes away after the look is named', async () => {
    // A short text is kept for its message; this one is read for it a second time.
    put({ 'a1_x.ts': `${header('a1')}// ${'x'.repeat(9_000)}\n`, 'b1_y.ts': header('b1', 'a1') })
    const { source } = graph(folder)
    const [scanned, short] = await source.headers()
    rmSync(join(folder, 'a1_x.ts'))
    rmSync(join(folder, 'b1_y.ts'))
    expect(short?.message).toBe('y')
    expect(() => scanned?.message).toThrow(expect.objectContaining({ code: 'REVISION_UNREADABLE' }))
    await expect(source.module('a1')).rejects.toMatchObject({ details: { file: join(folder, 'a1_x.ts') } })
  })

  test('declarations, maps, tests, dotfiles, editor and merge files, texts and sub-folders are left alone', async () => {
    mkdirSync(join(folder, 'lib.ts'))
    const junk = [
      'a.d.ts',
      'a.d.mts',
      'a.js.map',
      'a.ts.orig',
      '.a.ts',
      '.a.ts.swp',
      'a.ts~',
      '#a.ts#',
      'a.ts.bak',
      'a.test.ts',
      'a.spec.js',
      'README.md',
      'a.sql',
      '.#a.ts',
    ]
    put({
      ...Object.fromEntries(junk.map((name) => [name, 'not a revision'])),
      'b1_x.mjs': header('b1'),
      'b2_x.mts': header('b2', 'b1'),
    })
    expect((await graph(folder).source.headers()).map((scanned) => scanned.revision)).toEqual(['b1', 'b2'])
  })

  test('names that differ only in case or Unicode form are FILE_NAME_INVALID, and so are counterparts of one revision', async () => {
    put({ 'a1_x.ts': header('a1'), 'A1_x.ts': header('a2') })
    const { source } = graph(folder)
    await expect(source.headers()).rejects.toMatchObject({
      code: 'FILE_NAME_INVALID',
      details: { files: [join(folder, 'A1_x.ts'), join(folder, 'a1_x.ts')], why: 'same-but-for-case' },
    })
    rmSync(join(folder, 'A1_x.ts'))
    put({ 'caf\u00e9.ts': header('c1'), 'cafe\u0301.ts': header('c2') })
    await expect(source.headers()).rejects.toMatchObject({ code: 'FILE_NAME_INVALID' })
    rmSync(join(folder, 'caf\u00e9.ts'))
    put({ 'a1_x.js': header('a1') })
    await expect(source.headers()).rejects.toMatchObject({
      code: 'FILE_NAME_INVALID',
      details: { why: 'duplicates' },
      message: expect.stringContaining('two forms of one revision'),
    })
  })

  test('two files with one id are DUPLICATE_REVISION of the graph, which names both files', async () => {
    put({ 'a1_x.ts': header('a1'), 'a1_y.ts': header('a1') })
    const headers = await graph(folder).source.headers()
    expect(() => createRevisionGraph(headers)).toThrow(
      expect.objectContaining({
        code: 'DUPLICATE_REVISION',
        details: { revision: 'a1', sources: [join(folder, 'a1_x.ts'), join(folder, 'a1_y.ts')] },
      }),
    )
  })

  test('2,000 files are read and scanned', async () => {
    const body = `/** r — Revises */\nimport { x } from '@org/migrate-core'\n%\n${'  // something that a revision does\n'.repeat(120)}`
    for (let n = 0; n < 2_000; n += 1) {
      const id = `r${String(n).padStart(5, '0')}`
      put({ [`${id}_x.ts`]: body.replace('%', header(id, n === 0 ? null : `r${String(n - 1).padStart(5, '0')}`)) })
    }
    const { source } = graph(folder)
    expect(await source.headers()).toHaveLength(2_000)
  })
})

describe('sequential(directory)', () => {
  test('a revision is named by its file, its parent is the one before by name, also with one number twice', async () => {
    put({ '002_b.ts': '', '001_initial_schema.ts': '', '002_a.js': '', '010_z.ts': '/** the last — 2026 */' })
    const tier = sequential(folder)
    expect(tier).toMatchObject({ name: 'legacy', kind: 'sequential', table: 'migratehistory' })
    const headers = await tier.source.headers()
    expect(headers.map((scanned) => [scanned.revision, scanned.parents, scanned.message])).toEqual([
      ['001_initial_schema', [], 'initial schema'],
      ['002_a', ['001_initial_schema'], 'a'],
      ['002_b', ['002_a'], 'b'],
      ['010_z', ['002_b'], 'the last'],
    ])
    expect(sequential(folder, { name: 'old', table: 'h' })).toMatchObject({ name: 'old', table: 'h' })
  })

  test.each(['1_a.ts', 'a.ts', '0001_a.ts', '001-a.ts', '001_.ts', '001_ä.ts'])(
    '%s is FILE_NAME_INVALID',
    async (name) => {
      put({ [name]: '' })
      await expect(sequential(folder).source.headers()).rejects.toMatchObject({
        code: 'FILE_NAME_INVALID',
        details: { files: [join(folder, name)], why: 'not-numbered' },
      })
    },
  )
})

describe('what a module exports is checked against its text', () => {
  test.each([
    [
      'the id',
      "const h = { revision: 'a1' }\nvar revision = 'a1', downRevision = null\nrevision = 'a2'\nexport { revision, downRevision }\nexport function upgrade() {}",
      'HEADER_INVALID',
    ],
    [
      'a constant that is not exported',
      "const revision = 'a1', downRevision = null\nexport { revision }\nexport function upgrade() {}",
      undefined,
    ],
    [
      'an array against a string',
      "export const revision = 'a1'\nexport const downRevision = ['b1']\nexport function upgrade() {}",
      undefined,
    ],
    [
      'a parent',
      "export const revision = 'a1'\nexport let downRevision = 'b1'\ndownRevision = 'b2'\nexport function upgrade() {}",
      'HEADER_INVALID',
    ],
    ['no upgrade', "export const revision = 'a1'\nexport const downRevision = null", 'REVISION_FILE_INVALID'],
    [
      'upgrade is no function',
      "export const revision = 'a1'\nexport const downRevision = null\nexport const upgrade = 1",
      'REVISION_FILE_INVALID',
    ],
    ['downgrade is no function', `${header('a1')}export const downgrade = []`, 'REVISION_FILE_INVALID'],
  ])('%s', async (_what, text, code) => {
    put({ 'a1_x.mjs': text })
    const loaded = graph(folder).source.module('a1')
    if (code === undefined) expect(await loaded).toMatchObject({ upgrade: expect.any(Function) })
    else await expect(loaded).rejects.toMatchObject({ code, details: { file: join(folder, 'a1_x.mjs') } })
  })

  test('an unknown revision is UNKNOWN_REVISION', async () => {
    await expect(graph(folder).source.module('zz')).rejects.toMatchObject({ code: 'UNKNOWN_REVISION' })
  })

  test('a sequential file exports migrate and perhaps rollback', async () => {
    put({
      '001_a.mjs': 'export function migrate() {}\nexport function rollback() {}',
      '002_b.mjs': 'export const x = 1',
    })
    const { source } = sequential(folder)
    expect(await source.module('001_a')).toEqual({ upgrade: expect.any(Function), downgrade: expect.any(Function) })
    await expect(source.module('002_b')).rejects.toMatchObject({
      code: 'REVISION_FILE_INVALID',
      remedy: expect.stringContaining('migrate(op)'),
    })
  })
})

test('revisions passed as values make a source without files', async () => {
  const upgrade = (): void => {}
  const source = revisions([
    { revision: 'a1', downRevision: null, upgrade },
    { revision: 'b1', downRevision: 'a1', branchLabels: ['main'], message: 'second', upgrade, downgrade: upgrade },
  ])
  expect(await source.headers()).toEqual([
    {
      revision: 'a1',
      parents: [],
      dependsOn: [],
      branchLabels: [],
      compatibleWith: [],
      message: 'a1',
      source: '<value>',
    },
    {
      revision: 'b1',
      parents: ['a1'],
      dependsOn: [],
      branchLabels: ['main'],
      compatibleWith: [],
      message: 'second',
      source: '<value>',
    },
  ])
  expect(await source.module('b1')).toEqual({ upgrade, downgrade: upgrade })
  await expect(source.module('c1')).rejects.toMatchObject({ code: 'UNKNOWN_REVISION' })
  expect(graphOf(source)).toMatchObject({ name: 'main', kind: 'graph', source })
})
