import { integer } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { Recorded } from '../../../kit/migrator.ts'
import { newUser } from '../../../kit/new-user.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const view = 'CREATE VIEW v AS SELECT id, a FROM t'
const trigger = 'CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1'

describeOnEach(['mysql', 'mariadb'], 'what another user has created', (createDatabase, server) => {
  it.each([
    ['a view', view, 'view v'],
    ['a trigger', trigger, 'trigger g'],
  ])(
    'refuses the new name of a column that %s reads before anything is changed, until the user may set its DEFINER',
    async (_what, text, named) => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a int); ${text}`)
      const { user, url } = await newUser(db)
      await db.sql(`GRANT ALL ON ${db.name}.* TO ${user}`)
      const before = await objectsOf(db)
      const migrator = migratorOn({ ...db, url }, (op) => {
        op.addColumn('t', 'c', integer())
        op.renameColumn('t', 'a', 'b')
      })
      await expect(migrator.upgrade()).rejects.toMatchObject({
        code: 'BLOCKING_ROWS',
        outcome: 'unchanged',
        message: expect.stringContaining(named),
        remedy: expect.stringContaining('Grant the user of the run SET USER (MariaDB), or SET_ANY_DEFINER'),
      })
      expect(await objectsOf(db)).toEqual(before)
      await db.sql(`GRANT ${server === 'mysql' ? 'SET_ANY_DEFINER, SYSTEM_USER' : 'SET USER'} ON *.* TO ${user}`)
      await migrator.upgrade()
      await db.sql('INSERT INTO t (id, b) VALUES (1, 1)')
      expect(await db.sql('SELECT id, b FROM t')).toEqual([{ id: 1, b: 1 }])
    },
  )

  it('refuses the new name before the operations ahead of it are made where the view is broken', async () => {
    const db = await createDatabase()
    await db.sql(
      'CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u (x int); CREATE VIEW v AS SELECT t.a, u.x FROM t, u; DROP TABLE u',
    )
    const before = await objectsOf(db)
    const rename: Recorded = (op) => op.renameColumn('t', 'a', 'b')
    const migrator = migratorOn(db, (op) => {
      op.addColumn('t', 'c', integer())
      rename(op)
    })
    await expect(migrator.upgrade()).rejects.toMatchObject({
      outcome: 'unchanged',
      location: { operation: 'rename column t.a to b' },
      remedy: expect.stringContaining('View v has to be created again'),
    })
    expect(await objectsOf(db)).toEqual(before)
    // What the view reads comes back in the same revision.
    const fixing = migratorOn(db, (op) => {
      op.createTable('u', (t) => t.column('x', integer()))
      rename(op)
    })
    expect((await fixing.upgrade()).applied).toEqual(['main:r1'])
  })

  it('gets the new name of a column where an administrator runs the revision', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a int); ${view}; ${trigger}`)
    await migratorOn(db, (op) => op.renameColumn('t', 'a', 'b')).upgrade()
    await db.sql('INSERT INTO t (id) VALUES (1)')
    expect(await db.sql('SELECT id, a FROM v')).toEqual([{ id: 1, a: 1 }])
  })
})
