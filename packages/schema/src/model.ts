import { toModel } from '@org/migrate-core'
import { isText, requireArguments } from '@org/migrate-core/dialect'
import { keyedByPrimaryKey } from './data/keyed-table.ts'
import { tables } from './tables/all.ts'

type Model = ReturnType<typeof toModel>

/**
 * The declared tables as they are on a database: on MySQL and MariaDB the unique index on `id` of the tables of the sequential
 * tier is their primary key. What comparisons with a database are made with.
 *
 * ```ts
 * const lines = schemaDifferences(modelFor('postgres'), await dialect.introspection.schema(session))
 * ```
 */
export function modelFor(dialect: string): Model {
  requireArguments('modelFor', { dialect }, { dialect: isText })
  const model = toModel(Object.values(tables))
  if (dialect !== 'mysql') return model
  return { ...model, tables: new Map([...model.tables].map(([key, table]) => [key, keyedByPrimaryKey(table)])) }
}
