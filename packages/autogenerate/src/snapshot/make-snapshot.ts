import { MigrateError, type Migrator } from '@org/migrate-core'
import {
  counted,
  type Dialect,
  isSignal,
  type OptionChecks,
  refText,
  requireOptions,
  type SchemaModel,
  type ServerSession,
  type TableRef,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import {
  contextOf,
  inhabitedSchemas,
  inOwnSchema,
  loadParts,
  namedTables,
  type ResolvedOptions,
  wholeSchema,
  withDialectSession,
} from '@org/migrate-core/internal'
import { diffSchemas } from '../compare/diff.ts'
import { featuresOfRevisions, ownTables } from '../compare/sources.ts'
import { differenceLines } from '../differences/change.ts'
import { ordinaryTables } from '../differences/creations.ts'
import { useDatabaseOf } from '../sources/use-database.ts'
import { isUncreatable, objectTexts, orderedSchema, type SnapshotObjects, uncreatable } from './object-texts.ts'
import { filledColumns, readReferenceRows, rowTexts } from './reference-rows.ts'
import { everything, type RecordedRevisions, recordRevisions } from './revisions.ts'
import { runInTransactions } from './run-statements.ts'
import { productOf, readHeader, type SnapshotHeader, snapshotText, statementsIn } from './text.ts'

export interface SnapshotOptions {
  readonly signal?: AbortSignal
}

export interface SchemaSnapshot extends SnapshotHeader {
  readonly text: string
}

interface ShadowSnapshotOptions extends SnapshotOptions {
  /** Where the migrator has a schema of its own: the one in which the shadow database makes it. */
  readonly schema?: string
}

/** A snapshot, and what it was made of. */
interface ShadowSnapshot {
  readonly snapshot: SchemaSnapshot
  readonly objects: SnapshotObjects
  readonly ownSchema: string | undefined
}

export const snapshotChecks: OptionChecks<SnapshotOptions> = { signal: isSignal }

interface ShadowWork {
  readonly dialect: Dialect
  readonly session: ServerSession
  /** What the database has by itself. */
  readonly initial: SchemaModel
}

/** Works on an empty database of the migrator's server. Throws SHADOW_REFUSED. */
function onEmptyDatabase<T>(
  { dialect }: ResolvedOptions,
  { signal, schema }: ShadowSnapshotOptions,
  work: (shadow: ShadowWork, empty: UnloadedDialect) => Promise<T>,
): Promise<T> {
  const useDatabase = useDatabaseOf(dialect, 'The snapshot cannot be made')
  const waiting = signal === undefined ? {} : { signal }
  return useDatabase(
    ({ dialect: empty }) =>
      withDialectSession(empty, { purpose: 'run', ...waiting }, async (session, server) => {
        const spoken = await server.load()
        const initial = await spoken.introspection.schema(session)
        return work({ dialect: spoken, session, initial }, empty)
      }),
    { ...waiting, ...(schema === undefined ? {} : { schema }) },
  )
}

/** What is there but for the tables of the migrator, and for what an empty database has. */
async function readObjects(
  resolved: ResolvedOptions,
  { dialect, session, initial }: ShadowWork,
  revisions: RecordedRevisions,
): Promise<SnapshotObjects> {
  const own = ownTables(resolved)
  const isOwn = ({ schema, name }: TableRef): boolean => schema === undefined && own.has(name)
  const introspected = await dialect.introspection.schema(session, { whole: true })
  const operations = revisions.operations.map(({ operation }) => operation)
  const model = dialect.model.respell?.(introspected, namedTables(operations).toReversed()) ?? introspected
  const schema = orderedSchema({
    ...model,
    schemas: model.schemas.filter((name) => !initial.schemas.includes(name)),
    extensions: model.extensions.filter((name) => !initial.extensions.includes(name)),
    tables: new Map([...model.tables].filter(([, { ref }]) => !isOwn(ref))),
    triggers: new Map([...model.triggers].filter(([, { table }]) => !isOwn(table))),
    sequences: new Map([...model.sequences].filter(([, { ownedBy }]) => !ownedBy || !isOwn(ownedBy.table))),
  })
  const routines = (await dialect.introspection.routines?.(session)) ?? []
  const filled = filledColumns(operations)
  return {
    schema,
    routines,
    rows: await readReferenceRows(dialect, session, schema, filled),
  }
}

/** Those of another kind that a snapshot makes. */
const otherTables = ({ tables }: SchemaModel): readonly string[] =>
  [...tables.values()].flatMap((table) =>
    table.opaque === undefined || isUncreatable(table) ? [] : [`table ${refText(table.ref)}`],
  )

/** How what a snapshot makes differs from what the revisions make, a line each. */
async function differencesOf(
  dialect: Dialect,
  expected: SnapshotObjects,
  actual: SnapshotObjects,
): Promise<readonly string[]> {
  const { ownSchema } = dialect.model
  const comparable = (schema: SchemaModel): SchemaModel =>
    inOwnSchema({ ...schema, tables: ordinaryTables(schema) }, ownSchema)
  const [from, to] = [comparable(actual.schema), comparable(expected.schema)]
  const [actualTables, expectedTables] = [otherTables(actual.schema), otherTables(expected.schema)]
  const { changes } = await diffSchemas({
    dialect,
    from: { ...from, schemas: inhabitedSchemas(from) },
    to: {
      ...wholeSchema({ ...to, schemas: inhabitedSchemas(to) }),
      supportedFeatures: { ...featuresOfRevisions, emptySchemas: false },
    },
    answers: { none: true },
  })
  const [actualRows, expectedRows] = [new Set(rowTexts(actual.rows)), new Set(rowTexts(expected.rows))]
  return [
    ...differenceLines(dialect, from, changes),
    ...expectedTables.filter((table) => !actualTables.includes(table)).map((table) => `${table} is missing`),
    ...[...expectedRows].filter((row) => !actualRows.has(row)).map((row) => `${row} is missing`),
    ...[...actualRows].filter((row) => !expectedRows.has(row)).map((row) => `${row} is not expected`),
  ]
}

function unequal(lines: readonly string[]): MigrateError<'SHADOW_REFUSED'> {
  const why = `what it makes is not what the revisions make: ${counted(lines.length, 'difference')}`
  const message = `The snapshot was not written: ${why}.\n${lines.map((line) => `  ${line}`).join('\n')}`
  return new MigrateError('SHADOW_REFUSED', { why }, message, {
    remedy: 'Make what differs with operations instead of SQL, or leave `snapshot` out of the configuration.',
  })
}

/** The same, for a caller that has recorded the revisions. */
export async function makeSnapshotOf(
  migrator: Migrator,
  revisions: RecordedRevisions,
  { schema, ...options }: ShadowSnapshotOptions,
): Promise<ShadowSnapshot> {
  const { resolved: unloaded, onDatabase } = contextOf('makeSnapshot', migrator)
  const resolved = await loadParts(unloaded)
  const shadowOptions = { ...options, ...(schema === undefined ? {} : { schema }) }
  const { objects, ownSchema, text } = await onEmptyDatabase(resolved, shadowOptions, async (shadow, empty) => {
    const upgraded = onDatabase(empty, {})
    await upgraded.upgrade(everything(revisions.graphs), { allowDataLoss: true, ...options })
    const read = await readObjects(resolved, shadow, revisions)
    const { settings, statements } = objectTexts(shadow.dialect, read)
    const header = {
      dialect: shadow.dialect.name,
      server: productOf(shadow.dialect),
      heads: revisions.heads,
      revisions: revisions.fingerprint,
      without: uncreatable(read.schema),
      withoutRows: read.rows.unrecorded,
    }
    return {
      objects: read,
      ownSchema: shadow.dialect.model.ownSchema,
      text: snapshotText(header, settings, statements),
    }
  })
  const differences = await onEmptyDatabase(resolved, shadowOptions, async (shadow) => {
    const { dialect, session } = shadow
    await runInTransactions(dialect, session, statementsIn(text, dialect), { file: 'the snapshot', ...options })
    const loaded = await readObjects(resolved, shadow, revisions)
    return differencesOf(dialect, objects, loaded)
  })
  if (differences.length > 0) throw unequal(differences)
  const header = readHeader(text)
  if (header === undefined) throw new MigrateError('INTERNAL', { where: 'makeSnapshot' }, 'The snapshot has no header.')
  return { snapshot: { ...header, text }, objects, ownSchema }
}

/**
 * The schema that the revisions make of an empty database, as SQL: they are run in a shadow database, which is read; then the text is run in
 * another one, and both are compared. The migrator's own database is not opened, except to make the shadow databases beside it.
 *
 * Throws SHADOW_REFUSED where this user may make no shadow database, or where the text would not make the same; ABORTED; and what the
 * revisions throw.
 *
 * ```ts
 * await writeFile('schema.sql', (await makeSnapshot(migrator)).text)
 * ```
 */
export async function makeSnapshot(migrator: Migrator, options: SnapshotOptions = {}): Promise<SchemaSnapshot> {
  const { resolved } = contextOf('makeSnapshot', migrator)
  requireOptions('makeSnapshot', options, snapshotChecks)
  const revisions = await recordRevisions(await loadParts(resolved))
  return (await makeSnapshotOf(migrator, revisions, options)).snapshot
}
