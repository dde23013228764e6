import { type Dialect, type StepParts, type UnloadedDialect, withStepParts } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'

const complete: Dialect = await sqliteDialect({ url: ':memory:' }).load()

function lazyDialect(): { readonly dialect: UnloadedDialect; readonly imports: () => number } {
  const { name, capabilities, sql, introspection, errors, connection, types, compiler, model, values } = complete
  let imports = 0
  const importParts = async (): Promise<StepParts> => {
    imports += 1
    return { types, compiler, model, values }
  }
  const dialect = withStepParts({ name, capabilities, sql, introspection, errors, connection }, importParts)
  return { dialect, imports: () => imports }
}

test('a dialect has the parts of steps after it was loaded, and is the same object each time', async () => {
  const { dialect, imports } = lazyDialect()
  expect(Object.keys(dialect)).not.toContain('compiler')
  expect(imports()).toBe(0)
  const loaded = await dialect.load()
  expect(loaded.compiler).toBe(complete.compiler)
  expect(await dialect.load()).toBe(loaded)
  expect(await loaded.load()).toBe(loaded)
  expect(imports()).toBe(1)
})

test('a copy with another part keeps it when it is loaded', async () => {
  const { dialect } = lazyDialect()
  const first = await dialect.load()
  const connection = { ...dialect.connection, database: 'another' }
  const copy = { ...dialect, connection }
  expect((await copy.load()).connection).toBe(connection)
  expect((await copy.load()).model).toBe(complete.model)
  expect(await dialect.load()).toBe(first)
  expect(first.connection.database).not.toBe('another')
  const types = { ...complete.types }
  expect((await { ...first, types }.load()).types).toBe(types)
})

test('parts that could not be imported are imported by the next call', async () => {
  let calls = 0
  const dialect = withStepParts(sqliteDialect({ url: ':memory:' }), async () => {
    calls += 1
    if (calls === 1) throw new Error('EMFILE: too many open files')
    return complete
  })
  await expect(dialect.load()).rejects.toThrow('EMFILE')
  expect((await dialect.load()).values).toBe(complete.values)
})

test('a copy with other parts for steps keeps them when it is loaded', async () => {
  const dialect = sqliteDialect({ url: ':memory:' })
  const { values } = await dialect.load()
  const other = { ...values }
  const copy: Pick<Dialect, 'values'> & typeof dialect = { ...dialect, values: other }
  expect((await copy.load()).values).toBe(other)
})
