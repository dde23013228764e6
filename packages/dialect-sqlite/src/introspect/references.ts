import { type ConstraintModel, type TableModel, tableKey } from '@org/migrate-core/dialect'
import { isReadFromText, markReadFromText } from '../ddl/read-from-text.ts'
import { foldName, sameName } from '../sql/tokenize.ts'

type Tables = ReadonlyMap<string, TableModel>

/** The tables by their folded names, for the references that spell one otherwise. */
const foldedTables = new WeakMap<Tables, Tables>()

function foldedOf(tables: Tables): Tables {
  const cached = foldedTables.get(tables)
  if (cached !== undefined) return cached
  const folded = new Map([...tables.values()].map((table) => [foldName(table.ref.name), table]))
  foldedTables.set(tables, folded)
  return folded
}

function parentOf(name: string, self: TableModel, tables: Tables): TableModel | undefined {
  if (sameName(name, self.ref.name)) return self
  const exact = tables.get(tableKey({ name }))
  return exact ?? foldedOf(tables).get(foldName(name))
}

function spelled(constraint: ConstraintModel, self: TableModel, tables: Tables): ConstraintModel {
  if (constraint.kind !== 'foreignKey') return constraint
  const { references } = constraint
  const parent = parentOf(references.table.name, self, tables)
  if (parent === undefined) return constraint
  const columns = references.columns.map(
    (name) => parent.columns.find((column) => sameName(column.name, name))?.name ?? name,
  )
  const same = parent.ref.name === references.table.name && columns.every((name, at) => name === references.columns[at])
  return same ? constraint : { ...constraint, references: { table: { name: parent.ref.name }, columns } }
}

/**
 * The table with what its foreign keys refer to in the spelling of that table's own definition, where `tables` has it: a
 * text may write names in another case, and code that follows a key compares names as they are.
 */
export function spellReferences(table: TableModel, tables: Tables): TableModel {
  const constraints = table.constraints.map((constraint) => spelled(constraint, table, tables))
  if (constraints.every((constraint, at) => constraint === table.constraints[at])) return table
  const spelt = { ...table, constraints }
  return isReadFromText(table) ? markReadFromText(spelt) : spelt
}
