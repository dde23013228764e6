import { isMigrateError, type Migrator } from '@org/migrate-core'
import {
  isFlag,
  isRecord,
  type OptionChecks,
  oneOf,
  requireOptions,
  type ServerSession,
} from '@org/migrate-core/dialect'
import {
  contextOf,
  graphsOfFiles,
  loadParts,
  type MigratorContext,
  makePlan,
  pendingOf,
  type ResolvedOptions,
} from '@org/migrate-core/internal'
import { type LiveSchema, liveSchema } from '../compare/sources.ts'
import { filterChecks } from '../differences/filter.ts'
import { dataFindings } from './data.ts'
import { type DatabaseStatus, databaseFindings, overlapping, readDatabaseStatus } from './database.ts'
import { fileFindings, recordTier } from './files.ts'
import {
  adoptionFindings,
  driftFindings,
  modelFindings,
  modelOfFilesFindings,
  notAtHead,
  type ReadLive,
} from './schema.ts'
import { snapshotFindings } from './snapshot.ts'
import type { CheckAnswer, CheckAnswers, CheckFinding, CheckOptions, CheckReport } from './types.ts'

const next =
  'See the numbers with `migrate plan`. `preserve: true` on the operation preserves what it takes away, for the downgrade.'

/**
 * What the pending revisions take away and do not preserve, as their plan tells it. A plan that cannot be made is what `upgrade` would
 * fail with.
 */
async function lossFindings(
  resolved: ResolvedOptions,
  session: ServerSession,
  { graphs, inspection }: DatabaseStatus,
): Promise<readonly CheckFinding[]> {
  // Nothing of them would be run.
  if (inspection.pushed !== undefined) return []
  const hasNoOverlaps = graphs.every((each) => overlapping(each).length === 0)
  if (!hasNoOverlaps || graphs.every((each) => pendingOf(each).length === 0)) return []
  try {
    const { plan } = await makePlan(resolved, session, 'heads', { allowDataLoss: true })
    return plan.steps.flatMap(({ tier, revision, losses }): readonly CheckFinding[] => {
      const lost = losses.filter(({ preserved, rows }) => !preserved && rows !== 0)
      if (lost.length === 0) return []
      const objects = lost.map(({ object }) => object).join(', ')
      const what = `Revision ${revision}, which is pending, takes away what it does not preserve: ${objects}.`
      return [{ kind: 'loses values', level: 'information', tier, revisions: [revision], what, next, losses: lost }]
    })
  } catch (error) {
    if (!isMigrateError(error)) throw error
    const { revision, tier } = error.location ?? {}
    return [
      {
        kind: 'cannot be planned',
        level: 'problem',
        ...(tier === undefined ? {} : { tier }),
        revisions: revision === undefined ? [] : [revision],
        what: `The pending revisions cannot be planned: ${error.message}`,
        next: error.remedy,
      },
    ]
  }
}

/** What a session is needed for. */
interface DatabaseChecks {
  readonly status: DatabaseStatus
  readonly schema: readonly CheckFinding[]
  readonly resolved: ResolvedOptions
}

async function checkDatabase(context: MigratorContext, options: CheckOptions): Promise<DatabaseChecks> {
  return context.withReadOnlySession(async (session, here) => {
    const status = await readDatabaseStatus(here, session)
    const { graphs, inspection } = status
    // In the middle of a revision the tables are neither what was nor what will be.
    if (inspection.interrupted.length > 0 || inspection.foreign !== undefined)
      return { status, schema: [], resolved: here }
    const { declared, from = inspection.pushed === undefined ? 'database' : 'replay' } = options
    let reading: Promise<LiveSchema> | undefined
    const readLive: ReadLive = (schemas) =>
      (reading ??= liveSchema(here, session, declared === undefined ? schemas : undefined))
    const rows = options.data === true ? await dataFindings(here, session, declared) : []
    const adoption = await adoptionFindings(here, readLive, inspection, options)
    // Before it is taken over, what is there is no drift; what was pushed comes from no revision.
    const hasDrift = adoption.length === 0 && inspection.pushed === undefined
    const drift = [...rows, ...adoption, ...(hasDrift ? await driftFindings(here, readLive, graphs, options) : [])]
    const lost = await lossFindings(here, session, status)
    if (declared === undefined) return { status, schema: [...drift, ...lost], resolved: here }
    const isAtHead = graphs.every((each) => pendingOf(each).length === 0)
    const model =
      from === 'replay'
        ? await modelOfFilesFindings(here, await graphsOfFiles(here, { readAll: true }), declared, options, true)
        : isAtHead
          ? await modelFindings(
              here,
              session,
              readLive,
              await graphsOfFiles(here, { readAll: true }),
              declared,
              options,
            )
          : [notAtHead]
    return { status, schema: [...drift, ...model, ...lost], resolved: here }
  })
}

