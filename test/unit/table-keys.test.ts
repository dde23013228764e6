import { refOfKey, tableKey } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'

const names = ['a', 'b', '.', '..', 'a.', '.b', '.a.', 'a.b', '2', '.2', '1.a', '.1.', '...', 'a..b']
const refs = [...names.map((name) => ({ name })), ...names.flatMap((schema) => names.map((name) => ({ schema, name })))]

test('No two names have one key, and each key leads back to its name', () => {
  expect(new Set(refs.map(tableKey)).size).toBe(refs.length)
  expect(refs.map((ref) => refOfKey(tableKey(ref)))).toEqual(refs)
})

test('The keys that databases have stored stay', () => {
  expect([{ name: 't' }, { schema: 'app', name: 't' }, { schema: 'a.b', name: 'c.d' }].map(tableKey)).toEqual([
    't',
    'app.t',
    'a..b.c..d',
  ])
})
