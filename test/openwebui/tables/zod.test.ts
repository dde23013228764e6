import type { Selected } from '@org/migrate-schema/sqlite'
import { insertSchemas, selectSchemas, updateSchemas } from '@org/migrate-schema/zod'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'

const chat = { id: 'c', user_id: 'u', title: 't', archived: false, created_at: 1n, updated_at: 1n }
const full: Selected<'chat'> = {
  ...chat,
  share_id: null,
  chat: null,
  folder_id: null,
  pinned: true,
  meta: { tags: ['a'] },
}

describe('the Zod schemas', () => {
  it('exist for every table, for rows, inserts and updates', () => {
    expect(Object.keys(selectSchemas)).toHaveLength(26)
    expect(Object.keys(insertSchemas)).toEqual(Object.keys(selectSchemas))
    expect(Object.keys(updateSchemas)).toEqual(Object.keys(selectSchemas))
  })

  it('take what the tables take', () => {
    expect(insertSchemas.chat.parse(chat)).toEqual(chat)
    expect(insertSchemas.chat.parse({ ...chat, chat: { a: [1n, null] }, pinned: null, meta: {} })).toBeDefined()
    expect(selectSchemas.chat.parse(full)).toEqual(full)
    expect(updateSchemas.chat.parse({ title: 'new' })).toEqual({ title: 'new' })
    expect(
      insertSchemas.document.safeParse({
        collection_name: 'c',
        name: 'n',
        title: 't',
        filename: 'f',
        user_id: 'u',
        timestamp: 2n ** 63n - 1n,
      }).success,
    ).toBe(true)
    expect(insertSchemas.config.safeParse({ key: 'k', value: 12345678901234567890n }).success).toBe(true)
  })

  it.each([
    ['a missing column', (({ title: _, ...rest }) => rest)(chat)],
    ['null where the column is not nullable', { ...chat, title: null }],
    ['a number for 64 bits', { ...chat, created_at: 1 }],
    ['more than 64 bits', { ...chat, created_at: 2n ** 63n }],
    ['a number for a boolean', { ...chat, archived: 1 }],
    ['a text longer than the column', { ...chat, id: 'x'.repeat(256) }],
    ['a function in JSON', { ...chat, chat: { f: () => 1 } }],
    ['null for JSON that is not nullable', { ...chat, meta: null }],
  ])('refuse %s', (_name, value) => {
    expect(insertSchemas.chat.safeParse(value).success).toBe(false)
  })

  it('let a row be longer than an insert may be, as SQLite does', () => {
    expect(selectSchemas.chat.safeParse({ ...full, id: 'x'.repeat(300) }).success).toBe(true)
    expect(selectSchemas.chat.safeParse({ ...full, share_id: undefined }).success).toBe(false)
  })

  it('have types', () => {
    expectTypeOf<z.infer<typeof selectSchemas.chat>['created_at']>().toEqualTypeOf<bigint>()
    expectTypeOf<z.infer<typeof selectSchemas.chat>['pinned']>().toEqualTypeOf<boolean | null>()
    expectTypeOf<z.infer<typeof insertSchemas.chat>['share_id']>().toEqualTypeOf<string | null | undefined>()
  })
})
