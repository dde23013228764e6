import { refText, type TableModel, type TableRef } from '@org/migrate-core/dialect'

/** The names before the renames of a revision, by the label of what they are now. */
export interface NamesBefore {
  readonly tables: ReadonlyMap<string, TableRef>
  /** By `table.column`. */
  readonly columns: ReadonlyMap<string, string>
}

/** A table and columns of it, as they are called and as they were called before. */
function named(before: NamesBefore, ref: TableRef, columns: readonly string[]): readonly (readonly [string, string])[] {
  return [
    [ref.name, before.tables.get(refText(ref))?.name ?? ref.name],
    ...columns.map((column) => [column, before.columns.get(`${refText(ref)}.${column}`) ?? column] as const),
  ]
}

/** What a name that a tool makes is made of: the table and the columns, of a foreign key on both sides. */
function stems(before: NamesBefore, { ref, constraints, indexes }: TableModel, name: string) {
  const key = constraints.find((constraint) => constraint.name === name)
  if (key?.kind === 'foreignKey') {
    const { table, columns } = key.references
    return [...named(before, ref, key.columns), ...named(before, table, columns)]
  }
  if (key !== undefined && 'columns' in key) return named(before, ref, key.columns)
  const columns = indexes.find((index) => index.name === name)?.elements.map(({ column }) => column)
  if (columns === undefined) return undefined
  return columns.every((column) => column !== undefined) ? named(before, ref, columns) : undefined
}

/**
 * What a tool would have called a key or an index, of whose name in the declaration it is the maker, before tables and columns were
 * renamed; undefined where no rename is about it.
 */
export function nameBefore(before: NamesBefore, declared: TableModel, name: string): string | undefined {
  const parts = before.tables.size + before.columns.size === 0 ? undefined : stems(before, declared, name)
  if (parts === undefined) return undefined
  const [now, then] = [0, 1].map((side) => parts.map((part) => part[side]).join('_')) as [string, string]
  return now !== then && name.startsWith(now) ? then + name.slice(now.length) : undefined
}
