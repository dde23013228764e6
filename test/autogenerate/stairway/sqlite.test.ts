import { stairway } from '@org/migrate-autogenerate'
import { integer, type OperationRecorder, type Revision, sqlRevision, type TableRows, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
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

test('What the SQL of a downgrade drops is a loss that is shown, and no finding; what it forgets is one', async () => {
  const chain = (down: string): readonly Revision[] => [
    sqlRevision({
      revision: 'r1',
      downRevision: null,
      up: "CREATE TABLE notes (id integer PRIMARY KEY, body text NOT NULL); INSERT INTO notes VALUES (1, 'a')",
      down: 'DROP TABLE notes',
    }),
    sqlRevision({ revision: 'r2', downRevision: 'r1', up: 'ALTER TABLE notes ADD COLUMN mood text', down }),
  ]
  const tested = async (down: string) => {
    const { revisions } = await stairway({
      migrator: migratorOf(sqliteDialect({ url: 'sqlite:/nowhere/app.db' }), chain(down)),
    })
    return revisions.map(({ findings, losses }) => [
      ...losses.map(({ object, preserved }) => [object, preserved]),
      ...findings.map(({ kind, differences }) => [kind, ...differences]),
    ])
  }
  expect(await tested('ALTER TABLE notes DROP COLUMN mood')).toEqual([
    [['table notes', false]],
    [['column notes.mood', false]],
  ])
  // What an operation beside the SQL drops is preserved, and has to come back.
  const both = (op: OperationRecorder): void => {
    op.alterTable('notes', (t) => t.addColumn('mood', text()))
    op.sql('CREATE INDEX notes_body ON notes (body)', { inverse: 'DROP INDEX notes_body' })
  }
  const mixed = [...chain('').slice(0, 1), { revision: 'r2', downRevision: 'r1', upgrade: both }]
  const { revisions } = await stairway({
    migrator: migratorOf(sqliteDialect({ url: 'sqlite:/nowhere/app.db' }), mixed),
  })
  expect(revisions[1]).toMatchObject({ findings: [], losses: [{ object: 'column notes.mood', preserved: true }] })
  const [, forgotten] = await tested('DELETE FROM notes WHERE id > 1; ALTER TABLE notes DROP COLUMN mood')
  expect(forgotten).toEqual([
    ['column notes.mood', false],
    ['rows after second upgrade', 'notes, id 1009: the row is missing', 'notes, id 1010: the row is missing'],
  ])
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

/** `slug` has a value in every row because a job has filled it: the revision checks that. */
const filledByJob = (last: (op: OperationRecorder) => void): readonly Revision[] =>
  line(
    (op) =>
      op.createTable('pages', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('slug', text())
        t.column('title', text())
        t.primaryKey(['id'])
        t.unique(['slug'], { name: 'pages_slug_key' })
      }),
    (op) =>
      op.createTable('links', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('page_id', integer(), { nullable: false })
        t.primaryKey(['id'])
        t.foreignKey({ columns: ['page_id'], references: { table: 'pages', columns: ['id'] } })
      }),
    (op) => op.addColumn('pages', 'author', text()),
    last,
  )

test('A column that a job has to fill is filled where the revision expects it, and only there', async () => {
  const findings = async (last: (op: OperationRecorder) => void) => {
    const { revisions } = await stairway({
      migrator: migratorOf(sqliteDialect({ url: 'sqlite:/nowhere/app.db' }), filledByJob(last)),
    })
    return revisions.flatMap((each) => each.findings.map(({ kind, what }) => [each.revision, kind, what]))
  }
  const require = (op: OperationRecorder): void =>
    op.alterTable('pages', (t) => t.alterColumn('author', { nullable: false }))
  expect(
    await findings((op) => {
      op.expectNone('pages without an author', 'SELECT id FROM\npages WHERE\nauthor IS NULL LIMIT 100')
      require(op)
    }),
  ).toEqual([])
  expect(await findings(require)).toEqual([['r4', 'upgrade failed', expect.stringContaining('author')]])
  expect(
    await findings((op) => {
      op.expectNone('pages with an author', 'SELECT id FROM pages WHERE title IS NOT NULL OR author IS NOT NULL')
      require(op)
    }),
  ).toEqual([['r4', 'upgrade failed', expect.stringContaining('BLOCKING_ROWS')]])
})
