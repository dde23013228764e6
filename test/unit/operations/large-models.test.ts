import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../packages/core/src/model/canonical.ts'
import { entriesUnshared, mapChunks } from '../../../packages/core/src/model/chunked-map.ts'
import { emptySchema, findTable, putTable, without } from '../../../packages/core/src/model/edit.ts'
import type { SchemaModel, TableModel } from '../../../packages/core/src/model/schema-model.ts'
import { incomingKeys } from '../../../packages/core/src/operations/traits/objects.ts'
import { scale } from '../../kit/scale.ts'

const table = (name: string, comment = ''): TableModel => ({
  ref: { name },
  columns: [],
  constraints: [],
  indexes: [],
  options: { comment },
})

const modelOf = (count: number): SchemaModel =>
  Array.from({ length: count }, (_, at) => table(`t${at}`)).reduce(putTable, emptySchema)

const change = fc.record({ name: fc.nat(900).map((at) => `t${at}`), text: fc.option(fc.string({ maxLength: 3 })) })

describe('a model of many tables', () => {
  it('is after any changes what a plain map is after them, in the same order', () => {
    fc.assert(
      fc.property(fc.nat(700), fc.array(change, { maxLength: 60 }), (count, changes) => {
        const plain = new Map(Array.from({ length: count }, (_, at) => [`t${at}`, table(`t${at}`)]))
        let model = modelOf(count)
        for (const { name, text } of changes) {
          if (text === null) {
            plain.delete(name)
            model = without(model, 'tables', name)
          } else {
            plain.set(name, table(name, text))
            model = putTable(model, table(name, text))
          }
        }
        expect(isDeepStrictEqual([...model.tables], [...plain])).toBe(true)
        expect([...model.tables.keys()]).toEqual([...plain.keys()])
        expect([...model.tables.values()]).toEqual([...plain.values()])
        expect(model.tables.size).toBe(plain.size)
        expect(canonicalJson(model)).toBe(canonicalJson({ ...emptySchema, tables: plain }))
        for (const { name } of changes) {
          expect(model.tables.has(name)).toBe(plain.has(name))
          expect(findTable(model, { name })).toEqual(plain.get(name))
        }
      }),
      { numRuns: scale({ full: 300, quick: 30 }) },
    )
  })

  it('shares with the model before it all but what stands around the change', () => {
    const before = modelOf(5_000)
    const after = putTable(before, table('t4000', 'changed'))
    const unshared = [...entriesUnshared(before.tables, after.tables)]
    expect(unshared.length).toBeLessThan(300)
    expect(unshared.filter(([key, each]) => each !== before.tables.get(key)).map(([key]) => key)).toEqual(['t4000'])
    expect(mapChunks(before.tables).flatMap((chunk) => [...chunk.keys()])).toEqual([...before.tables.keys()])
    expect(findTable(before, { name: 't4000' })?.options).toEqual({ comment: '' })
  })

  it('knows the foreign keys to a table, wherever they stand', () => {
    const key = { kind: 'foreignKey', columns: ['a'], references: { table: { name: 't7' }, columns: ['id'] } } as const
    const child = (name: string): TableModel => ({ ...table(name), constraints: [key] })
    const model = [child('t3'), child('t999')].reduce(putTable, modelOf(1_000))
    expect(incomingKeys(model, { name: 't7' }).map((each) => each.table.ref.name)).toEqual(['t3', 't999'])
    expect(incomingKeys(putTable(model, table('t3')), { name: 't7' }).map((each) => each.table.ref.name)).toEqual([
      't999',
    ])
    expect(incomingKeys(model, { name: 't8' })).toEqual([])
  })
})
