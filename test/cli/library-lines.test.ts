import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { ensureBuilt, Project, revision } from './project.ts'

beforeAll(ensureBuilt)

// A process of its own, without source maps: Node 20 runs what the files were compiled to.
const service = `
import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
const migrator = createMigrator({
  dialect: sqliteDialect({ url: 'sqlite:app.db' }),
  tiers: [graph(new URL('./migrations/', import.meta.url))],
})
const planned = async () => (await migrator.plan()).steps.flatMap(({ operations }) => operations.map(({ source }) => source))
const failed = await migrator.ensure({ mode: 'apply' }).then(() => undefined, (error) => error.toJSON())
console.log(JSON.stringify({ planned: await planned().catch(() => []), failed }))
`

/** What a service reports, with the lines of its files in place of their locations. */
function reported(body: string): { readonly planned: readonly string[]; readonly failed: Record<string, unknown> } {
  const project = new Project({ 'migrations/c3_mid.ts': revision('c3', null, body), 'service.mjs': service })
  onTestFinished(() => project.remove())
  const answer = execFileSync(process.execPath, ['service.mjs'], { cwd: project.folder, encoding: 'utf8' })
  const folder = join(project.folder, 'migrations/')
  return JSON.parse(answer.replaceAll(folder, '').replaceAll(/(c3_mid\.ts:\d+):\d+/g, '$1'))
}

test('an operation that fails in a service is named with the line of its file', () => {
  const { planned, failed } = reported(`  op.createTable('a', (t) => { t.column('id', integer()) })

  op.sql('INSERT INTO missing VALUES (1)')`)
  expect(planned).toEqual(['c3_mid.ts:10', 'c3_mid.ts:12'])
  expect(failed).toMatchObject({
    code: 'STATEMENT_FAILED',
    revision: 'c3',
    source: 'c3_mid.ts:12',
    outcome: 'unchanged',
  })
})

test('a call that the recorder refuses in a service is named with the line of its file', () => {
  const { failed } = reported("\n\n  op.createTable('', (t) => { t.column('id', integer()) })")
  expect(failed).toMatchObject({ code: 'INVALID_NAME', revision: 'c3', source: 'c3_mid.ts:12' })
})
