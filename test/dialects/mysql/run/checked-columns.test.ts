import { expression, integer, text, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOn, describeOnEach } from '../../../kit/servers.ts'
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

describeOn('mysql', 'a check that is not enforced', (createDatabase) => {
  const setUp = async (constraints: string) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE t (id int PRIMARY KEY, v int, w int, CONSTRAINT v CHECK (v > 0 AND w > v) NOT ENFORCED${constraints});
      INSERT INTO t VALUES (1, NULL, -1)`)
    return db
  }

  it.each([
    ['', ''],
    [' of a column with a foreign key', ', CONSTRAINT f FOREIGN KEY (v) REFERENCES p (id)'],
  ])('follows its columns to other names, and back%s', async (_, constraints) => {
    const db = await setUp(constraints)
    const table = await objectsOf(db)
    const rename: Recorded = (op) => {
      op.renameColumn('t', 'v', 'x')
      op.renameColumn('t', 'w', 'v')
    }
    const migrator = migratorOn(db, rename)
    await migrator.upgrade()
    const [{ clause } = {}] = await db.sql(
      "SELECT CHECK_CLAUSE AS clause FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_NAME = 'v'",
    )
    expect(clause).toBe('((`x` > 0) and (`v` > `x`))')
    expect(JSON.stringify(await objectsOf(db))).toContain('NOT ENFORCED')
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(table)
  })

  it('has a name that the plan gives to no other one', async () => {
    const db = await setUp('')
    const table = await objectsOf(db)
    const add: Recorded = (op) => {
      op.addColumn('t', 'more', integer())
      op.addCheck('t', expression('more > 1'), { name: 'V' })
    }
    expect(await errorOf(migratorOn(db, add).upgrade())).toMatchObject({
      code: 'INVALID_OPERATION',
      message: 'check V of t: the table has one of that name, which is NOT ENFORCED',
    })
    expect(await objectsOf(db)).toEqual(table)
  })
})
