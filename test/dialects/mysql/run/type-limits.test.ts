import { bytes, char, decimal, enumeration, integer, native, time, timestamp, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

/** Each with what the server is given by hand: it is the judge of both. */
const types = [
  [varchar(16_384), 'varchar(16384)'],
  [varchar(16_383), 'varchar(16383)'],
  [varchar(16_381), 'varchar(16381)'],
  [char(255), 'char(255)'],
  [char(256), 'char(256)'],
  [bytes(65_536), 'varbinary(65536)'],
  [bytes(65_532), 'varbinary(65532)'],
  [bytes(65_526), 'varbinary(65526)'],
  [decimal(65, 30), 'decimal(65,30)'],
  [decimal(65, 31), 'decimal(65,31)'],
  [decimal(65, 39), 'decimal(65,39)'],
  [decimal(66, 0), 'decimal(66,0)'],
  [decimal(2, 10), 'decimal(2,10)'],
  [decimal(0, 0), 'decimal(0,0)'],
  [time({ precision: 6 }), 'time(6)'],
  [time({ precision: 7 }), 'time(7)'],
  [timestamp({ precision: 7 }), 'datetime(7)'],
  [native('mysql', 'decimal(66)'), 'decimal(66)'],
  [native('mysql', 'varchar(65000) CHARACTER SET latin1'), 'varchar(65000) CHARACTER SET latin1'],
  [enumeration(['a', 'b', 'a']), "enum('a','b','a')"],
  [enumeration(['a', 'A']), "enum('a','A')"],
  [enumeration(['a', 'a ']), "enum('a','a ')"],
  [enumeration(['a', '']), "enum('a','')"],
  [enumeration(['x'.repeat(255), 'y']), `enum('${'x'.repeat(255)}','y')`],
  [enumeration(['x'.repeat(256), 'y']), `enum('${'x'.repeat(256)}','y')`],
] as const

describeOnEach(['mariadb', 'mysql'], 'a type of a size that no column has', (createDatabase) => {
  it('is refused before anything runs where the server refuses it, and nowhere else', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int NOT NULL) CHARSET utf8mb4')
    const refused: string[] = []
    for (const [type, text] of types) {
      const byHand = await db.sql(`ALTER TABLE t ADD COLUMN b int, ADD COLUMN a ${text}`).then(
        () => 'taken',
        () => 'refused',
      )
      if (byHand === 'taken') await db.sql('ALTER TABLE t DROP COLUMN a, DROP COLUMN b')
      const migrator = migratorOn(db, (op) => {
        op.addColumn('t', 'b', integer())
        op.addColumn('t', 'a', type)
      })
      const outcome = await migrator.upgrade().then(
        () => 'taken',
        (error) => (error.code === 'UNSUPPORTED' ? 'refused' : String(error)),
      )
      expect([text.slice(0, 40), outcome]).toEqual([text.slice(0, 40), byHand])
      if (outcome === 'taken') await migrator.downgrade('base')
      else refused.push(text)
      expect(await db.sql('SHOW COLUMNS FROM t')).toHaveLength(1)
    }
    expect(refused.length).toBeGreaterThan(10)
  })

  it('is named with its column', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(db, (op) =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('a', varchar(16_000))
        t.column('b', varchar(400))
        t.primaryKey(['id'])
      }),
    )
    expect((await errorOf(migrator.upgrade())).message).toContain(
      'the columns of t: they take up to 65609 bytes of a row, and all that are no TEXT or BLOB have 65535',
    )
    const digits = migratorOn(db, (op) => op.createTable('t', (t) => t.column('a', decimal(70, 2))))
    expect((await errorOf(digits.upgrade())).message).toContain(
      'the type decimal(70,2) of column a: the number of its digits is 0 to 65',
    )
  })
})
