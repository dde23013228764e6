import { describe, expect, it } from 'vitest'
import { taggedChat } from '../../../packages/schema/src/data/chat-tags.ts'
import { dateTimeText, epochSeconds } from '../../../packages/schema/src/data/epoch.ts'
import { fileUri } from '../../../packages/schema/src/data/file-uri.ts'
import { listedChats } from '../../../packages/schema/src/data/folder-chats.ts'
import {
  isJsonNumber,
  isStorable,
  jsonElements,
  jsonMembers,
  jsonNatural,
  jsonString,
} from '../../../packages/schema/src/data/json-parts.ts'
import { tagId } from '../../../packages/schema/src/data/tag-id.ts'
import { compareUtf8 } from '../../../packages/schema/src/data/utf8-order.ts'

describe('a path as a URI', () => {
  it.each([
    ['/app/x', 'file:///app/x'],
    ['//host/x', 'file:////host/x'],
    ['/data/My Files/ü 50% #1?.txt', 'file:///data/My%20Files/%C3%BC%2050%25%20%231%3F.txt'],
    ["/s/!$&'()*+,;=:@-._~09Az", "file:///s/!$&'()*+,;=:@-._~09Az"],
    ['/s/[]{}|^`"<>\\%20', 'file:///s/%5B%5D%7B%7D%7C%5E%60%22%3C%3E%5C%2520'],
    ['/srv//x/../y/', 'file:///srv//x/../y/'],
    ['/d/e\u0301', 'file:///d/e%CC%81'],
    ['/🦊', 'file:///%F0%9F%A6%8A'],
    ['/', 'file:///'],
    ['C:\\a b', 'file:///C:/a%20b'],
    ['d:/x', 'file:///d:/x'],
    ['e:\\x/y\\z', 'file:///e:/x/y/z'],
    ['\\\\host\\s', 'file://host/s'],
    ['\\\\srv\\Share $\\b#', 'file://srv/Share%20$/b%23'],
    ['s3://b/k', 's3://b/k'],
    ['FILE:///a b', 'FILE:///a b'],
    ['x-a+b.1://h/a b', 'x-a+b.1://h/a b'],
    ['://x', '://x'],
    ['1a://x', '1a://x'],
    ['', ''],
    ['x/y', 'x/y'],
    ['C:x', 'C:x'],
    ['\\x', '\\x'],
    [' /a', ' /a'],
    ['/a\0b', 'file:///a%00b'],
    ['a\0b', null],
    ['s3://a\0b', null],
    ['/a\ud83e', null],
    ['x\udd8a', null],
  ])('%j gives %j', (path, uri) => {
    expect(fileUri(path)).toBe(uri)
  })
})

describe('the id of a tag', () => {
  it.each([
    ['Deep Learning', 'deep_learning'],
    ['a  b', 'a__b'],
    ['  lead and trail ', '__lead_and_trail_'],
    ['tab\tname', 'tab\tname'],
    ['Non\u00a0Breaking', 'non\u00a0breaking'],
    ['ΟΔΟΣ', 'οδος'],
    ['İstanbul', 'i\u0307stanbul'],
    ['ÄÖÜ ß', 'äöü_ß'],
    ['', ''],
    ['PINNED', 'pinned'],
    [' pinned', '_pinned'],
  ])('of %j is %j', (name, id) => {
    expect(tagId(name)).toBe(id)
  })
})

describe('date-times and seconds', () => {
  it.each([
    ['2024-10-16 02:02:35', 1729044155n],
    ['2024-10-16 02:02:35.900000', 1729044155n],
    ['2024-10-16T02:02:35Z', 1729044155n],
    ['2024-10-16 04:02:35+02:00', 1729044155n],
    ['1970-01-01 00:00:00', 0n],
    ['1969-12-31 23:59:59', -1n],
    ['1969-12-31 23:59:59.5', -1n],
    ['2038-01-19 03:14:08', 2147483648n],
    ['2024-02-29 12:00:00', 1709208000n],
    ['0001-01-01 00:00:00', -62135596800n],
    ['2024-03-31 01:30:00', 1711848600n],
  ])('%s is %s', (text, seconds) => {
    expect(epochSeconds(text)).toBe(seconds)
  })

  it.each(['', 'now', '2024', '2024-02-30 00:00:00', '2024-10-16 24:00:00', '2024-13-01 00:00:00', '1729044155'])(
    '%j is no date-time',
    (text) => {
      expect(epochSeconds(text)).toBeUndefined()
    },
  )

  it('gives the same second back', () => {
    for (const seconds of [0n, -1n, 1729044155n, 253402300799n, -62135596800n, -62167219200n]) {
      expect(epochSeconds(dateTimeText(seconds) ?? '')).toBe(seconds)
    }
    expect(dateTimeText(1729044155n)).toBe('2024-10-16 02:02:35')
    expect(dateTimeText(1700000000000n)).toBeUndefined()
  })
})

