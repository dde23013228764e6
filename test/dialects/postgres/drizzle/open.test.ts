import { openPostgres, toDrizzle } from '@org/migrate-drizzle/postgres'
import { asc, eq, sql } from 'drizzle-orm'
import type { PgRemoteDatabase } from 'drizzle-orm/pg-proxy'
import { expect, it } from 'vitest'
import { queried } from '../../../kit/drizzle-version.ts'
import { describeOnOwn } from '../../../kit/own-server.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/own-sessions.ts'
import { code, declared, type ServiceKit, serviceDatabase, serviceOverRestart } from '../../../kit/service-database.ts'
import { servicePool } from '../../../kit/service-pool.ts'
import { asSql, clientOf, serviceTransactions } from '../../../kit/service-transactions.ts'

const item = toDrizzle(declared)
type Db = PgRemoteDatabase<{ item: typeof item }>

const kit: ServiceKit<Db> = {
  open: (url, options) => openPostgres({ url, ...queried({ item }), ...options }),
  insert: (db, id) => db.insert(item).values({ id }),
  ids: async (db) => (await db.select().from(item).orderBy(asc(item.id))).map(({ id }) => id),
  connection: async (db) => Number((await db.execute<{ id: bigint }>(sql`SELECT pg_backend_pid() AS id`))[0]?.id),
  pause: (db, seconds) => db.execute(sql`SELECT pg_sleep(${seconds})`),
  read: async (db, id) => (await db.select().from(item).where(eq(item.id, id)).for('update'))[0]?.n ?? -1n,
  write: (db, id, n) => db.update(item).set({ n }).where(eq(item.id, id)),
  transaction: (db, body) => db.transaction(body),
  rollback: (inner) => (inner as Db & { rollback(): never }).rollback(),
  raw: (db, text) => db.execute(sql.raw(text)),
  table: 'CREATE TABLE item (id varchar(40) PRIMARY KEY, n bigint)',
  connections: `SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'`,
  pausing: `SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
    AND query LIKE 'SELECT pg_sleep%'`,
  kill: (connection) => `SELECT pg_terminate_backend(${connection})`,
}

describeOnDialects(['postgres', 'postgres-next'], 'openPostgres', (createDatabase) => {
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
      'BEGIN ISOLATION LEVEL SERIALIZABLE',
      'START TRANSACTION',
      'END',
      'ABORT',
      ';BEGIN',
      ';; COMMIT',
      "PREPARE TRANSACTION 'x'",
    ],
  })

  it('stands in the schema that it was told, for tables and for `db.query`', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(
      `${kit.table}; CREATE SCHEMA "Own"; CREATE TABLE "Own".item (id varchar(40) PRIMARY KEY, n bigint)`,
    )
    const database = openPostgres({ url: testDatabase.url, ...queried({ item }), databaseSchema: 'Own' })
    await database.withTransaction((db) => db.insert(item).values({ id: 'a', n: 1n }))
    expect(await database.db.query.item.findMany()).toEqual([{ id: 'a', n: 1n }])
    await database.close()
    expect(await testDatabase.sql('SELECT id FROM item')).toEqual([])
    expect(await testDatabase.sql('SELECT id FROM "Own".item')).toEqual([{ id: 'a' }])
  })

  it('leaves statements prepared in the server only where it may', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(kit.table)
    const preparedStatements = async (statementCache?: boolean) => {
      const cache = statementCache === undefined ? {} : { statementCache }
      const database = openPostgres({ url: testDatabase.url, poolSize: 1, ...cache })
      for (const id of ['a', 'b', 'c']) await database.db.select().from(item).where(eq(item.id, id))
      const [row] = await database.db.execute(sql`SELECT count(*) AS n FROM pg_prepared_statements`)
      await database.close()
      return row?.n
    }
    expect(await preparedStatements()).toBe(1n)
    expect(await preparedStatements(false)).toBe(0n)
  })

  it('continues after a table that its prepared statements knew was changed', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(`${kit.table}; INSERT INTO item VALUES ('a', 1)`)
    const database = openPostgres({ url: testDatabase.url, poolSize: 1 })
    const read = () => database.db.execute(sql`SELECT * FROM item WHERE id = ${'a'}`)
    for (let round = 0; round < 3; round += 1) expect(await read()).toEqual([{ id: 'a', n: 1n }])
    await testDatabase.sql('ALTER TABLE item ADD COLUMN more integer')
    expect(await read()).toEqual([{ id: 'a', n: 1n, more: null }])
    const inside = () => database.withTransaction((db) => db.execute(sql`SELECT * FROM item WHERE id = ${'a'}`))
    await inside()
    await testDatabase.sql('ALTER TABLE item DROP COLUMN more')
    await inside().catch((error: unknown) => expect(error).toEqual(code('0A000')))
    expect(await inside()).toEqual([{ id: 'a', n: 1n }])
    await database.close()
  })

  it('commits nothing of a transaction in which an error was passed over, and names that error', async () => {
    const testDatabase = await createDatabase()
    await testDatabase.sql(kit.table)
    const database = openPostgres({ url: testDatabase.url, poolSize: 1 })
    const going = database.withTransaction(async (db) => {
      await db.insert(item).values({ id: 'a' })
      await expect(db.insert(item).values({ id: 'a' })).rejects.toEqual(code('23505'))
      await expect(db.insert(item).values({ id: 'b' })).rejects.toEqual(
        expect.objectContaining({ code: 'STATEMENT_FAILED', cause: code('23505') }),
      )
    })
    await expect(going).rejects.toEqual(code('COMMIT_FAILED'))
    await database.db.insert(item).values({ id: 'next' })
    await database.close()
    expect(await testDatabase.sql('SELECT id FROM item')).toEqual([{ id: 'next' }])
  })

  it('lives with policies of rows', async () => {
    const testDatabase = await createDatabase()
    const role = `${testDatabase.name}_reader`
    await testDatabase.sql(`${kit.table}; INSERT INTO item VALUES ('mine', 1), ('theirs', 2);
      ALTER TABLE item ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON item USING (id = 'mine');
      CREATE ROLE ${role} LOGIN; GRANT SELECT ON item TO ${role}`)
    const url = new URL(testDatabase.url)
    url.username = role
    const database = openPostgres({ url: url.href })
    expect(await database.db.select().from(item)).toEqual([{ id: 'mine', n: 1n }])
    await database.close()
    await testDatabase.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
})

// What was committed before it is killed has to be there.
const durable = { settings: ['-c', 'synchronous_commit=on'] }
describeOnOwn('postgres', 'a service', durable, (own) => serviceOverRestart(own, kit))
