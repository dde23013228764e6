import { fromDrizzle } from '@org/migrate-drizzle/postgres'
import { bigint, pgTable } from 'drizzle-orm/pg-core'
import { expect, it } from 'vitest'

const at = (options: object) =>
  fromDrizzle({ t: pgTable('t', { id: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity(options) }) })

it('refuses a number of an identity that would be another one', () => {
  for (const options of [{ startWith: '1000000000000000001' }, { increment: '9007199254740993' }])
    expect(() => at(options)).toThrowError(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('identity of t.id') }),
    )
  expect(at({ startWith: '9007199254740991' }).tables.get('t')?.columns[0]?.identity).toMatchObject({
    start: 9007199254740991,
  })
})
