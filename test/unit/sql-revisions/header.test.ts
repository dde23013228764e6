import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { graph, type RevisionHeader, sequential } from '@org/migrate-core/node'
import { describe, expect, test } from 'vitest'
import { failureOf, migrationsFolder, up } from './kit.ts'

const project = migrationsFolder()

async function scan(text: string | Uint8Array, folder = 'a1_add_locale'): Promise<RevisionHeader> {
  project.put({ [`${folder}/up.sql`]: text })
  const [header] = await graph(project.folder).source.headers()
  if (header === undefined) throw new Error('no header')
  return { ...header }
}

const at = (name: string): string => join(project.folder, name)

describe('the facts of a revision in SQL stand in the comments at the top of up.sql', () => {
  test('all of them, in any order, among other comments', async () => {
    const header = await scan(
      [
        '',
        '-- Written by hand: see the note about locks',
        '-- message: accounts get a locale',
        '-- revises: b1, b2 b3',
        '--revision:a1',
        '-- branch-labels: billing',
        '-- depends-on: c1',
        '-- compatible-with: b1',
        '',
        'CREATE TABLE a (x INT); -- revision: other',
      ].join('\n'),
    )
    expect(header).toMatchObject({
      revision: 'a1',
      parents: ['b1', 'b2', 'b3'],
      branchLabels: ['billing'],
      dependsOn: ['c1'],
      compatibleWith: ['b1'],
      message: 'accounts get a locale',
      source: at('a1_add_locale/up.sql'),
    })
  })

  test('a base says `base`, what is absent is empty, and the name of the folder is the message', async () => {
    expect(await scan('-- revision: a1\n-- revises: base\n')).toMatchObject({
      parents: [],
      branchLabels: [],
      dependsOn: [],
      compatibleWith: [],
      message: 'add locale',
    })
  })

  test('with the words of a TypeScript revision, a byte order mark and the line ends of Windows', async () => {
    const text =
      '\uFEFF-- revision: a1\r\n-- downRevision: b1\r\n-- branchLabels: x, y\r\n-- dependsOn: c1\r\n-- message: hello\r\n'
    expect(await scan(text)).toMatchObject({
      revision: 'a1',
      parents: ['b1'],
      branchLabels: ['x', 'y'],
      dependsOn: ['c1'],
      message: 'hello',
    })
  })

  test.each([
    ['', 'revision', 'missing'],
    ['CREATE TABLE a (x INT);\n-- revision: a1\n-- revises: base\n', 'revision', 'missing'],
    ['-- revision: a1\n', 'downRevision', 'missing'],
  ])('a fact that is needed and not in %j is HEADER_INVALID, with file and line', async (text, name, why) => {
    const error = await failureOf(scan(text))
    expect(error).toMatchObject({ code: 'HEADER_INVALID', details: { file: at('a1_add_locale/up.sql'), name, why } })
    expect(String(error)).toContain(`${at('a1_add_locale/up.sql')}:1:`)
  })

  test.each([
    ['-- revision:\n-- revises: base\n', 'revision', 1],
    ['-- revision: a1 a2\n-- revises: base\n', 'revision', 1],
    ["-- revision: 'a1'\n-- revises: base\n", 'revision', 1],
    ['-- revision: a1\n-- revises: base\n-- revision: a2\n', 'revision', 3],
    ['-- revision: a1\n-- revises:\n', 'revises', 2],
    ['-- revision: a1\n-- revises: base\n\n-- depends-on: [c1]\n', 'depends-on', 4],
    ['-- revision: a1\n-- revises: base\n-- depend-on: c1\n', 'depend-on', 3],
  ])('a fact that cannot be read in %j is HEADER_INVALID, with file and line', async (text, name, line) => {
    const error = await failureOf(scan(text))
    expect(error).toMatchObject({
      code: 'HEADER_INVALID',
      details: { file: at('a1_add_locale/up.sql'), name, why: 'not-static', line },
    })
    expect(String(error)).toContain(`${at('a1_add_locale/up.sql')}:${line}:`)
  })
})

