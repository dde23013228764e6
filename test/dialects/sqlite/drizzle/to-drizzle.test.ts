import {
  bigint,
  boolean,
  bytes,
  column,
  date,
  decimal,
  double,
  enumeration,
  expression,
  type InsertOf,
  integer,
  isMigrateError,
  json,
  now,
  type RowOf,
  table,
  text,
  timestamp,
  varchar,
} from '@org/migrate-core'
import { toDrizzle, toDrizzleAll } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { eq, getTableColumns } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { describe, expect, expectTypeOf, it } from 'vitest'

const sample = table(
  'sample',
  {
    id: column(varchar(40), { nullable: false }),
    big: column(bigint()),
    small: column(integer(), { nullable: false, default: 7 }),
    flag: column(boolean(), { nullable: false, default: true, native: { sqlite: 'INTEGER' } }),
    doc: column(json()),
    amount: column(decimal(10, 2)),
    ratio: column(double()),
    day: column(date()),
    at: column(timestamp(), { nullable: false, default: now() }),
    raw: column(bytes()),
    mood: column(enumeration(['ok', 'bad'])),
    twice: column(integer(), { generated: { as: expression('"small" * 2') } }),
  },
  { primaryKey: ['id'] },
)

const ddl = `CREATE TABLE "sample" ("id" VARCHAR(40) NOT NULL PRIMARY KEY, "big" BIGINT, "small" INTEGER NOT NULL DEFAULT 7,
  "flag" INTEGER NOT NULL DEFAULT 1, "doc" JSON, "amount" DECIMAL(10,2), "ratio" DOUBLE, "day" DATE,
  "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "raw" BLOB, "mood" TEXT, "twice" INTEGER GENERATED ALWAYS AS ("small" * 2))`

function open() {
  const raw = new Database(':memory:')
  raw.defaultSafeIntegers(true)
  raw.exec(ddl)
  return { raw, db: drizzle({ client: raw }) }
}

const sampleTable = toDrizzle(sample)