/** A formatter changes nothing that a file does; of functions that cannot be told. */
function uneditedOf(edits: readonly CheckFinding[]): CheckAnswer {
  if (edits.some(({ level }) => level === 'problem')) return 'no'
  return edits.some(({ edit }) => edit !== 'only text') ? 'unknown' : 'yes'
}

function answersOf(
  findings: readonly CheckFinding[],
  { hasDatabase, hasModel }: { readonly hasDatabase: boolean; readonly hasModel: boolean },
): CheckAnswers {
  const of = (kind: CheckFinding['kind']): readonly CheckFinding[] => findings.filter((each) => each.kind === kind)
  const answerFor = (about: 'model' | 'drift', isRequested: boolean): CheckAnswer => {
    if (!isRequested) return 'not checked'
    const different = of(about === 'model' ? 'model differs' : 'drift')
    if (different.some(({ level }) => level === 'problem')) return 'no'
    return different.length + of(`${about} not compared`).length > 0 ? 'unknown' : 'yes'
  }
  const unless = (kinds: readonly CheckFinding['kind'][], isRequested: boolean): CheckAnswer =>
    !isRequested ? 'not checked' : kinds.some((kind) => of(kind).length > 0) ? 'no' : 'yes'
  const isOwn = of('not adopted').length + of('pushed').length === 0
  const isBlocked = of('interrupted').length > 0 || of('foreign history').length > 0
  return {
    atHead: unless(['not at head', 'interrupted', 'foreign history', 'rows overlap'], hasDatabase),
    model: isBlocked && hasModel ? 'unknown' : answerFor('model', hasModel),
    noDrift: (isBlocked || !isOwn) && hasDatabase ? 'unknown' : answerFor('drift', hasDatabase),
    unedited: hasDatabase ? uneditedOf(of('edited')) : 'not checked',
    oneHead: unless(['several heads'], true),
  }
}

const checks: OptionChecks<CheckOptions> = {
  ...filterChecks,
  database: isFlag,
  declared: isRecord,
  data: isFlag,
  edits: oneOf('text', 'functions', 'operations'),
  from: oneOf('database', 'replay'),
  snapshot: isRecord,
}

/**
 * Compares the files with themselves, with the database and with the declared schema: pending, edited, without a file, interrupted, and
 * what is not known. Every file is recorded; nothing is written that stays, made or locked.
 *
 * Throws INVALID_OPTION, and what the graph, the folder and the connection throw: where they cannot be read there is nothing to compare.
 *
 * ```ts
 * const { ok, findings } = await check(migrator, { declared: readDeclared({ accounts }) })
 * ```
 */
export async function check(migrator: Migrator, options: CheckOptions = {}): Promise<CheckReport> {
  const context = contextOf('check', migrator)
  requireOptions('check', options, checks)
  const resolved = await loadParts(context.resolved)
  const { database = true, declared } = options
  const databaseChecks = database ? await checkDatabase(context, options) : undefined
  const { dialect } = resolved
  const graphs = databaseChecks?.status.graphs ?? (await graphsOfFiles(resolved, { readAll: true }))
  const recorded = await Promise.all(graphs.map((each) => recordTier(dialect, each)))
  const ofFiles =
    databaseChecks === undefined && declared !== undefined
      ? await modelOfFilesFindings(resolved, graphs, declared, options, false)
      : []
  const findings: readonly CheckFinding[] = [
    ...(databaseChecks === undefined ? [] : databaseFindings(databaseChecks.status, options.edits ?? 'functions')),
    ...(databaseChecks?.schema ?? ofFiles),
    ...fileFindings(resolved, recorded),
    ...(options.snapshot === undefined ? [] : await snapshotFindings(migrator, options.snapshot)),
  ]
  const problems = findings.filter(({ level }) => level === 'problem')
  return {
    ok: problems.length === 0,
    database: dialect.connection.database,
    answers: answersOf(findings, { hasDatabase: database, hasModel: declared !== undefined }),
    inspected: databaseChecks === undefined ? ['files'] : ['files', 'database'],
    findings: [...problems, ...findings.filter(({ level }) => level === 'information')],
  }
}
