import { join } from 'node:path'
import { createMigrator, graphOf, type Migrator, type OperationRecorder, revisions, type Tier } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { errorOf, line } from '../../kit/migrator.ts'
import { keyed } from '../preserved/kit.ts'
import { executeIn, rowsOf, snapshot, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

function legacy(broken?: string): Tier {
  const names = ['001_a', '002_b', '003_c']
  const values = names.map((revision, at) => ({
    revision,
    downRevision: names[at - 1] ?? null,
    upgrade: (op: OperationRecorder) => {
      if (revision === broken) op.sql('SELECT nothing FROM nowhere')
      keyed(`t${revision}`)(op)
    },
  }))
  return { name: 'legacy', kind: 'sequential', source: revisions(values) }
}

function migrator(file: string, tier = legacy()): Migrator {
  const chain = line(keyed('g1'), keyed('g2'))
  return createMigrator({ dialect: sqliteDialect({ url: `sqlite:${file}` }), tiers: [tier, graphOf(revisions(chain))] })
}

const names = (file: string): unknown =>
  rowsOf(file, 'SELECT name FROM migratehistory ORDER BY id').map((row) => (row as { name: string }).name)

test('targets of the sequential tier: a number, its full name, -1, base, head', async () => {
  const file = join(folder.path, 'targets.db')
  const of = { tier: 'legacy' }
  await migrator(file).upgrade('002', of)
  expect(names(file)).toEqual(['001_a', '002_b'])
  await migrator(file).upgrade('+1', of)
  expect(names(file)).toEqual(['001_a', '002_b', '003_c'])
  await migrator(file).downgrade('-1', of)
  expect(names(file)).toEqual(['001_a', '002_b'])
  await migrator(file).downgrade('001_a', of)
  expect(names(file)).toEqual(['001_a'])
  await migrator(file).upgrade('head', of)
  await migrator(file).downgrade('base', of)
  expect(names(file)).toEqual([])
  expect((await errorOf(migrator(file).upgrade('009', of))).code).toBe('UNKNOWN_REVISION')
  expect((await errorOf(migrator(file).upgrade('00', of))).code).toBe('AMBIGUOUS_PREFIX')
  expect((await errorOf(migrator(file).downgrade('-4', of))).code).toBe('RELATIVE_OUT_OF_RANGE')
  expect((await errorOf(migrator(file).upgrade('head', { tier: 'other' }))).code).toBe('TIER_UNKNOWN')
})

test('a plan of one tier runs on that tier, also where its target is a number', async () => {
  const file = join(folder.path, 'plan.db')
  const plan = await migrator(file).plan('002', { tier: 'legacy' })
  expect(plan.tier).toBe('legacy')
  for await (const _ of migrator(file).run(plan));
  expect(names(file)).toEqual(['001_a', '002_b'])
})

test('the graph goes to base alone; the tier below it is held while it stands', async () => {
  const file = join(folder.path, 'blocked.db')
  await migrator(file).upgrade()
  const before = snapshot(file)
  expect(await errorOf(migrator(file).downgrade('base', { tier: 'legacy' }))).toMatchObject({
    code: 'TIER_BLOCKED',
    details: { tier: 'legacy', by: 'main', applied: ['r2'] },
  })
  expect(snapshot(file)).toBe(before)
  await migrator(file).downgrade('base')
  expect(names(file)).toEqual(['001_a', '002_b', '003_c'])
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name LIKE 't00%' ORDER BY name")).toHaveLength(3)
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name LIKE 'g%'")).toEqual([])
})

test('the tier below is held also where the graph went up after the plan was made', async () => {
  const file = join(folder.path, 'race.db')
  await migrator(file).upgrade()
  await migrator(file).downgrade('base')
  let done = false
  const error = await errorOf(
    migrator(file).downgrade('base', {
      tier: 'legacy',
      onEvent: (event) => {
        if (event.type !== 'started' || done) return
        done = true
        executeIn(file, "CREATE TABLE g1 (id INTEGER NOT NULL PRIMARY KEY); INSERT INTO migrate_version VALUES ('r1')")
      },
    }),
  )
  expect(error).toMatchObject({ code: 'TIER_BLOCKED', location: { tier: 'legacy', revision: '003_c' } })
  expect(names(file)).toEqual(['001_a', '002_b', '003_c'])
})

test('a step of the first tier that fails stops before the graph', async () => {
  const file = join(folder.path, 'fails.db')
  executeIn(file, 'CREATE TABLE other (a)')
  const error = await errorOf(migrator(file, legacy('002_b')).upgrade())
  expect(error).toMatchObject({ code: 'STATEMENT_FAILED', location: { tier: 'legacy', revision: '002_b' } })
  expect(names(file)).toEqual(['001_a'])
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name IN ('g1', 't002_b')")).toEqual([])
  await migrator(file).upgrade()
  expect(names(file)).toEqual(['001_a', '002_b', '003_c'])
})

test('the table of the sequential tier has the shape and the times of Peewee', async () => {
  const file = join(folder.path, 'shape.db')
  await migrator(file).upgrade('001', { tier: 'legacy' })
  expect(
    rowsOf(file, 'SELECT name, type, "notnull" AS required, pk FROM pragma_table_info(\'migratehistory\')'),
  ).toEqual([
    { name: 'id', type: 'INTEGER', required: 1, pk: 1 },
    { name: 'name', type: 'VARCHAR(255)', required: 1, pk: 0 },
    { name: 'migrated_at', type: 'DATETIME', required: 1, pk: 0 },
  ])
  const [row] = rowsOf(file, 'SELECT id, migrated_at FROM migratehistory') as { id: number; migrated_at: string }[]
  expect(row?.id).toBe(1)
  expect(row?.migrated_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/)
})
