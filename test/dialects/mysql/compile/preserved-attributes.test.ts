import { bigint, integer } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn, describeOnEach } from '../../../kit/servers.ts'
import { connected } from '../drivers/open-clients.ts'
import { live } from './kit.ts'

describeOnEach(['mariadb', 'mysql'], 'words in a comment that are none of the table', (createDatabase) => {
  it('a table whose comment speaks of partitions and counters is dropped and comes back', async () => {
    const db = await createDatabase()
    await db.sql(
      `CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT) AUTO_INCREMENT=7
       COMMENT='see AUTO_INCREMENT=5, PARTITION BY HASH (id)'`,
    )
    const { run, shown } = await live(db)
    const before = await shown('t')
    const done = await run(['t'], { kind: 'dropTable', table: { name: 't' } })
    await run([], ...done.back.filter(({ kind }) => kind === 'createTable'))
    expect(await shown('t')).toBe(before)
    expect(before).toContain('AUTO_INCREMENT=7 ')
  })
})

describeOn('mysql', 'words of a column that the model has none for', (createDatabase) => {
  it('NOT SECONDARY stays when the column becomes NOT NULL, and nullable again', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id INT PRIMARY KEY, c INT NOT SECONDARY)')
    const { run, shown } = await live(db)
    const change = { kind: 'alterColumn', table: { name: 't' }, column: 'c' } as const
    const done = await run(['t'], { ...change, change: { nullable: false } })
    expect(await shown('t')).toContain('`c` int NOT NULL NOT SECONDARY')
    await run(['t'], ...done.back)
    expect(await shown('t')).toContain('`c` int NOT SECONDARY DEFAULT NULL')
  })
})

const optionsOf: { readonly [S in 'mysql' | 'mariadb']: readonly string[] } = {
  mysql: ["COMPRESSION='zlib'", "COMPRESSION='none' ENCRYPTION='N'", 'STATS_PERSISTENT=0 STATS_AUTO_RECALC=1'],
  mariadb: ["PAGE_COMPRESSED='ON'", 'PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=3', "ENCRYPTED='NO'"],
}

describeOnEach(['mariadb', 'mysql'], 'the options of a table', (createDatabase, server) => {
  const all = ['ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8', 'ENGINE=MyISAM DELAY_KEY_WRITE=1 ROW_FORMAT=FIXED']
  it.each([...all, ...optionsOf[server]])('are the same on a table that comes back: %s', async (options) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id INT PRIMARY KEY) ${options}`)
    const { run, shown } = await live(db)
    const before = await shown('t')
    const done = await run(['t'], { kind: 'dropTable', table: { name: 't' } })
    await run([], ...done.back)
    expect(await shown('t')).toBe(before)
  })
})

describeOn('mariadb', 'a server that compresses the pages of every table', (createDatabase) => {
  it('has a dropped table again', async () => {
    const db = await createDatabase()
    await db.sql('SET SESSION innodb_compression_default = ON; CREATE TABLE t (id INT PRIMARY KEY)')
    const { run, shown } = await live(db)
    const before = await shown('t')
    const done = await run(['t'], { kind: 'dropTable', table: { name: 't' } })
    await run([], ...done.back)
    expect(await shown('t')).toBe(before)
    expect(before).toContain("`PAGE_COMPRESSED`='ON'")
  })

  it('has no page compressed of a table whose revision says nothing of it', async () => {
    const db = await createDatabase()
    const { client, sql } = await connected('connection of mysql2', db)
    await sql('SET SESSION innodb_compression_default = ON')
    await db.sql('CREATE TABLE plain (id INT PRIMARY KEY)')
    const chain = line(
      (op) => op.createTable('t', (t) => t.column('id', integer())),
      (op) => op.alterColumn('plain', 'id', { type: bigint() }),
    )
    const migrator = migratorOf(mysqlDialect({ driver: client }), chain)
    await migrator.upgrade()
    for (const table of ['t', 'plain']) {
      const [row] = await db.sql(`SHOW CREATE TABLE ${table}`)
      expect(String(row?.['Create Table'])).not.toContain('PAGE_COMPRESSED')
    }
    await migrator.downgrade('base')
    expect(await db.sql('SHOW TABLES')).not.toContainEqual({ [`Tables_in_${db.name}`]: 't' })
    expect(await sql('SELECT @@innodb_compression_default AS v')).toEqual([{ v: 1 }])
  })
})
