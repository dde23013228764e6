import {
  type CompileTable,
  emptySchema,
  type OperationAround,
  type SchemaModel,
  withFreeNames,
} from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'

const create = (name: string, before: SchemaModel): OperationAround<'createTable'> => {
  const table = { ref: { name }, columns: [], constraints: [], indexes: [], options: {} }
  return {
    operation: { kind: 'createTable', table },
    before,
    after: { ...before, tables: new Map([...before.tables, [name, table]]) },
  }
}

test('the names of a schema are collected once for a plan, and what comes later in it is free, also where it is compiled once more', () => {
  let collected = 0
  const used: [string, boolean][] = []
  const { table } = withFreeNames(
    { table: { createTable: () => [], dropTable: () => [] } as unknown as CompileTable },
    {
      namesIn({ tables }) {
        collected += 1
        return tables.keys()
      },
      requireFree({ operation }, isUsed) {
        if (operation.kind !== 'createTable') return []
        const { name } = operation.table.ref
        used.push([name, isUsed(name)])
        return [name]
      },
    },
  )
  const first = create('a', { ...emptySchema, tables: new Map(create('old', emptySchema).after.tables) })
  const second = create('b', first.after)
  const drop: OperationAround<'dropTable'> = {
    operation: { kind: 'dropTable', table: { name: 'a' } },
    before: second.after,
    after: { ...second.after, tables: new Map([...second.after.tables].filter(([name]) => name !== 'a')) },
  }
  const third = create('a', drop.after)
  for (let time = 0; time < 2; time += 1) {
    table.createTable(first)
    table.createTable(second)
    table.dropTable(drop)
    table.createTable(third)
  }
  table.createTable(create('old', first.before))
  const once = [
    ['a', false],
    ['b', false],
    // It was there before: only the model tells that it is there no longer.
    ['a', true],
  ]
  expect(used).toEqual([...once, ...once, ['old', true]])
  expect(collected).toBe(1)
})
