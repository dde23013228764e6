import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { codeOf, one, open } from './kit.ts'

describeOnEach(['mariadb', 'mysql'], 'a session', (createDatabase, server) => {
  it('has settings of its own', async () => {
    const db = await createDatabase()
    const session = await open(db)
    const [server_] = await db.sql('SELECT @@global.sql_mode AS modes')
    const modes = String(await one(session, 'SELECT @@sql_mode')).split(',')
    const own = String(server_?.modes).split(',')
    expect(modes).toEqual(expect.arrayContaining(own.filter((mode) => !/^NO_ZERO|^TRADITIONAL$/.test(mode))))
    expect(modes.filter((mode) => mode.startsWith('NO_ZERO'))).toEqual([])
    expect(modes).toEqual(
      expect.arrayContaining(['STRICT_TRANS_TABLES', 'NO_AUTO_VALUE_ON_ZERO', 'NO_ENGINE_SUBSTITUTION']),
    )
    expect(modes).not.toContain('IGNORE_SPACE')
    const [row] = await session.query(`SELECT @@time_zone z, @@autocommit a, @@foreign_key_checks f, @@unique_checks u,
      @@sql_safe_updates s, @@sql_select_limit l, @@character_set_connection c, @@character_set_results r,
      @@group_concat_max_len >= 16777216 g, @@completion_type ct, @@innodb_strict_mode i`)
    expect(row).toMatchObject({
      ...{
        z: '+00:00',
        a: 1n,
        f: 1n,
        u: 1n,
        s: 0n,
        l: 18446744073709551615n,
        c: 'utf8mb4',
        r: 'utf8mb4',
        g: 1n,
        i: 1n,
      },
      ct: 'NO_CHAIN',
    })
    expect(await one(session, "SELECT COLLATION(?) = COLLATION(_utf8mb4 X'61')", ['a'])).toBe(1n)
    if (server === 'mysql') expect(await one(session, 'SELECT @@information_schema_stats_expiry')).toBe(0n)
  })

  it('keeps a 0 in an AUTO_INCREMENT column, and refuses what does not fit', async () => {
    const session = await open(await createDatabase())
    await session.execute(
      'CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, a varchar(2), n tinyint NOT NULL) ENGINE=InnoDB',
    )
    await session.execute("INSERT INTO t VALUES (0, 'a', 1)")
    expect(await one(session, 'SELECT id FROM t')).toBe(0n)
    await session.execute('ALTER TABLE t ADD b int, ALGORITHM=COPY')
    expect(await one(session, 'SELECT id FROM t')).toBe(0n)
    expect(await codeOf(session.execute("INSERT INTO t (a, n) VALUES ('abc', 1)"))).toBe(1406)
    expect(await codeOf(session.execute("INSERT INTO t (a, n) VALUES ('a', 1000)"))).toBe(1264)
    expect(await codeOf(session.execute("INSERT INTO t (a) VALUES ('a')"))).toBe(1364)
    expect(await codeOf(session.execute("INSERT INTO t (a, n) VALUES ('a', 'x')"))).toBe(1366)
  })

  it('reads texts and names as it says, whatever the server is told', async () => {
    const session = await open(await createDatabase())
    await session.execute('CREATE TABLE t (a varchar(9) DEFAULT \'x\\\\y\', b varchar(9) DEFAULT "q")')
    await session.execute('INSERT INTO t VALUES ()')
    expect(await session.query('SELECT * FROM t')).toEqual([{ a: 'x\\y', b: 'q' }])
  })
})
