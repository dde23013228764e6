import type { Extra, IndexElement, TableModel } from './schema-model.ts'

const isCollated = ({ statements }: Extra): boolean =>
  statements.some((parts) =>
    parts.some((part) => typeof part === 'object' && 'text' in part && /\bcollate\b/i.test(part.text)),
  )

/** The columns of the primary key; none: the table has none. */
export function primaryColumns({ constraints }: TableModel): readonly string[] {
  return constraints.find((constraint) => constraint.kind === 'primaryKey')?.columns ?? []
}

/** Every key of a table whose columns are never NULL: the primary key, unique constraints, plain unique indexes. */
function uniqueKeysOf(table: TableModel): readonly (readonly string[])[] {
  // https://www.postgresql.org/docs/current/ddl-inherit.html#DDL-INHERIT-CAVEATS
  if (table.hasHeirs === true) return []
  // Also of the primary key: SQLite lets its columns be NULL, in many rows alike, unless they are declared otherwise.
  const neverNull = (columns: readonly string[]): boolean =>
    columns.every((name) => table.columns.some((column) => column.name === name && !column.nullable))
  const collationOf = (name: string): string =>
    table.columns.find((column) => column.name === name)?.collation?.toLowerCase() ?? ''
  // A key may tell texts apart that its column finds to be equal, so that one of them would be passed over.
  const comparesOtherwise = ({ column = '', collation = '' }: IndexElement): boolean =>
    collation !== '' && collationOf(column) !== '' && collation.toLowerCase() !== collationOf(column)
  const constraints = [
    ...table.constraints.filter((constraint) => constraint.kind === 'primaryKey'),
    ...table.constraints.filter((constraint) => constraint.kind === 'unique'),
  ]
    .filter(
      ({ columns, extras = [] }) => !(extras.some(isCollated) && columns.some((name) => collationOf(name) !== '')),
    )
    .map((constraint) => constraint.columns)
  const indexes = table.indexes.flatMap((index) => {
    if (!index.unique || index.where !== undefined) return []
    const columns = index.elements.flatMap((element) =>
      element.column === undefined || element.prefixLength !== undefined || comparesOtherwise(element)
        ? []
        : [element.column],
    )
    return columns.length === index.elements.length ? [columns] : []
  })
  return [...constraints, ...indexes].filter(neverNull)
}

/**
 * The columns of a key that tells the rows of a table apart: the primary key, else a unique constraint or a plain unique
 * index, whose columns cannot be NULL and are none of `without`.
 */
export function uniqueKeyOf(
  table: TableModel,
  without: ReadonlySet<string> = new Set(),
): readonly string[] | undefined {
  return uniqueKeysOf(table).find((columns) => !columns.some((column) => without.has(column)))
}

/** Whether these columns tell the rows of a table apart: they are a key of it, or have one among them. */
export function isKeyWithin(table: TableModel, columns: readonly string[]): boolean {
  return uniqueKeysOf(table).some((key) => key.every((column) => columns.includes(column)))
}
