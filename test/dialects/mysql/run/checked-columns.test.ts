import { text, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const both =
  (change: Parameters<Parameters<Recorded>[0]['alterColumn']>[2]): Recorded =>
  (op) => {
    op.alterColumn('t', 'v', change)
    op.alterColumn('t', 'm', { type: varchar(40) })
    op.alterColumn('t', 'w', change)
  }

describeOnEach(['mariadb', 'mysql'], 'two columns that one check compares', (createDatabase) => {
  it.each<readonly [string, string, string, Recorded]>([
    ['another collation', 'varchar(9) COLLATE utf8mb4_general_ci', "'a'", both({ collation: 'utf8mb4_unicode_ci' })],
    ['another character set', 'varchar(9) COLLATE latin1_bin', "'a'", both({ collation: 'utf8mb4_unicode_ci' })],
    ['another type', 'json', "'1'", both({ type: text() })],
  ])('get %s in one statement, and the old one again', async (_, type, value, change) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, v ${type}, m varchar(9), w ${type}, CHECK (v <= w));
      INSERT INTO t VALUES (1, ${value}, 'm', ${value})`)
    const [table, rows] = [await objectsOf(db), await db.sql('SELECT * FROM t')]
    const migrator = migratorOn(db, change)
    await migrator.upgrade()
    expect(await objectsOf(db)).not.toEqual(table)
    expect(await db.sql('SELECT id, m FROM t')).toEqual([{ id: 1, m: 'm' }])
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(table)
    expect(await db.sql('SELECT * FROM t')).toEqual(rows)
  })

  it('are refused together where the check does not hold for the new type', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, v int, m varchar(9), w int, CONSTRAINT vw CHECK (v < w));
      INSERT INTO t VALUES (1, 9, 'm', 10)`)
    const table = await objectsOf(db)
    await expect(migratorOn(db, both({ type: varchar(9) })).upgrade()).rejects.toThrow(/vw/)
    expect(await objectsOf(db)).toEqual(table)
  })
})
