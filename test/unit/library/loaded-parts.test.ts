import { type Dialect, withStepParts } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'

test('parts that could not be imported are imported by the next call', async () => {
  let calls = 0
  const { load: _, ...unloaded } = sqliteDialect({ url: ':memory:' })
  const parts = await sqliteDialect({ url: ':memory:' }).load()
  const dialect = withStepParts(unloaded, async () => {
    calls += 1
    if (calls === 1) throw new Error('EMFILE: too many open files')
    return parts
  })
  await expect(dialect.load()).rejects.toThrow('EMFILE')
  expect((await dialect.load()).values).toBe(parts.values)
})

test('a copy with other parts for steps keeps them when it is loaded', async () => {
  const dialect = sqliteDialect({ url: ':memory:' })
  const { values } = await dialect.load()
  const other = { ...values }
  const copy: Pick<Dialect, 'values'> & typeof dialect = { ...dialect, values: other }
  expect((await copy.load()).values).toBe(other)
})
