import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openSqlite } from '@org/migrate-drizzle/sqlite'
import type { JsonValue } from '@org/migrate-schema'
import {
  chat,
  config,
  type Inserted,
  jsonNull,
  message,
  model,
  type Selected,
  schema,
  user,
} from '@org/migrate-schema/sqlite'
import Database from 'better-sqlite3'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { headDdl } from './head-ddl.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'rows-'))
const file = path.join(folder, 'head.db')
const raw = new Database(file)
raw.defaultSafeIntegers(true)
raw.exec(headDdl)
const database = openSqlite({ url: file, schema })
beforeAll(() => database.withTransaction((db) => db.insert(chat).values(aChat('first'))))
afterAll(async () => {
  await database.close()
  raw.close()
  rmSync(folder, { recursive: true })
})

function aChat(id: string): Inserted<'chat'> {
  return { id, user_id: 'u', title: 't', archived: false, created_at: 1717250400n, updated_at: 1717250460n }
}
function aUser(id: string): Inserted<'user'> {
  return {
    id,
    name: 'n',
    email: 'e',
    role: 'user',
    profile_image_url: '',
    created_at: 1n,
    updated_at: 1n,
    last_active_at: 1n,
  }
}

describe('rows of the declared tables', () => {
  it('have the types of the declarations', () => {
    expectTypeOf<Selected<'chat'>['created_at']>().toEqualTypeOf<bigint>()
    expectTypeOf<Selected<'chat'>['pinned']>().toEqualTypeOf<boolean | null>()
    expectTypeOf<Selected<'chat'>['chat']>().toEqualTypeOf<JsonValue>()
    expectTypeOf<Selected<'user'>['settings']>().toEqualTypeOf<JsonValue>()
    expectTypeOf<Selected<'document'>['id']>().toEqualTypeOf<number>()
    // @ts-expect-error the number comes from the database, so it may be left out, but title may not
    const document: Inserted<'document'> = {
      collection_name: 'c',
      name: 'n',
      filename: 'f',
      user_id: 'u',
      timestamp: 1n,
    }
    expect(document).toBeDefined()
  })

  it('take the defaults of the database', async () => {
    const [row] = await database.db.select().from(chat).where(eq(chat.id, 'first'))
    expect(row).toEqual({
      id: 'first',
      user_id: 'u',
      title: 't',
      share_id: null,
      archived: false,
      created_at: 1717250400n,
      updated_at: 1717250460n,
      chat: null,
      folder_id: null,
      pinned: null,
      meta: {},
    })
    expect(raw.prepare(`SELECT typeof(created_at) AS t, archived, meta FROM chat WHERE id = 'first'`).get()).toEqual({
      t: 'integer',
      archived: 0n,
      meta: '{}',
    })
  })

  it('keep 64 bits', async () => {
    const extremes = [9223372036854775807n, -9223372036854775808n]
    await database.db.insert(message).values(extremes.map((created_at, at) => ({ id: `m${at}`, created_at })))
    expect((await database.db.select().from(message)).map(({ created_at }) => created_at)).toEqual(extremes)
    expect(raw.prepare('SELECT created_at FROM message ORDER BY id').pluck().all()).toEqual(extremes)
  })

  it('read a bare number that a JSON column has stored as one', async () => {
    raw.exec(
      `INSERT INTO config VALUES ('n', '42', 1), ('big', '9007199254740993', 1), ('s', '"x"', 1), ('f', '1.5', 1), ('z', 'null', 1)`,
    )
    const rows = await database.db.select({ key: config.key, value: config.value }).from(config)
    expect(Object.fromEntries(rows.map(({ key, value }) => [key, value]))).toEqual({
      n: 42,
      big: 9007199254740993n,
      s: 'x',
      f: 1.5,
      z: null,
    })
  })

  it('pass numbers beyond 2^53 through JSON unaltered', async () => {
    const text = '{"seed":18446744073709551615,"p":0.10000000000000000055,"x":1e400,"t":1}'
    raw.prepare('UPDATE chat SET chat = ? WHERE id = ?').run(text, 'first')
    const [row] = await database.db.select().from(chat).where(eq(chat.id, 'first'))
    await database.db.insert(chat).values({ ...aChat('copy'), chat: row?.chat ?? null })
    expect(raw.prepare(`SELECT chat FROM chat WHERE id = 'copy'`).pluck().get()).toBe(text)
  })

  it('read SQL NULL, null and the empty string of a JSON text as null, and write SQL NULL', async () => {
    await database.db
      .insert(user)
      .values([aUser('a'), aUser('b'), { ...aUser('c'), settings: { ui: 1 }, info: jsonNull }])
    raw.exec(`UPDATE "user" SET settings = '' WHERE id = 'a'; UPDATE "user" SET settings = 'null' WHERE id = 'b'`)
    const rows = await database.db.select({ id: user.id, settings: user.settings, info: user.info }).from(user)
    expect(rows).toEqual([
      { id: 'a', settings: null, info: null },
      { id: 'b', settings: null, info: null },
      { id: 'c', settings: { ui: 1 }, info: null },
    ])
    expect(raw.prepare('SELECT settings, info FROM "user" ORDER BY id').all()).toEqual([
      { settings: '', info: null },
      { settings: 'null', info: null },
      { settings: '{"ui":1}', info: 'null' },
    ])
  })

  it('name table and column of a JSON text that cannot be read', async () => {
    raw.exec(
      `INSERT INTO model (id, user_id, name, meta, params, created_at, updated_at) VALUES ('m', 'u', 'n', '{', '{}', 1, 1)`,
    )
    await expect(database.db.select().from(model)).rejects.toEqual(
      expect.objectContaining({
        code: 'VALUE_INVALID',
        details: expect.objectContaining({ table: 'model', column: 'meta' }),
      }),
    )
    const otherRows = await database.db
      .select({ id: model.id, params: model.params, active: model.is_active })
      .from(model)
    expect(otherRows).toEqual([{ id: 'm', params: {}, active: true }])
  })

  it('point to folders of the same user only, looked at when the transaction ends', async () => {
    const dangling = database.withTransaction((db) => db.insert(chat).values({ ...aChat('lost'), folder_id: 'none' }))
    await expect(dangling).rejects.toEqual(expect.objectContaining({ code: 'COMMIT_FAILED' }))
    expect(raw.prepare(`SELECT count(*) FROM chat WHERE id = 'lost'`).pluck().get()).toBe(0n)
  })

  it('are known to relational queries', async () => {
    const chatRow = await database.db.query.chat.findFirst({ columns: { id: true }, where: eq(chat.id, 'first') })
    expect(chatRow).toEqual({ id: 'first' })
  })
})
