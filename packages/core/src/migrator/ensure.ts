import type { Session } from '../dialect/session.ts'
import { counted } from '../errors/count-text.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { pauseFor } from '../lock/wait.ts'
import type { EnsureOptions, EnsureResult } from '../options/ensure-options.ts'
import type { RunResult } from '../options/migrator-options.ts'
import { loadParts, type UnloadedOptions } from '../options/resolve-options.ts'
import {
  editedText,
  editedWarning,
  findEdited,
  readRecorded,
  refuseMoved,
  unrecordedWarning,
} from '../planning/edited-revisions.ts'
import { hasFileOf, resumedElsewhere } from '../planning/journal/interrupted-revision.ts'
import { refuseForeign } from '../planning/plan-route.ts'
import { incompatible, type Position, readPosition } from '../planning/readiness.ts'
import { refusePushed } from '../planning/refuse-pushed.ts'
import { refuseUnversioned } from '../planning/unversioned-tiers.ts'
import type { MoveOptions } from '../run/move/start-plan.ts'
import { missingColumns } from '../run/move/verify-columns.ts'

const defaultTimeoutMs = 60_000
const retryDelayMs = 500

/** What `ensure` needs of the migrator that it belongs to. */
export interface EnsureParts {
  readonly database: string
  readonly withReadOnlySession: <T>(work: (session: Session, resolved: UnloadedOptions) => Promise<T>) => Promise<T>
  readonly upgrade: (options: MoveOptions) => Promise<RunResult>
  /** Calls the hook of that name, where there is one. */
  readonly afterHead: (revision: readonly string[]) => Promise<void>
}

const verifiesNames = ({ verify: { schema = 'names' } = {} }: EnsureOptions): boolean => schema === 'names'

type VerifiedState = Omit<EnsureResult, 'ms' | 'applied'>

function notAtHead(
  database: string,
  state: 'behind' | 'ahead' | 'interrupted' | 'edited' | 'different',
  pending: number,
  message: string,
  remedy?: string,
): MigrateError<'NOT_AT_HEAD'> {
  return new MigrateError('NOT_AT_HEAD', { database, state, pending }, message, { remedy })
}

/** Throws NOT_AT_HEAD where a revision was begun and has not ended. */
function requireNoneInterrupted(database: string, { inspection: { interrupted }, graphs, pending }: Position): void {
  if (interrupted.length === 0) return
  const names = interrupted.map((each) => each.revision).join(', ')
  const message = `${database} stands in the middle of ${names}: a run has begun it and has not ended it.`
  const hasFiles = interrupted.every((each) => hasFileOf(graphs, each))
  const remedy = hasFiles ? 'Run `migrate upgrade`, which resumes it.' : resumedElsewhere
  throw notAtHead(database, 'interrupted', pending, message, remedy)
}

/** A newer program has been here. Throws NOT_AT_HEAD where this one may not work on what that left. */
function decideAhead(database: string, position: Position, ahead: EnsureOptions['ahead']): VerifiedState {
  const newer = position.tiers.flatMap((tier) => (tier.kind === 'graph' ? tier.unknown : []))
  const refused = ahead === 'refuse' ? newer : incompatible(position)
  const result = { state: 'ahead', revision: position.revision } as const
  const message = `${database} is ahead of this program: it is at ${newer.join(', ')}, which no file of the program has.`
  if (ahead === 'serve') return { ...result, warnings: [message] }
  const { pending } = position
  if (pending > 0) {
    const why = `${message} ${counted(pending, 'revision')} of the program ${pending === 1 ? 'is' : 'are'} not applied to it.`
    throw notAtHead(database, 'ahead', pending, why, 'Start a program that has the revisions of both.')
  }
  requireNoneInterrupted(database, position)
  if (refused.length === 0) return { ...result, warnings: [message] }
  throw notAtHead(
    database,
    'ahead',
    0,
    `${message} Not compatible with it: ${refused.join(', ')}.`,
    "Start the newer program; or let the newer revisions name this program's head in `compatibleWith`.",
  )
}

/** Throws NOT_AT_HEAD for everything but a database at the head, and FOREIGN_HISTORY. */
function requireHead(database: string, position: Position): void {
  refuseForeign(position.inspection)
  if (position.state === 'atHead') return
  const { pushed } = position.inspection
  if (pushed !== undefined) refusePushed(pushed, database, position.pending)
  requireNoneInterrupted(database, position)
  const { pending } = position
  const what = `${counted(pending, 'revision')} ${pending === 1 ? 'is' : 'are'} pending`
  throw notAtHead(database, 'behind', pending, `${database} is not at the head: ${what}.`)
}

