import { itemsNamedIn, mayName } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'

const names = ['users', 'user', 'Open Orders', 'orders', 'größe', '$x', '!', 'a-b', 'a-c']

test.each<[string, readonly string[]]>([
  ['SELECT * FROM USERS JOIN "orders"', ['users', 'orders', '!']],
  ['SELECT orders FROM x WHERE open', ['Open Orders', 'orders', '!']],
  ['SELECT "GRÖSSE", größe, $X', ['größe', '$x', '!']],
  ['a - c', ['!', 'a-c']],
  ['', ['!']],
])('%s may name the items of which it has every word, in their order', (text, expected) => {
  const items = names.map((name) => ({ name }))
  expect(itemsNamedIn(items, ({ name }) => name)(text).map(({ name }) => name)).toEqual(expected)
  expect(names.filter(mayName(text))).toEqual(expected)
})
