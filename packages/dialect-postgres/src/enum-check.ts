import type { ColumnType } from '@org/migrate-core/dialect'

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