describe('a folder with up.sql is a revision beside those in TypeScript', () => {
  const typescript = "export const revision = 'a1'\nexport const downRevision = null\nexport function upgrade() {}\n"

  test('of one graph, also below the folder where sub-folders are read', async () => {
    project.put({
      'a1_first.ts': typescript,
      'b1_second/up.sql': up('b1', 'a1', ''),
      'lib/c1_third/up.sql': up('c1', 'b1', ''),
      'notes/read.md': 'nothing',
    })
    const headersIn = async (recursive: boolean): Promise<unknown[]> =>
      (await graph(project.folder, { recursive }).source.headers()).map((header) => [header.revision, header.parents])
    expect(await headersIn(false)).toEqual([
      ['a1', []],
      ['b1', ['a1']],
    ])
    expect(await headersIn(true)).toEqual([
      ['a1', []],
      ['b1', ['a1']],
      ['c1', ['b1']],
    ])
  })

  test('but of no sequential tier, whose revisions are numbered files', async () => {
    project.put({ '001_a.ts': 'export function migrate() {}', '002_b/up.sql': 'SELECT 1' })
    expect((await sequential(project.folder).source.headers()).map(({ revision }) => revision)).toEqual(['001_a'])
  })

  test('that is there as a TypeScript file too is FILE_NAME_INVALID', async () => {
    project.put({ 'a1_first.ts': typescript, 'a1_first/up.sql': up('a1', 'base', '') })
    expect(await failureOf(graph(project.folder).source.headers())).toMatchObject({
      code: 'FILE_NAME_INVALID',
      details: { files: [at('a1_first.ts'), at('a1_first/up.sql')] },
    })
  })

  test('with down.sql alone has lost its other half: REVISION_UNREADABLE names it', async () => {
    project.put({ 'a1_first/down.sql': 'DROP TABLE a' })
    expect(await failureOf(graph(project.folder).source.headers())).toMatchObject({
      code: 'REVISION_UNREADABLE',
      details: { file: at('a1_first/up.sql') },
    })
  })

  test('of bytes that are no UTF-8 is REVISION_UNREADABLE: they would come into the rows as something else', async () => {
    const latin1 = Buffer.from("-- revision: a1\n-- revises: base\nINSERT INTO a VALUES ('caf\u00e9');\n", 'latin1')
    expect(await failureOf(scan(latin1))).toMatchObject({
      code: 'REVISION_UNREADABLE',
      details: { why: 'is no UTF-8' },
    })
    expect(await scan('-- revision: a1\n-- revises: base\n-- a \uFFFD that is meant\n')).toMatchObject({
      revision: 'a1',
    })
  })

  test('whose down.sql says that it belongs to another revision is HEADER_INVALID', async () => {
    project.put({ 'a1_first/up.sql': up('a1', 'base', ''), 'a1_first/down.sql': '-- revision: b1\nSELECT 1;\n' })
    expect(await failureOf(graph(project.folder).source.module('a1'))).toMatchObject({
      code: 'HEADER_INVALID',
      details: { file: at('a1_first/down.sql'), name: 'revision', why: 'mismatch', scanned: 'b1', exported: 'a1' },
    })
  })

  test('has a hash of both files, whatever line ends and byte order mark they have', async () => {
    const hash = async (): Promise<string | undefined> => (await graph(project.folder).source.headers())[0]?.textHash
    const text = up('a1', 'base', 'CREATE TABLE a (x INT);\n')
    project.put({ 'a1_first/up.sql': text, 'a1_first/down.sql': 'DROP TABLE a;\n' })
    const first = await hash()
    project.put({
      'a1_first/up.sql': `\uFEFF${text.replaceAll('\n', '\r\n')}`,
      'a1_first/down.sql': 'DROP TABLE a;\r\n\r\n',
    })
    expect(await hash()).toBe(first)
    project.put({ 'a1_first/down.sql': 'DROP TABLE b;\n' })
    const second = await hash()
    rmSync(at('a1_first/down.sql'))
    expect(new Set([first, second, await hash()]).size).toBe(3)
  })

  test('that changes while it is loaded is told, not run', async () => {
    project.put({ 'a1_first/up.sql': up('a1', 'base', 'CREATE TABLE a (x INT);') })
    const { source } = graph(project.folder)
    await source.headers()
    project.put({ 'a1_first/down.sql': 'DROP TABLE a' })
    expect(await failureOf(source.module('a1'))).toMatchObject({ code: 'REVISION_IMPORT_FAILED' })
  })
})

