import {
  type Dialect,
  emptySchema,
  type Operation,
  type SchemaModel,
  schemaDifferences,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import { compileOperations } from '../../packages/core/src/compile/compile.ts'

const normal = (dialect: Dialect, model: SchemaModel): SchemaModel => ({
  ...model,
  tables: new Map([...model.tables].map(([key, table]) => [key, dialect.model.normalise(table)])),
})

/**
 * Makes what a model says in a database that is empty, and reads it again: the differences between the two, of which there should be
 * none. Enums first, since tables are of them; then sequences, tables in the order of the model, and views.
 */
export async function createAndRead(configured: UnloadedDialect, model: SchemaModel): Promise<readonly string[]> {
  const session = await configured.connection.connect({ purpose: 'run' })
  const dialect = await (session.dialect ?? configured).load()
  const operations: readonly Operation[] = [
    ...model.schemas.map((schema): Operation => ({ kind: 'createSchema', schema })),
    ...[...model.enums.values()].map((one): Operation => ({ kind: 'createEnum', enum: one })),
    ...[...model.sequences.values()].map((sequence): Operation => ({ kind: 'createSequence', sequence })),
    ...[...model.tables.values()].map((table): Operation => ({ kind: 'createTable', table })),
    ...[...model.views.values()].map((view): Operation => ({ kind: 'createView', view })),
  ]
  try {
    const { groups } = compileOperations(
      dialect,
      emptySchema,
      operations.map((operation) => ({ operation })),
    )
    for (const { sql, params } of groups.flatMap(({ statements }) => statements)) await session.execute(sql, params)
    const introspected = await dialect.introspection.schema(session)
    return schemaDifferences(normal(dialect, model), normal(dialect, introspected))
  } finally {
    await session.close()
  }
}
