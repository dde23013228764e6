import type { ColumnType, TableModel } from '@org/migrate-core/dialect'
import { nameOf, significant } from '../sql/names-in.ts'

/**
 * An enum without a name is no type of PostgreSQL: the column is text, and a CHECK of this name holds the values. The name
 * tells it from a CHECK of the author's, so that introspection can give the enum back.
 */
export function enumCheckName(table: string, column: string): string {
  return `${table}_${column}_enum`
}

/** The values of an enum without a name; undefined for every type of the server's. */
export function enumValues(type: ColumnType): readonly string[] | undefined {
  return type.kind === 'enum' && type.name === undefined ? type.values : undefined
}

/** `c = 'a'::text`, `c = ANY (ARRAY['a'::text, 'b'::text])`: how the server prints the CHECK that holds the values. */
function valuesIn(expression: string, column: string): readonly string[] | undefined {
  const tokens = significant(expression).filter(({ text }) => text !== '(' && text !== ')')
  const values = tokens.flatMap(({ kind, text }) =>
    kind === 'string' && text.startsWith("'") ? [text.slice(1, -1).replaceAll("''", "'")] : [],
  )
  const rest = tokens.filter(({ kind }) => kind !== 'string').map((token) => nameOf(token) ?? token.text)
  const cast = [':', ':', 'text']
  const many = ['=', 'any', 'array', '[', ...values.flatMap((_, at) => (at === 0 ? cast : [',', ...cast])), ']']
  const shape = [column, ...(values.length === 1 && !rest.includes('any') ? ['=', ...cast] : many)]
  return values.length > 0 && shape.join(' ') === rest.join(' ') ? values : undefined
}

/** The table with the enums that stand in it as text with a CHECK. */
export function withEnums(table: TableModel): TableModel {
  const valuesByColumn = new Map<string, readonly string[]>()
  const constraints = table.constraints.filter((constraint) => {
    if (constraint.kind !== 'check') return true
    const column = table.columns.find(
      ({ name, type }) => type.kind === 'text' && constraint.name === enumCheckName(table.ref.name, name),
    )
    const values = column === undefined ? undefined : valuesIn(constraint.expression, column.name)
    if (column === undefined || values === undefined) return true
    valuesByColumn.set(column.name, values)
    return false
  })
  if (valuesByColumn.size === 0) return table
  const columns = table.columns.map((column) => {
    const values = valuesByColumn.get(column.name)
    return values === undefined ? column : { ...column, type: { kind: 'enum', values } as const }
  })
  return { ...table, columns, constraints }
}
