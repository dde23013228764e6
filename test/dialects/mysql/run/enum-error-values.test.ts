import { native } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

const values = 'SELECT id, e, e + 0 AS n FROM t ORDER BY id'

describeOnEach(['mariadb', 'mysql'], "the error value of an ENUM that has the value '' too", (createDatabase) => {
  it('is not preserved as the other one: the downgrade is refused', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)')
    const migrator = migratorOn(db, (op) => op.addColumn('t', 'e', native('mysql', "enum('','b')")))
    await migrator.upgrade()
    await db.sql("SET sql_mode = ''; UPDATE t SET e = 'zz' WHERE id = 1; UPDATE t SET e = '' WHERE id = 2")
    const stored = [
      { id: 1, e: '', n: 0 },
      { id: 2, e: '', n: 1 },
      { id: 3, e: null, n: null },
    ]
    expect((await db.sql(values)).map((row) => ({ ...row, n: row.n === null ? null : Number(row.n) }))).toEqual(stored)
    const error = await errorOf(migrator.downgrade('base'))
    expect(error.code).toBe('DATA_LOSS')
    expect(error.message).toContain('column t.e: 2 rows (e: the error value of an ENUM (index 0) is read as its value')
    // As the message has it.
    await db.sql("UPDATE t SET e = 'b' WHERE id = 1")
    await migrator.downgrade('base')
    await migrator.upgrade()
    expect((await db.sql(values)).map(({ e, n }) => [e, n === null ? null : Number(n)])).toEqual([
      ['b', 2],
      ['', 1],
      [null, null],
    ])
  })
})
