import { bytes, date, integer, native, type OperationRecorder, varchar } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn } from './kit.ts'

const enumeration = native('mysql', "enum('1','2')")

/** The type before, the keys of the table, the type after, and the keys that the server shows then. */
const changes: readonly (readonly [string, string, ColumnType, string])[] = [
  ['varchar(40)', 'KEY `k` (`v`(20))', integer(), 'KEY `k` (`v`)'],
  ['varchar(40)', 'KEY `k` (`v`(20))', varchar(20), 'KEY `k` (`v`)'],
  ['varchar(40)', 'KEY `k` (`v`(20))', varchar(21), 'KEY `k` (`v`(20))'],
  ['varchar(40)', 'KEY `k` (`v`(20))', enumeration, 'KEY `k` (`v`)'],
  ['text', 'KEY `k` (`v`(20))', integer(), 'KEY `k` (`v`)'],
  ['text', 'UNIQUE KEY `k` (`v`(20))', varchar(10), 'UNIQUE KEY `k` (`v`)'],
  ['text', 'UNIQUE KEY `k` (`v`(20),`w`(5))', integer(), 'UNIQUE KEY `k` (`v`,`w`(5))'],
  ['longblob', 'KEY `k` (`w`(5),`v`(20),`id`)', bytes(9), 'KEY `k` (`w`(5),`v`,`id`)'],
  [
    'char(20)',
    "KEY `a` (`v`(3) DESC) COMMENT 'c',\n  KEY `b` (`v`(4))",
    integer(),
    "KEY `a` (`v` DESC) COMMENT 'c',\n  KEY `b` (`v`)",
  ],
]

describeOnEach(['mariadb', 'mysql'], 'an index that holds the beginning of a column', (createDatabase) => {
  const prepared = async (type: string, keys: string) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int, v ${type} NOT NULL, w varchar(50), ${keys})`)
    await db.sql("INSERT INTO t VALUES (1, '1', 'x'), (2, '2', 'y')")
    const shown = async () => String((await db.sql('SHOW CREATE TABLE t'))[0]?.['Create Table'])
    return { db, shown }
  }

  it.each(changes)('of type %s, %s, comes back as it was with the type', async (type, keys, after, keysAfter) => {
    const { db, shown } = await prepared(type, keys)
    const before = await shown()
    const migrator = migratorOn(db, (op) => op.alterColumn('t', 'v', { type: after }))
    await migrator.upgrade()
    expect(await shown()).toContain(`  ${keysAfter}\n)`)
    await migrator.downgrade('base')
    expect(await shown()).toBe(before)
    await migrator.upgrade()
    expect(await shown()).toContain(`  ${keysAfter}\n)`)
  })

  it('is a key with a whole column for what follows in the revision', async () => {
    const { db, shown } = await prepared('varchar(40)', 'KEY `k` (`v`(20))')
    const before = await shown()
    const migrator = migratorOn(db, (op) => {
      op.alterColumn('t', 'v', { type: date() })
      op.renameColumn('t', 'v', 'x')
      op.renameIndex('t', 'k', 'kx')
    })
    await db.sql("UPDATE t SET v = '2020-01-01'")
    await migrator.upgrade()
    expect(await shown()).toContain('  KEY `kx` (`x`)\n')
    await migrator.downgrade('base')
    expect(await shown()).toBe(before)
  })

  it('of a primary key does not come back, and the downgrade says so before it changes anything', async () => {
    const { db, shown } = await prepared('text', 'PRIMARY KEY (`v`(20))')
    const before = await shown()
    const change = (op: OperationRecorder) => op.alterColumn('t', 'v', { type: integer() })
    const migrator = migratorOn(db, change)
    const why = 'the server drops a prefix of the primary key of t with the type; restore it with op.sql'
    expect((await migrator.plan()).steps[0]?.notes).toEqual([
      `no downgrade can be derived: change column t.v: type: ${why}`,
    ])
    await migrator.upgrade()
    const after = await shown()
    expect(after).toContain('  PRIMARY KEY (`v`)\n')
    const error = await errorOf(migrator.downgrade('base'))
    expect([error.code, error.message.includes(why)]).toEqual(['IRREVERSIBLE', true])
    expect(await shown()).toBe(after)
    const sql = 'ALTER TABLE t DROP PRIMARY KEY, MODIFY v text NOT NULL, ADD PRIMARY KEY (v(20))'
    const written = line({ up: change, down: (op) => op.sql(sql) })
    await migratorOf(mysqlDialect({ url: db.url }), written).downgrade('base')
    expect(await shown()).toBe(before)
  })

  it('of a LONGTEXT in a primary key stays through other changes of the column', async () => {
    const { db, shown } = await prepared('longtext', 'PRIMARY KEY (`v`(20))')
    const before = await shown()
    const migrator = migratorOn(db, (op) => op.alterColumn('t', 'v', { type: native('mysql', 'mediumtext') }))
    await migrator.upgrade()
    expect(await shown()).toContain('`v` mediumtext')
    await migrator.downgrade('base')
    expect(await shown()).toBe(before)
  })
})
