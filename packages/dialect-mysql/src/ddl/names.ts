import { type ConstraintModel, fittingName, type TableModel } from '@org/migrate-core/dialect'
import { capabilities } from '../capabilities.ts'
import { canonicalExpression } from './canonical-expression.ts'

const suffixes: { readonly [K in ConstraintModel['kind']]: string } = {
  primaryKey: 'pk',
  unique: 'key',
  check: 'check',
  foreignKey: 'fk',
  exclude: 'excl',
}

const fitting = (name: string): string => fittingName(name, capabilities.identifierLimit)

/**
 * The constraints with a name each. The server would make names of its own (`t_ibfk_1`), which only the server knows, and
 * renames them with the table; a script written without a connection could never drop such a constraint. The checks that stand in
 * the definition of a column (`inColumns`) have none.
 */
export function nameConstraints(table: TableModel, inColumns: ReadonlySet<string>): TableModel {
  const nameless = (constraint: ConstraintModel): boolean =>
    constraint.kind === 'primaryKey' ||
    (constraint.kind === 'check' && inColumns.has(canonicalExpression(constraint.expression)))
  if (table.constraints.every((each) => each.name !== undefined || nameless(each))) return table
  const taken = new Set(
    [...table.constraints, ...table.indexes].flatMap(({ name }) => (name === undefined ? [] : [name.toLowerCase()])),
  )
  const constraints = table.constraints.map((constraint): ConstraintModel => {
    if (constraint.name !== undefined || nameless(constraint)) return constraint
    const columns = 'columns' in constraint ? constraint.columns : []
    const base = [table.ref.name, ...columns, suffixes[constraint.kind]].join('_').replaceAll('`', '').trimEnd()
    let name = fitting(base)
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = fitting(`${base}_${count}`)
    taken.add(name.toLowerCase())
    return { ...constraint, name }
  })
  return { ...table, constraints }
}