async function verify(resolved: UnloadedOptions, session: Session, options: EnsureOptions): Promise<VerifiedState> {
  const { database } = resolved.dialect.connection
  const position = await readPosition(resolved, session, 'refuse', { readAll: options.verify?.strict === true })
  await refuseUnversioned(resolved, session, position.inspection)
  if (position.state === 'ahead') return decideAhead(database, position, options.ahead)
  requireHead(database, position)
  const recorded = readRecorded(resolved, session, position.inspection)
  // The names alone; a comparison of the whole schema names them itself.
  const lacking = verifiesNames(options) ? missingColumns(resolved, session, recorded) : []
  const [{ hashes }, missing] = await Promise.all([recorded, lacking])
  await refuseMoved(resolved, session, position.graphs, hashes)
  const edited = await findEdited(resolved, position.graphs, hashes)
  if (edited.length > 0 && options.verify?.strict === true) {
    throw notAtHead(
      database,
      'edited',
      0,
      editedText(edited).join('\n'),
      'Put the files back, or `migrate stamp --accept-edit <revision>`.',
    )
  }
  const unrecorded = await unrecordedWarning(resolved, position.graphs, await recorded)
  const warnings = [...editedWarning(edited), ...unrecorded, ...missing]
  if (options.verify?.schema === true) {
    const { verifySchema } = await import('./verify-schema.ts')
    const { missing, different } = await verifySchema(await loadParts(resolved), session, position)
    if (missing.length > 0) {
      const message = `${database} is not what its revisions make: ${missing.join('; ')}.`
      throw notAtHead(
        database,
        'different',
        0,
        message,
        'Restore what is missing: the database was changed outside of the migrations.',
      )
    }
    warnings.push(...different)
  }
  return { state: 'atHead', revision: position.revision, warnings }
}

async function apply(
  { database, withReadOnlySession, upgrade }: EnsureParts,
  options: EnsureOptions,
): Promise<Omit<EnsureResult, 'ms'>> {
  const { timeoutMs = defaultTimeoutMs, signal, onEvent } = options
  const run: MoveOptions = {
    lockWaitMs: timeoutMs,
    ...(signal === undefined ? {} : { signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(options.verify?.strict === true ? { strict: true } : {}),
    ...(verifiesNames(options) ? { verifyColumns: true } : {}),
  }
  try {
    const { applied, heads, warnings } = await upgrade(run)
    if (options.verify?.schema === true) {
      const verified = await withReadOnlySession((session, here) => verify(here, session, options))
      return { ...verified, applied, warnings: [...new Set([...warnings, ...verified.warnings])] }
    }
    return { state: 'atHead', revision: heads.at(-1)?.heads ?? [], applied, warnings }
  } catch (error) {
    // A newer revision whose upgrade or downgrade is interrupted.
    const isInterrupted = isMigrateError(error, 'REVISION_INTERRUPTED') || isMigrateError(error, 'REVISION_FILE_NEEDED')
    if (!isMigrateError(error, 'UNKNOWN_APPLIED_REVISION') && !(isInterrupted && options.ahead === 'serve')) throw error
    const position = await withReadOnlySession((session, here) => readPosition(here, session))
    if (position.state !== 'ahead') throw error
    return { ...decideAhead(database, position, options.ahead), applied: [] }
  }
}

/** Until another program has done it. A server that is not there yet is waited for as well, but no login is tried again. */
async function wait({ database, withReadOnlySession }: EnsureParts, options: EnsureOptions): Promise<VerifiedState> {
  const { timeoutMs = defaultTimeoutMs, signal, onEvent } = options
  const startedAt = performance.now()
  for (;;) {
    signal?.throwIfAborted()
    const verified = await withReadOnlySession((session, here) => verify(here, session, options)).catch(
      (error: unknown) => {
        const early =
          (isMigrateError(error, 'NOT_AT_HEAD') && ['behind', 'interrupted'].includes(error.details.state)) ||
          (isMigrateError(error, 'DATABASE_UNREACHABLE') && error.details.isRefused !== true) ||
          isMigrateError(error, 'CONNECTION_LOST') ||
          isMigrateError(error, 'DATABASE_BUSY')
        if (!early || performance.now() - startedAt >= timeoutMs) throw error
        return undefined
      },
    )
    if (verified !== undefined) return verified
    onEvent?.({ type: 'waiting', what: `the head of ${database}`, waitedMs: Math.round(performance.now() - startedAt) })
    const remainingMs = Math.max(0, timeoutMs - (performance.now() - startedAt))
    await pauseFor(Math.min(remainingMs, retryDelayMs * (0.5 + Math.random())), signal)
  }
}

/** Sees to it that the program may be started on the database. Throws INVALID_OPTION, NOT_AT_HEAD, LOCKED, FOREIGN_HISTORY, what `upgrade` throws. */
export async function ensure(parts: EnsureParts, options: EnsureOptions): Promise<EnsureResult> {
  const startedAt = performance.now()
  const modes: { readonly [M in EnsureOptions['mode']]: () => Promise<Omit<EnsureResult, 'ms'>> } = {
    apply: () => apply(parts, options),
    verify: async () => ({
      ...(await parts.withReadOnlySession((session, here) => verify(here, session, options))),
      applied: [],
    }),
    wait: async () => ({ ...(await wait(parts, options)), applied: [] }),
  }
  try {
    const verified = await modes[options.mode]()
    // What applies has called it itself.
    if (options.mode !== 'apply' && verified.state === 'atHead') await parts.afterHead(verified.revision)
    return { ...verified, ms: Math.round(performance.now() - startedAt) }
  } catch (error) {
    const { signal } = options
    if (!signal?.aborted || isMigrateError(error)) throw error
    throw new MigrateError('ABORTED', { applied: [] }, 'Stopped while waiting; nothing was changed.', { cause: error })
  }
}
