import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { describe, expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'

describe('the dialect of MySQL and MariaDB', () => {
  it('assumes the newest release of what the URL names, and shows no password', () => {
    const [mysql, mariadb] = [
      mysqlDialect({ url: 'mysql://a:secret@db/app' }),
      mysqlDialect({ url: 'mariadb://a:secret@db/app' }),
    ]
    expect([mysql.name, mariadb.name]).toEqual(['mysql', 'mysql'])
    expect([mysql.connection.database, mariadb.connection.database]).toEqual(['mysql://a@db/app', 'mariadb://a@db/app'])
    expect(JSON.stringify([mysql, mariadb])).not.toContain('secret')
    expect(mysql.capabilities.transactionalDdl).toBe('implicitCommit')
  })
})

describeOnEach(['mariadb', 'mysql'], 'the dialect', (createDatabase, server) => {
  it('of a session is that of its server, the same for all sessions on it, whatever the scheme says', async () => {
    const db = await createDatabase()
    const dialect = await mysqlDialect({ url: db.url.replace(/^\w+/, server === 'mysql' ? 'mariadb' : 'mysql') }).load()
    const [one, two] = [
      await dialect.connection.connect({ purpose: 'run' }),
      await dialect.connection.connect({ purpose: 'inspect' }),
    ]
    expect(one.dialect).toBe(two.dialect)
    expect(one.dialect).not.toBe(dialect)
    expect(one.dialect?.connection.database).toBe(dialect.connection.database)
    await Promise.all([one.close(), two.close()])
  })

  it('prints scripts whose texts read the same in every client', async () => {
    const db = await createDatabase()
    const dialect = await mysqlDialect({ url: db.url }).load()
    const { settings = [], begin } = dialect.script ?? {}
    expect(begin).toBe('START TRANSACTION')
    const rows = await db.sql(
      `SET SESSION sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES', time_zone = '+05:00', default_storage_engine = MyISAM, NAMES latin1; ${settings.join('; ')};
       SELECT @@sql_mode AS modes, @@time_zone AS zone, @@default_storage_engine AS engine, "a\\\\b" AS text, ${dialect.sql.quote.literal('c\\d').text} AS quoted`,
    )
    expect(rows).toMatchObject([{ zone: '+00:00', engine: 'InnoDB', text: 'a\\b', quoted: 'c\\d' }])
    const modes = String(rows[0]?.modes).split(',')
    expect(modes).toEqual(expect.arrayContaining(['STRICT_TRANS_TABLES', 'NO_AUTO_VALUE_ON_ZERO']))
    expect(modes).not.toEqual(expect.arrayContaining(['ANSI_QUOTES']))
    expect(modes).not.toEqual(expect.arrayContaining(['NO_BACKSLASH_ESCAPES']))
  })

  it('measures values of every type in bytes', async () => {
    const db = await createDatabase()
    const dialect = await mysqlDialect({ url: db.url }).load()
    await db.sql(`CREATE TABLE v (bits bit(9), g point, j json, d decimal(5,2), e enum('ä'), t text, b blob, n int) CHARACTER SET utf8mb4;
      INSERT INTO v VALUES (b'1', ST_GeomFromText('POINT(1 2)'), '[1]', 1.5, 'ä', '😀', X'00ff', NULL)`)
    const session = await dialect.connection.connect({ purpose: 'inspect' })
    const sizes = ['bits', 'g', 'j', 'd', 'e', 't', 'b', 'n'].map(
      (name) => dialect.values.byteLength(dialect.sql.quote.identifier(name)).text,
    )
    const [row] = await session.query(`SELECT ${sizes.join(', ')} FROM v`)
    expect(Object.values(row ?? {})).toEqual([2n, 25n, 3n, 4n, 2n, 4n, 2n, null])
    await session.close()
  })
})
