import { column, enumeration, native, table, text } from '@org/migrate-core'
import { toDrizzle as toMysql } from '@org/migrate-drizzle/mysql'
import { toDrizzleAll, toDrizzle as toPostgres } from '@org/migrate-drizzle/postgres'
import { toDrizzle as toSqlite } from '@org/migrate-drizzle/sqlite'
import * as mysql from '@org/migrate-schema/mysql'
import * as postgres from '@org/migrate-schema/postgres'
import * as sqlite from '@org/migrate-schema/sqlite'
import { getTableColumns, type Table } from 'drizzle-orm'
import { createInsertSchema, createSelectSchema } from 'drizzle-zod'
import { describe, expect, expectTypeOf, it } from 'vitest'

type Rows<S extends { readonly [name: string]: { readonly $inferSelect: unknown; readonly $inferInsert: unknown } }> = {
  [N in keyof S]: { select: S[N]['$inferSelect']; insert: S[N]['$inferInsert'] }
}
type OnSqlite = Rows<typeof sqlite.schema>

describe('the declared tables on each dialect', () => {
  it('have the same rows, by their types', () => {
    expectTypeOf<Rows<typeof postgres.schema>>().toEqualTypeOf<OnSqlite>()
    expectTypeOf<Rows<typeof mysql.schema>>().toEqualTypeOf<OnSqlite>()
    expectTypeOf<postgres.Selected<'chat'>>().toEqualTypeOf<sqlite.Selected<'chat'>>()
    expectTypeOf<mysql.Inserted<'user'>>().toEqualTypeOf<sqlite.Inserted<'user'>>()
    expectTypeOf<postgres.TableName>().toEqualTypeOf<sqlite.TableName>()
    expectTypeOf<Rows<typeof mysql.schema>['chat']['select']['created_at']>().toEqualTypeOf<bigint>()
    // A difference would be seen.
    expectTypeOf<Rows<typeof mysql.schema>['chat']>().not.toEqualTypeOf<OnSqlite['folder']>()
  })

  it('are all there, with the same columns, read and written alike', () => {
    const factsOf = ({ schema }: typeof sqlite | typeof postgres | typeof mysql) =>
      Object.entries(schema).map(([name, one]) => [
        name,
        Object.values(getTableColumns<Table>(one)).map((each) => [
          each.name,
          each.dataType,
          each.notNull,
          each.hasDefault,
        ]),
      ])
    expect(factsOf(sqlite)).toHaveLength(26)
    expect(factsOf(postgres)).toEqual(factsOf(sqlite))
    expect(factsOf(mysql)).toEqual(factsOf(sqlite))
    const exported = Object.keys(sqlite).sort()
    expect(Object.keys(postgres).sort()).toEqual(exported)
    expect(Object.keys(mysql).sort()).toEqual(exported)
  })

  it.each([
    ['sqlite', sqlite.schema],
    ['postgres', postgres.schema],
    ['mysql', mysql.schema],
  ])('give the same Zod schemas on %s', (_dialect, { chat, document }) => {
    const row = { id: 'c', user_id: 'u', title: 'x'.repeat(70_000), archived: false, created_at: 1n, updated_at: 1n }
    const insert = createInsertSchema(chat)
    expect(insert.safeParse({ ...row, meta: { tags: [] }, pinned: null }).success).toBe(true)
    for (const wrong of [{ created_at: 1 }, { created_at: 2n ** 63n }, { archived: 1 }, { id: 'x'.repeat(256) }]) {
      expect(insert.safeParse({ ...row, ...wrong }).success).toBe(false)
    }
    const select = createSelectSchema(document)
    const fileRow = { id: 1, collection_name: 'c', name: 'n', title: 't', filename: 'f', content: null, user_id: 'u' }
    expect(select.safeParse({ ...fileRow, timestamp: 2n ** 63n - 1n }).success).toBe(true)
    expect(select.safeParse({ ...fileRow, id: 1.5, timestamp: 1n }).success).toBe(false)
  })
})

describe('a type of one dialect', () => {
  const search = table('search', { id: column(text()), words: column(native('postgres', 'tsvector')) })
  const placed = table('placed', {
    at: column(native('postgres', 'point'), { native: { mysql: 'point' } }),
    mood: column(enumeration(['a', 'b'])),
  })

  it('does not compile with another', () => {
    expect(toPostgres(search)).toBeDefined()
    expect(toDrizzleAll({ search })).toBeDefined()
    // @ts-expect-error tsvector is of PostgreSQL alone
    expect(() => toSqlite(search)).toBeDefined()
    // @ts-expect-error tsvector is of PostgreSQL alone
    expect(() => toMysql(search)).toBeDefined()
    expect(toPostgres(placed)).toBeDefined()
    expect(toMysql(placed)).toBeDefined()
    // @ts-expect-error it has a form on two of the three
    expect(() => toSqlite(placed)).toBeDefined()
  })
})
