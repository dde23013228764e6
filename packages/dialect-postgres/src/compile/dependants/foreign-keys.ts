import { MigrateError, refText, type SchemaModel, type TableModel } from '@org/migrate-core/dialect'
import { sameRef } from '../statements.ts'

const isSame = (columns: readonly (string | undefined)[], ofKey: readonly string[]): boolean =>
  columns.length === ofKey.length && ofKey.every((name) => columns.includes(name))

/**
 * Whether the table has what a foreign key to these columns needs: a key, or a unique index of all rows.
 * https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
 */
function isServed({ constraints, indexes }: TableModel, columns: readonly string[]): boolean {
  return (
    constraints.some(
      (each) => (each.kind === 'primaryKey' || each.kind === 'unique') && isSame(each.columns, columns),
    ) ||
    indexes.some(
      ({ unique, where, elements }) =>
        unique &&
        where === undefined &&
        isSame(
          elements.map(({ column }) => column),
          columns,
        ),
    )
  )
}

/** Throws DEPENDENT_OBJECTS where foreign keys, of the table itself or of others, need the key or the index that is about to go. */
export function refuseNeeded(object: string, before: SchemaModel, from: TableModel, to: TableModel): void {
  const primary = from.constraints.find(({ kind }) => kind === 'primaryKey')
  const dependants = [...before.tables.values()].flatMap(({ ref, constraints }) =>
    constraints.flatMap((key) => {
      if (key.kind !== 'foreignKey' || !sameRef(key.references.table, from.ref)) return []
      const stated = key.references.columns
      const columns = stated.length > 0 || primary?.kind !== 'primaryKey' ? stated : primary.columns
      if (!isServed(from, columns) || isServed(to, columns)) return []
      return [`foreign key ${key.name ?? key.columns.join(', ')} of ${refText(ref)}`]
    }),
  )
  if (dependants.length === 0) return
  const message = `${object} cannot be dropped: ${dependants.join(', ')} ${dependants.length === 1 ? 'needs' : 'need'} it.`
  throw new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, message)
}
