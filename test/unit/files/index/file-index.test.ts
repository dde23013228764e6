import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { graph, sequential } from '@org/migrate-core/node'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../../../../packages/core/src/files/file-index.ts'
import { eachIndexedProject, indexText, pass, readIndex, revisionText, sha256 } from './kit.ts'

const at = eachIndexedProject()
const one = revisionText('a1', '/*1*/')
/** As long as the other. */
const two = revisionText('a1', '/*2*/')
const file = 'a1_add_users.ts'

describe('a file with the same facts is not read', () => {
  test('once its text was read twice with time between: header, hash and message are those of the index', async () => {
    const { project } = at
    project.put({ [file]: one })
    await project.headers()
    project.alterIndex('add users', 'from the index')
    expect(await project.only()).toEqual(['add users', sha256(one)])
    pass(10_000)
    expect(await project.only()).toEqual(['add users', sha256(one)])
    project.alterIndex('add users', 'from the index')
    expect(await project.only()).toEqual(['from the index', sha256(one)])
  })

  test('but where everything is to be read, and the index is corrected then', async () => {
    const { project } = at
    project.put({ [file]: one })
    await project.fill()
    project.alterIndex(sha256(one), 'f'.repeat(64))
    expect(await project.only()).toEqual(['add users', 'f'.repeat(64)])
    expect(await project.only({ readAll: true })).toEqual(['add users', sha256(one)])
    expect(await project.only()).toEqual(['add users', sha256(one)])
  })

  test('however the folder is written: it has one index', async () => {
    const { project } = at
    project.put({ [file]: one })
    const forms = [`${project.migrations}/`, `${project.home}/./migrations`, pathToFileURL(`${project.migrations}/`)]
    for (const form of [project.migrations, ...forms]) await graph(form).source.headers()
    expect(project.indexes()).toHaveLength(1)
  })

  test('a file that comes, goes or is renamed changes nothing for the others', async () => {
    const { project } = at
    project.put({ [file]: one, 'b1_two.ts': revisionText('b1'), 'd1_four.ts': revisionText('d1') })
    await project.fill()
    project.alterIndex('"four"', '"from the index"')
    project.put({ 'c1_three.ts': revisionText('c1') })
    rmSync(join(project.migrations, file))
    renameSync(join(project.migrations, 'b1_two.ts'), join(project.migrations, 'b1_other.ts'))
    const expected = ['other', 'three', 'from the index']
    expect((await project.headers()).map(({ message }) => message)).toEqual(expected)
    pass(10_000)
    expect((await project.headers()).map(({ message }) => message)).toEqual(expected)
    expect(readFileSync(project.indexPath, 'utf8')).not.toContain('add_users')
  })

  test('all of a header is in the index, and names that are not plain', async () => {
    const { project } = at
    const text = `/** "Quoted"\\ and ünï */
export const revision = 'b1'
export const downRevision = ['a1', 'a2']
export const branchLabels = ['billing']
export const dependsOn = 'c1'
export const compatibleWith = ['a1']
export function upgrade() {}
`
    project.put({ 'b1_ünï.ts': text, 'tab\there.ts': revisionText('t1') })
    await project.fill()
    project.alterIndex('ünï"', 'from the index"')
    expect(await project.headers()).toEqual([
      {
        revision: 'b1',
        parents: ['a1', 'a2'],
        branchLabels: ['billing'],
        dependsOn: ['c1'],
        compatibleWith: ['a1'],
        source: join(project.migrations, 'b1_ünï.ts'),
        message: '"Quoted"\\ and from the index',
        textHash: sha256(text),
      },
      expect.objectContaining({ revision: 't1', message: 'tab\there' }),
    ])
  })
})

