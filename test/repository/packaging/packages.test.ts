import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemsOfPacked, publishedExports } from '../../../scripts/package-contents.mjs'
import { root } from '../tree.ts'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly type?: string
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly publishConfig?: { readonly exports: unknown }
  readonly engines?: { readonly node: string }
  readonly license?: string
}

const folders = ['packages', 'apps'].flatMap((group) =>
  readdirSync(join(root, group))
    .map((name) => join(group, name))
    .filter((folder) => existsSync(join(root, folder, 'package.json'))),
)
const packages = folders.map((folder) => ({
  folder,
  manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest,
}))
const published = packages.filter(({ manifest }) => manifest.private !== true)

describe('every package', () => {
  test('is found', () => {
    expect(published.map(({ manifest }) => manifest.name).sort()).toEqual([
      '@org/cli',
      '@org/migrate-autogenerate',
      '@org/migrate-conformance',
      '@org/migrate-core',
      '@org/migrate-dialect-mysql',
      '@org/migrate-dialect-postgres',
      '@org/migrate-dialect-sqlite',
      '@org/migrate-drizzle',
      '@org/migrate-fleet',
      '@org/migrate-schema',
    ])
  })

  test('has the version of the others', () => {
    expect(new Set(packages.map(({ manifest }) => manifest.version)).size).toBe(1)
  })

  test.each(packages)('$folder says what it is written for', ({ manifest }) => {
    expect(manifest).toMatchObject({ type: 'module', license: 'MIT', engines: { node: '^20.19.0 || >=22.3.0' } })
  })

  test.each(packages)('$folder has the source of each entry', ({ folder, manifest }) => {
    for (const { source = '' } of Object.values(manifest.exports))
      expect(existsSync(join(root, folder, source))).toBe(true)
  })

  test.each(published)('$folder goes out without the way to its sources', ({ manifest }) => {
    expect(manifest.publishConfig?.exports).toEqual(publishedExports(manifest.exports))
  })

  test('is in the group that has one version', () => {
    const { fixed } = JSON.parse(readFileSync(join(root, '.changeset/config.json'), 'utf8')) as { fixed: string[][] }
    expect(fixed.flat().sort()).toEqual(packages.map(({ manifest }) => manifest.name).sort())
  })
})

test('the history records the version of the package', () => {
  const text = readFileSync(join(root, 'packages/core/src/options/resolve-options.ts'), 'utf8')
  const core = published.find(({ manifest }) => manifest.name === '@org/migrate-core')
  expect(/^export const toolVersion = '(.*)'$/m.exec(text)?.[1]).toBe(core?.manifest.version)
})

describe('a package that should not go out is seen', () => {
  const files = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']
  const good = {
    name: 'a',
    version: '1.0.0',
    description: 'a',
    license: 'MIT',
    engines: { node: '>=20' },
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    bin: { a: './dist/index.js' },
  }

  test('and one that may is not', () => {
    expect(problemsOfPacked(good, files)).toEqual([])
  })

  test.each<[string, object, readonly string[]]>([
    ['"source"', { ...good, exports: { '.': { source: './src/index.ts', default: './dist/index.js' } } }, files],
    ['"source"', { ...good, exports: { '.': { node: { source: './dist/index.js' } } } }, files],
    ['./dist/other.js', { ...good, exports: { './other': './dist/other.js' } }, files],
    ['bin a', { ...good, bin: { a: './bin/a.js' } }, files],
    ['workspace:', { ...good, dependencies: { b: 'workspace:^' } }, files],
    ['file:', { ...good, peerDependencies: { b: 'file:../b' } }, files],
    ['src/index.ts', good, [...files, 'src/index.ts']],
    ['not compiled', good, [...files, 'dist/a.ts']],
    ['LICENSE', good, files.slice(1)],
    ['README.md', good, files.filter((file) => file !== 'README.md')],
    ['"type": "module"', { ...good, type: 'commonjs' }, files],
    ['description', { ...good, description: undefined }, files],
  ])('%s', (title, manifest, held) => {
    expect(problemsOfPacked(manifest, held).join('\n')).toContain(title)
  })
})
