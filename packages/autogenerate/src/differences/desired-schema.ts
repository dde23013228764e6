import { type DeclaredSchema, isMigrateError } from '@org/migrate-core'
import {
  assign,
  type ConstraintModel,
  canonicalJson,
  columnAt,
  type Dialect,
  type EnumModel,
  emptySchema,
  findTable,
  mayName,
  replay,
  type SchemaModel,
  type TableModel,
  type TriggerModel,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { usesEnum } from '@org/migrate-core/internal'
import { creationsOf } from './creations.ts'
import { impliedSequences } from './implied-sequences.ts'

/** Shows what a server makes of a schema. */
export type Materialise = (schema: SchemaModel) => Promise<SchemaModel>

/**
 * A declaration with everything beside its tables that it cannot speak of: views, sequences and the like that stand in the database are
 * then declared as they stand.
 */
export function withUndeclaredObjects(declared: DeclaredSchema, schema: SchemaModel, live: SchemaModel): SchemaModel {
  const { supportedFeatures: features } = declared
  const left = <T>(own: ReadonlyMap<string, T>, liveItems: ReadonlyMap<string, T>, isIncluded: (item: T) => boolean) =>
    new Map([...[...liveItems].filter(([, item]) => isIncluded(item)), ...own])
  const isUsed = ({ ref }: EnumModel): boolean => [...live.tables.values()].some((table) => usesEnum(live, table, ref))
  const existing = new Set(declared.existing.map(tableKey))
  const isUndeclared = (view: ViewModel): boolean =>
    existing.has(tableKey(view.ref)) || !(view.materialized ? features.materializedViews : features.views)
  const views = left(schema.views, live.views, isUndeclared)
  const stays = ({ table }: TriggerModel): boolean => schema.tables.has(tableKey(table)) || views.has(tableKey(table))
  return {
    ...schema,
    schemas: [...new Set([...schema.schemas, ...(features.emptySchemas ? [] : live.schemas)])],
    extensions: features.extensions ? schema.extensions : [...new Set([...schema.extensions, ...live.extensions])],
    views,
    triggers: left(schema.triggers, live.triggers, (trigger) => !features.triggers && stays(trigger)),
    enums: left(schema.enums, live.enums, (each) => !features.unusedEnums && !isUsed(each)),
    // That of a column goes with it.
    sequences: left(
      schema.sequences,
      live.sequences,
      ({ ownedBy }) =>
        !features.sequences && (ownedBy === undefined || columnAt(schema, ownedBy.table, ownedBy.column) !== undefined),
    ),
  }
}

/** The part of a schema that some of its tables and views need to be made: what they refer to, without what that refers to. */
export function partOf(schema: SchemaModel, tables: ReadonlySet<string>, views: readonly ViewModel[]): SchemaModel {
  const keep = new Map<string, TableModel>()
  const visitedViews = new Map<string, ViewModel>()
  const near = (table: TableModel): void => {
    const key = tableKey(table.ref)
    if (!keep.has(key)) keep.set(key, assign(withoutForeignKeys(table), 'policies', undefined))
  }
  const pending = [...views]
  const follow = (text: string): void => {
    const names = mayName(text)
    for (const table of schema.tables.values()) if (names(table.ref.name)) near(table)
    for (const other of schema.views.values()) if (names(other.ref.name)) pending.push(other)
  }
  for (const key of tables) {
    for (const { using = '', withCheck = '' } of schema.tables.get(key)?.policies ?? []) follow(`${using} ${withCheck}`)
  }
  for (const view of pending) {
    if (visitedViews.has(tableKey(view.ref))) continue
    // Of an uncertain text, the server is asked what it makes of it.
    visitedViews.set(tableKey(view.ref), view.source === '' ? assign(view, 'source', undefined) : view)
    follow(view.definition)
  }
  for (const key of tables) {
    const table = schema.tables.get(key)
    if (table === undefined) continue
    keep.set(key, table)
    for (const one of table.constraints) {
      if (one.kind !== 'foreignKey') continue
      const target = findTable(schema, one.references.table)
      if (target !== undefined && target !== table && !tables.has(tableKey(target.ref))) near(target)
    }
  }
  return { ...schema, triggers: new Map(), extensions: [], tables: keep, views: visitedViews }
}

function withoutForeignKeys(table: TableModel): TableModel {
  const { source: _, ...rest } = table
  return { ...rest, constraints: table.constraints.filter(({ kind }) => kind !== 'foreignKey') }
}

/**
 * The part as it is made: what columns bring with them comes by itself. Where PostgreSQL finds the sequence of a `serial` made
 * already, it makes a second one under another name.
 */
export function withoutImplied(dialect: Dialect, part: SchemaModel): SchemaModel {
  const implied = impliedSequences(dialect, part.tables.values())
  return { ...part, sequences: new Map([...part.sequences].filter(([key]) => !implied.has(key))) }
}

/** The part as it is once it is made: with the names that the server gives, and what columns bring with them. */
export function canonicalForm(dialect: Dialect, part: SchemaModel): SchemaModel {
  const start: SchemaModel = emptySchema
  const circles = dialect.capabilities.lateReferences ? 'inline' : 'separate'
  const replayed = replay(start, creationsOf(part, { circles }), dialect.model.apply)
  const tables = [...replayed.tables].map(([key, table]) => {
    const raw = part.tables.get(key)
    return [key, raw === undefined ? table : inOrderOf(raw, table)] as const
  })
  return { ...replayed, tables: new Map(tables) }
}

/** Foreign keys that close a circle came last: the constraints in the order of the declaration, by which one is told from the other. */
function inOrderOf(raw: TableModel, table: TableModel): TableModel {
  const left = [...table.constraints]
  const constraintKey = (one: ConstraintModel): string =>
    one.kind === 'foreignKey' ? canonicalJson([one.columns, tableKey(one.references.table)]) : one.kind
  const isSame = (one: ConstraintModel, other: ConstraintModel): boolean =>
    one.kind === other.kind &&
    constraintKey(one) === constraintKey(other) &&
    (one.name === undefined || one.name === other.name)
  const ordered = raw.constraints.flatMap((one) => {
    const at = left.findIndex((other) => isSame(one, other))
    return at === -1 ? [] : left.splice(at, 1)
  })
  return { ...table, constraints: [...ordered, ...left] }
}

/** The same as the server shows it; undefined where it must not be asked. */
export async function materialiseIfAllowed(
  part: SchemaModel,
  materialise: Materialise | undefined,
  report: (line: string) => void,
): Promise<SchemaModel | undefined> {
  if (materialise === undefined) return undefined
  try {
    return await materialise(part)
  } catch (error) {
    if (!isMigrateError(error, 'SHADOW_REFUSED')) throw error
    report(`The server was not asked what it makes of the declaration: ${error.details.why}`)
    return undefined
  }
}
