import type { Operation } from '@org/migrate-core'
import {
  type Dialect,
  emptySchema,
  type Routine,
  refText,
  type SchemaModel,
  type Statement,
  type TableModel,
  type Undeclared,
} from '@org/migrate-core/dialect'
import { createScriptWriter, inhabitedSchemas, scriptParts, statementsOf } from '@org/migrate-core/internal'
import { opaqueKinds } from '../differences/filter.ts'
import { rankedCreations } from '../differences/ranked-creations.ts'
import type { ReferenceRows } from './reference-rows.ts'

/** Owners and privileges name roles of one server. */
const ofRoles: ReadonlySet<string> = new Set(['owner', 'privileges'])

function withoutRoles<T extends Undeclared>(object: T): T {
  const { extras } = object
  return extras === undefined ? object : { ...object, extras: extras.filter(({ what }) => !ofRoles.has(what)) }
}

const tableWithoutRoles = (table: TableModel): TableModel => ({
  ...withoutRoles(table),
  columns: table.columns.map(withoutRoles),
  constraints: table.constraints.map(withoutRoles),
  indexes: table.indexes.map(withoutRoles),
})

function sorted<T>(parts: ReadonlyMap<string, T>, change: (part: T) => T): ReadonlyMap<string, T> {
  const entries = [...parts].map(([key, part]) => [key, change(part)] as const)
  return new Map(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** The same schema in an order that depends on its names alone, without what belongs to the roles of a server. */
export const orderedSchema = (schema: SchemaModel): SchemaModel => ({
  ...schema,
  schemas: schema.schemas.toSorted(),
  extensions: schema.extensions.toSorted(),
  tables: sorted(schema.tables, tableWithoutRoles),
  views: sorted(schema.views, withoutRoles),
  triggers: sorted(schema.triggers, (trigger) => trigger),
  enums: sorted(schema.enums, withoutRoles),
  sequences: sorted(schema.sequences, withoutRoles),
})

/** No operation makes it; a virtual one of SQLite has the text that made it, and its own tables come with it. */
export const isUncreatable = ({ opaque, source }: TableModel): boolean =>
  opaque !== undefined && opaque !== 'shadow' && (opaque !== 'virtual' || source === undefined)

/** Those tables, for people. */
export const uncreatable = ({ tables }: SchemaModel): readonly string[] =>
  [...tables.values()].flatMap((table) =>
    isUncreatable(table) && table.opaque !== undefined
      ? [`table ${refText(table.ref)} (${opaqueKinds[table.opaque]})`]
      : [],
  )

const virtualTables = ({ tables }: SchemaModel): readonly Operation[] =>
  [...tables.values()].flatMap(({ opaque, source }): readonly Operation[] =>
    opaque === 'virtual' && source !== undefined ? [{ kind: 'sql', text: source, effects: [] }] : [],
  )

/** An administrator, or a template of databases, may have made them. */
const guardedText = ({ sql, ...rest }: Statement): Statement => ({
  ...rest,
  sql: sql.replace(/^CREATE (EXTENSION|SCHEMA) (?!IF NOT EXISTS )/, 'CREATE $1 IF NOT EXISTS '),
})

/** PostgreSQL names the schema of a function, also where it is that of the connection: the text is for any schema. */
function inAnySchema(routine: Routine, { sql: { quote }, model: { ownSchema } }: Dialect): Routine {
  if (ownSchema === undefined) return routine
  const { create } = routine
  const qualifiers = [ownSchema, quote.identifier(ownSchema).text].map((name) => `${name}.`)
  const [head = ''] = /^CREATE OR REPLACE (?:FUNCTION|PROCEDURE) /.exec(create) ?? []
  const qualifier = head === '' ? undefined : qualifiers.find((each) => create.startsWith(each, head.length))
  if (qualifier === undefined) return routine
  return { ...routine, create: head + create.slice(head.length + qualifier.length) }
}

export interface SnapshotObjects {
  /** As a server shows it, without what an empty database has. */
  readonly schema: SchemaModel
  readonly routines: readonly Routine[]
  readonly rows: ReferenceRows
}

/** How the text of it is written for the client of the server: what is set first, and the statements, each with its end. */
export function objectTexts(
  dialect: Dialect,
  { schema, routines, rows }: SnapshotObjects,
): { readonly settings: readonly string[]; readonly statements: readonly string[] } {
  const written = dialect.model.asWritten?.(schema) ?? schema
  const inhabited = new Set([...written.schemas, ...inhabitedSchemas(written)])
  const operations = rankedCreations(
    dialect,
    { ...written, schemas: [...inhabited] },
    {
      routines: routines.map((each) => inAnySchema(each, dialect)),
      afterTables: [...virtualTables(schema), ...rows.inserts],
    },
  )
  const writer = createScriptWriter(dialect)
  for (const each of [...statementsOf(dialect, emptySchema, operations), ...rows.counters])
    writer.statement(guardedText(each))
  const settings = createScriptWriter(dialect)
  for (const line of scriptParts(dialect).settings) settings.sql(line)
  return { settings: settings.paragraphs(), statements: writer.paragraphs() }
}
