import {
  type ColumnModel,
  type Dialect,
  emptySchema,
  type SchemaModel,
  type SequenceModel,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'

/** The columns that may bring a sequence with them, alone: what else stands in their table may not hold without the rest of it. */
function withSpecialColumns({ ref, columns }: TableModel): TableModel | undefined {
  const special = columns.filter(
    ({ type, native, identity, generated }) =>
      (type.kind === 'native' || native !== undefined) && identity === undefined && generated === undefined,
  )
  return special.length === 0 ? undefined : { ref, columns: special, constraints: [], indexes: [], options: {} }
}

/** The sequences that columns of these tables bring with them: of `serial`. */
export function impliedSequences(dialect: Dialect, tables: Iterable<TableModel>): ReadonlyMap<string, SequenceModel> {
  const implied = new Map<string, SequenceModel>()
  for (const each of tables) {
    const table = withSpecialColumns(each)
    if (table === undefined) continue
    const { sequences } = dialect.model.apply(emptySchema, { kind: 'createTable', table })
    for (const [key, sequence] of sequences) implied.set(key, sequence)
  }
  return implied
}

/** The sequence that a column of the database owns and takes its numbers from. */
function numbersOf(model: SchemaModel, table: TableModel, column: string): SequenceModel | undefined {
  const value = model.tables.get(tableKey(table.ref))?.columns.find(({ name }) => name === column)?.default
  if (value?.kind !== 'expression') return undefined
  return [...model.sequences.values()].find(
    ({ ref, ownedBy }) =>
      ownedBy?.column === column && tableKey(ownedBy.table) === tableKey(table.ref) && value.sql.includes(ref.name),
  )
}

/**
 * A declaration whose `serial` columns take their numbers from the sequences that these columns have in the database, whatever those are
 * called: a name is no part of `serial`, and another sequence would begin at another number.
 */
export function withOwnedSequences(dialect: Dialect, declared: SchemaModel, model: SchemaModel): SchemaModel {
  const tables = new Map(declared.tables)
  const sequences = new Map(declared.sequences)
  for (const [key, table] of declared.tables) {
    const special = withSpecialColumns(table)
    if (special === undefined || !model.tables.has(key)) continue
    const created = dialect.model.apply(emptySchema, { kind: 'createTable', table: special })
    const columns = new Map<string, ColumnModel>()
    for (const [usual, sequence] of created.sequences) {
      const name = sequence.ownedBy?.column ?? ''
      const numbers = numbersOf(model, table, name)
      const column = created.tables.get(key)?.columns.find((one) => one.name === name)
      const value = model.tables.get(key)?.columns.find((one) => one.name === name)?.default
      if (numbers === undefined || column === undefined || value === undefined) continue
      if (tableKey(numbers.ref) === usual || sequences.has(tableKey(numbers.ref))) continue
      columns.set(name, { ...column, default: value })
      sequences.set(tableKey(numbers.ref), { ...sequence, ref: numbers.ref })
    }
    if (columns.size > 0)
      tables.set(key, { ...table, columns: table.columns.map((column) => columns.get(column.name) ?? column) })
  }
  return { ...declared, tables, sequences }
}

/** The same with the sequences that its columns bring with them. */
export function withSequences(dialect: Dialect, desiredModel: SchemaModel): SchemaModel {
  const implied = impliedSequences(dialect, desiredModel.tables.values())
  return implied.size === 0
    ? desiredModel
    : { ...desiredModel, sequences: new Map([...implied, ...desiredModel.sequences]) }
}

/** The sequences that new columns bring with them: they do not exist yet, and no operation creates them. */
export function comingSequences(
  dialect: Dialect,
  desiredModel: SchemaModel,
  model: SchemaModel,
  equal: ReadonlySet<string>,
): ReadonlySet<string> {
  const tables = [...desiredModel.tables].flatMap(([key, table]): readonly TableModel[] => {
    if (equal.has(key)) return []
    const currentColumns = new Set(model.tables.get(key)?.columns.map(({ name }) => name))
    const columns = table.columns.filter(({ name }) => !currentColumns.has(name))
    return [{ ...table, columns, constraints: [], indexes: [] }]
  })
  return new Set(
    impliedSequences(
      dialect,
      tables.filter(({ columns }) => columns.length > 0),
    ).keys(),
  )
}
