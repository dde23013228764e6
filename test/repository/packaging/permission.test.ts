import { spawnSync } from 'node:child_process'
import { realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, type Project, root } from '../../cli/project.ts'
import { installed } from './installed.ts'

// The permission model of Node: https://nodejs.org/api/permissions.html

let project: Project

beforeAll(() => {
  ensureBuilt()
  project = installed(
    {
      'migrate.config.mjs': "export default { url: 'sqlite:app.db', migrations: './migrations' }\n",
      'migrations/a1_first.mjs':
        "export const revision = 'a1'\nexport const downRevision = null\nexport function upgrade(op) { op.sql('CREATE TABLE t (id INTEGER)') }\n",
      'service.mjs': `import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
const dialect = sqliteDialect({ url: 'sqlite:app.db' })
const migrator = createMigrator({ dialect, tiers: [graph(new URL('./migrations/', import.meta.url))] })
console.log((await migrator.ensure({ mode: 'apply' })).applied.length)
`,
    },
    '@org/migrate-dialect-sqlite',
    'better-sqlite3',
  )
})
afterAll(() => project.remove())

/** With rights to this project, and to the packages that its links lead to; to no folder above, and not to the program of Node. */
function permitted(...args: readonly string[]) {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
  const folder = realpathSync(project.folder)
  const rights = [folder, root].map((each) => `--allow-fs-read=${each}`)
  const flags = [flag, '--allow-addons', ...rights, `--allow-fs-write=${folder}`, '--no-warnings']
  return spawnSync(process.execPath, [...flags, ...args], { encoding: 'utf8', cwd: folder })
}

test('a service and the command line run with rights to their folder only', () => {
  expect(permitted('service.mjs')).toMatchObject({ status: 0, stdout: '1\n', stderr: '' })
  rmSync(join(project.folder, 'app.db'))
  const program = 'node_modules/@org/cli/bin/migrate.js'
  expect(permitted(program, 'upgrade')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('now at a1'),
  })
  expect(permitted(program, 'status')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('up to date'),
  })
})

test('a path that is denied is named', () => {
  const { stdout } = permitted(
    '-e',
    `import('@org/migrate-core').then(({ createMigrator }) => import('@org/migrate-core/node').then(async ({ importModule }) => {
      await importModule('/etc/not-permitted.mjs').catch((error) => console.log(error.message))
    }))`,
  )
  expect(stdout).toContain('(/etc/not-permitted.mjs)')
})
