import { bigint, column, integer, table, text } from '@org/migrate-core'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/mysql'
import { and, asc, count, eq, inArray, sql } from 'drizzle-orm'
import { alias, union } from 'drizzle-orm/mysql-core'
import { expect, it } from 'vitest'
import { portable } from '../../../../packages/dialect-mysql/src/sql/portable.ts'
import { full, sample, stepOn } from '../../../kit/drizzle-sample.ts'
import { byVersion, queried } from '../../../kit/drizzle-version.ts'
import { describeOnDialects } from '../../../kit/servers.ts'
import { open } from '../connection/kit.ts'

const samples = toDrizzle(sample)
const item = toDrizzle(
  table(
    'item',
    {
      id: column(integer(), { nullable: false, identity: { mode: 'autoIncrement' } }),
      n: column(bigint()),
      '1': column(text()),
    },
    { primaryKey: ['id'] },
  ),
)

// As the manuals of both servers write them.
const ddl = `CREATE TABLE sample (id varchar(40) PRIMARY KEY, tiny smallint, small int NOT NULL DEFAULT 7, big bigint,
    flag tinyint(1) NOT NULL DEFAULT 1, body longtext, doc json, amount decimal(10,2), ratio double, day date, hour time,
    at datetime(3), made datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), raw longblob, \`key\` char(36), mood enum('ok','bad'),
    rest int GENERATED ALWAYS AS (small - 7) STORED) CHARACTER SET utf8mb4;
  CREATE TABLE item (id int AUTO_INCREMENT PRIMARY KEY, n bigint, \`1\` longtext) CHARACTER SET utf8mb4`

/** Relational queries of 1.0 take an object. */
const idIs = (id: number) => byVersion(eq(item.id, id), { id } as never)

describeOnDialects(['mariadb', 'mysql'], 'drizzleOf', (createDatabase) => {
  const ready = async () => {
    const database = await createDatabase()
    await database.sql(ddl)
    const session = await open(database)
    await session.begin()
    return { session, db: drizzleOf(stepOn(session, 'mysql', portable)) }
  }

  it('reads and writes every kind of value exactly', async () => {
    const { session, db } = await ready()
    await db.insert(samples).values([full, { id: 'b' }])
    expect(
      await session.query('SELECT CAST(big AS char) AS big, flag + 0 AS flag, body, raw FROM sample ORDER BY id'),
    ).toEqual([
      { big: '9223372036854775807', flag: 0n, body: full.body, raw: full.raw },
      { big: null, flag: 1n, body: null, raw: null },
    ])
    const [row, other] = await db.select().from(samples).orderBy(asc(samples.id))
    expect(row).toEqual({ ...full, made: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d/), rest: 2_147_483_640 })
    expect(other).toMatchObject({ id: 'b', small: 7, flag: true, big: null, rest: 0 })
    expect(
      await db
        .select()
        .from(samples)
        .where(and(eq(samples.big, full.big), eq(samples.flag, false))),
    ).toHaveLength(1)
    expect(
      await db
        .select({ id: samples.id })
        .from(samples)
        .where(inArray(samples.id, ['a', 'z'])),
    ).toEqual([{ id: 'a' }])
  })

  it('keeps columns of one name, and columns that are called like numbers, apart', async () => {
    const { db } = await ready()
    await db.insert(item).values([
      { n: 1n, '1': 'one' },
      { n: 2n, '1': 'two' },
    ])
    const other = alias(item, 'other')
    const joined = await db
      .select({ left: item.id, right: other.id, next: other.n })
      .from(item)
      .innerJoin(other, sql`${other.n} = ${item.n} + 1`)
    expect(joined).toEqual([{ left: 1, right: 2, next: 2n }])
    expect(
      await db
        .select({ n: item.n, one: item['1'], sum: sql`1`, plus: sql`${item.n} + 1` })
        .from(item)
        .orderBy(item.n),
    ).toEqual([
      { n: 1n, one: 'one', sum: 1n, plus: 2n },
      { n: 2n, one: 'two', sum: 1n, plus: 3n },
    ])
    expect(await db.select({ count: count(), again: count() }).from(item)).toEqual([{ count: 2, again: 2 }])
    const common = db
      .$with('c')
      .as(db.select({ id: item.id, total: sql<bigint>`${item.n} * 2`.as('total') }).from(item))
    expect(await db.with(common).select().from(common).orderBy(asc(common.id))).toEqual([
      { id: 1, total: 2n },
      { id: 2, total: 4n },
    ])
    // 1.0 selects the columns of a union by their names.
    const second = byVersion(item.n, sql<bigint>`${item.n} + 0`.as('again') as never)
    const both = union(db.select({ a: item.n, b: second }).from(item), db.select({ a: item.n, b: second }).from(item))
    expect(await both.orderBy(sql`1`)).toEqual([
      { a: 1n, b: 1n },
      { a: 2n, b: 2n },
    ])
  })

  it('says what changed, and which numbers were given', async () => {
    const { db } = await ready()
    expect(
      await db
        .insert(item)
        .values([{ n: 5n }, { n: 6n }])
        .$returningId(),
    ).toEqual([{ id: 1 }, { id: 2 }])
    expect(await db.update(item).set({ n: 7n })).toEqual([{ affectedRows: 2 }])
    expect(
      await db
        .insert(item)
        .values({ id: 2, n: 8n })
        .onDuplicateKeyUpdate({ set: { n: 9n } }),
    ).toBeDefined()
    expect(await db.delete(item).where(eq(item.n, 9n))).toEqual([{ affectedRows: 1 }])
    expect(await db.select({ id: item.id, n: item.n }).from(item)).toEqual([{ id: 1, n: 7n }])
  })

  it('takes SQL of the author', async () => {
    const { db } = await ready()
    await db.execute(sql`INSERT INTO item (n, "1") VALUES (${1n}, 'a\\b?')`)
    expect(await db.execute(sql`SELECT id, "1" AS one FROM item WHERE n = ${1n}`)).toEqual([[{ id: 1n, one: 'a\\b?' }]])
    expect(await db.$count(item)).toBe(1)
  })

  it('knows the tables of a schema in db.query', async () => {
    const { session } = await ready()
    const db = drizzleOf(stepOn(session, 'mysql', portable), { ...queried({ item }) })
    await db.insert(item).values({ n: 9223372036854775807n })
    expect(await db.query.item.findMany({ columns: { n: true }, where: idIs(1) })).toEqual([
      { n: 9223372036854775807n },
    ])
    expect(await db.query.item.findFirst({ where: idIs(2) })).toBeUndefined()
  })

  it('makes transactions savepoints', async () => {
    const { session, db } = await ready()
    await expect(
      db.transaction(async (tx) => {
        await tx.insert(item).values({ n: 1n })
        await tx.transaction((inner) => inner.insert(item).values({ n: 2n }))
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    await db.transaction((tx) => tx.insert(item).values({ n: 3n }))
    await expect(db.transaction(async (tx) => tx.rollback())).rejects.toThrow(/rollback/i)
    await expect(db.transaction((tx) => tx.execute(sql`SELECT none FROM item`))).rejects.toMatchObject({ errno: 1054 })
    expect(await session.query('SELECT n FROM item')).toEqual([{ n: 3n }])
  })

  it('refuses another database', async () => {
    const { session } = await ready()
    expect(() => drizzleOf(stepOn(session, 'sqlite'))).toThrowError(expect.objectContaining({ code: 'WRONG_DIALECT' }))
  })
})
