import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRevisionGraph } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { planUpgrade } from '../../../packages/core/src/graph/selection/plan-upgrade.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'locations-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}
const header = (id: string, down: string | null = null, more = ''): string =>
  `export const revision = '${id}'\nexport const downRevision = ${JSON.stringify(down)}\n${more}export function upgrade() {}\n`
const inside = (...names: readonly string[]): readonly string[] => names.map((name) => join(folder, name))

describe('several locations', () => {
  test('are one graph with a base, a label and a head for each; what depends on another one waits for it', async () => {
    put({
      'billing/b1.ts': header('b1', null, "export const branchLabels = ['billing']\n"),
      'billing/b2.ts': header('b2', 'b1', "export const dependsOn = ['s1']\n"),
      'search/s1.ts': header('s1', null, "export const branchLabels = ['search']\n"),
      'search/s2.ts': header('s2', 's1'),
    })
    const { source } = graph([join(folder, 'billing'), pathToFileURL(`${join(folder, 'search')}/`)])
    const headers = await source.headers()
    expect(headers.map(({ revision, source: file }) => [revision, file])).toEqual([
      ['b1', join(folder, 'billing/b1.ts')],
      ['b2', join(folder, 'billing/b2.ts')],
      ['s1', join(folder, 'search/s1.ts')],
      ['s2', join(folder, 'search/s2.ts')],
    ])
    const revisionGraph = createRevisionGraph(headers)
    expect(revisionGraph).toMatchObject({ bases: ['b1', 's1'], heads: ['b2', 's2'] })
    const steps = (target: string) => planUpgrade(revisionGraph, [], target).steps.map(({ revision }) => revision)
    expect(steps('billing@head').toSorted()).toEqual(['b1', 'b2', 's1'])
    expect(steps('billing@head').at(-1)).toBe('b2')
    expect(steps('search@head')).toEqual(['s1', 's2'])
    await expect(source.module('s2')).resolves.toMatchObject({ upgrade: expect.any(Function) })
    expect(source.locations).toMatchObject({ recursive: false })
  })

  test('one id in two of them is DUPLICATE_REVISION with both files', async () => {
    put({ 'a/x.ts': header('a1'), 'b/x.ts': header('a1') })
    const headers = await graph(inside('a', 'b')).source.headers()
    expect(() => createRevisionGraph(headers)).toThrow(
      expect.objectContaining({
        code: 'DUPLICATE_REVISION',
        details: { revision: 'a1', sources: inside('a/x.ts', 'b/x.ts') },
      }),
    )
  })

  test('one that is named twice, or lies in another one, is read once', async () => {
    put({ 'a/x.ts': header('a1'), 'a/in/y.ts': header('a2', 'a1') })
    const second = graph([...inside('a', 'a', 'a/in'), pathToFileURL(`${join(folder, 'a')}/`)], { recursive: true })
    expect((await second.source.headers()).map(({ revision }) => revision)).toEqual(['a1', 'a2'])
  })

  test('the one that is not there is named', async () => {
    put({ 'a/x.ts': header('a1') })
    await expect(graph(inside('a', 'b')).source.headers()).rejects.toMatchObject({
      code: 'MIGRATIONS_NOT_FOUND',
      details: { directory: join(folder, 'b') },
    })
    expect(() => graph([join(folder, 'a'), 'b'])).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })
})

describe('sub-folders', () => {
  test('are read where asked for, except hidden ones, installed packages and links', async () => {
    put({
      'z.ts': header('a1'),
      '2026/11/x.ts': header('a3', 'a2'),
      '2025/x.ts': header('a2', 'a1'),
      '2025/README.md': '',
      '.git/x.ts': header('g1'),
      'node_modules/p/x.ts': header('n1'),
    })
    symlinkSync('..', join(folder, '2026/up'))
    const revisionGraph = async (recursive: boolean) =>
      (await graph(folder, { recursive }).source.headers()).map(({ revision }) => revision)
    expect(await revisionGraph(true)).toEqual(['a1', 'a2', 'a3'])
    expect(await revisionGraph(false)).toEqual(['a1'])
  })
})
