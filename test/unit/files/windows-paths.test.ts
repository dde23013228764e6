// No Windows runs here: the modules are bundled with its `node:path` and `node:url`, and literals say what Windows calls those files.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'

type Files = typeof import('../../../apps/cli/src/new-files/project-files.ts') &
  typeof import('../../../packages/core/src/graph/create-revision-graph.ts') &
  typeof import('../../../packages/core/src/files/folder-names.ts') &
  typeof import('../../../packages/core/src/files/write/file-name.ts') &
  typeof import('../../../packages/core/src/files/write/revision-path.ts')
type Urls = typeof import('../../../packages/dialect-sqlite/src/connection/url.ts') & {
  readonly parsePostgresUrl: typeof import('../../../packages/dialect-postgres/src/connection/url.ts').parseUrl
}

const replaced: { readonly [module: string]: string } = {
  'node:path': `import { win32 } from 'node:path'
    export const { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } = win32
    export default win32`,
  'node:url': `import { fileURLToPath as toPath, pathToFileURL as toUrl } from 'node:url'
    export const fileURLToPath = (url) => toPath(url, { windows: true })
    export const pathToFileURL = (path) => toUrl(path, { windows: true })`,
}
const onWindows: Plugin = {
  name: 'Windows',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(?:path|url)$/ }, ({ path, namespace }) =>
      namespace === 'windows' ? { path, external: true } : { path, namespace: 'windows' },
    )
    onLoad({ filter: /.*/, namespace: 'windows' }, ({ path }) => ({ contents: replaced[path] ?? '' }))
  },
}

const folder = mkdtempSync(join(tmpdir(), 'migrate-windows-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const outfile = join(folder, 'windows.mjs')
await build({
  stdin: {
    resolveDir: join(import.meta.dirname, '../../..'),
    contents: `export { projectFiles } from './apps/cli/src/new-files/project-files.ts'
      export { createRevisionGraph } from './packages/core/src/graph/create-revision-graph.ts'
      export { absoluteFolder } from './packages/core/src/files/folder-names.ts'
      export { fileNameOf } from './packages/core/src/files/write/file-name.ts'
      export { revisionPath } from './packages/core/src/files/write/revision-path.ts'
      export { parseUrl as parsePostgresUrl } from './packages/dialect-postgres/src/connection/url.ts'
      export { parseUrl } from './packages/dialect-sqlite/src/connection/url.ts'`,
  },
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['source'],
  define: { __MIGRATE_VERSION__: '"1.0.0"' },
  external: ['jiti', 'oxc-transform', 'better-sqlite3'],
  plugins: [onWindows],
  logLevel: 'error',
})
const { absoluteFolder, createRevisionGraph, fileNameOf, parsePostgresUrl, parseUrl, projectFiles, revisionPath } =
  (await import(pathToFileURL(outfile).href)) as Files & Urls

const draft = {
  revision: '0123456789ab',
  message: 'add locale',
  parents: [],
  branchLabels: [],
  dependsOn: [],
  at: new Date('2026-11-21T18:45:00Z'),
}
const at = (url: string): unknown => parseUrl(url, 'D:\\service')

describe('paths on Windows', () => {
  test.each([
    ['sqlite:app.db', 'D:\\service\\app.db'],
    ['sqlite:///data/app.db', 'D:\\service\\data\\app.db'],
    ['sqlite:///C:/data/app.db', 'C:\\data\\app.db'],
    ['sqlite:///C:\\data\\app.db', 'C:\\data\\app.db'],
    ['sqlite:C:\\data\\app.db', 'C:\\data\\app.db'],
    ['sqlite:\\\\host\\share\\app.db', '\\\\host\\share\\app.db'],
    ['file:///C:/my%20data/app.db', 'C:\\my data\\app.db'],
  ])('the file of %s', (url, path) => {
    expect(at(url)).toEqual({ kind: 'file', path, encrypted: false })
  })

  test('an encrypted file on a drive', () => {
    expect(at('sqlite+sqlcipher://C:\\data\\app.db')).toEqual({
      kind: 'file',
      path: 'C:\\data\\app.db',
      encrypted: true,
    })
  })

  test.each([
    ['pglite:./data', 'D:\\service\\data'],
    ['pglite:C:\\data', 'C:\\data'],
    ['pglite:file://C:\\data', 'C:\\data'],
  ])('the folder of %s', (url, folder) => {
    expect(parsePostgresUrl(url, 'D:\\service').folder).toBe(folder)
  })

  test('a folder of revisions is an absolute path or a file: URL', () => {
    expect(absoluteFolder('C:\\service\\migrations')).toBe('C:\\service\\migrations')
    expect(absoluteFolder('file:///C:/service/migrations/')).toBe('C:\\service\\migrations')
    expect(() => absoluteFolder('migrations')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
  })

  test('a new revision lies in the folder that is read, or below it', () => {
    const graph = createRevisionGraph([])
    const locations = { folders: ['C:\\service\\migrations'], recursive: true }
    const path = (folder: string): string => revisionPath(draft, graph, locations, { folder })
    expect(path('C:\\service\\migrations\\2026')).toBe(
      'C:\\service\\migrations\\2026\\20261121T184500_0123456789ab_add_locale.ts',
    )
    for (const folder of ['C:\\service', 'C:\\service\\migrations2', 'D:\\service\\migrations']) {
      expect(() => path(folder)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    }
  })

  test('a name template with the sign of Windows between its folders is refused, as on every system', () => {
    expect(() => fileNameOf(draft, { name: '{{year}}\\{{rev}}' }, true)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  test.each([
    ['migrations', "migrations: './migrations'", "new URL('../migrations/', import.meta.url)"],
    [
      'database\\migrations',
      "migrations: './database/migrations'",
      "new URL('../database/migrations/', import.meta.url)",
    ],
    ['.\\migrations', "migrations: './migrations'", "new URL('../migrations/', import.meta.url)"],
    ['C:\\my migrations', "migrations: 'C:/my migrations'", "new URL('file:///C:/my%20migrations/', import.meta.url)"],
  ])('the files of a new project with the folder %s', (folder, inConfig, inModule) => {
    const files = projectFiles({ database: 'sqlite', folder, template: 'package', home: 'D:\\service', schema: [] })
    expect(files['migrate.config.ts']).toContain(inConfig)
    expect(files['src/index.ts']).toContain(inModule)
  })
})
