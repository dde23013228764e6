import type { Plan } from '@org/migrate-core'
import {
  type Dialect,
  expressionText,
  refText,
  type SchemaModel,
  type Session,
  schemaDifferences,
  type TableFingerprint,
  type TableModel,
  tableKey,
  touches,
} from '@org/migrate-core/dialect'
import { usesEnum } from '@org/migrate-core/internal'
import { holdsRows } from './snapshot.ts'

/** What a plan may change: the objects that its operations touch, by their keys. */
export interface NamedObjects {
  /** Views too. */
  readonly tables: ReadonlySet<string>
  /** `enum:` and `sequence:` with the key of the object. */
  readonly objects: ReadonlySet<string>
}

const unescaped = (part: string): string => part.replaceAll('%2F', '/').replaceAll('%25', '%')

/** What a foreign key refers to is needed and not changed. */
const isReference = (path: string): boolean => path.split('/').some((part) => part.startsWith('reference:'))

export function namedByPlan({ steps }: Plan): NamedObjects {
  const paths = steps.flatMap(({ operations }) =>
    operations.flatMap(({ operation, skipped }) => (skipped === undefined ? touches(operation) : [])),
  )
  const tables = paths.filter((path) => path.startsWith('table:') && !isReference(path))
  return {
    tables: new Set(tables.map((path) => unescaped((path.split('/')[0] ?? '').slice('table:'.length)))),
    // What has more parts merely needs them.
    objects: new Set(paths.filter((path) => !path.includes('/')).map(unescaped)),
  }
}

/** The schema of a copy, and a value for the rows of each of its tables. */
export interface CopyState {
  readonly schema: SchemaModel
  readonly rows: ReadonlyMap<string, TableFingerprint>
}

/** Reads it without the tables of the migrator. */
export async function readCopy(
  dialect: Dialect,
  session: Session,
  own: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<CopyState> {
  const model = await dialect.introspection.schema(session)
  const schema: SchemaModel = {
    ...model,
    tables: new Map([...model.tables].filter(([, { ref }]) => !own.has(ref.name))),
    triggers: new Map([...model.triggers].filter(([, { table }]) => !own.has(table.name))),
    sequences: new Map([...model.sequences].filter(([, { ownedBy }]) => !own.has(ownedBy?.table.name ?? ''))),
  }
  const rows = new Map<string, TableFingerprint>()
  for (const [key, table] of schema.tables) {
    signal?.throwIfAborted()
    const fingerprint = holdsRows(table) ? await dialect.measures?.fingerprint(session, table) : undefined
    if (fingerprint !== undefined) rows.set(key, fingerprint)
  }
  return { schema, rows }
}

/** An operation on an enum changes what its columns hold. */
const usesNamedEnum = ({ objects }: NamedObjects, schema: SchemaModel, table: TableModel): boolean =>
  [...schema.enums].some(([key, { ref }]) => objects.has(`enum:${key}`) && usesEnum(schema, table, ref))

/** Its definition has the name of a table that the plan changes, which a rename changes there too. */
const mentions = ({ tables }: NamedObjects, definition: string): boolean => {
  const names = new Set(
    expressionText(definition)
      .toLowerCase()
      .match(/[\p{L}\p{N}_$]+/gu),
  )
  return [...tables].some((key) => names.has((key.split('.').at(-1) ?? key).toLowerCase()))
}

/** What a plan has no reason to change. */
function unaffectedPart(named: NamedObjects, schema: SchemaModel): SchemaModel {
  const { tables, views, triggers, enums, sequences, ...rest } = schema
  const isUnaffected = (key: string): boolean => !named.tables.has(key)
  const refersTo = ({ constraints }: TableModel): boolean =>
    constraints.some((each) => each.kind === 'foreignKey' && named.tables.has(tableKey(each.references.table)))
  return {
    ...rest,
    tables: new Map(
      [...tables].filter(
        ([key, table]) => isUnaffected(key) && !refersTo(table) && !usesNamedEnum(named, schema, table),
      ),
    ),
    views: new Map([...views].filter(([key, { definition }]) => isUnaffected(key) && !mentions(named, definition))),
    triggers: new Map(
      [...triggers].filter(
        ([, { table, definition }]) => isUnaffected(tableKey(table)) && !mentions(named, definition),
      ),
    ),
    enums: new Map([...enums].filter(([key]) => !named.objects.has(`enum:${key}`))),
    sequences: new Map(
      [...sequences].filter(
        ([key, { ownedBy }]) =>
          !named.objects.has(`sequence:${key}`) && (ownedBy === undefined || isUnaffected(tableKey(ownedBy.table))),
      ),
    ),
  }
}

function unaffectedRowChanges(named: NamedObjects, before: CopyState, after: CopyState): readonly string[] {
  return [...before.rows].flatMap(([key, { rows, columns, wholeRows }]) => {
    const [table, other] = [before.schema.tables.get(key), after.rows.get(key)]
    if (table === undefined || other === undefined) return []
    if (named.tables.has(key) || usesNamedEnum(named, before.schema, table)) return []
    const name = refText(table.ref)
    if (rows !== other.rows) return [`rows of ${name}: ${rows} before, ${other.rows} after`]
    const changed = [...columns].filter(([column, value]) => (other.columns.get(column) ?? value) !== value)
    if (changed.length > 0) return changed.map(([column]) => `${name}.${column} has other values`)
    const isComparable = [...columns.keys()].join('\n') === [...other.columns.keys()].join('\n')
    return isComparable && wholeRows !== other.wholeRows ? [`${name} has the same values in other rows`] : []
  })
}

/** What became different that no operation of the plan names, a line each. */
export function unaffectedChanges(
  named: NamedObjects,
  before: CopyState,
  after: CopyState,
): { readonly schema: readonly string[]; readonly rows: readonly string[] } {
  return {
    schema: schemaDifferences(unaffectedPart(named, before.schema), unaffectedPart(named, after.schema)),
    rows: unaffectedRowChanges(named, before, after),
  }
}
