import { writeFileSync } from 'node:fs'
import { bigint, decimal, graphOf, integer, revisions, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet, type Fleet, type FleetMember } from '@org/migrate-fleet'
import { describe, expect, it } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { describeOn, describeOnEach } from '../../kit/servers.ts'
import { executeIn } from '../run/kit.ts'
import { countingCompiles, fileOf, newFolder } from './kit.ts'

const counted = line(
  (op) =>
    op.createTable('notes', (t) => {
      t.column('id', bigint(), { nullable: false, identity: { mode: 'autoIncrement' } })
      t.column('name', varchar(50))
      t.column('gone', integer())
      t.primaryKey(['id'])
    }),
  (op) => {
    op.alterTable('notes', (t) => t.addColumn('size', integer()))
    op.createIndex('notes', 'notes_size', ['size'])
  },
  (op) => op.alterTable('notes', (t) => t.dropColumn('gone')),
  (op) => op.dropTable('notes'),
)

type Dialects = (member: FleetMember) => UnloadedDialect

const fleetOf = (members: readonly FleetMember[], dialect: Dialects): Fleet =>
  createFleet({ members, dialect, tiers: [graphOf(revisions(counted))], parallel: 2, retry: { times: 0 } })

/** How many the members have. */
const rows = [1, 1, 2]
const insertion = (at: number, table = 'notes'): string =>
  `INSERT INTO ${table} (name, gone) VALUES ${Array.from({ length: rows[at] ?? 0 }, () => "('x', 1)").join(', ')}`

/** Each revision is planned and compiled once for all, and what it takes away is counted in each. */
async function expectOnePlanEach(members: readonly FleetMember[], dialect: Dialects): Promise<void> {
  const counting = countingCompiles(dialect)
  const fleet = fleetOf(members, counting.dialect)
  const all = { migrated: members.length, failed: 0, plans: 1 }
  expect(await fleet.upgrade('r2')).toMatchObject(all)
  const { groups } = await fleet.plan('r3')
  expect(groups.map(({ count, plan }) => [count, plan.steps[0]?.losses])).toEqual([
    [3, [expect.objectContaining({ object: 'column notes.gone', how: 'dropped', rows: 4 })]],
  ])
  const before = counting.compiled()
  expect(await fleet.upgrade('r3')).toMatchObject(all)
  expect(counting.compiled() - before).toBe(1)
  // The rows of the history say when each was migrated.
  for (const direction of ['downgrade', 'upgrade'] as const)
    expect(await fleet[direction](direction === 'upgrade' ? 'r3' : 'r1')).toMatchObject(all)
}

describe('Files that differ in nothing but their rows', () => {
  it('Are migrated by one plan, and what is lost in each is counted', async () => {
    const folder = newFolder()
    const members = ['a', 'b', 'c'].map((id) => ({ id, url: `sqlite:///${fileOf(folder, id)}` }))
    const dialect: Dialects = ({ url = '' }) => sqliteDialect({ url })
    for (const { id } of members) writeFileSync(fileOf(folder, id), '')
    expect(await fleetOf(members, dialect).upgrade('r1')).toMatchObject({ failures: [] })
    for (const [at, { id }] of members.entries()) executeIn(fileOf(folder, id), insertion(at))
    await expectOnePlanEach(members, dialect)
    for (const { id } of members) executeIn(fileOf(folder, id), 'UPDATE notes SET size = 5')
    const fleet = fleetOf(members, dialect)
    expect(await fleet.downgrade('r1')).toMatchObject({ migrated: 3, plans: 1 })
    const { groups } = await fleet.plan('r2')
    expect(groups.map(({ count, plan }) => [count, plan.steps[0]?.restores])).toEqual([
      [3, { values: 4, superseded: 0 }],
    ])
  })
})

describeOn('postgres', 'schemas that differ in nothing but their rows', (createDatabase) => {
  it('Are migrated by one plan, and what is lost in each is counted', async () => {
    const { url, sql } = await createDatabase()
    const members = ['a', 'b', 'c'].map((id) => ({ id, schema: id }))
    const dialect: Dialects = ({ schema = '' }) => postgresDialect({ url, schema })
    for (const { schema } of members) await sql(`CREATE SCHEMA ${schema}`)
    expect(await fleetOf(members, dialect).upgrade('r1')).toMatchObject({ failures: [] })
    for (const [at, { schema }] of members.entries())
      await sql(`${insertion(at, `${schema}.notes`)}; ANALYZE ${schema}.notes`)
    await expectOnePlanEach(members, dialect)
  })

  it.each([[['fine', 'over', 'last']], [['over', 'fine', 'last']]])(
    'Are each told what of its values cannot be converted: %s',
    async (ids) => {
      const { url, sql } = await createDatabase()
      const members = ids.map((id) => ({ id, schema: id }))
      const narrowed = line(
        (op) =>
          op.createTable('sums', (t) => {
            t.column('amount', decimal(20, 2))
          }),
        (op) => op.alterTable('sums', (t) => t.alterColumn('amount', { type: integer() })),
      )
      const fleet = createFleet({
        members,
        dialect: ({ schema = '' }) => postgresDialect({ url, schema }),
        tiers: [graphOf(revisions(narrowed))],
        parallel: 1,
        retry: { times: 0 },
      })
      for (const { schema } of members) await sql(`CREATE SCHEMA ${schema}`)
      expect(await fleet.upgrade('r1')).toMatchObject({ failures: [] })
      for (const { schema } of members)
        await sql(`INSERT INTO ${schema}.sums VALUES (${schema === 'over' ? '99999999999' : '5'})`)
      const { groups, failures } = await fleet.plan()
      expect(failures).toEqual([])
      const losses = groups.flatMap(({ plan }) => plan.steps[0]?.losses.map(({ rows: lost, why }) => `${lost}: ${why}`))
      expect(losses.sort()).toEqual([
        '0: the digits after the point',
        'undefined: some values are refused: integer out of range',
      ])
      expect(await fleet.upgrade()).toMatchObject({
        migrated: 2,
        failures: [{ code: 'BLOCKING_ROWS', members: [{ id: 'over', revision: 'r2', outcome: 'unchanged' }] }],
      })
    },
  )
})

describeOnEach(['mysql', 'mariadb'], 'databases that differ in nothing but their rows', (createDatabase) => {
  it('Are migrated by one plan, and one that drops a table leads back to where the counter of each stood', async () => {
    const databases = [await createDatabase(), await createDatabase(), await createDatabase()]
    const members = databases.map(({ url }, at) => ({ id: `m${at}`, url }))
    const dialect: Dialects = ({ url = '' }) => mysqlDialect({ url })
    expect(await fleetOf(members, dialect).upgrade('r1')).toMatchObject({ failures: [] })
    for (const [at, { sql }] of databases.entries()) await sql(insertion(at))
    await expectOnePlanEach(members, dialect)
    for (const { sql } of databases) await sql('DELETE FROM notes')
    const fleet = fleetOf(members, dialect)
    expect(await fleet.upgrade('r4')).toMatchObject({ migrated: 3, failed: 0 })
    expect(await fleet.downgrade('r3')).toMatchObject({ migrated: 3, failed: 0 })
    const next: unknown[] = []
    for (const { sql } of databases) {
      await sql("INSERT INTO notes (name) VALUES ('y')")
      next.push(Number((await sql('SELECT id FROM notes'))[0]?.id))
    }
    expect(next).toEqual([2, 2, 3])
  })
})
