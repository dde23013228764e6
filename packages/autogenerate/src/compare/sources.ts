import type { DeclaredSchema } from '@org/migrate-core'
import {
  type Dialect,
  type SchemaModel,
  type ServerSession,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import {
  allFeatures,
  inhabitedSchemas,
  inOwnSchema,
  type ResolvedOptions,
  replayAll,
  type TierGraph,
} from '@org/migrate-core/internal'
import { type FilteredObject, filterOf, filterOutOwn, meansSchema, type SchemaFilter } from '../differences/filter.ts'
import { spelledAs } from '../differences/spelled-as.ts'
import { withoutTools } from '../recognise/exclude-tools.ts'
import { recogniseTools } from '../recognise/recognise.ts'
import type { ToolHistory } from '../recognise/recogniser.ts'

/**
 * What a comparison with revisions takes into account. Extensions and schemas that no revision makes are the administrator's: `plpgsql` is in
 * every database of PostgreSQL, and a shadow schema finds its extensions there. One that a revision makes and that is gone is told all the
 * same.
 */
export const featuresOfRevisions = { ...allFeatures, extensions: false, emptySchemas: false }

/** The tables that the migrator keeps its own records in. */
export function ownTables({ names, tiers }: ResolvedOptions): ReadonlySet<string> {
  return new Set([...Object.values(names), ...tiers.map(({ store }) => store.table.ref.name)])
}

/**
 * What takes part in a comparison: nothing of ours, what the caller wants, and, where the caller says nothing, the connection's own
 * schema and those that are spoken of. A database may hold the tables of other programs in schemas of their own.
 */
export function takesPart(
  resolved: ResolvedOptions,
  filter: SchemaFilter,
  spokenOf: Iterable<string>,
): (object: FilteredObject) => boolean {
  const keep = filterOutOwn(ownTables(resolved), filterOf(filter, resolved.dialect.model.ownSchema))
  const schemas = new Set(spokenOf)
  const isMeant = (name: string): boolean => schemas.has(name) || meansSchema(filter, name)
  return (object) => {
    if (object.kind === 'schema' && !isMeant(object.name)) return false
    const isElsewhere = object.schema !== undefined && !schemas.has(object.schema)
    return !(isElsewhere && filter.include === undefined) && keep(object)
  }
}

/** What a comparison of a database with its revisions takes into account, and the schemas that it stands in. */
interface PartOfRevisions {
  readonly schemas: readonly string[]
  readonly keep: (object: FilteredObject) => boolean
}

/** The connection's own schema and those that a revision makes; of any other only what revisions make in it. */
export function partOfRevisions(resolved: ResolvedOptions, filter: SchemaFilter, schema: SchemaModel): PartOfRevisions {
  const schemas = [...new Set([...schema.schemas, ...inhabitedSchemas(schema)])]
  const takesWhole = takesPart(resolved, filter, schema.schemas)
  const takes = takesPart(resolved, filter, schemas)
  const parts = [schema.tables, schema.views, schema.enums, schema.sequences]
  const keys = new Set(parts.flatMap((part) => [...part.values()].map(({ ref }) => tableKey(ref))))
  const isOfRevisions = ({ kind, schema: namespace, name, table = name }: FilteredObject): boolean =>
    kind !== 'schema' && namespace !== undefined && keys.has(tableKey({ schema: namespace, name: table }))
  return { schemas, keep: (object) => takesWhole(object) || (isOfRevisions(object) && takes(object)) }
}

/**
 * The schemas that a declaration or a revision speaks of: what a revision has made in a schema that nothing is declared in any more is
 * not another program's. The revisions are recorded only where the database has such a schema.
 */
export async function schemasSpokenOf(
  dialect: Dialect,
  declared: DeclaredSchema,
  live: SchemaModel,
  graphs: () => Promise<readonly TierGraph[]>,
): Promise<ReadonlySet<string>> {
  const spoken = new Set([...declared.schema.schemas, ...inhabitedSchemas(declared.schema)])
  if (inhabitedSchemas(live).every((name) => spoken.has(name))) return spoken
  const { schema } = await replayAll(dialect, await graphs())
  return new Set([...spoken, ...inhabitedSchemas(inOwnSchema(schema, dialect.model.ownSchema))])
}

export interface LiveSchema {
  readonly schema: SchemaModel
  /** Tables of another kind, which are never altered and so never compared. */
  readonly opaque: readonly TableModel[]
  /** The other tools that have migrated the database. */
  readonly tools: readonly ToolHistory[]
}

const opaqueIn = ({ tables }: SchemaModel): readonly TableModel[] =>
  [...tables.values()].filter((table) => table.opaque !== undefined)

/** The schema as it stands, without the tables of other tools; with `schemas` of these and of that of the session only. */
export async function liveSchema(
  { dialect }: ResolvedOptions,
  session: ServerSession,
  schemas?: Iterable<string>,
): Promise<LiveSchema> {
  const model = await dialect.introspection.schema(session, schemas === undefined ? {} : { schemas: [...schemas] })
  // The bookkeeping tables of another tool are never changed, also after its database was adopted.
  const tools = await recogniseTools(dialect, session, { model })
  return { schema: withoutTools(model, tools), opaque: opaqueIn(model), tools }
}

/**
 * The tables called as the revisions call them, and those that no revision makes as they are declared, where the server stores names in
 * small letters. Where a declaration has other letters than the revisions, that is a rename: another server tells both apart.
 */
export async function spelledByFiles(
  dialect: Dialect,
  live: LiveSchema,
  graphs: () => Promise<readonly TierGraph[]>,
  ...declared: readonly DeclaredSchema[]
): Promise<LiveSchema> {
  if (dialect.model.respell === undefined) return live
  const { schema: replayed } = await replayAll(dialect, await graphs())
  const schema = spelledAs(dialect, live.schema, replayed, ...declared.map((each) => each.schema))
  return { ...live, schema, opaque: opaqueIn(schema) }
}

/** What to do with a database that has tables, and no history of ours. */
export const adoptRemedy = 'Take the database over with `migrate adopt`.'

/** Whether a run of ours has written to the database. The table of the lock is made before anything else. */
export const hasOwnHistory = ({ names }: ResolvedOptions, present: ReadonlySet<string>): boolean =>
  [...present].some((name) => name !== names.lock)

/** Why a database without a history of ours has to be taken over first; undefined where there is nothing in it. */
export function whyUnadopted({ schema, tools }: Pick<LiveSchema, 'schema' | 'tools'>): string | undefined {
  const [tool] = tools
  const table = tool?.tables[0]?.name
  if (table !== undefined)
    return `${tool?.tool} has migrated this database (table ${table}), and no revision is recorded in it.`
  return schema.tables.size === 0 ? undefined : 'This database has tables, and no revision is recorded in it.'
}
