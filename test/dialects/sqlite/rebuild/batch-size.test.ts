import type { OperationAround } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { database } from './kit.ts'

test('whether a change needs a rebuild is found out once, not again from each change before it', async () => {
  const names = Array.from({ length: 40 }, (_, at) => `c${at}`)
  const url = database(`CREATE TABLE wide (id INTEGER PRIMARY KEY, ${names.map((name) => `${name} TEXT`).join(', ')})`)
  const plain = sqliteDialect({ url })
  const session = await plain.connection.connect({ purpose: 'inspect' })
  const dialect = await (session.dialect ?? plain).load()
  let model = await dialect.introspection.schema(session)
  await session.close()
  let reads = 0
  const arounds = names.map((column): OperationAround => {
    const before = model
    const operation = { kind: 'dropColumn', table: { name: 'wide' }, column } as const
    model = dialect.model.apply(before, operation)
    const readBefore = () => {
      reads += 1
      return before
    }
    return Object.defineProperty({ operation, before, after: model }, 'before', { get: readBefore })
  })
  const sizes = arounds.map((_, at) => dialect.compiler.batch?.size(arounds.slice(at)))
  expect(new Set(sizes)).toEqual(new Set([1]))
  expect(reads).toBeLessThan(3 * names.length)
})
