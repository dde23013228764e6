import { column, integer, table, text, toModel } from '@org/migrate-core'
import { apply, emptySchema, type OperationOf, type SchemaModel, schemaDifferences } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openWebuiSchema } from '@org/migrate-schema'
import { describe, expect, it } from 'vitest'

const dialect = await sqliteDialect({ url: ':memory:' }).load()
const normal = (model: SchemaModel): SchemaModel => ({
  ...model,
  tables: new Map([...model.tables].map(([key, one]) => [key, dialect.model.normalise(one)])),
})

describe('a declared table', () => {
  it('is what stands in the database after createTable took it', async () => {
    const more = table(
      'more',
      { id: column(integer(), { nullable: false }), name: column(text(), { nullable: false, default: "it's" }) },
      { primaryKey: { name: 'pk_more', columns: ['id'] }, uniques: [{ name: 'uq_more', columns: ['name', 'id'] }] },
    )
    const declared = [...openWebuiSchema, more]
    const session = await dialect.connection.connect({ purpose: 'run' })
    let before = emptySchema
    for (const { model } of declared) {
      const operation: OperationOf<'createTable'> = { kind: 'createTable', table: model }
      const after = apply(before, operation)
      for (const { sql } of dialect.compiler.table.createTable({ operation, before, after })) await session.execute(sql)
      before = after
    }
    const introspected = normal(await dialect.introspection.schema(session))
    await session.close()
    expect(schemaDifferences(normal(toModel(declared)), introspected)).toEqual([])
    expect(introspected.tables.size).toBe(27)
  })
})
