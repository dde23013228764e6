import { execFileSync, spawnSync } from 'node:child_process'
import { realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, Project } from '../../cli/project.ts'
import { describeOnEach } from '../../kit/servers.ts'
import { install, type Package } from './installed.ts'

// Services that are bundled by their users: each has one dialect installed, and one driver or none.

const projects: Project[] = []

beforeAll(ensureBuilt)
afterAll(() => {
  for (const project of projects) project.remove()
})

function service(name: string, ...drivers: readonly Package[]): string {
  const project = new Project({})
  projects.push(project)
  const dialect = `@org/migrate-dialect-${name}` as Package
  install(project.folder, '@org/migrate-core', dialect, 'es-module-lexer', 'oxc-resolver', 'oxc-transform', ...drivers)
  writeFileSync(
    join(project.folder, 'service.mjs'),
    `import { createMigrator, graphOf, revisions } from '@org/migrate-core'
import { ${name}Dialect } from '${dialect}'
const first = { revision: 'a1', downRevision: null, upgrade: (op) => op.sql('SELECT 1'), downgrade: () => undefined }
export const migrator = createMigrator({
  dialect: ${name}Dialect({ url: process.env.SERVICE_URL ?? 'sqlite::memory:' }),
  tiers: [graphOf(revisions([first]))],
})
if (process.env.SERVICE_URL !== undefined)
  migrator.upgrade().then(({ applied }) => console.log(JSON.stringify(applied)))
`,
  )
  return realpathSync(project.folder)
}

/** What the bundle holds of installed packages, and what it leaves to the program. Where anything is not found, this fails. */
async function bundled(
  home: string,
  format: 'esm' | 'cjs',
  minify = false,
): Promise<{ held: string[]; left: string[] }> {
  const { metafile, warnings } = await build({
    entryPoints: [join(home, 'service.mjs')],
    outfile: join(home, `out/service.${format === 'esm' ? 'mjs' : 'cjs'}`),
    ...{ bundle: true, platform: 'node', format, metafile: true, logLevel: 'silent' },
    absWorkingDir: home,
    // In CommonJS a bundle has no `import.meta`.
    logOverride: { 'empty-import-meta': 'silent' },
    // `util` of packages in CommonJS, which esbuild asks for by `require`.
    ...(format === 'esm'
      ? { banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" } }
      : {}),
    minify,
  })
  expect(warnings).toEqual([])
  const names = Object.keys(metafile.inputs).flatMap(
    (path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  )
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path))
  const packages = /^(?:@|better-|libsql|mariadb|mysql2|oxc|pg$|postgres|typescript|jiti)/
  return { held: [...new Set(names)].sort(), left: [...new Set(imports)].filter((path) => packages.test(path)).sort() }
}

const telemetry = '@opentelemetry/api'

test.each(['esm', 'cjs'] as const)('a service with SQLite is bundled as %s, and runs', async (format) => {
  const home = service('sqlite', 'better-sqlite3')
  const { held, left } = await bundled(home, format)
  expect(held).toEqual(expect.arrayContaining(['@org/migrate-core', '@org/migrate-dialect-sqlite', 'better-sqlite3']))
  expect(held.filter((name) => /oxc|typescript|jiti|ciphers|libsql/.test(name))).toEqual([])
  expect(left).toEqual([telemetry, 'better-sqlite3-multiple-ciphers'])
  const file = join(home, `out/service.${format === 'esm' ? 'mjs' : 'cjs'}`)
  const env = { ...process.env, SERVICE_URL: `sqlite:${join(home, 'app.db')}` }
  expect(execFileSync(process.execPath, [file], { encoding: 'utf8', env })).toContain('a1')
})

test.each([
  ['sqlite', [], [telemetry, 'better-sqlite3', 'better-sqlite3-multiple-ciphers']],
  ['postgres', ['postgres'], ['@electric-sql/pglite', telemetry, 'pg']],
  ['mysql', ['mysql2'], [telemetry, 'mariadb']],
] as const)('a service with %s is bundled with the drivers %j', async (name, drivers, absent) => {
  const home = service(name, ...drivers)
  for (const format of ['esm', 'cjs'] as const) {
    const { held, left } = await bundled(home, format)
    expect(held).toEqual(expect.arrayContaining(['@org/migrate-core', ...drivers]))
    expect(held.filter((each) => /^oxc|^@oxc|typescript|jiti/.test(each))).toEqual([])
    expect(left).toEqual([...absent])
  }
})

describeOnEach(['postgres', 'mysql', 'mariadb'], 'a minified bundle', (createDatabase, server) => {
  const isPostgres = server === 'postgres'
  test('migrates', async () => {
    const home = isPostgres ? service('postgres', 'postgres') : service('mysql', 'mysql2')
    await bundled(home, 'cjs', true)
    const env = { ...process.env, SERVICE_URL: (await createDatabase()).url }
    const start = () => execFileSync(process.execPath, [join(home, 'out/service.cjs')], { encoding: 'utf8', env })
    expect([start(), start()]).toEqual(['["main:a1"]\n', '[]\n'])
  })
})

// Without the `require` that the banner above gives to it: a driver in CommonJS asks for modules of Node by it.
test('a driver in a bundle of ES modules without `require`: the error names what helps, and both do', async () => {
  const home = service('mysql', 'mysql2')
  // There is no server: that the driver was loaded is what the error tells.
  const env = { ...process.env, SERVICE_URL: 'mysql://root@127.0.0.1:1/none' }
  const run = async (name: string, options: BuildOptions) => {
    const outfile = join(home, 'out', name)
    await build({
      entryPoints: [join(home, 'service.mjs')],
      ...{
        bundle: true,
        platform: 'node',
        format: 'esm',
        logLevel: 'silent',
        absWorkingDir: home,
        outfile,
        ...options,
      },
    })
    return spawnSync(process.execPath, [outfile], { encoding: 'utf8', env }).stderr
  }
  const refused = await run('plain.mjs', {})
  expect(refused).toContain('the driver mysql2 cannot be loaded: Dynamic require of')
  expect(refused).toContain(
    "remedy: 'Leave the driver out of the bundle (esbuild: `--external:mysql2`) and install it beside, or bundle the program as CommonJS (`--format=cjs`).'",
  )
  expect(await run('external.mjs', { external: ['mysql2'] })).toContain('DATABASE_UNREACHABLE')
  expect(await run('service.cjs', { format: 'cjs' })).toContain('DATABASE_UNREACHABLE')
})
