import type {
  ConstraintOf,
  HiddenIndex,
  IndexElement,
  IndexModel,
  SchemaModel,
  TableModel,
} from '@org/migrate-core/dialect'

/*
 * InnoDB keeps an index for every foreign key, with the key's columns first and in their order; where the table has none, it makes
 * one of the key's name (of the first column's, where the key was declared without a name), and drops it again without a word once another index would do. Such an index is none of the model.
 * Whether an index was made by the server or by a user, no catalog says: one of the name and the columns of a foreign key, and
 * nothing else to it, counts as the server's. Should it have been made by hand, then it goes with its foreign key.
 */

type ForeignKey = ConstraintOf<'foreignKey'>

type IndexedTable = Pick<TableModel, 'constraints' | 'indexes' | 'options'>

const begins = (columns: readonly (string | undefined)[], prefix: readonly string[]): boolean =>
  prefix.every((name, at) => columns[at] === name)

/**
 * An option of ours: the prefix lengths of the primary key, in the order of its columns and between commas. A primary key of the model
 * has none. https://dev.mysql.com/doc/refman/8.4/en/column-indexes.html#column-indexes-prefix
 */
export const keyPrefixes = 'prefixed_primary_key'

/** The columns of a primary or unique key, as those of an index. */
export function keyElements(
  { kind, columns }: ConstraintOf<'primaryKey' | 'unique'>,
  { options }: Pick<TableModel, 'options'>,
): readonly IndexElement[] {
  const lengths = kind === 'primaryKey' ? String(options[keyPrefixes] ?? '').split(',') : []
  return columns.map((column, at) => ({ column, ...(lengths[at] ? { prefixLength: Number(lengths[at]) } : {}) }))
}

/** The columns that an index holds whole and in order, from its first on; others end the list. */
function usable(index: Pick<IndexModel, 'elements' | 'method'>): readonly (string | undefined)[] {
  const method = index.method?.toLowerCase() ?? 'btree'
  if (method !== 'btree') return []
  const end = index.elements.findIndex(({ column, prefixLength }) => column === undefined || prefixLength !== undefined)
  return index.elements.slice(0, end === -1 ? undefined : end).map(({ column }) => column)
}

/** Whether a key or an index of the model serves the columns of a foreign key. */
export function isServed(table: IndexedTable, columns: readonly string[]): boolean {
  return (
    table.constraints.some(
      (each) =>
        (each.kind === 'primaryKey' || each.kind === 'unique') &&
        begins(usable({ elements: keyElements(each, table) }), columns),
    ) || table.indexes.some((index) => begins(usable(index), columns))
  )
}

export const foreignKeysOf = (table: Pick<TableModel, 'constraints'>): readonly ForeignKey[] =>
  table.constraints.filter((each) => each.kind === 'foreignKey')

export const plainIndex = (name: string, columns: readonly string[]): IndexModel => ({
  name,
  unique: false,
  elements: columns.map((column) => ({ column })),
})

/** `a` or `a_2` for a key over `a` that the server named, `t_ibfk_1`: https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html */
function isNamedByColumn(index: string, { name, columns: [column = ''] }: ForeignKey): boolean {
  const [own, first] = [index.toLowerCase(), column.toLowerCase()]
  return (
    name !== undefined &&
    /_ibfk_\d+$/.test(name) &&
    (own === first || (own.startsWith(`${first}_`) && /^\d+$/.test(own.slice(first.length + 1))))
  )
}

/** Whether an index can be what the server made for this foreign key. */
function isImplicit(index: IndexModel, key: ForeignKey): boolean {
  const { name, unique, elements, where: _, source: __, method, ...rest } = index
  if (unique || (name !== key.name && !isNamedByColumn(name, key)) || (method ?? 'btree').toLowerCase() !== 'btree')
    return false
  if (Object.values(rest).some((value) => value !== undefined && value !== '')) return false
  const plain = elements.every((element) =>
    Object.entries(element).every(([fact, value]) => fact === 'column' || value === undefined || value === 'asc'),
  )
  return (
    plain &&
    elements.length === key.columns.length &&
    begins(
      elements.map(({ column }) => column),
      key.columns,
    )
  )
}

/**
 * The indexes of the model: without those that look like the server's own for a foreign key, which cannot be told from them. Only
 * where another index serves the key does one of its name stand for itself.
 */
