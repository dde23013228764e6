import { stairway } from '@org/migrate-autogenerate'
import { integer, type Revision, type TableRows, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { sqliteFaults } from './faults.ts'

test.each(sqliteFaults)('it is found where $fault', async ({ chain, kind, names }) => {
  const migrator = migratorOf(sqliteDialect({ url: 'sqlite:/nowhere/app.db' }), chain)
  const { ok, revisions } = await stairway({ migrator })
  const [first, last] = revisions
  expect(first?.findings).toEqual([])
  expect(ok).toBe(false)
  const lines =
    last?.findings.flatMap((each) => [each.what, ...each.differences].map((text) => `${each.kind}: ${text}`)) ?? []
  expect(
    lines.filter((each) => each.startsWith(`${kind}: `) && names.test(each)).length,
    lines.join('\n'),
  ).toBeGreaterThan(0)
})

test('Rows for after a revision that cannot be reverted are written, and those that are refused are found', async () => {
  const irreversible: Revision['upgrade'] = (op) => op.sql("UPDATE teams SET name = 'a'")
  const chain = (rows: TableRows): readonly Revision[] => [
    {
      revision: 'r1',
      downRevision: null,
      upgrade: (op) =>
        op.createTable('teams', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('name', text())
          t.primaryKey(['id'])
        }),
    },
    { revision: 'r2', downRevision: 'r1', upgrade: irreversible, testRows: { after: rows } },
    {
      revision: 'r3',
      downRevision: 'r2',
      upgrade: (op) =>
        op.createTable('people', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('team_id', integer(), { nullable: false })
          t.primaryKey(['id'])
          t.foreignKey({ columns: ['team_id'], references: { table: 'teams', columns: ['id'] } })
        }),
      testRows: { after: { people: [{ id: 1, team_id: 5 }] } },
    },
  ]
  const tested = async (rows: TableRows) => {
    const { revisions } = await stairway({
      migrator: migratorOf(sqliteDialect({ url: 'sqlite:/nowhere/app.db' }), chain(rows)),
    })
    return revisions.map(({ outcome, findings }) => [outcome, ...findings.flatMap(({ differences }) => differences)])
  }
  expect(await tested({ teams: [{ id: 5, name: 'b' }] })).toEqual([['tested'], ['no downgrade'], ['tested']])
  expect(await tested({ groups: [{ id: 5 }] })).toEqual([
    ['tested'],
    ['no downgrade', 'groups: there is no such table'],
    ['tested', 'people, row 1: FOREIGN KEY constraint failed'],
  ])
})
