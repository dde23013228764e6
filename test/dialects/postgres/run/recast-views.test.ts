import { decimal, text, varchar } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type RevisionBody } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const none = (): void => undefined
const upgradeNote =
  "view v is created again from the server's text of it, which has the casts for integer: over numeric its expressions may give other values or types"
const downgradeNote =
  "view v is created again from the server's text of it, which has the casts for numeric: over integer its expressions may give other values or types"

describeOnDialects(['postgres', 'postgres-next'], 'views over columns of another type', (createDatabase) => {
  const notesOf = async (tables: string, change: RevisionBody) => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, change))
    await migrator.upgrade('r1')
    await db.sql(tables)
    const up = await migrator.plan()
    await migrator.upgrade()
    const down = await migrator.plan('r1', { direction: 'down' })
    await migrator.downgrade('r1')
    return { ...db, notes: [up, down].map(({ steps }) => steps.flatMap(({ notes }) => notes)) }
  }
  const toDecimal: RevisionBody = (op) => op.alterColumn('t', 'a', { type: decimal(20, 2) })

  it.each([
    ['a view', 'VIEW'],
    ['a materialised view', 'MATERIALIZED VIEW'],
  ])('The plan of the upgrade and of the downgrade name %s that computes something of it', async (_what, kind) => {
    const { sql, notes } = await notesOf(
      `CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 5); CREATE ${kind} v AS SELECT id, a / 2 AS half FROM t`,
      toDecimal,
    )
    expect(notes).toEqual([[upgradeNote], [downgradeNote]])
    // What the note is about: it was 2.
    expect(await sql('SELECT half::float AS half FROM v')).toEqual([{ half: 2.5 }])
  })

  it('A view that only shows the column has no note', async () => {
    const { notes } = await notesOf(
      'CREATE TABLE t (id int PRIMARY KEY, a int); CREATE VIEW v AS SELECT id, a, a AS again FROM t WHERE id > 1',
      toDecimal,
    )
    expect(notes).toEqual([[], []])
  })

  it.each([
    ['a longer varchar', varchar(20)],
    ['text', text()],
  ])('A view over a varchar that becomes %s has no note', async (_what, type) => {
    const { notes } = await notesOf(
      `CREATE TABLE t (id int PRIMARY KEY, a varchar(10)); CREATE VIEW v AS SELECT id, a || 'x' AS b FROM t`,
      (op) => op.alterColumn('t', 'a', { type }),
    )
    expect(notes).toEqual([[], []])
  })
})
