import type { DeclaredSchema } from '@org/migrate-core'
import { assign, type Dialect, refText, type TableModel } from '@org/migrate-core/dialect'

/** What has a comment in a table, for people. */
function commented({ ref, comment, columns, indexes }: TableModel): readonly string[] {
  const name = refText(ref)
  return [
    ...(comment === undefined ? [] : [`table ${name}`]),
    ...columns.flatMap((column) => (column.comment === undefined ? [] : [`column ${name}.${column.name}`])),
    ...indexes.flatMap((index) => (index.comment === undefined ? [] : [`index ${index.name}`])),
  ]
}

function stripped(table: TableModel): TableModel {
  const { comment: _, ...rest } = table
  return {
    ...rest,
    columns: table.columns.map((column) => assign(column, 'comment', undefined)),
    indexes: table.indexes.map((index) => assign(index, 'comment', undefined)),
  }
}

/** A declaration without its comments where the server stores none, and a note that names what had one. */
export function withoutComments({ capabilities }: Dialect, declared: DeclaredSchema): DeclaredSchema {
  if (capabilities.withoutComments !== true) return declared
  const all = [...declared.schema.tables.values()].flatMap(commented)
  if (all.length === 0) return declared
  const tables = new Map([...declared.schema.tables].map(([key, table]) => [key, stripped(table)] as const))
  return {
    ...declared,
    schema: { ...declared.schema, tables },
    notes: [...declared.notes, `The database stores no comments, so that these are left out: of ${all.join(', of ')}.`],
  }
}
