import { isDeepStrictEqual } from 'node:util'
import type { ColumnChanges } from '../../bookkeeping/column-changes.ts'
import { readPresent } from '../../bookkeeping/history.ts'
import { recordedColumns } from '../../bookkeeping/recorded-columns.ts'
import { namedSchemas, schemaStatementNames } from '../../compile/named-schemas.ts'
import { namedTables } from '../../compile/named-tables.ts'
import { textFor } from '../../data-steps/preserved/bases.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { CatalogNames } from '../../dialect/introspection.ts'
import type { Session } from '../../dialect/session.ts'
import { ownTables } from '../../history/own-tables.ts'
import { findTable, refOfKey, tableKey } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { isOpaque, type Operation } from '../../operations/operation.ts'
import { operationsOf } from '../../operations/recording.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { type CatalogState, catalogOf, columnsNamed, moveCatalog } from '../catalog-state.ts'
import type { ExecutableStep } from '../prepare.ts'

/** What operations leave of the tables that they name. */
export function columnsOf(operations: readonly Operation[], after: SchemaModel): ColumnChanges {
  return new Map(
    namedTables(operations).map((ref) => [
      tableKey(ref),
      findTable(after, ref)?.columns.map((column) => column.name) ?? null,
    ]),
  )
}

/** What opaque SQL did is seen in the catalog alone. */
function differences(
  resolved: ResolvedOptions,
  before: CatalogNames['columns'],
  after: CatalogNames['columns'],
): ColumnChanges {
  const own = new Set(ownTables(resolved).map(({ ref }) => ref.name))
  const changes = new Map<string, readonly string[] | null>()
  for (const [key, columns] of after) {
    if (own.has(refOfKey(key).name)) continue
    if (before.get(key)?.join('\n') !== columns.join('\n')) changes.set(key, columns)
  }
  for (const key of before.keys()) if (!after.has(key)) changes.set(key, null)
  return changes
}

export interface ObservedColumns {
  /** The columns of the tables that the step may change, before it, where the catalog alone tells what it changes. */
  readonly before?: CatalogNames['columns']
  /** The columns of the tables that the step changed. Undefined where they are not known. */
  changes(after: { read(): Promise<SchemaModel> }): Promise<ColumnChanges | undefined>
  /** The catalog after the step, once it is committed. Undefined: not known. */
  catalog(): CatalogState | undefined
}

/** More tables than these are not read one by one. */
const maxNamed = 20

/** Which tables a step with opaque SQL may change. */
interface ColumnScope {
  readonly before: CatalogNames['columns']
  /** Of columns that an earlier run read those of these tables. */
  within(columns: CatalogNames['columns'] | undefined): CatalogNames['columns'] | undefined
  read(): Promise<CatalogNames['columns']>
  /** The catalog once the step is committed. */
  moved(after: CatalogNames['columns']): CatalogState | undefined
}

/** The tables whose columns a step may change, where it consists of SQL whose text names them. */
function touchedTables(dialect: Dialect, operations: readonly Operation[]): readonly string[] | undefined {
  const names = new Set<string>()
  for (const operation of operations) {
    if (!isOpaque(operation) || operation.kind !== 'sql') return undefined
    const touched = dialect.sql.touchedTables?.(textFor(operation.text, dialect))
    if (touched === undefined) return undefined
    for (const name of touched) names.add(name)
  }
  return [...names]
}

const isDdl =
  (dialect: Dialect) =>
  (operation: Operation): boolean =>
    operation.kind === 'sql' && dialect.sql.classify(textFor(operation.text, dialect)) === 'ddl'

interface KnownTables {
  /** Tables of ours. */
  readonly present: ReadonlySet<string>
  /** The catalog as the step before left it. Undefined: not known. */
  readonly catalog: CatalogState | undefined
  /** The schemas in which the history has tables, and those that SQL of the run has named. Undefined: not read yet. */
  schemas: Set<string> | undefined
}

async function recordedSchemas(
  { dialect, names }: ResolvedOptions,
  session: Session,
  present: ReadonlySet<string>,
): Promise<Set<string>> {
  if (!present.has(names.history)) return new Set()
  const columns = recordedColumns(await readPresent(dialect, names, session), names, dialect.capabilities)
  return new Set([...columns.keys()].flatMap((key) => refOfKey(key).schema ?? []))
}