describe('toDrizzle', () => {
  it('gives rows the types of the declaration', () => {
    type Row = typeof sampleTable.$inferSelect
    type Insert = typeof sampleTable.$inferInsert
    expectTypeOf<Row['id']>().toEqualTypeOf<string>()
    expectTypeOf<Row['big']>().toEqualTypeOf<bigint | null>()
    expectTypeOf<Row['small']>().toEqualTypeOf<number>()
    expectTypeOf<Row['flag']>().toEqualTypeOf<boolean>()
    expectTypeOf<Row['raw']>().toEqualTypeOf<Buffer | null>()
    expectTypeOf<Row['mood']>().toEqualTypeOf<'ok' | 'bad' | null>()
    expectTypeOf<Omit<Row, 'raw'>>().toEqualTypeOf<Omit<RowOf<typeof sample>, 'raw'>>()
    expectTypeOf<Omit<Insert, 'raw'>>().toEqualTypeOf<Omit<InsertOf<typeof sample>, 'raw'>>()
    // @ts-expect-error a generated column takes no value
    const generated: Insert = { id: 'a', twice: 4 }
    // @ts-expect-error the key has no default
    const missing: Insert = { big: 1n }
    // @ts-expect-error a 64-bit integer is a bigint
    const narrow: Insert = { id: 'a', big: 1 }
    // @ts-expect-error no such column
    expect(sampleTable.nothing).toBeUndefined()
    expect([generated, missing, narrow]).toHaveLength(3)
  })

  it('writes and reads every kind of value exactly', () => {
    const { raw, db } = open()
    db.insert(sampleTable)
      .values({
        id: 'a',
        big: 9223372036854775807n,
        doc: { n: [1, 'two'] },
        amount: '12.50',
        ratio: 0.1,
        day: '2024-02-29',
        raw: Buffer.from([0, 255]),
        mood: 'ok',
      })
      .run()
    const stored = raw
      .prepare('SELECT big, typeof(big) AS t, small, flag, doc, day, hex(raw) AS raw, at IS NOT NULL AS at FROM sample')
      .get()
    expect(stored).toEqual({
      big: 9223372036854775807n,
      t: 'integer',
      small: 7n,
      flag: 1n,
      doc: '{"n":[1,"two"]}',
      day: '2024-02-29',
      raw: '00FF',
      at: 1n,
    })
    const [row] = db.select().from(sampleTable).where(eq(sampleTable.big, 9223372036854775807n)).all()
    expect(row).toMatchObject({
      id: 'a',
      big: 9223372036854775807n,
      small: 7,
      flag: true,
      doc: { n: [1, 'two'] },
      amount: '12.5',
      ratio: 0.1,
      day: '2024-02-29',
      mood: 'ok',
      twice: 14,
    })
    expect(row?.raw).toEqual(Buffer.from([0, 255]))
  })

  it('reads a JSON number that the affinity of the column has turned into a number', () => {
    const { raw, db } = open()
    raw.exec(
      `INSERT INTO sample (id, doc) VALUES ('n', '42'), ('r', '1.5'), ('s', '"42"'), ('t', 'true'), ('z', 'null'), ('q', NULL)`,
    )
    expect(raw.prepare(`SELECT typeof(doc) AS t FROM sample WHERE id = 'n'`).get()).toEqual({ t: 'integer' })
    const rows = db.select({ id: sampleTable.id, doc: sampleTable.doc }).from(sampleTable).all()
    expect(Object.fromEntries(rows.map(({ id, doc }) => [id, doc]))).toEqual({
      n: 42,
      r: 1.5,
      s: '42',
      t: true,
      z: null,
      q: null,
    })
  })

  it('refuses an integer that a driver has rounded instead of giving another number', () => {
    const { raw, db } = open()
    raw.exec(`INSERT INTO sample (id, big) VALUES ('a', 9007199254740993)`)
    raw.defaultSafeIntegers(false)
    const read = () => db.select().from(sampleTable).all()
    expect(read).toThrowError(
      expect.objectContaining({
        code: 'VALUE_INVALID',
        details: expect.objectContaining({ table: 'sample', column: 'big' }),
      }),
    )
  })

  it('names table and column of JSON that cannot be read', () => {
    const { raw, db } = open()
    raw.exec(`INSERT INTO sample (id, doc) VALUES ('a', '{broken')`)
    const read = () => db.select().from(sampleTable).all()
    expect(read).toThrowError(
      expect.objectContaining({
        code: 'VALUE_INVALID',
        details: expect.objectContaining({ table: 'sample', column: 'doc' }),
      }),
    )
  })

  it('refuses what the column cannot hold', () => {
    const { db } = open()
    const insert = (values: Partial<typeof sampleTable.$inferInsert>) => () =>
      db
        .insert(sampleTable)
        .values({ id: 'a', ...values })
        .run()
    for (const write of [
      insert({ big: 2n ** 63n }),
      insert({ small: 2 ** 31 }),
      insert({ doc: 2n ** 80n }),
      insert({ doc: () => 1 }),
    ]) {
      expect(write).toThrowError(expect.objectContaining({ code: 'VALUE_INVALID' }))
    }
  })

  it('keeps types, keys, indexes, foreign keys and checks with their names', () => {
    const owner = table(
      'owner',
      { id: column(text(), { nullable: false }), realm: column(text(), { nullable: false }) },
      { primaryKey: { name: 'pk_owner', columns: ['id', 'realm'] } },
    )
    const item = table(
      'item',
      {
        id: column(integer(), { nullable: false, identity: { mode: 'autoIncrement' } }),
        owner: column(text()),
        realm: column(text()),
        n: column(integer()),
      },
      {
        primaryKey: ['id'],
        uniques: [{ name: 'uq_item', columns: ['owner', 'n'] }],
        indexes: [
          {
            name: 'item_n',
            columns: [{ column: 'n', order: 'desc' }, expression('lower(owner)')],
            where: expression('n > 0'),
          },
          { name: 'item_owner', columns: ['owner'], unique: true },
        ],
        checks: [{ name: 'positive', expression: expression('n >= 0') }],
        foreignKeys: [
          {
            name: 'fk_item_owner',
            columns: ['owner', 'realm'],
            references: { table: owner, columns: ['id', 'realm'] },
            onDelete: 'cascade',
          },
        ],
      },
    )
    const tables = toDrizzleAll({ item, owner })
    const config = getTableConfig(tables.item)
    expect(config.name).toBe('item')
    expect(config.columns.map((one) => [one.name, one.getSQLType(), one.notNull, one.primary])).toEqual([
      ['id', 'INTEGER', true, true],
      ['owner', 'TEXT', false, false],
      ['realm', 'TEXT', false, false],
      ['n', 'INTEGER', false, false],
    ])
    expect(config.uniqueConstraints.map((one) => [one.name, one.columns.map(({ name }) => name)])).toEqual([
      ['uq_item', ['owner', 'n']],
    ])
    expect(config.indexes.map(({ config: one }) => [one.name, one.unique])).toEqual([
      ['item_n', false],
      ['item_owner', true],
    ])
    expect(config.checks.map(({ name }) => name)).toEqual(['positive'])
    const [key] = config.foreignKeys
    expect(key?.getName()).toBe('fk_item_owner')
    expect(key?.onDelete).toBe('cascade')
    expect(key?.reference().foreignTable).toBe(tables.owner)
    expect(
      getTableConfig(tables.owner).primaryKeys.map((one) => [one.name, one.columns.map(({ name }) => name)]),
    ).toEqual([['pk_owner', ['id', 'realm']]])
    expect(Object.keys(getTableColumns(tables.item))).toEqual(['id', 'owner', 'realm', 'n'])
    const reference = getTableConfig(toDrizzle(item)).foreignKeys[0]?.reference()
    expect(getTableConfig(reference?.foreignTable as typeof tables.owner).name).toBe('owner')
  })

  it('refuses a table in a schema, which SQLite does not have', () => {
    const elsewhere = table('t', { id: column(text()) }, { schema: 'app' })
    expect(() => toDrizzle(elsewhere)).toThrowError(expect.objectContaining({ code: 'UNSUPPORTED' }))
    try {
      toDrizzle(elsewhere)
    } catch (error) {
      expect(isMigrateError(error, 'UNSUPPORTED')).toBe(true)
    }
  })
})
