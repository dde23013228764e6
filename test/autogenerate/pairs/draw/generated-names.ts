import { type ConstraintModel, canonicalJson, type SchemaModel, type TableModel } from '@org/migrate-core/dialect'

const columnsOf = (one: ConstraintModel): readonly string[] => ('columns' in one ? one.columns : [])

/** Whether an unnamed constraint of the declaration is this one. */
function isNameless(declared: TableModel, one: ConstraintModel): boolean {
  const named = declared.constraints.some(({ name }) => name !== undefined && name === one.name)
  return (
    !named &&
    declared.constraints.some(
      (other) =>
        other.kind === one.kind &&
        other.name === undefined &&
        canonicalJson(columnsOf(other)) === canonicalJson(columnsOf(one)),
    )
  )
}

/**
 * The schema without the names that the server has given because the declaration gives none: the primary key of a table that was renamed
 * is called after its old name, and that is no difference.
 */
export function withoutGeneratedNames(model: SchemaModel, declared: SchemaModel): SchemaModel {
  const tables = [...model.tables].map(([key, table]) => {
    const own = declared.tables.get(key)
    if (own === undefined) return [key, table] as const
    const constraints = table.constraints.map((one) => {
      if (one.name === undefined || !isNameless(own, one)) return one
      const { name: _, ...rest } = one
      return rest as ConstraintModel
    })
    return [key, { ...table, constraints }] as const
  })
  return { ...model, tables: new Map(tables) }
}
