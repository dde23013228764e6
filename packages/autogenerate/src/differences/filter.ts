import type { DeclaredSchema } from '@org/migrate-core'
import {
  mayName,
  type OptionChecks,
  refText,
  type SchemaModel,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { isList, isOfEnum } from '@org/migrate-core/internal'

/** The kinds of objects that a filter can tell apart. */
export type FilteredKind =
  | 'schema'
  | 'table'
  | 'view'
  | 'materializedView'
  | 'enum'
  | 'sequence'
  | 'trigger'
  | 'extension'
  | 'index'
  | 'constraint'

/** An object that a comparison meets. */
export interface FilteredObject {
  readonly kind: FilteredKind
  readonly name: string
  /** Absent: the schema of the connection. */
  readonly schema?: string
  /** The table of an index, a constraint or a trigger. */
  readonly table?: string
}

/**
 * Which objects are meant: by a pattern for `name` or `schema.name` (`*` any text, `?` one character), by any of these together, or by a
 * function.
 */
export type FilterRule =
  | string
  | { readonly kind?: FilteredKind; readonly schema?: string; readonly name?: string; readonly table?: string }
  | ((object: FilteredObject) => boolean)

export interface SchemaFilter {
  /**
   * Only what one of these means; absent: everything. Parts of tables are not asked. A namespace is meant where the declaration names it,
   * and by a rule of its own kind (`{ kind: 'schema', name: 'audit' }`): it is more than what stands in it.
   */
  readonly include?: readonly FilterRule[]
  /** Nothing that one of these means. */
  readonly exclude?: readonly FilterRule[]
}

/** The checks of its options. */
export const filterChecks: OptionChecks<SchemaFilter> = { include: isList, exclude: isList }

type Test = (object: FilteredObject) => boolean

function pattern(text: string): (name: string) => boolean {
  const source = text
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]')
  const whole = new RegExp(`^${source}$`, 'u')
  return (name) => whole.test(name)
}

/** `ownSchema`: how a pattern may name the schema of the connection, which an object does not say. */
function testOf(rule: FilterRule, ownSchema?: string): Test {
  if (typeof rule === 'function') return rule
  const schemaOf = ({ kind, schema }: FilteredObject): string | undefined =>
    kind === 'schema' || kind === 'extension' ? schema : (schema ?? ownSchema)
  if (typeof rule === 'string') {
    const fits = pattern(rule)
    return (object) => {
      const schema = schemaOf(object)
      return fits(object.name) || (schema !== undefined && fits(`${schema}.${object.name}`))
    }
  }
  const { kind, ...patterns } = rule
  const parts = Object.entries(patterns).map(
    ([part, text]) => [part as 'schema' | 'name' | 'table', pattern(text)] as const,
  )
  return (object) =>
    (kind === undefined || kind === object.kind) &&
    parts.every(([part, fits]) => fits(object[part] ?? '') || (part === 'schema' && fits(schemaOf(object) ?? '')))
}

/** Whether an object takes part in a comparison. */
export function filterOf({ include, exclude = [] }: SchemaFilter, ownSchema?: string): Test {
  const included = include?.map((rule) => testOf(rule, ownSchema))
  const refused = exclude.map((rule) => testOf(rule, ownSchema))
  return (object) => {
    if (refused.some((test) => test(object))) return false
    const isWhole = !['schema', 'index', 'constraint', 'trigger'].includes(object.kind)
    return !isWhole || included === undefined || included.some((test) => test(object))
  }
}

/** The same without the tables that a migrator keeps its own records in, and what belongs to them. */
export function filterOutOwn(own: ReadonlySet<string>, keep: Test): Test {
  return (object) => {
    const isOurs = object.schema === undefined && own.has(object.table ?? object.name)
    return !(isOurs && (object.kind === 'table' || object.table !== undefined)) && keep(object)
  }
}

/** Whether a filter says of a namespace itself that it takes part. */
export function meansSchema({ include = [] }: SchemaFilter, name: string): boolean {
  const own = include.filter((rule) => typeof rule === 'object' && rule.kind === 'schema')
  return own.some((rule) => testOf(rule)({ kind: 'schema', name }))
}

const named = ({ schema, name }: TableRef, kind: FilteredKind): FilteredObject => ({
  kind,
  name,
  ...(schema === undefined ? {} : { schema }),
})

