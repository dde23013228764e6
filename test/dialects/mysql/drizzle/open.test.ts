import { column, integer, table, text } from '@org/migrate-core'
import { openMysql, toDrizzle } from '@org/migrate-drizzle/mysql'
import { asc, eq, sql } from 'drizzle-orm'
import type { MySqlRemoteDatabase } from 'drizzle-orm/mysql-proxy'
import { expect, it } from 'vitest'
import { queried } from '../../../kit/drizzle-version.ts'
import { describeOnOwn } from '../../../kit/own-server.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'
import { code, declared, type ServiceKit, serviceDatabase, serviceOverRestart } from '../../../kit/service-database.ts'
import { servicePool } from '../../../kit/service-pool.ts'
import { asSql, clientOf, serviceTransactions } from '../../../kit/service-transactions.ts'

const item = toDrizzle(declared)
type Db = MySqlRemoteDatabase<{ item: typeof item }>

/** Drizzle's types do not tell what it gives. */
const idOf = (rows: unknown) => (rows as readonly { readonly id?: unknown }[])[0]?.id

const kit: ServiceKit<Db> = {
  open: (url, options) => openMysql({ url, ...queried({ item }), ...options }),
  insert: (db, id) => db.insert(item).values({ id }),
  ids: async (db) => (await db.select().from(item).orderBy(asc(item.id))).map(({ id }) => id),
  connection: async (db) => Number(idOf((await db.execute(sql`SELECT CONNECTION_ID() AS id`))[0])),
  pause: (db, seconds) => db.execute(sql`SELECT SLEEP(${seconds}) AS pausing`),
  read: async (db, id) => (await db.select().from(item).where(eq(item.id, id)).for('update'))[0]?.n ?? -1n,
  write: (db, id, n) => db.update(item).set({ n }).where(eq(item.id, id)),
  transaction: (db, body) => db.transaction(body),
  rollback: (inner) => (inner as Db & { rollback(): never }).rollback(),
  raw: (db, text) => db.execute(sql.raw(text)),
  table: 'CREATE TABLE item (id varchar(40) PRIMARY KEY, n bigint)',
  connections: 'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  pausing: `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()
    AND info LIKE 'SELECT SLEEP%'`,
  kill: (connection) => `KILL ${connection}`,
}

describeOnDialects(['mysql', 'mariadb'], 'openMysql', (createDatabase) => {
  serviceDatabase(createDatabase, kit)
  servicePool(createDatabase, kit)

  let testDatabase: TestDatabase
  serviceTransactions<Db>({
    open: async () => {
      testDatabase = await createDatabase()
      await testDatabase.sql(kit.table.replace('40', '90'))
      return kit.open(testDatabase.url, { poolSize: 1 })
    },
    senders: {
      'db.execute of raw SQL': (db, text) => db.execute(asSql.raw(text)),
      'db.execute of a tag': (db, text) => db.execute(asSql.tagged(text)),
      'a text': (db, text) => db.execute(text),
      'the client of Drizzle': (db, text) => clientOf(db)(text, [], 'all'),
    },
    insert: kit.insert,
    transaction: (db, body) => kit.transaction(db, body),
    stored: async () => (await testDatabase.sql('SELECT id FROM item')).map(({ id }) => String(id)),
    statements: [
      'START TRANSACTION',
      'begin work',
      '/*! BEGIN */',
      '/*!50000 COMMIT */',
      "XA START 'x'",
      'LOCK TABLES item WRITE',
      '# a comment\nBEGIN',
    ],
  })

  it('gives the numbers that the server counted, each session its own', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql('CREATE TABLE counted (id int AUTO_INCREMENT PRIMARY KEY, word text)')
    const counted = toDrizzle(
      table(
        'counted',
        { id: column(integer(), { nullable: false, identity: { mode: 'byDefault' } }), word: column(text()) },
        { primaryKey: ['id'] },
      ),
    )
    const database = openMysql({ url: testDatabase.url, poolSize: 4 })
    const insert = async (db: typeof database.db, word: string) =>
      [word, idOf(await db.insert(counted).values({ word }).$returningId())] as const
    const contents = Array.from({ length: 20 }, (_, at) => `word ${at}`)
    const given = await Promise.all(contents.map((word) => insert(database.db, word)))
    const inside = await database.withTransaction((db) => Promise.all(['x', 'y', 'z'].map((word) => insert(db, word))))
    await database.close()
    const rows = await testDatabase.sql('SELECT word, id FROM counted')
    expect(new Map(rows.map(({ word, id }) => [word, Number(id)]))).toEqual(
      new Map<unknown, unknown>([...given, ...inside]),
    )
  })

  it('reports a procedure that leaves a transaction open, which is rolled back', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(kit.table)
    await testDatabase.sql(
      `CREATE PROCEDURE leave_open() BEGIN START TRANSACTION; INSERT INTO item VALUES ('in', 1); END`,
    )
    await testDatabase.sql(
      `CREATE PROCEDURE with_rows() BEGIN START TRANSACTION; SELECT 1; INSERT INTO item VALUES ('in', 1); END`,
    )
    const database = openMysql({ url: testDatabase.url, poolSize: 1 })
    for (const name of ['leave_open', 'with_rows']) {
      const refused = database.db.execute(sql.raw(`CALL ${name}()`))
      await expect(refused).rejects.toEqual(code('UNSUPPORTED'))
      await expect(refused).rejects.toThrow('it left a transaction open, which was rolled back')
      await database.db.insert(item).values({ id: `after ${name}` })
    }
    await database.close()
    const rows = await testDatabase.sql('SELECT id FROM item ORDER BY id')
    expect(rows.map(({ id }) => id)).toEqual(['after leave_open', 'after with_rows'])
  })

  it('refuses DDL that would commit a transaction, and takes it for itself', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(kit.table)
    const database = openMysql({ url: testDatabase.url, poolSize: 1 })
    const refused = database.withTransaction(async (db) => {
      await db.insert(item).values({ id: 'a' })
      await db.execute(sql`CREATE TABLE other (id int)`)
    })
    await expect(refused).rejects.toEqual(code('UNSUPPORTED'))
    await database.db.execute(sql`CREATE TABLE other (id int)`)
    await database.close()
    expect(await testDatabase.sql('SELECT id FROM item')).toEqual([])
    expect(await testDatabase.sql('SELECT id FROM other')).toEqual([])
  })

  it('gives no connection on that has its own idea of when to commit', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(kit.table)
    const database = openMysql({ url: testDatabase.url, poolSize: 1 })
    await database.db.execute(sql`SET autocommit = 0`)
    await database.db.insert(item).values({ id: 'a' })
    await database.withTransaction((db) => db.insert(item).values({ id: 'b' }))
    await database.close()
    expect(await testDatabase.sql('SELECT id FROM item ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }])
  })

  it('keeps nothing of a transaction that lost a deadlock, also where the body passes the error over', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(`${kit.table}; INSERT INTO item VALUES ('a', 0), ('b', 0)`)
    const database = kit.open(testDatabase.url)
    const arrived: (() => void)[] = []
    const both = new Promise<void>((resolve) => {
      arrived.push(() => undefined, resolve)
    })
    const crosswise = (first: string, second: string) =>
      database.withTransaction(async (db) => {
        await kit.write(db, first, 1n)
        arrived.shift()?.()
        await both
        await Promise.resolve(kit.write(db, second, 1n)).catch(() => undefined)
        await kit.insert(db, `after ${first}`)
      })
    const ends = await Promise.allSettled([crosswise('a', 'b'), crosswise('b', 'a')])
    await database.close()
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(ends.find(({ status }) => status === 'rejected')).toEqual(
      expect.objectContaining({ reason: code('COMMIT_FAILED') }),
    )
    const rows = await testDatabase.sql("SELECT id, n FROM item WHERE id IN ('a', 'b')")
    expect(rows.map(({ n }) => Number(n))).toEqual([1, 1])
    expect(await testDatabase.sql("SELECT id FROM item WHERE id LIKE 'after%'")).toHaveLength(1)
  })
})

// What was committed before it is killed has to be there.
const durable = { settings: ['--innodb-flush-log-at-trx-commit=1'] }
describeOnDialects(['mariadb'], 'openMysql', (createDatabase) => {
  it('refuses a transaction that is begun by a statement in a string', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(kit.table)
    const database = openMysql({ url: testDatabase.url, poolSize: 1 })
    for (const text of ["EXECUTE IMMEDIATE 'BEGIN'", "PREPARE s FROM 'START TRANSACTION'"]) {
      await expect(database.db.execute(sql.raw(text))).rejects.toEqual(code('UNSUPPORTED'))
    }
    await database.db.execute(sql`SET @text = 'BEGIN'`)
    await expect(database.db.execute(sql`EXECUTE IMMEDIATE @text`)).rejects.toEqual(code('UNSUPPORTED'))
    await database.db.insert(item).values({ id: 'kept' })
    await database.close()
    expect((await testDatabase.sql('SELECT id FROM item')).map(({ id }) => id)).toEqual(['kept'])
  })
})

describeOnOwn('mysql', 'a service', durable, (own) => serviceOverRestart(own, kit))
describeOnOwn('mariadb', 'a service', durable, (own) => serviceOverRestart(own, kit))
