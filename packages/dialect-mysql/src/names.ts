import { type ConstraintModel, checksum, type TableModel } from '@org/migrate-core/dialect'

const suffixes: { readonly [K in ConstraintModel['kind']]: string } = {
  primaryKey: 'pk',
  unique: 'key',
  check: 'check',
  foreignKey: 'fk',
  exclude: 'excl',
}

const longest = 64

/** A name of our own making that fits: what is cut off is told apart by a hash of the whole. */
function fitting(name: string): string {
  if ([...name].length <= longest) return name
  return `${[...name].slice(0, longest - 9).join('')}_${checksum(name).slice(0, 8)}`
}

/**
 * The constraints with a name each. The server would make names of its own (`t_ibfk_1`), which nobody knows without looking, and
 * renames them with the table; a script written without a connection could never drop such a constraint.
 */
export function nameConstraints(table: TableModel): TableModel {
  if (table.constraints.every(({ name, kind }) => name !== undefined || kind === 'primaryKey')) return table
  const taken = new Set(
    [...table.constraints, ...table.indexes].flatMap(({ name }) => (name === undefined ? [] : [name.toLowerCase()])),
  )
  const constraints = table.constraints.map((constraint): ConstraintModel => {
    if (constraint.name !== undefined || constraint.kind === 'primaryKey') return constraint
    const columns = 'columns' in constraint ? constraint.columns : []
    const base = [table.ref.name, ...columns, suffixes[constraint.kind]].join('_').replaceAll('`', '').trimEnd()
    let name = fitting(base)
    for (let count = 2; taken.has(name.toLowerCase()); count += 1) name = fitting(`${base}_${count}`)
    taken.add(name.toLowerCase())
    return { ...constraint, name }
  })
  return { ...table, constraints }
}
