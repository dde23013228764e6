import type { Dialect, SchemaModel } from '@org/migrate-core/dialect'

/**
 * A schema that was read, with its tables called as in the first of these schemas that has them: a server that stores names in small letters
 * would show a table of another name.
 */
export function spelledAs(
  { model }: Pick<Dialect, 'model'>,
  schema: SchemaModel,
  ...named: readonly SchemaModel[]
): SchemaModel {
  if (model.respell === undefined) return schema
  return model.respell(
    schema,
    named.flatMap(({ tables }) => [...tables.values()].map(({ ref }) => ref)),
  )
}
