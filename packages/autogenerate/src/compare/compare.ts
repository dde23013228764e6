import { type DeclaredSchema, isMigrateError, MigrateError, type Migrator, type PlannedLoss } from '@org/migrate-core'
import {
  isAnything,
  isFlag,
  isFunction,
  isRecord,
  isSignal,
  type OptionCheck,
  type OptionChecks,
  oneOf,
  requireArgument,
  requireOptions,
  type SchemaModel,
  type ServerSession,
  type Session,
  tableKey,
} from '@org/migrate-core/dialect'
import {
  type BookkeepingInspection,
  contextOf,
  declaredInOwnSchema,
  forecastLosses,
  graphsOfFiles,
  inOwnSchema,
  loadParts,
  pendingRows,
  type ResolvedOptions,
  readPosition,
  replayAll,
} from '@org/migrate-core/internal'
import type { Change } from '../differences/change.ts'
import {
  filterChecks,
  filterDeclared,
  filterSchema,
  withoutOpaque,
  withoutUsedElsewhere,
} from '../differences/filter.ts'
import { materialise } from '../differences/materialise.ts'
import { deriveDowngrade } from './derive-downgrade.ts'
import { diffSchemas } from './diff.ts'
import {
  adoptRemedy,
  hasOwnHistory,
  type LiveSchema,
  liveSchema,
  schemasSpokenOf,
  spelledByFiles,
  takesPart,
  whyUnadopted,
} from './sources.ts'
import type { CompareOptions, Comparison } from './types.ts'
import { unmodelledDifferences, unmodelledNotes, unreplayedNotes } from './unmodelled.ts'
import { requireStatements } from './with-statements.ts'

interface ComparisonSide {
  readonly schema: SchemaModel
  readonly notes: readonly string[]
}

async function compareSides(
  resolved: ResolvedOptions,
  declared: DeclaredSchema,
  side: ComparisonSide,
  options: CompareOptions,
  keep: ReturnType<typeof takesPart>,
): Promise<Comparison> {
  const { dialect } = resolved
  const {
    from = 'database',
    server = true,
    answers,
    fill,
    signal,
    process: processChanges = (changes) => changes,
  } = options
  const usesServer = server && dialect.shadow !== undefined
  const diff = await diffSchemas({
    dialect,
    from: side.schema,
    to: filterDeclared(declared, keep),
    fromAuthors: from === 'replay',
    ...(usesServer
      ? { materialise: (part) => materialise(dialect, part, signal === undefined ? {} : { signal }) }
      : {}),
    ...(answers === undefined ? {} : { answers }),
    ...(fill === undefined ? {} : { fill }),
  })
  const changes = diff.unanswered.length === 0 ? await processChanges(diff.changes) : []
  return {
    database: dialect.connection.database,
    dialect: dialect.name,
    from,
    changes: requireStatements(dialect, side.schema, changes),
    downgrade: deriveDowngrade(
      { dialect, preserves: resolved.preserve.upgrades, ...(fill === undefined ? {} : { fill }) },
      side.schema,
      changes,
    ),
    losses: [],
    unanswered: diff.unanswered,
    notes: [...side.notes, ...diff.notes],
  }
}

function notAtHead(database: string, state: string, pending: number, unadopted: string | undefined): MigrateError {
  return new MigrateError(
    'NOT_AT_HEAD',
    { database, state: state === 'interrupted' ? 'interrupted' : 'behind', pending },
    `${database} is not at the head: what its pending revisions change would be written a second time.${unadopted === undefined ? '' : ` ${unadopted}`}`,
    {
      remedy:
        unadopted === undefined
          ? 'Run `migrate upgrade` first, or compare with what the revisions make: --from replay.'
          : adoptRemedy,
    },
  )
}

/** What a revision without a file made is not declared here either: it would be dropped. */
function aheadOfFiles(database: string, pending: number, unknown: readonly string[]): MigrateError {
  return new MigrateError(
    'NOT_AT_HEAD',
    { database, state: 'ahead', pending },
    `${database} is ahead of the files: no file has ${unknown.join(', ')}, and what only the database has would be dropped.`,
    { remedy: 'Bring the files back that it has, or compare with what the revisions make: --from replay.' },
  )
}

/** What undeclared objects forbid of a database that is not ours yet: taking it over goes first. */
function beforeAdoption(error: unknown, unadopted: string | undefined): unknown {
  if (unadopted === undefined || !isMigrateError(error, 'DEPENDENT_OBJECTS')) return error
  const { code, details, message, location, cause } = error
  return new MigrateError(code, details, `${unadopted} ${message}`, { location, cause, remedy: adoptRemedy })
}

async function withDatabase(
  resolved: ResolvedOptions,
  session: ServerSession,
  declared: DeclaredSchema,
  options: CompareOptions,
): Promise<Comparison> {
  const { dialect } = resolved
  const { state, pending, inspection, tiers } = await readPosition(resolved, session)
  if (inspection.pushed !== undefined && options.from === undefined) {
    const { notes, ...comparison } = await withReplay(resolved, declared, { ...options, from: 'replay' })
    return { ...comparison, notes: [pushedNote(dialect.connection.database, inspection.pushed), ...notes] }
  }
  const everything = await liveSchema(resolved, session)
  const unadopted = hasOwnHistory(resolved, inspection.present)
    ? undefined
    : whyUnadopted({ ...everything, schema: filterSchema(everything.schema, takesPart(resolved, options, [])) })
  if (state === 'ahead') {
    throw aheadOfFiles(
      dialect.connection.database,
      pending,
      tiers.flatMap(({ unknown }) => unknown),
    )
  }
  if (state !== 'atHead' && pending > 0) throw notAtHead(dialect.connection.database, state, pending, unadopted)
  const spelled = await spelledByFiles(dialect, everything, () => graphsOfFiles(resolved), declared)
  const { notes, ...comparison } = await withLive(resolved, session, declared, spelled, options).catch((error) => {
    throw beforeAdoption(error, unadopted)
  })
  return { ...comparison, notes: [...(unadopted === undefined ? [] : [`${unadopted} ${adoptRemedy}`]), ...notes] }
}

