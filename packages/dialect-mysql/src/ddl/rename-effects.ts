import {
  assign,
  type ColumnModel,
  type ConstraintModel,
  findColumn,
  type Operation,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { canonicaliseTable, collationOf, tableCollation } from '../types/canonicalise.ts'
import { renamedInExpression } from './rename-in-expression.ts'

/**
 * The server renames with the table the constraints that it named itself: `t_chk_1`, `t_ibfk_1`.
 * https://dev.mysql.com/doc/refman/8.4/en/rename-table.html
 */
function withOwnNames(table: TableModel, from: string, to: string): TableModel {
  const constraints = table.constraints.map((constraint): ConstraintModel => {
    const number = constraint.name?.startsWith(from)
      ? /^_(?:chk|ibfk)_\d+$/.exec(constraint.name.slice(from.length))
      : null
    return number === null ? constraint : { ...constraint, name: `${to}${number[0]}` }
  })
  return { ...table, constraints }
}

/** Each column with its place, which a column that is dropped and added again is given back. */
export function withPositions(columns: readonly ColumnModel[]): readonly ColumnModel[] {
  return columns.map((column, at) =>
    assign(column, 'after', at === columns.length - 1 ? undefined : (columns[at - 1]?.name ?? null)),
  )
}

/** The columns with the added one at its place; it is the last one where the column before it is not there. */
export function withColumnAtPosition(
  columns: readonly ColumnModel[],
  { name, after }: ColumnModel,
): readonly ColumnModel[] {
  const added = columns.filter((column) => column.name === name)
  const rest = columns.filter((column) => column.name !== name)
  const at = after === null ? 0 : rest.findIndex((column) => column.name === after) + 1
  return after === undefined || (after !== null && at === 0)
    ? columns
    : [...rest.slice(0, at), ...added, ...rest.slice(at)]
}

/** What the server does to a table's own texts and names when it, or one of its columns, gets another name. */
export function followRename(table: TableModel, operation: Operation): TableModel {
  if (operation.kind === 'renameTable' && table.ref.name === operation.to)
    return withOwnNames(table, operation.table.name, operation.to)
  if (operation.kind !== 'renameColumn' || tableKey(operation.table) !== tableKey(table.ref)) return table
  const rename = (text: string): string => renamedInExpression(text, operation.column, operation.to)
  return {
    ...table,
    columns: table.columns.map((column): ColumnModel => {
      const { generated, default: value } = column
      if (generated !== undefined)
        return { ...column, generated: { ...generated, expression: rename(generated.expression) } }
      return value?.kind === 'expression' ? { ...column, default: { ...value, sql: rename(value.sql) } } : column
    }),
    constraints: table.constraints.map(
      (constraint): ConstraintModel =>
        constraint.kind === 'check' ? { ...constraint, expression: rename(constraint.expression) } : constraint,
    ),
    indexes: table.indexes.map((index) => ({
      ...index,
      elements: index.elements.map((element) =>
        element.expression === undefined ? element : { ...element, expression: rename(element.expression) },
      ),
    })),
  }
}

/**
 * Collations stay what they are until the column is changed: another collation of the table changes what is implied, and so what has
 * to be declared.
 */
export function withOwnCollations(
  server: Server,
  from: TableModel,
  after: TableModel,
  operation: Operation,
  nameBefore: (name: string) => string,
): TableModel {
  const canonical = canonicaliseTable(server, from)
  const columns = after.columns.map((column) => {
    const old = findColumn(canonical, nameBefore(column.name))
    const altered = operation.kind === 'alterColumn' && operation.column === column.name
    if (
      old === undefined ||
      (altered &&
        (operation.change.collation !== undefined ||
          operation.change.type !== undefined ||
          operation.change.native !== undefined))
    )
      return column
    const own = collationOf(server, canonical, old)
    return own === undefined
      ? column
      : assign(column, 'collation', own === tableCollation(server, after) ? undefined : own)
  })
  return { ...after, columns }
}
