import { expression, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOn, describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const dropColumn =
  (column: string): Recorded =>
  (op) =>
    op.dropColumn('t', column, { preserve: true })

describeOn('mysql', 'a default that no statement may name that adds its column (1674)', (createDatabase) => {
  for (const [text, value] of [
    ['varchar(36) DEFAULT (uuid())', "'own'"],
    ["varchar(60) NOT NULL DEFAULT (concat('a', uuid_short())) COMMENT 'c' INVISIBLE", "'own'"],
    ['double DEFAULT (rand(3))', '0.5'],
    ['varchar(99) DEFAULT (user())', "'own'"],
    ['varchar(99) DEFAULT (current_user)', 'NULL'],
    ['datetime(3) NOT NULL DEFAULT (sysdate(3))', "'2020-01-02 03:04:05.678'"],
    ['binary(16) DEFAULT (random_bytes(16))', "'0123456789abcdef'"],
    ["varbinary(99) DEFAULT (aes_encrypt('a', 'b'))", 'NULL'],
  ] as const)
    it(`a dropped column comes back with it and with its values: ${text}`, async () => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (id int PRIMARY KEY, x ${text}, b int)`)
      await db.sql(`INSERT INTO t (id, x, b) VALUES (1, ${value}, 5)`)
      const [table, rows] = [await objectsOf(db), await db.sql('SELECT id, x, b FROM t')]
      const migrator = migratorOn(db, dropColumn('x'))
      await migrator.upgrade()
      await db.sql('INSERT INTO t (id, b) VALUES (2, 6)')
      await migrator.downgrade('base')
      expect(await objectsOf(db)).toEqual(table)
      expect(await db.sql('SELECT id, x, b FROM t WHERE id = 1')).toEqual(rows)
      // A row that came meanwhile has the default.
      expect(await db.sql('SELECT id FROM t WHERE x IS NULL AND id = 2')).toEqual([])
    })

  const addToken: Recorded = (op) =>
    op.addColumn('t', 'x', varchar(36), { nullable: false, default: expression('uuid()') })

  it('an added column has it in every row, and an update sets no time meanwhile', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, at timestamp NULL ON UPDATE CURRENT_TIMESTAMP)')
    await db.sql("INSERT INTO t VALUES (1, '2020-01-01 00:00:00'), (2, NULL)")
    await migratorOn(db, addToken).upgrade()
    expect(await db.sql('SELECT count(DISTINCT x) AS n, min(length(x)) AS length FROM t')).toEqual([
      { n: '2', length: '36' },
    ])
    expect(await db.sql('SELECT id FROM t WHERE at IS NULL')).toEqual([{ id: 2 }])
    expect(await db.sql("SELECT id FROM t WHERE at = '2020-01-01 00:00:00'")).toEqual([{ id: 1 }])
    expect(JSON.stringify(await objectsOf(db))).toContain('`x` varchar(36) NOT NULL DEFAULT (uuid())')
  })

  it('a column that it reads is converted', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, a varchar(9), z varchar(60) DEFAULT (concat(a, uuid())))')
    await db.sql("INSERT INTO t VALUES (1, 'x', 'own')")
    const before = await objectsOf(db)
    const migrator = migratorOn(db, (op) =>
      op.alterColumn('t', 'a', { type: varchar(12), using: "concat(a, '!')", usingBack: "replace(a, '!', '')" }),
    )
    await migrator.upgrade()
    await db.sql("INSERT INTO t (id, a) VALUES (2, 'y!')")
    expect(await db.sql("SELECT id, a, z = 'own' AS own, z LIKE 'y!%-%' AS computed FROM t ORDER BY id")).toEqual([
      { id: 1, a: 'x!', own: '1', computed: '0' },
      { id: 2, a: 'y!', own: '0', computed: '1' },
    ])
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(before)
    expect(await db.sql('SELECT a, z FROM t WHERE id = 1')).toEqual([{ a: 'x', z: 'own' }])
  })

  it('the plan says that an added column is filled by an UPDATE', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY)')
    const { steps } = await migratorOn(db, addToken).plan()
    expect(steps.flatMap(({ notes }) => notes)).toEqual([
      't.x gets its default by an UPDATE, which runs the triggers of the table for one',
    ])
  })

  it('is finished by the next run where the first was stopped behind the column', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)')
    const stop = new AbortController()
    const stopped = migratorOf(mysqlDialect({ url: db.url }), line(addToken), {
      onEvent: (event) => {
        if (event.type === 'statement' && event.sql.includes('SET DEFAULT')) stop.abort()
      },
    })
    await expect(stopped.upgrade('head', { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' })
    await migratorOn(db, addToken).upgrade()
    expect(await db.sql('SELECT length(x) AS length FROM t')).toEqual([{ length: '36' }])
    expect(JSON.stringify(await objectsOf(db))).toContain('`x` varchar(36) NOT NULL DEFAULT (uuid())')
  })

  it('stands in no way of a column whose values are converted', async () => {
    const db = await createDatabase()
    await db.sql("CREATE TABLE t (id int PRIMARY KEY, x varchar(36) DEFAULT (uuid())); INSERT INTO t VALUES (1, 'own')")
    await migratorOn(db, (op) => op.alterColumn('t', 'x', { type: varchar(40), using: "concat(x, '!')" })).upgrade()
    expect(await db.sql('SELECT x FROM t')).toEqual([{ x: 'own!' }])
    expect(JSON.stringify(await objectsOf(db))).toContain('`x` varchar(40) DEFAULT (uuid())')
  })
})

describeOnEach(
  ['mysql', 'mariadb'],
  'a NOT NULL column with words that the model has none for',
  (createDatabase, server) => {
    const system = server === 'mysql' ? 'NOT NULL SRID 4326' : 'REF_SYSTEM_ID=4326 NOT NULL'

    it('a place in a reference system comes back with its values', async () => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (id int PRIMARY KEY, x geometry ${system})`)
      await db.sql("INSERT INTO t VALUES (1, ST_GeomFromText('POINT(10 20)', 4326))")
      const table = await objectsOf(db)
      const migrator = migratorOn(db, dropColumn('x'))
      await migrator.upgrade()
      await migrator.downgrade('base')
      expect(await objectsOf(db)).toEqual(table)
      expect(await db.sql('SELECT id, ST_AsText(x) AS x FROM t WHERE ST_SRID(x) = 4326')).toEqual([
        { id: 1, x: 'POINT(10 20)' },
      ])
    })
  },
)
