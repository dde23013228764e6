import { isMigrateError, MigrateError, type Migrator, type PlannedLoss, type PlanStep } from '@org/migrate-core'
import {
  type Dialect,
  isAnything,
  isFunction,
  isSignal,
  type OptionChecks,
  qualifiersIn,
  requireOptions,
  type ServerSession,
} from '@org/migrate-core/dialect'
import {
  contextOf,
  copyDatabase,
  loadParts,
  ownTables,
  type ResolvedOptions,
  withDialectSession,
} from '@org/migrate-core/internal'
import { useDatabaseOf } from '../sources/use-database.ts'
import { type CopyState, type NamedObjects, namedByPlan, readCopy, unaffectedChanges } from './copy-state.ts'

export interface CopyTestOptions {
  /** Its database is copied, and only read. None of its hooks is called. */
  readonly migrator: Migrator
  readonly signal?: AbortSignal
  /** Called before the copy is made, with how much the database takes. */
  readonly onCopy?: (copy: { readonly database: string; readonly bytes: number }) => void
  /** Called with the name of a copy that could not be dropped. */
  readonly onLeftover?: (database: string, why: string) => void
}

export type CopyFindingKind = 'upgrade failed' | 'schema outside the plan' | 'rows outside the plan'

export interface CopyFinding {
  readonly kind: CopyFindingKind
  /** One sentence. */
  readonly what: string
  /** What to do. */
  readonly next: string
  /** A line each. */
  readonly differences: readonly string[]
}

export interface CopiedTable {
  readonly table: string
  /** Some operation of the plan names it: it may differ. */
  readonly isNamed: boolean
  /** Absent: it was not there. */
  readonly rowsBefore?: number
  /** Absent: it is not there. */
  readonly rowsAfter?: number
}

export interface CopyReport {
  /** Nothing was found. */
  readonly ok: boolean
  readonly dialect: string
  /** The database for people. */
  readonly database: string
  readonly bytes: number
  readonly revisions: readonly { readonly tier: string; readonly revision: string; readonly message: string }[]
  /** How long the upgrade took. */
  readonly ms: number
  readonly losses: readonly PlannedLoss[]
  readonly tables: readonly CopiedTable[]
  readonly findings: readonly CopyFinding[]
  /** The copy, where it could not be dropped. */
  readonly leftover?: string
}

const optionChecks: OptionChecks<CopyTestOptions> = {
  migrator: isAnything,
  signal: isSignal,
  onCopy: isFunction,
  onLeftover: isFunction,
}

const failedNext = 'Fix the revision, or the rows that it stumbles over, and test it again.'
const schemaNext = 'Name what it changes with operations of the revision, or take the statement out.'
const rowsNext =
  'Check the data steps, triggers and cascading keys of these revisions; a data step that is meant to change these rows is right.'

function upgradeFailed(error: MigrateError): CopyFinding {
  const [what = '', ...differences] = error.message.split('\n')
  return { kind: 'upgrade failed', what, next: failedNext, differences: differences.map((each) => each.trim()) }
}

function tablesOf(named: NamedObjects, before: CopyState, after: CopyState | undefined): readonly CopiedTable[] {
  const keys = new Set([...before.rows.keys(), ...(after?.rows.keys() ?? [])])
  const counted = (name: 'rowsBefore' | 'rowsAfter', rows: bigint | undefined) =>
    rows === undefined ? {} : { [name]: Number(rows) }
  return [...keys].toSorted().map((key) => ({
    table: key,
    isNamed: named.tables.has(key),
    ...counted('rowsBefore', before.rows.get(key)?.rows),
    ...counted('rowsAfter', after?.rows.get(key)?.rows),
  }))
}

interface CopyWork {
  readonly resolved: ResolvedOptions
  readonly dialect: Dialect
  readonly session: ServerSession
  readonly migrator: Migrator
  readonly signal: AbortSignal | undefined
  /** What names the copied database in a statement. */
  readonly qualifier: string | undefined
}

/** The plan on the copy, and what it did outside of what it names. */
async function prove({
  resolved,
  dialect,
  session,
  migrator,
  signal,
  qualifier,
}: CopyWork): Promise<Omit<CopyReport, 'ok' | 'dialect' | 'database' | 'bytes'>> {
  const own = new Set(ownTables(resolved).map(({ ref }) => ref.name))
  const read = (): Promise<CopyState> => readCopy(dialect, session, own, signal)
  const options = { allowDataLoss: true, ...(signal === undefined ? {} : { signal }) }
  const nothing = { revisions: [], ms: 0, losses: [], tables: [] }
  const planned = await migrator.plan('heads', { direction: 'up' }).catch((error: unknown) => {
    if (!isMigrateError(error)) throw error
    return error
  })
  if (isMigrateError(planned)) return { ...nothing, findings: [upgradeFailed(planned)] }
  const revisions = planned.steps.map(({ tier, revision, message }: PlanStep) => ({ tier, revision, message }))
  if (revisions.length === 0) return { ...nothing, findings: [] }
  const named = namedByPlan(planned)
  refuseOwnName(
    resolved,
    qualifier,
    planned.steps.flatMap(({ tier, revision, operations }) =>
      operations.flatMap(({ statements }) => statements.map(({ sql }) => ({ name: `${tier}:${revision}`, text: sql }))),
    ),
  )
  const before = await read()
  const losses = planned.steps.flatMap((step) => step.losses)
  const done = await migrator.upgrade('heads', options).catch((error: unknown) => {
    if (!isMigrateError(error) || signal?.aborted === true) throw error
    return error
  })
  if (isMigrateError(done))
    return { revisions, ms: 0, losses, tables: tablesOf(named, before, undefined), findings: [upgradeFailed(done)] }
  const after = await read()
  const { schema, rows } = unaffectedChanges(named, before, after)
  const found = (
    kind: CopyFindingKind,
    what: string,
    next: string,
    differences: readonly string[],
  ): readonly CopyFinding[] => (differences.length === 0 ? [] : [{ kind, what, next, differences }])
  return {
    revisions,
    ms: done.ms,
    losses,
    tables: tablesOf(named, before, after),
    findings: [
      ...found(
        'schema outside the plan',
        'Something that no operation of the plan names has another definition.',
        schemaNext,
        schema,
      ),
      ...found(
        'rows outside the plan',
        'Rows of tables that no operation of the plan names have changed.',
        rowsNext,
        rows,
      ),
    ],
  }
}

