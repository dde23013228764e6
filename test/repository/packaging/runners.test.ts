import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, Project, root } from '../../cli/project.ts'
import { install } from './installed.ts'

// The tests of a user: several files migrate at the same time, each a database of its own and all of them one file.

const migrates = `import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
const migrate = (url) =>
  createMigrator({ dialect: sqliteDialect({ url }), tiers: [graph(new URL('./migrations/', import.meta.url))] }).ensure({ mode: 'apply' })
test('memory', async () => expect((await migrate('sqlite::memory:')).applied.length).toBe(1))
test('a file', async () => expect((await migrate('sqlite:shared.db')).state).toBe('atHead'))
`
const revision = `import { bytes, integer, type OperationRecorder } from '@org/migrate-core'
export const revision = 'a1'
export const downRevision = null
export function upgrade(op: OperationRecorder): void {
  op.createTable('things', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('data', bytes())
    t.primaryKey(['id'])
  })
  op.insertRows('things', [{ id: 1, data: new Uint8Array([1, 2]) }], { key: ['id'] })
}
`

let project: Project
beforeAll(() => {
  ensureBuilt()
  const files = { 'migrations/a1_things.ts': revision, 'package.json': '{"type":"module"}' }
  project = new Project({ ...files, 'a.test.js': migrates, 'b.test.js': migrates, 'c.test.js': migrates })
  install(project.folder, '@org/migrate-core', '@org/migrate-dialect-sqlite', 'better-sqlite3')
  install(project.folder, 'es-module-lexer', 'oxc-resolver', 'oxc-transform')
})
afterAll(() => project.remove())

test.each(['forks', 'threads', 'vmThreads'])('tests that vitest runs in %s migrate', (pool) => {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--root', project.folder, '--pool', pool, '--reporter', 'json']
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: project.folder, encoding: 'utf8' })
  const { numPassedTests, testResults } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    readonly numPassedTests: number
    readonly testResults: readonly { readonly assertionResults: readonly { readonly failureMessages: string[] }[] }[]
  }
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap((each) => each.failureMessages),
  )
  expect([failures, numPassedTests], stderr).toEqual([[], 6])
})