export function withoutImplicit(table: IndexedTable): readonly IndexModel[] {
  const keys = foreignKeysOf(table)
  return table.indexes.filter((index) => {
    const rest = table.indexes.filter((other) => other !== index)
    return !keys.some((key) => isImplicit(index, key) && !isServed({ ...table, indexes: rest }, key.columns))
  })
}

/**
 * The indexes of foreign keys that are called after a column: they go with a table that is created, since its keys have names by then,
 * and the server would call the indexes after those.
 */
export function indexesNamedByColumn(table: TableModel): readonly IndexModel[] {
  const keys = foreignKeysOf(table)
  return (table.hiddenIndexes ?? []).flatMap(({ why: _, ...index }) =>
    keys.some(({ name }) => name === index.name) ? [] : [index],
  )
}

const withNamedByColumn = (table: TableModel): TableModel => {
  const named = indexesNamedByColumn(table)
  return named.length === 0 ? table : { ...table, indexes: [...table.indexes, ...named] }
}

/** The schema with those indexes as an author would state them. */
export function asWritten(schema: SchemaModel): SchemaModel {
  return { ...schema, tables: new Map([...schema.tables].map(([key, table]) => [key, withNamedByColumn(table)])) }
}

/** What a table had before: its foreign keys, and which of them had an index of their own. */
export type PreviousKeys = Pick<TableModel, 'constraints' | 'hiddenIndexes'>

/**
 * The indexes that the server has for the foreign keys of a table beside those of the model. Of two keys over the same columns
 * that come with the table the last one has it, later on the first; the one over more columns serves the other too.
 */
export function implicitIndexes(table: TableModel, before?: PreviousKeys): readonly HiddenIndex[] {
  const keys = foreignKeysOf(table).filter(({ columns }) => !isServed(table, columns))
  const names = namesBefore(keys, before)
  let indexedKeys = keys.filter((key) => names.has(key))
  for (const key of keys) {
    if (key.name === undefined || indexedKeys.includes(key)) continue
    const server = indexedKeys.find(({ columns }) => begins(columns, key.columns))
    const newer = before === undefined && server?.columns.length === key.columns.length
    if (server === undefined || newer)
      indexedKeys = [...indexedKeys.filter(({ columns }) => !begins(key.columns, columns)), key]
  }
  return indexedKeys.map((key) => ({ ...plainIndex(names.get(key) ?? key.name ?? '', key.columns), why: 'foreignKey' }))
}

/** What the index of each foreign key that had one is called: it keeps the name, whatever becomes of the key's. */
function namesBefore(keys: readonly ForeignKey[], before: PreviousKeys | undefined): ReadonlyMap<ForeignKey, string> {
  const names = new Map<ForeignKey, string>()
  for (const { name, elements } of before?.hiddenIndexes ?? []) {
    const columns = elements.map(({ column }) => column)
    const own =
      keys.find((key) => key.name === name) ??
      keys.find(
        (key) => isNamedByColumn(name, key) && key.columns.length === columns.length && begins(columns, key.columns),
      )
    if (own !== undefined && !names.has(own)) names.set(own, name)
  }
  return names
}

/** The indexes of foreign keys, over a column that is renamed, under the names that they have. */
export function hiddenIndexesOverRenamed(table: TableModel, from: string, to: string): readonly HiddenIndex[] {
  return (table.hiddenIndexes ?? []).map((index) => ({
    ...index,
    elements: index.elements.map((element) => (element.column === from ? { ...element, column: to } : element)),
  }))
}

/**
 * The same under the names that they get: one that the server called after the column is called after it again. The server keeps the
 * old name, by which it could not be told from an index that a user made.
 */
export function hiddenIndexesAfterRename(table: TableModel, from: string, to: string): readonly HiddenIndex[] {
  if (from.toLowerCase() === to.toLowerCase()) return hiddenIndexesOverRenamed(table, from, to)
  const namedObjects = [...(table.hiddenIndexes ?? []), ...table.indexes, ...table.constraints]
  const taken = new Set(namedObjects.map(({ name }) => name?.toLowerCase()))
  const keys = foreignKeysOf(table).filter(({ columns }) => columns[0] === from)
  return hiddenIndexesOverRenamed(table, from, to).map((index) => {
    if (index.elements[0]?.column !== to || !keys.some((key) => isNamedByColumn(index.name, key))) return index
    let name = to
    for (let at = 2; taken.has(name.toLowerCase()); at += 1) name = `${to}_${at}`
    taken.add(name.toLowerCase())
    return { ...index, name }
  })
}