/** The schemas in which a step may change what the history has of them; undefined: all. */
async function schemasOf(
  resolved: ResolvedOptions,
  session: Session,
  operations: readonly Operation[],
  known: KnownTables,
): Promise<readonly string[] | undefined> {
  if (resolved.dialect.introspection.isOfOneSchema !== true) return undefined
  known.schemas ??= await recordedSchemas(resolved, session, known.present)
  // As values of a list: what an author wrote is passed over by its key.
  const written = operations.flatMap((each) => (each.kind === 'sql' ? [textFor(each.text, resolved.dialect)] : []))
  const named = [...namedSchemas([operations, written]), ...written.flatMap(schemaStatementNames)]
  for (const name of named) known.schemas.add(name)
  return [...known.schemas].sort()
}

async function readScope(
  resolved: ResolvedOptions,
  session: Session,
  operations: readonly Operation[],
  tables: KnownTables,
): Promise<ColumnScope> {
  const last = tables.catalog
  const { dialect, hooks } = resolved
  const { columnNames, viewNames } = dialect.introspection
  // A hook may change any table too.
  const hasHooks = hooks.beforeRevision !== undefined || hooks.afterRevision !== undefined
  const named = hasHooks ? undefined : touchedTables(dialect, operations)
  const hiddenChanges =
    named && (last?.hiddenChanges ?? (await dialect.introspection.hiddenChanges?.(session)) ?? 'never')
  const isNamed = hiddenChanges === 'never' || (hiddenChanges === 'withRows' && operations.every(isDdl(dialect)))
  const touched = isNamed ? named : undefined
  const none: CatalogNames['columns'] = new Map()
  if (touched?.length === 0) {
    return { before: none, within: (columns) => columns && none, read: async () => none, moved: () => last }
  }
  const schemas = await schemasOf(resolved, session, operations, tables)
  const ofSchemas = schemas === undefined ? {} : { schemas }
  const known = isDeepStrictEqual(last?.schemas, schemas) ? last : undefined
  const readAll = async (): Promise<CatalogNames['columns']> =>
    (await columnNames?.(session, ofSchemas))?.columns ?? none
  const catalog = (hasHooks ? undefined : known) ?? catalogOf(await readAll(), schemas)
  if (hiddenChanges !== undefined) catalog.hiddenChanges = hiddenChanges
  const all: ColumnScope = {
    before: catalog.columns,
    within: (columns) => columns,
    read: readAll,
    moved: (after) => (hasHooks ? undefined : catalogOf(after, schemas)),
  }
  if (touched === undefined) return all
  // A view's columns come and go with the tables that it reads.
  catalog.views ??= (await viewNames?.(session)) ?? []
  const names = [...new Set([...touched, ...catalog.views])]
  if (names.length > maxNamed) return all
  const before = columnsNamed(catalog, names)
  return {
    before,
    within: (columns) => columns && columnsNamed(catalogOf(columns), names),
    read: async () => (await columnNames?.(session, { tables: names, ...ofSchemas }))?.columns ?? none,
    moved: (after) => moveCatalog(catalog, before, after),
  }
}

/**
 * Observes a step before it runs, and gives what tells its changes afterwards: the columns of the tables that it named, from the
 * model; where it has opaque SQL, what differs in the catalog besides. A resumed step has done part of its SQL already: the journal
 * has the columns from before it.
 *
 * @param known the catalog as the step before left it: what is known of it is not read again
 */
export async function observeColumns(
  resolved: ResolvedOptions,
  session: Session,
  { recorded, operations: pending, resumed }: ExecutableStep,
  known: KnownTables,
): Promise<ObservedColumns> {
  const { dialect } = resolved
  const operations = operationsOf(recorded ?? pending)
  const read = dialect.introspection.columnNames
  const unknown = (): undefined => undefined
  if (!operations.some(isOpaque)) {
    const isOfRows = namedTables(operations).length === 0
    return {
      changes: async (after) => (isOfRows ? new Map() : columnsOf(operations, await after.read())),
      catalog: unknown,
    }
  }
  if (read === undefined) return { changes: async () => undefined, catalog: unknown }
  const scope = await readScope(resolved, session, operations, known)
  const before = resumed === undefined ? scope.before : scope.within(resumed.columnsBefore)
  if (before === undefined) return { changes: async () => undefined, catalog: unknown }
  let observed: CatalogNames['columns'] | undefined
  return {
    before,
    changes: async (after) => {
      const columns = await scope.read()
      observed = columns
      const named = namedTables(operations).length === 0 ? [] : columnsOf(operations, await after.read())
      return new Map([...named, ...differences(resolved, before, columns)])
    },
    catalog: () => observed && scope.moved(observed),
  }
}
