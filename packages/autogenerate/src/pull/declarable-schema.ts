import type { Dialect, SchemaModel, TableModel, TableRef } from '@org/migrate-core/dialect'
import { usesEnum } from '@org/migrate-core/internal'
import { declarableTable, orderNote } from './declarable-table.ts'
import { type UndeclaredObject, undeclaredObject, undeclaredPart } from './undeclared.ts'

interface DeclarableSchema {
  /** In the order of their names. */
  readonly tables: readonly TableModel[]
  readonly undeclared: readonly UndeclaredObject[]
}

/** By schema and name; what is in the schema of the connection comes first. */
export function inOrder<T>(items: Iterable<T>, nameOf: (item: T) => TableRef): readonly T[] {
  const keyed = [...items].map((item) => ({
    item,
    key: JSON.stringify([nameOf(item).schema ?? '', nameOf(item).name]),
  }))
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item)
}

function unusedEnums(schema: SchemaModel, tables: readonly TableModel[]): readonly UndeclaredObject[] {
  return [...schema.enums.values()].flatMap(({ ref }) =>
    tables.some((table) => usesEnum(schema, table, ref))
      ? []
      : [undeclaredObject('enum', ref, 'no column that is declared uses it')],
  )
}

function emptySchemas({ schemas, enums }: SchemaModel, tables: readonly TableModel[]): readonly UndeclaredObject[] {
  const used = new Set([...tables, ...enums.values()].map(({ ref }) => ref.schema))
  return schemas
    .filter((name) => !used.has(name))
    .map((name) => undeclaredObject('schema', { name }, 'no table that is declared is in it'))
}

/** What of a schema `table(…)` can declare, and a list of the rest. */
export function declarableSchema(dialect: Dialect, given: SchemaModel): DeclarableSchema {
  const schema = dialect.model.asWritten?.(given) ?? given
  const parts = inOrder(schema.tables.values(), ({ ref }) => ref).map((table) => declarableTable(table))
  const tables = parts.flatMap(({ table }) => table ?? [])
  const views = inOrder(schema.views.values(), ({ ref }) => ref)
  const triggers = inOrder(schema.triggers.values(), ({ table, name }) => ({ ...table, name: `${table.name} ${name}` }))
  return {
    tables,
    undeclared: [
      ...emptySchemas(schema, tables),
      ...parts.flatMap(({ table, undeclared }) => [...undeclared, ...(table === undefined ? [] : orderNote(table))]),
      ...views.map(({ ref, materialized }) =>
        undeclaredObject(materialized ? 'materializedView' : 'view', ref, 'table(…) declares no views'),
      ),
      ...triggers.map(({ table, name }) => undeclaredPart('trigger', table, name, 'table(…) declares no triggers')),
      ...unusedEnums(schema, tables),
      ...[...schema.sequences.values()].map(({ ref }) =>
        undeclaredObject('sequence', ref, 'table(…) declares no sequences'),
      ),
      ...schema.extensions.map((name) => undeclaredObject('extension', { name }, 'table(…) declares no extensions')),
    ],
  }
}