describe('a file with another text is noticed', () => {
  test('edited at the same time as it was first read, with the same size and time (racy)', async () => {
    const { project } = at
    const path = join(project.migrations, file)
    project.put({ [file]: one })
    const { atime, mtime } = statSync(path)
    await project.headers()
    writeFileSync(path, two)
    utimesSync(path, atime, mtime)
    // The facts of the edited file, as a clock that is too coarse would show them: equal to those of the first read.
    const { heading, lines } = readIndex(project.indexPath)
    const facts = factsOf(statSync(path, { bigint: true }))
    const [name, , ...rest] = lines[0]?.split('\t') ?? []
    writeFileSync(project.indexPath, indexText(heading, [[name, facts, ...rest].join('\t')]))
    expect(await project.only()).toEqual(['add users', sha256(two)])
    pass(10_000)
    expect(await project.only()).toEqual(['add users', sha256(two)])
    pass(10_000)
    expect(await project.only()).toEqual(['add users', sha256(two)])
  })

  test('edited within the same second, with the same size and the old time set again', async () => {
    const { project } = at
    const path = join(project.migrations, file)
    project.put({ [file]: one })
    const { atime, mtime } = statSync(path)
    await project.fill()
    writeFileSync(path, two)
    utimesSync(path, atime, mtime)
    expect(await project.only()).toEqual(['add users', sha256(two)])
  })

  test('a backup that is restored with its old times, at the same path', async () => {
    const { project } = at
    const backup = join(project.home, 'backup')
    project.put({ [file]: two })
    cpSync(project.migrations, backup, { recursive: true, preserveTimestamps: true })
    project.put({ [file]: one })
    const { atime, mtime } = statSync(join(backup, file))
    utimesSync(join(project.migrations, file), atime, mtime)
    await project.fill()
    expect(await project.only()).toEqual(['add users', sha256(one)])
    rmSync(project.migrations, { recursive: true })
    renameSync(backup, project.migrations)
    expect(await project.only()).toEqual(['add users', sha256(two)])
  })

  test('a project that is copied with its cache: nothing of the index holds for the copy, nor for the original at the path of the copy', async () => {
    const { project } = at
    project.put({ [file]: one })
    await project.fill()
    project.alterIndex('add users', 'from the index')
    const index = project.indexPath
    const copy = join(project.home, 'copy')
    mkdirSync(copy)
    for (const name of ['migrations', 'node_modules'])
      cpSync(join(project.home, name), join(copy, name), { recursive: true, preserveTimestamps: true })
    const [header] = await graph(join(copy, 'migrations')).source.headers()
    expect(header).toMatchObject({ message: 'add users', textHash: sha256(one) })
    // The index of the original under the name of that of the copy.
    const own = readdirSync(join(copy, 'node_modules/.cache/migrate')).find((name) => !index.endsWith(name)) ?? ''
    cpSync(index, join(copy, 'node_modules/.cache/migrate', own))
    const [second] = await graph(join(copy, 'migrations')).source.headers()
    expect(second).toMatchObject({ message: 'add users' })
    // The copy in place of the original.
    rmSync(project.migrations, { recursive: true })
    renameSync(join(copy, 'migrations'), project.migrations)
    expect(await project.only()).toEqual(['add users', sha256(one)])
  })

  test('each file of a revision in SQL', async () => {
    const { project } = at
    project.put({ 'a1_x/up.sql': '-- revision: a1\n-- revises: base\nSELECT 1;\n', 'a1_x/down.sql': 'SELECT 2;\n' })
    await project.fill()
    project.alterIndex('"x"', '"from the index"')
    const [, first] = await project.only()
    expect((await project.only())[0]).toBe('from the index')
    project.put({ 'a1_x/down.sql': 'SELECT 3;\n' })
    const [message, second] = await project.only()
    expect(message).toBe('x')
    project.put({ 'a1_x/effects.ts': 'export const effects = "none"\n' })
    const [, third] = await project.only()
    rmSync(join(project.migrations, 'a1_x/down.sql'))
    const [, fourth] = await project.only()
    expect(new Set([first, second, third, fourth]).size).toBe(4)
  })
})

