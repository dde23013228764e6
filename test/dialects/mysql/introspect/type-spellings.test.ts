import { expect, it } from 'vitest'
import { newest } from '../../../../packages/dialect-mysql/src/flavour.ts'
import { typesFor } from '../../../../packages/dialect-mysql/src/types/types.ts'
import { describeOnEach } from '../../../kit/servers.ts'

/** Spellings that the servers take, and show as something else. */
const spellings = [
  ...[
    'int(5) zerofill',
    'INT ZEROFILL',
    'smallint zerofill',
    'bigint zerofill unsigned',
    'int signed',
    'integer unsigned',
  ],
  ...[
    'decimal unsigned',
    'numeric(7) unsigned',
    'dec(7,2) zerofill',
    'fixed(5,1)',
    'double precision',
    'real',
    'float unsigned',
  ],
  ...['bit', 'character(4)', 'character varying(9)', 'int1', 'int2', 'int3 unsigned', 'int4', 'int8', 'middleint'],
  ...['geomcollection', 'geometrycollection', 'bool', 'year', 'tinyint unsigned', "set('A','zerofill')"],
]

describeOnEach(['mariadb', 'mysql'], 'spellings of types', (createDatabase, server) => {
  it('are the type that the server makes of them', async () => {
    const db = await createDatabase()
    const types = typesFor(newest[server === 'mysql' ? 'mysql' : 'mariadb'])
    // MariaDB has no short name for it.
    const supported = spellings.filter((each) => server === 'mysql' || each !== 'geomcollection')
    await db.sql(`CREATE TABLE t (${supported.map((type, at) => `c${at} ${type}`).join(', ')})`)
    const rows = await db.sql(
      `SELECT COLUMN_TYPE AS shown FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY ORDINAL_POSITION`,
    )
    const introspected = supported.map(
      (type, at) => [type, types.fromSql(type), types.fromSql(String(rows[at]?.shown))] as const,
    )
    expect(introspected.map(([type, declared]) => [type, declared])).toEqual(
      introspected.map(([type, , shown]) => [type, shown]),
    )
  })
})