function withParts(table: TableModel, keep: Test): TableModel {
  const part = (kind: 'index' | 'constraint', name: string | undefined): boolean =>
    name === undefined || keep({ ...named(table.ref, kind), name, table: table.ref.name })
  const constraints = table.constraints.filter(({ name }) => part('constraint', name))
  const indexes = table.indexes.filter(({ name }) => part('index', name))
  return constraints.length === table.constraints.length && indexes.length === table.indexes.length
    ? table
    : { ...table, constraints, indexes }
}

const only = <T>(map: ReadonlyMap<string, T>, keep: (item: T) => boolean): ReadonlyMap<string, T> =>
  new Map([...map].filter(([, item]) => keep(item)))

/** The part of a schema that takes part. Tables of another kind (virtual, foreign, partitions) never do. */
export function filterSchema(schema: SchemaModel, keep: Test): SchemaModel {
  const tables = only(schema.tables, ({ ref, opaque }) => opaque === undefined && keep(named(ref, 'table')))
  const views = only(schema.views, ({ ref, materialized }) =>
    keep(named(ref, materialized ? 'materializedView' : 'view')),
  )
  return {
    schemas: schema.schemas.filter((name) => keep({ kind: 'schema', name })),
    extensions: schema.extensions.filter((name) => keep({ kind: 'extension', name })),
    tables: new Map([...tables].map(([key, table]) => [key, withParts(table, keep)])),
    views,
    triggers: only(
      schema.triggers,
      ({ name, table }) =>
        (tables.has(tableKey(table)) || views.has(tableKey(table))) &&
        keep({ ...named(table, 'trigger'), name, table: table.name }),
    ),
    enums: only(schema.enums, ({ ref }) => keep(named(ref, 'enum'))),
    // The sequence of a column belongs to its table.
    sequences: only(
      schema.sequences,
      ({ ref, ownedBy }) =>
        (ownedBy === undefined || tables.has(tableKey(ownedBy.table))) && keep(named(ref, 'sequence')),
    ),
  }
}

/**
 * The part without the enums and sequences that a table uses which takes no part, unless they are declared: the server would not let them go,
 * and whether they should is for the owner of that table to say.
 */
export function withoutUsedElsewhere(part: SchemaModel, whole: SchemaModel, declared: SchemaModel): SchemaModel {
  const columns = [...whole.tables].flatMap(([key, table]) =>
    part.tables.has(key) ? [] : table.columns.map((column) => ({ table, column })),
  )
  if (columns.length === 0) return part
  const defaults = columns.flatMap(({ column: { default: value } }) =>
    value?.kind === 'expression' && /\bnextval\b/i.test(value.sql) ? [mayName(value.sql)] : [],
  )
  return {
    ...part,
    enums: only(
      part.enums,
      ({ ref }) =>
        declared.enums.has(tableKey(ref)) || !columns.some(({ table, column }) => isOfEnum(whole, table, column, ref)),
    ),
    sequences: only(
      part.sequences,
      ({ ref }) => declared.sequences.has(tableKey(ref)) || !defaults.some((names) => names(ref.name)),
    ),
  }
}

export function filterDeclared(declared: DeclaredSchema, keep: Test): DeclaredSchema {
  return { ...declared, schema: filterSchema(declared.schema, keep) }
}

/** What a table of another kind is called. */
export const opaqueKinds: { readonly [K in NonNullable<TableModel['opaque']>]: string } = {
  virtual: 'a virtual table',
  shadow: 'a table of a virtual one',
  foreign: 'a foreign table',
  partition: 'a partition',
  versioned: 'a table that keeps its history',
}

/** The declaration without the tables that are of another kind in the database, and a word for each of them: they are never altered. */
export function withoutOpaque(
  declared: DeclaredSchema,
  opaque: readonly TableModel[],
): { readonly declared: DeclaredSchema; readonly notes: readonly string[] } {
  const { schema } = declared
  const present = opaque.filter(({ ref }) => schema.tables.has(tableKey(ref)))
  if (present.length === 0) return { declared, notes: [] }
  const opaqueKeys = new Set(present.map(({ ref }) => tableKey(ref)))
  const tables = new Map([...schema.tables].filter(([key]) => !opaqueKeys.has(key)))
  const notes = present.flatMap(({ ref, opaque: kind }) =>
    kind === undefined ? [] : [`${refText(ref)} is ${opaqueKinds[kind]}, and not compared`],
  )
  return { declared: { ...declared, schema: { ...schema, tables } }, notes }
}