describe('facts that prove nothing', () => {
  test('a network drive without inodes, or without times, has no facts', () => {
    const facts = { size: 12n, mtimeNs: 1_700_000_000_123_456_789n, ctimeNs: 1_700_000_000_123_456_790n, ino: 42n }
    expect(factsOf(facts)).toBe('12 1700000000123456789 1700000000123456790 42')
    expect(factsOf({ ...facts, ino: 0n })).toBe(undefined)
    expect(factsOf({ ...facts, ctimeNs: 0n })).toBe(undefined)
    expect(factsOf({ ...facts, mtimeNs: 0n })).toBe(undefined)
  })

  test('a first read in the future counts as no read: the clock was set back', async () => {
    const { project } = at
    project.put({ [file]: one })
    pass(1_000_000_000)
    await project.headers()
    project.alterIndex('add users', 'from the index')
    pass(-1_000_000_000)
    expect((await project.only())[0]).toBe('add users')
    pass(10_000)
    await project.headers()
    project.alterIndex('add users', 'from the index')
    expect((await project.only())[0]).toBe('from the index')
  })
})

describe('an index that cannot be used', () => {
  test('is ignored and made again: empty, cut off, changed by hand, not ours', async () => {
    const { project } = at
    project.put({ [file]: one, 'b1_two.ts': revisionText('b1') })
    await project.fill()
    const [path, whole] = [project.indexPath, readFileSync(project.indexPath, 'utf8')]
    for (const text of ['', whole.slice(0, -3), whole.replace('add users', 'from a hand'), '\0\0\0', `x${whole}`]) {
      writeFileSync(path, text)
      expect((await project.headers()).map(({ message }) => message)).toEqual(['add users', 'two'])
      expect(readIndex(path).lines).toHaveLength(2)
    }
    project.alterIndex('["a1"', '{"a1"')
    expect((await project.headers()).map(({ message }) => message)).toEqual(['add users', 'two'])
    truncateSync(path)
    mkdirSync(`${path}.d`)
    expect((await project.headers()).map(({ message }) => message)).toEqual(['add users', 'two'])
  })

  test('a cache that cannot be written to, or no node_modules: the files are read, and nothing is written anywhere', async () => {
    const { project } = at
    project.put({ [file]: one })
    writeFileSync(join(project.home, 'node_modules/.cache'), 'no folder')
    expect(await project.only()).toEqual(['add users', sha256(one)])
    rmSync(join(project.home, 'node_modules'), { recursive: true })
    expect(await project.only()).toEqual(['add users', sha256(one)])
    expect(readdirSync(project.home)).toEqual(['migrations'])
    expect(readdirSync(project.migrations)).toEqual([file])
  })

  test('node_modules among the revisions are not used, and numbered files have no index', async () => {
    const { project } = at
    project.put({ [file]: one, 'node_modules/x/index.js': '' })
    await project.headers()
    expect(readdirSync(join(project.migrations, 'node_modules'))).toEqual(['x'])
    expect(project.indexes()).toHaveLength(1)
    project.put({ 'legacy/001_first.ts': 'export function migrate() {}\n' })
    await sequential(join(project.migrations, 'legacy')).source.headers()
    expect(project.indexes()).toHaveLength(1)
  })

  test('is removed when a revision turns out to be another than it says: the next run reads the file', async () => {
    const { project } = at
    project.put({ 'a1_x/up.sql': '-- revision: a1\n-- revises: base\nSELECT 1;\n' })
    await project.fill()
    const [, hash = ''] = await project.only()
    project.alterIndex(hash, 'f'.repeat(64))
    await expect(graph(project.migrations).source.module('a1')).rejects.toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      remedy: 'Run it again.',
    })
    expect(project.indexes()).toEqual([])
    expect(await graph(project.migrations).source.module('a1')).toMatchObject({
      sql: { up: { text: '-- revision: a1\n-- revises: base\nSELECT 1;\n' } },
    })
  })
})