/**
 * What conversions of changes take from the rows that are there, as a plan counts it. Without what the changes name themselves (`loses`), and
 * without conversions that change no value.
 */
async function conversionLosses(
  { dialect, preserve }: ResolvedOptions,
  session: Session,
  live: SchemaModel,
  changes: readonly Change[],
): Promise<readonly PlannedLoss[]> {
  const pending = pendingRows()
  const context = { dialect, session, live, pending, limits: preserve }
  const losses: PlannedLoss[] = []
  let before = live
  for (const change of changes) {
    if (change.kind === 'fill') {
      const key = tableKey(change.table)
      pending.tables.add(pending.names.table(key) ?? key)
      continue
    }
    const { operation } = change
    const counts = ({ how }: Pick<PlannedLoss, 'how'>): boolean => how === 'converted' && change.loses === undefined
    losses.push(...(await forecastLosses(context, [{ operation, before }], counts)))
    before = dialect.model.apply(before, operation)
  }
  return losses.filter(({ rows }) => rows !== 0)
}

/** The database as it is, whatever is recorded in it. */
export async function withLive(
  resolved: ResolvedOptions,
  session: ServerSession,
  declared: DeclaredSchema,
  { schema: live, opaque }: LiveSchema,
  options: CompareOptions,
): Promise<Comparison> {
  const { dialect } = resolved
  const own = declaredInOwnSchema(declared, dialect.model.ownSchema)
  const schema = inOwnSchema(live, dialect.model.ownSchema)
  const schemas = await schemasSpokenOf(dialect, own, schema, () => graphsOfFiles(resolved))
  const keep = takesPart(resolved, options, schemas)
  const comparable = withoutOpaque(own, opaque)
  const part = withoutUsedElsewhere(filterSchema(schema, keep), schema, own.schema)
  const side = { schema: part, notes: comparable.notes }
  const comparison = await compareSides(resolved, comparable.declared, side, options, keep)
  const changes = comparison.changes.map(({ change }) => change)
  const unmodelled = await unmodelledDifferences(dialect, session, live, declared)
  const notes = [...comparison.notes, ...unmodelledNotes(unmodelled)]
  return { ...comparison, notes, losses: await conversionLosses(resolved, session, side.schema, changes) }
}

/** What a push made is in the database and in no revision: the next revision makes all of it. */
const pushedNote = (database: string, { at, isLoad }: NonNullable<BookkeepingInspection['pushed']>): string =>
  `${isLoad ? `A load into ${database} was interrupted, which began at ${at}` : `${database} was pushed at ${at}`}: the declared schema is compared with what the revisions make.`

const notesOfOpaque = (opaque: readonly string[]): readonly string[] =>
  opaque.length === 0
    ? []
    : [
        `What ${opaque.join(', ')} made by SQL without declared effects is not known to a replay, and may be proposed again.`,
      ]

async function withReplay(
  resolved: ResolvedOptions,
  declared: DeclaredSchema,
  options: CompareOptions,
): Promise<Comparison> {
  const { ownSchema } = resolved.dialect.model
  const { schema: replayed, opaque } = await replayAll(resolved.dialect, await graphsOfFiles(resolved))
  const [own, schema] = [declaredInOwnSchema(declared, ownSchema), inOwnSchema(replayed, ownSchema)]
  const keep = takesPart(resolved, options, [...own.schema.schemas, ...schema.schemas])
  return compareSides(
    resolved,
    own,
    {
      schema: withoutUsedElsewhere(filterSchema(schema, keep), schema, own.schema),
      notes: [...notesOfOpaque(opaque), ...unreplayedNotes(declared)],
    },
    options,
    keep,
  )
}

const checks: OptionChecks<CompareOptions> = {
  ...filterChecks,
  from: oneOf('database', 'replay'),
  server: isFlag,
  answers: isRecord,
  process: isFunction,
  fill: isAnything,
  signal: isSignal,
}

const isDeclared: OptionCheck = (value) => {
  const { schema } = (isRecord(value) === undefined ? value : {}) as { readonly schema?: unknown }
  return isRecord(schema) === undefined ? undefined : 'a declared schema is expected, as readDeclared gives it'
}

/**
 * What leads from the database, or from what the revisions make, to a declared schema, in the order to run. Nothing is written that
 * stays: where the server has to be asked what it makes of a declaration, that happens in a shadow schema or database.
 *
 * Throws NOT_AT_HEAD where revisions are pending or have no file, INVALID_OPTION, also for an answer that fits nothing, what the server says of a
 * declaration that it does not take, and what recording the revisions throws.
 *
 * ```ts
 * const { changes, unanswered } = await compare(migrator, readDeclared({ accounts }))
 * if (unanswered.length === 0) for (const { describe, statements } of changes) console.log(describe, statements)
 * ```
 */
export async function compare(
  migrator: Migrator,
  declared: DeclaredSchema,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { resolved, withReadOnlySession } = contextOf('compare', migrator)
  requireArgument('compare', 'declared', declared, isDeclared)
  const { from = 'database', server = true } = requireOptions('compare', options, checks)
  if (from === 'database') return withReadOnlySession((session, here) => withDatabase(here, session, declared, options))
  if (!server) return withReplay(await loadParts(resolved), declared, options)
  return withReadOnlySession((_session, here) => withReplay(here, declared, options))
}
