import { changedAt } from './chunked-map.ts'
import type { ColumnModel, SchemaModel, TableModel, TableRef } from './schema-model.ts'

/**
 * The key of a table, view, enum or sequence: the name, or `schema.name` with both parts' dots doubled. Where a dot would stand beside the
 * one between them, it could be of either part: then the length of the schema comes first, `.2.a.b`.
 */
export function tableKey({ schema, name }: TableRef): string {
  const part = (text: string): string => text.replaceAll('.', '..')
  if (schema === undefined) return part(name)
  return schema.endsWith('.') || name.startsWith('.')
    ? `.${schema.length}.${schema}${name}`
    : `${part(schema)}.${part(name)}`
}

/** The table of such a key. */
export function refOfKey(key: string): TableRef {
  const [, length, both = ''] = /^\.(\d+)\.(.+)$/s.exec(key) ?? []
  if (length) return { schema: both.slice(0, +length), name: both.slice(+length) }
  const plain = (text: string): string => text.replaceAll('..', '.')
  const [, schema, name] = /^((?:[^.]|\.\.)+)\.(?!\.)((?:[^.]|\.\.)+)$/.exec(key) ?? []
  if (schema === undefined || name === undefined) return { name: plain(key) }
  return { schema: plain(schema), name: plain(name) }
}

/** What it is called, for people. */
export function nameOfKey(key: string): string {
  const { schema, name } = refOfKey(key)
  return schema === undefined ? name : `${schema}.${name}`
}

/** Triggers belong to their table: two tables may each have one of the same name on PostgreSQL. */
export function triggerKey(table: TableRef, name: string): string {
  return JSON.stringify([table.schema ?? null, table.name, name])
}

export const emptySchema: SchemaModel = Object.freeze({
  schemas: [],
  tables: new Map(),
  views: new Map(),
  triggers: new Map(),
  enums: new Map(),
  sequences: new Map(),
  extensions: [],
})

type MapPart = 'tables' | 'views' | 'triggers' | 'enums' | 'sequences'
type ValueOf<P extends MapPart> = SchemaModel[P] extends ReadonlyMap<string, infer V> ? V : never

/** The model with one entry of one part put in place. */
export function put<P extends MapPart>(model: SchemaModel, part: P, key: string, value: ValueOf<P>): SchemaModel {
  const entries: ReadonlyMap<string, unknown> = model[part]
  return { ...model, [part]: changedAt(entries, key, (changed) => changed.set(key, value)) }
}

/** The model without that entry. */
export function without(model: SchemaModel, part: MapPart, key: string): SchemaModel {
  const entries: ReadonlyMap<string, unknown> = model[part]
  return { ...model, [part]: changedAt(entries, key, (changed) => changed.delete(key)) }
}

export function findTable(model: SchemaModel, ref: TableRef): TableModel | undefined {
  return model.tables.get(tableKey(ref))
}

export function putTable(model: SchemaModel, table: TableModel): SchemaModel {
  return put(model, 'tables', tableKey(table.ref), table)
}

export function findColumn(table: TableModel, name: string): ColumnModel | undefined {
  return table.columns.find((column) => column.name === name)
}

/** The column without what the constraints of its table say too. */
export function withoutConstraints(column: ColumnModel): ColumnModel {
  const extras = column.extras?.filter(({ isConstraint }) => isConstraint !== true)
  return assign(column, 'extras', extras?.length === 0 ? undefined : extras)
}

/** The column of that name in the table, where both exist. */
export function columnAt(model: SchemaModel, ref: TableRef, name: string): ColumnModel | undefined {
  const table = findTable(model, ref)
  return table && findColumn(table, name)
}

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined }
type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** Only the members that are there: what exactOptionalPropertyTypes asks for. Each part of a model goes through it: `for … in` makes no list. */
export function present<T extends object>(members: Optional<T>): Defined<T> {
  const defined: { -readonly [K in keyof T]?: unknown } = {}
  for (const key in members) if (members[key] !== undefined) defined[key] = members[key]
  return defined as Defined<T>
}

/** A property set, or taken away when `value` is undefined: what exactOptionalPropertyTypes asks for. What has it already stays itself. */
export function assign<T extends object, K extends keyof T>(target: T, key: K, value: T[K] | undefined): T {
  if (target[key] === value && (value !== undefined || !Object.hasOwn(target, key))) return target
  if (value !== undefined) return { ...target, [key]: value }
  const { [key]: _, ...rest } = target
  return rest as T
}

/** A table, view, enum or sequence for people. */
export function refText(ref: TableRef): string {
  return ref.schema === undefined ? ref.name : `${ref.schema}.${ref.name}`
}

/** Whether the text of a view is not known: its `source` is empty where the server has followed a rename, in words of its own. */
export const hasUnreadViews = ({ views }: SchemaModel): boolean =>
  [...views.values()].some(({ source }) => source === '')
