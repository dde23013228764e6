import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { Project } from '../cli/project.ts'

export const revisions = {
  'migrations/0001_a.ts': `import { integer, text, type OperationRecorder } from '@org/migrate-core'
export const revision = 'aaaa'
export const downRevision = null
export function upgrade(op: OperationRecorder) {
  op.createTable('a', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
}
`,
  'migrations/0002_b.ts': `import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { integer, type OperationRecorder } from '@org/migrate-core'
export const revision = 'bbbb'
export const downRevision = 'aaaa'
export function upgrade(op: OperationRecorder) {
  op.createTable('b', (t) => t.column('id', integer(), { nullable: false }))
  op.run('rows of b', {
    up: async (db) => {
      await db.execute('INSERT INTO b VALUES (?)', [7n])
      console.error('half')
      while (!existsSync('go')) await sleep(20)
    },
    down: 'none',
  })
}
`,
}

/** A configuration with these further keys, and two revisions, of which the second waits for the file `go`. */
export function projectWith(more: string): Project {
  const project = new Project({
    ...revisions,
    'migrate.config.ts': `import { defineConfig } from '@org/cli'
export default defineConfig({ url: process.env.APP_URL, migrations: './migrations'${more} })\n`,
  })
  onTestFinished(() => project.remove())
  return project
}

/** Kills the process of a run in its second revision, ends the run with another, and goes back to the beginning. */
export async function killedAndResumed(
  url: string,
  sql: (query: string) => Promise<readonly unknown[]>,
  more = '',
  ownSchema = 'current_schema()',
): Promise<void> {
  const project = projectWith(more)
  const settings = { env: { ...process.env, APP_URL: url } }
  const run = project.start(['upgrade'], settings)
  while (!run.output().includes('half')) await sleep(20)
  await run.kill()
  project.put({ go: '' })
  expect(project.run(['upgrade'], { ...settings, ownProcess: true })).toMatchObject({ code: 0 })
  const tables = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${ownSchema} AND table_name IN ('a', 'b') ORDER BY 1`
  expect(await sql(tables)).toEqual([{ name: 'a' }, { name: 'b' }])
  expect(await sql('SELECT id FROM b')).toEqual([{ id: 7 }])
  const reverted = project.run(['downgrade', 'base', '--allow-data-loss'], { ...settings, ownProcess: true })
  expect(reverted).toMatchObject({ code: 0 })
  expect(await sql(tables)).toEqual([])
}