describe('what is no revision in SQL and meant to be one is refused', () => {
  test('a file with the header of a revision; SQL without one is passed by', async () => {
    project.put({ 'a1_first/up.sql': '-- revision: a1\n-- revises: base\n', 'a1_first.sql': 'SELECT 1;\n' })
    expect((await graph(project.folder).source.headers()).map(({ revision }) => revision)).toEqual(['a1'])
    project.put({ 'b1_second.sql': '\uFEFF-- Revision: b1\r\n-- Revises: a1\r\nSELECT 1;\r\n' })
    expect(await failureOf(graph(project.folder).source.headers())).toMatchObject({
      code: 'REVISION_FILE_INVALID',
      message: `${at('b1_second.sql')}: a revision in SQL is a folder with an up.sql, not a file`,
      remedy: `Move it to ${at('b1_second/up.sql')}.`,
    })
    rmSync(at('b1_second.sql'))
    project.put({ 'b1_second/up.sql': '-- revision: b1\n-- revises: a1\n' })
    expect((await graph(project.folder).source.headers()).map(({ revision }) => revision)).toEqual(['a1', 'b1'])
  })

  test.each([
    [
      'in the header',
      'up.sql',
      '-- revision: a1\n<<<<<<< HEAD\n-- revises: a0\n=======\n-- revises: b0\n>>>>>>> other\n',
      2,
    ],
    [
      'between statements',
      'up.sql',
      '-- revision: a1\r\n-- revises: base\r\nSELECT 1;\r\n<<<<<<< HEAD\r\nSELECT 2;\r\n||||||| base\r\n=======\r\nSELECT 3;\r\n>>>>>>> other\r\n',
      4,
    ],
    ['in the downgrade', 'down.sql', '<<<<<<< HEAD\nSELECT 2;\n=======\nSELECT 3;\n>>>>>>> other\n', 1],
  ])('a conflict that git left %s', async (_where, name, text, line) => {
    project.put({ 'a1_first/up.sql': '-- revision: a1\n-- revises: base\nSELECT 1;\n' })
    project.put({ [`a1_first/${name}`]: text })
    expect(await failureOf(graph(project.folder).source.headers())).toMatchObject({
      code: 'REVISION_FILE_INVALID',
      message: `${at(`a1_first/${name}`)}:${line}: a conflict of a merge is not resolved`,
      remedy: 'Resolve the conflict in the file, and remove the lines of git.',
    })
  })

  test('a line of such signs alone is none', async () => {
    const text = "-- revision: a1\n-- revises: base\nINSERT INTO t VALUES ('\n=======\n');\n"
    expect(await scan(text)).toMatchObject({ revision: 'a1' })
  })

  test('a conflict in the header of TypeScript', async () => {
    const header = ["export const downRevision = 'a0'", "export const downRevision = 'b0'"].join('\n=======\n')
    project.put({ 'a1.ts': `export const revision = 'a1'\n<<<<<<< HEAD\n${header}\n>>>>>>> other\n` })
    expect(await failureOf(graph(project.folder).source.headers())).toMatchObject({
      code: 'REVISION_FILE_INVALID',
      message: `${at('a1.ts')}:2: a conflict of a merge is not resolved`,
    })
  })
})