/** Statements that name the database itself would reach it from the copy. */
function refuseOwnName(
  { dialect }: ResolvedOptions,
  qualifier: string | undefined,
  texts: readonly { readonly name: string; readonly text: string }[],
): void {
  if (qualifier === undefined) return
  const found = texts.find(({ text }) =>
    qualifiersIn(text, dialect.sql.grammar, { strings: true }).has(qualifier.toLowerCase()),
  )
  if (found === undefined) return
  const why = `${found.name} names the database ${qualifier}, which it would write to from a copy`
  throw new MigrateError('SHADOW_REFUSED', { why }, `${dialect.connection.database} is not copied: ${why}`, {
    remedy: 'Leave the name of the database out of it: what is in the same database needs none.',
  })
}

/** Reads what there is to copy. Throws INVALID_OPTION where there is nothing: a file that is not there is not made. */
async function sizeOf({ dialect: unloaded }: ResolvedOptions, signal: AbortSignal | undefined): Promise<number> {
  const connecting = { purpose: 'inspect', ...(signal === undefined ? {} : { signal }) } as const
  return withDialectSession(unloaded, connecting, async (session, server) => {
    const dialect = await server.load()
    if ((await dialect.introspection.schema(session)).tables.size === 0) {
      const why = `${dialect.connection.database} has no tables`
      throw new MigrateError('INVALID_OPTION', { option: 'migrator', why }, `There is nothing to copy: ${why}`, {
        remedy: 'Name a database with rows; `migrate test` tests revisions on an empty one.',
      })
    }
    return Number((await dialect.measures?.bytes(session)) ?? 0)
  })
}

/**
 * Runs the pending plan on a copy of the migrator's database, and compares what no operation of the plan names: definitions, numbers of rows,
 * and fingerprints of columns and of whole rows. The database itself is only read. The copy is on the same server, and is dropped at the end.
 *
 * Throws INVALID_OPTION where there is nothing to copy; SHADOW_REFUSED where this user may make no database, or where what is copied would write
 * to the original; BACKUP_FAILED; ABORTED; and what connecting and reading the files throws. What is wrong with the plan is a finding.
 *
 * ```ts
 * expect((await proveOnCopy({ migrator })).findings).toEqual([])
 * ```
 */
export async function proveOnCopy(options: CopyTestOptions): Promise<CopyReport> {
  const checked = requireOptions('proveOnCopy', options, optionChecks, ['migrator'])
  const { migrator, signal = new AbortController().signal, onCopy, onLeftover } = checked
  const { resolved: unloaded, onDatabase } = contextOf('proveOnCopy', migrator)
  const resolved = await loadParts(unloaded)
  const { dialect } = resolved
  const { database } = dialect.connection
  const useDatabase = useDatabaseOf(resolved.dialect, 'The plan cannot be tested on a copy')
  const bytes = await sizeOf(resolved, signal)
  onCopy?.({ database, bytes })
  let leftover: string | undefined
  try {
    const report: CopyReport = await useDatabase(
      async (copy) => {
        const qualifier = await withDialectSession(dialect, { purpose: 'run', signal }, async (source, server) => {
          const naming = await server.connection.ownName?.(source)
          refuseOwnName(resolved, naming?.qualifier, naming?.texts ?? [])
          await copyDatabase({ ...resolved, dialect: await server.load() }, source, copy, signal)
          return naming?.qualifier
        })
        return withDialectSession(copy.dialect, { purpose: 'run', signal }, async (session, server) => {
          const own = await server.load()
          const copied = onDatabase(copy.dialect, {})
          const proof = await prove({ resolved, dialect: own, session, migrator: copied, signal, qualifier })
          return { ok: proof.findings.length === 0, dialect: dialect.name, database, bytes, ...proof }
        })
      },
      {
        signal,
        copies: true,
        onLeftover: (name, why) => {
          leftover = name
          onLeftover?.(name, why)
        },
      },
    )
    return leftover === undefined ? report : { ...report, leftover }
  } catch (error) {
    if (!signal.aborted) throw error
    const message =
      leftover === undefined
        ? 'The test was stopped; the copy that it was made on is dropped.'
        : `The test was stopped; the copy that it was made on, ${leftover}, could not be dropped.`
    throw new MigrateError('ABORTED', { applied: [] }, message, { cause: error, remedy: 'Run it again.' })
  }
}