describe('parts of a JSON text', () => {
  it('come as they are written, the last of equal names', () => {
    const members = jsonMembers(' { "a" : 9007199254740993 , "b":{"c":[1, "}"]}, "a": 1.0, "pa\\u0074h": "x" } ')
    expect([...(members ?? [])]).toEqual([
      ['a', '1.0'],
      ['b', '{"c":[1, "}"]}'],
      ['path', '"x"'],
    ])
  })

  it('know names that objects have of themselves', () => {
    expect(jsonMembers('{"__proto__": 1, "constructor": 2}')?.get('__proto__')).toBe('1')
    expect(jsonMembers('{}')?.get('toString')).toBeUndefined()
  })

  it.each(['[]', '5', 'null', '"path"', '', '{"a"', '{"a":1}x'])('%j has no members', (text) => {
    expect(jsonMembers(text)).toBeUndefined()
  })

  it('of an array are its elements', () => {
    expect(jsonElements('[ 1 , "a,b" , [2,3], {"x": [4]}, null ]')).toEqual([
      '1',
      '"a,b"',
      '[2,3]',
      '{"x": [4]}',
      'null',
    ])
    expect(jsonElements('[]')).toEqual([])
    expect(jsonElements('{"0": 1}')).toBeUndefined()
    expect(jsonElements('[1,]')).toBeUndefined()
    expect(jsonElements(undefined)).toBeUndefined()
  })

  it('are strings only where they are written as strings', () => {
    expect(jsonString(' "\\ud83e\\u0000" ')).toBe('\ud83e\0')
    for (const text of ['5', 'null', '["a"]', '{}']) expect(jsonString(text)).toBeUndefined()
  })

  it('are sizes only where they are digits up to 2^63-1', () => {
    expect(jsonNatural('9223372036854775807')).toBe(9223372036854775807n)
    for (const text of ['9223372036854775808', '-1', '12.0', '1e3', '"12"', 'null', 'true']) {
      expect(jsonNatural(text)).toBeUndefined()
    }
  })

  it('tell numbers from the rest', () => {
    expect([' -1', '0', '"1"', '[1]', 'null'].map(isJsonNumber)).toEqual([true, true, false, false, false])
  })

  it('are storable without lone surrogates and U+0000', () => {
    expect(['🦊', 'a\0', '\ud83e', '\udd8a\ud83e'].map(isStorable)).toEqual([true, false, false, false])
  })
})

describe('chats that a folder lists', () => {
  it.each([
    ['{"chat_ids": ["a", 1, null, ["b"], {"id": "c"}, "7.0"]}', ['a', '7.0']],
    ['{"chat_ids": ["a"], "chat_ids": ["b"]}', ['b']],
    ['{"chat_ids": "a"}', []],
    ['{"CHAT_IDS": ["a"]}', []],
    ['{"more": {"chat_ids": ["a"]}}', []],
    ['["a"]', []],
    ['{"chat_ids": ["a"', []],
    ['{"chat_ids": ["\\ud83e", "\\u0000", ""]}', ['']],
    [null, []],
    [5n, []],
  ])('%s', (items, chats) => {
    expect(listedChats(items)).toEqual(chats)
  })
})

describe('the tags of a chat', () => {
  const row = (id: string, tag_name: string, timestamp: bigint, user_id = 'u') => ({ id, tag_name, timestamp, user_id })

  it('come by time, then by the bytes of the id, each once, without the mark', () => {
    const chat = taggedChat('c', [
      row('🦊', 'third', 5n),
      row('ｆ', 'second', 5n),
      row('z', 'First', 1n),
      row('a', 'FIRST', 9n, 'v'),
      row('p', 'Pinned', 0n),
    ])
    expect(chat.tags).toEqual(['first', 'second', 'third'])
    expect(chat.pinned).toBe(true)
    expect(chat.marks.map(({ tag, user, timestamp }) => [tag, user, timestamp])).toEqual([
      ['first', 'u', 1n],
      ['second', 'u', 5n],
      ['third', 'u', 5n],
      ['first', 'v', 9n],
    ])
  })

  it('belong to no user where the owner is NULL', () => {
    const chat = taggedChat('c', [{ id: '1', tag_name: 'Work', timestamp: 3n, user_id: null }])
    expect(chat.marks).toEqual([{ tag: 'work', user: '', timestamp: 3n }])
  })

  it('order by bytes is not the order of JavaScript', () => {
    expect(compareUtf8('ｆ', '🦊')).toBeLessThan(0)
    expect('ｆ' < '🦊').toBe(false)
  })
})
