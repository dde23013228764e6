import {
  assign,
  type ConstraintModel,
  type Dialect,
  emptySchema,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'

const withoutName = (constraint: ConstraintModel): ConstraintModel => assign(constraint, 'name', undefined)

/** The names that the server gives to constraints that are declared so. */
function namesFrom(dialect: Dialect, table: TableModel): readonly (string | undefined)[] {
  // What foreign keys and enums refer to is not there: names come from the table alone.
  const { tables } = dialect.model.apply(emptySchema, { kind: 'createTable', table })
  const constraints = tables.get(tableKey(table.ref))?.constraints ?? []
  return constraints.length === table.constraints.length ? constraints.map(({ name }) => name) : []
}

/** A table whose constraints are named only where the server would call them something else. */
export function withoutUsualNames(dialect: Dialect, table: TableModel): TableModel {
  const bare = { ...table, constraints: table.constraints.map(withoutName) }
  const usual = namesFrom(dialect, bare)
  const constraints = table.constraints.map((constraint, at) =>
    constraint.name !== undefined && constraint.name === usual[at] ? withoutName(constraint) : constraint,
  )
  const short = { ...table, constraints }
  // A name that is given changes what the server calls the others.
  const names = namesFrom(dialect, short)
  return table.constraints.every(({ name }, at) => name === undefined || name === names[at]) ? short : table
}
