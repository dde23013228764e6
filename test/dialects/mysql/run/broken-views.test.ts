import { expect, it } from 'vitest'
import type { Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const setup = [
  'CREATE TABLE t (id int PRIMARY KEY, a int)',
  'CREATE TABLE u (id int PRIMARY KEY)',
  'CREATE VIEW v AS SELECT t.id AS t_id, u.id AS u_id FROM t JOIN u ON t.id = u.id',
  // Two columns of one name in its text, a CTE, an order and a limit.
  'CREATE VIEW w (one, two) AS WITH c AS (SELECT id FROM t) SELECT c.id, t.id FROM c, t ORDER BY a LIMIT 3',
].join('; ')

const changes: readonly (readonly [string, Recorded])[] = [
  ['a column', (op) => op.renameColumn('t', 'id', 'x')],
  ['a table', (op) => op.renameTable('t', 'x')],
]

describeOnEach(['mysql', 'mariadb'], 'a view that is broken', (createDatabase) => {
  it.each(changes)('refuses a new name of %s that it reads before anything is changed', async (_what, change) => {
    const db = await createDatabase()
    await db.sql(setup)
    await db.sql('DROP TABLE u')
    const before = await objectsOf(db)
    const migrator = migratorOn(db, change)
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      outcome: 'unchanged',
      message: expect.stringContaining(".u' doesn't exist"),
      remedy: expect.stringContaining('View v has to be created again'),
    })
    expect((await migrator.status()).interrupted).toEqual([])
    expect(await objectsOf(db)).toEqual(before)
    // Both pieces of the advice.
    await db.sql('CREATE TABLE u (id int PRIMARY KEY)')
    await migrator.upgrade()
    expect(await db.sql('SELECT one, two FROM w')).toEqual([])
    expect(await db.sql('SELECT t_id, u_id FROM v')).toEqual([])
  })

  it.each(changes)('may be dropped before the new name of %s in the same revision', async (_what, change) => {
    const db = await createDatabase()
    await db.sql(setup)
    await db.sql('DROP TABLE u')
    const both: Recorded = (op) => {
      op.dropView('v')
      change(op)
    }
    await migratorOn(db, both).upgrade()
    expect(await db.sql('SELECT one, two FROM w')).toEqual([])
  })
})
