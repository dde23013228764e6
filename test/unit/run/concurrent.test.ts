import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { integer } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, type Recorded } from '../../kit/migrator.ts'
import { migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const table =
  (name: string): Recorded =>
  (op) => {
    op.createTable(name, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
    op.run('one row', async (db) => void (await db.execute(`INSERT INTO "${name}" VALUES (?)`, [1n])))
  }

const chain = line(...Array.from({ length: 8 }, (_, at) => table(`t${at + 1}`)))
const revisionsOnce = chain.map((each) => ({ revision: each.revision, n: 1 }))
const timesApplied =
  "SELECT revision, count(*) AS n FROM migrate_history WHERE direction = 'up' GROUP BY revision ORDER BY revision"

test.each(['revision', 'run'] as const)(
  'two migrators in one process, transaction %s: each revision once, no run fails',
  async (transaction) => {
    const file = join(folder.path, 'both.db')
    const results = await Promise.all([
      migratorOn(file, chain, { transaction }).upgrade(),
      migratorOn(file, chain, { transaction }).upgrade(),
    ])
    expect(results.flatMap((each) => each.applied).toSorted()).toEqual(chain.map((each) => `main:${each.revision}`))
    expect(rowsOf(file, timesApplied)).toEqual(revisionsOnce)
    expect(rowsOf(file, 'SELECT * FROM migrate_version')).toEqual([{ version_num: 'r8' }])
  },
)

test('two migrators on one in-memory database of one dialect value', async () => {
  const { createMigrator, graphOf, revisions } = await import('@org/migrate-core')
  const { sqliteDialect } = await import('@org/migrate-dialect-sqlite')
  const dialect = sqliteDialect({ url: ':memory:' })
  const one = createMigrator({ dialect, tiers: [graphOf(revisions(chain))] })
  const other = createMigrator({ dialect, tiers: [graphOf(revisions(chain))] })
  const results = await Promise.all([one.upgrade(), other.upgrade()])
  expect(results.flatMap((each) => each.applied)).toHaveLength(8)
  expect((await one.status()).state).toBe('atHead')
})

test('four processes on one file: each revision once, no run fails', async () => {
  const file = join(folder.path, 'four.db')
  const program = fileURLToPath(new URL('./concurrent-process.mjs', import.meta.url))
  const runs = await Promise.all(
    Array.from(
      { length: 4 },
      () =>
        new Promise<{ code: number | null; out: string }>((resolve) => {
          const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'pipe'] })
          let out = ''
          child.stdout.on('data', (data) => (out += data))
          child.stderr.on('data', (data) => (out += data))
          child.on('close', (code) => resolve({ code, out }))
        }),
    ),
  )
  expect(runs.map((each) => [each.code, each.out.replace(/applied \d+/, 'applied n')])).toEqual(
    Array(4).fill([0, 'applied n\n']),
  )
  expect(rowsOf(file, timesApplied)).toEqual(revisionsOnce)
  for (const name of ['t1', 't8']) expect(rowsOf(file, `SELECT * FROM ${name}`)).toEqual([{ id: 1 }])
})
