import { fromDrizzle } from '@org/migrate-drizzle/postgres'
import { bigint, pgTable } from 'drizzle-orm/pg-core'
import { expect, it } from 'vitest'

const at = (options: object) =>
  fromDrizzle({ t: pgTable('t', { id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity(options) }) })

it('refuses a number of an identity that would be another one', () => {
  expect(() => at({ increment: '9007199254740993' })).toThrowError(
    expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('identity of t.id') }),
  )
  const startOf = (startWith: string) => at({ startWith }).tables.get('t')?.columns[0]?.identity?.start
  expect([startOf('9007199254740991'), startOf('1000000000000000001')]).toEqual([
    9007199254740991,
    '1000000000000000001',
  ])
})
