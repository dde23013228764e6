import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

// https://dev.mysql.com/doc/refman/8.4/en/set.html: a number is the bits of members, and 1 is the first of them.
describeOnEach(['mysql', 'mariadb'], 'a default that looks like a number or like bits', (createDatabase) => {
  it('stays the text that it is', async () => {
    const db = await createDatabase()
    await db.sql(
      "CREATE TABLE t (id int PRIMARY KEY, s set('2','1','int') DEFAULT '1', v varchar(10) DEFAULT 'b''1''', b bit(4) DEFAULT b'101')",
    )
    const before = await objectsOf(db)
    const migrator = migratorOn(db, (op) => {
      for (const column of ['b', 'v', 's']) op.dropColumn('t', column)
    })
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(before)
    await db.sql('INSERT INTO t (id) VALUES (1)')
    expect(await db.sql('SELECT s, v, HEX(b) AS b FROM t')).toEqual([{ s: '1', v: "b'1'", b: '5' }])
  })
})
