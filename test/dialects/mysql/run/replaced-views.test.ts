import { expression } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

describeOnEach(['mysql', 'mariadb'], 'a view that is replaced', (createDatabase) => {
  const setup =
    'CREATE TABLE t (id int PRIMARY KEY, a int); CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT v.a + 1 AS b FROM v'

  it('keeps the columns that another view reads, or is refused with the name of that view', async () => {
    const db = await createDatabase()
    await db.sql(setup)
    const before = await objectsOf(db)
    const named = migratorOn(db, (op) => op.replaceView('v', expression('SELECT id FROM t')))
    await expect(named.plan()).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      details: { object: 'column v.a', dependants: ['view w'] },
    })
    // What `*` stands for is the server's to answer, before anything is changed.
    await db.sql('CREATE TABLE u (id int)')
    const star = migratorOn(db, (op) => op.replaceView('v', expression('SELECT * FROM u')))
    await expect(star.upgrade()).rejects.toMatchObject({
      message: expect.stringContaining('columns of v that view w read'),
    })
    await db.sql('DROP TABLE u')
    expect(await objectsOf(db)).toEqual(before)
  })

  it('may lose what nothing reads, and keeps its algorithm and its security', async () => {
    const db = await createDatabase()
    await db.sql(setup)
    await migratorOn(db, (op) => op.replaceView('v', expression('SELECT a, 7 AS more FROM t'))).upgrade()
    const objects = await objectsOf(db)
    expect(String((objects['VIEW v'] as Record<string, unknown>)['Create View'])).toMatch(
      /^CREATE ALGORITHM=MERGE .* SQL SECURITY INVOKER VIEW `v` .*7 AS `more`/,
    )
    expect(await db.sql('SELECT b FROM w')).toEqual([])
  })
})
