import type { RecordedInverse } from '../../bookkeeping/history.ts'
import {
  deletePart,
  deleteParts,
  insertPart,
  type JournalPart,
  type JournalStep,
  updatePart,
} from '../../bookkeeping/journal-entries.ts'
import type { BookkeepingNames } from '../../bookkeeping/tables.ts'
import { isNonTransactional } from '../../compile/parts.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { CatalogNames } from '../../dialect/introspection.ts'
import type { Session, TransactionScope } from '../../dialect/session.ts'
import { isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import type { Fence } from '../../lock/fence.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import { prefixHashes, type ResumeState, undecidedError } from '../../planning/journal/resume.ts'
import type { Statement } from '../../sql/statement.ts'
import type { RunStatement, StepParts } from './step-parts.ts'

export interface JournaledParts extends StepParts {
  /** What the first journal entry of this run holds for the run that ends the step. */
  setColumnsBefore(before: CatalogNames['columns']): void
  /** The rest of what an earlier run left in the middle. */
  resumeRest(run: RunStatement): Promise<void>
  /** The last work, which records the step: what the journal says of it goes in the same transaction. */
  last(work: () => Promise<void>): Promise<void>
  /** Whether the journal holds something of the step. */
  readonly isJournaled: boolean
  /** Whether something was committed, be it a hook's work, or a statement that was tried as often as it may be. */
  readonly committed: boolean
  rollback(): Promise<void>
}

export interface PartsOptions {
  readonly dialect: Dialect
  readonly session: Session
  readonly names: BookkeepingNames
  readonly step: JournalStep
  /** All of the step, also what an earlier run has done. */
  readonly recorded: readonly RecordedOperation[]
  readonly resumed?: ResumeState
  readonly begin: () => Promise<TransactionScope>
  /** Of the schema as it stands. Absent: there is no database to inspect (a script is printed). */
  readonly fingerprint?: () => Promise<string>
  /** What the notes say of when they were made; default: now. */
  readonly startedAt?: string
  readonly fence?: Fence
}

/** Statements of one part, run from number `first` on. */
interface PartRun {
  readonly position: number
  readonly statements: readonly Statement[]
  readonly first: number
  /** Where nothing else of the step stands: takes the note back of a part of which nothing was done. */
  readonly untouched?: (statement: Statement) => Promise<boolean>
}

/** A part whose first statement is about to run; `before`: the schema as it was, where only that tells whether it ran. */
interface StartedPart {
  readonly position: number
  readonly before: string | undefined
}

const isOpaque = (resolvedOperations: readonly RecordedInverse[]): boolean =>
  resolvedOperations.some(({ operation }) => operation.kind === 'sql' && (operation.effects ?? []).length === 0)

const countsAsStatement = (statement: Statement): boolean => statement.expectEmpty === undefined

/**
 * A step that commits more than once. Each part is noted in the journal: what is one transaction together with its work, what
 * commits by itself before (begun) and after (done). So the next run knows what is done.
 */
export function journaledParts(options: PartsOptions): JournaledParts {
  const { dialect, session, names, step, recorded, resumed, fence, fingerprint, startedAt } = options
  let scope: TransactionScope | undefined
  let currentSpan: { until: number; resolvedOperations: RecordedInverse[] } | undefined
  let isJournaled = resumed !== undefined
  let committed = isJournaled
  let next = resumed?.next ?? 0
  const voidParts = [...(resumed?.void ?? [])]
  let columns: Pick<JournalPart, 'columnsBefore'> = {}
  const hashes = prefixHashes(recorded)

  const send = async (statement: Statement): Promise<void> => {
    const { changes } = await session.execute(statement.sql, statement.params)
    if (changes === 1) return
    const table = names.journal
    const why = `what stood there of ${step.revision} is gone`
    throw (
      fence?.taken() ??
      new MigrateError('BOOKKEEPING_INVALID', { table, why }, `${table} was changed by another session: ${why}.`)
    )
  }
  const inScope = async <T>(work: () => Promise<T>): Promise<T> => {
    scope ??= await options.begin()
    return work()
  }
  const commit = async (): Promise<void> => {
    const ending = scope
    scope = undefined
    currentSpan = undefined
    await ending?.commit()
    committed = true
  }
  /** Writes a part down, in the place of what says what is not true any more. */
  const writePart = async (part: Omit<JournalPart, 'position' | 'hash'>): Promise<number> => {
    for (const position of voidParts.splice(0)) await send(deletePart(dialect, names, step, position, fence?.held))
    const position = next
    next += 1
    const entry = { ...part, ...columns, ...(startedAt === undefined ? {} : { startedAt }) }
    columns = {}
    await send(insertPart(dialect, names, step, { ...entry, position, hash: hashes[part.until] ?? '' }, fence?.held))
    return position
  }

  async function rollback(): Promise<void> {
    const ending = scope
    scope = undefined
    currentSpan = undefined
    await ending?.rollback()
  }

  async function close(): Promise<void> {
    if (scope === undefined) return
    // What belongs to no operation (values preserved before they are dropped) is part of no note, but is written under the lock like one.
    const hasOperations = currentSpan !== undefined && currentSpan.resolvedOperations.length > 0
    if (currentSpan !== undefined && hasOperations) {
      await writePart({ ...currentSpan, state: 'done', done: 0, statements: [] })
    } else if (fence !== undefined && !fence.stampFirst) await send(fence.stamp(step.revision))
    await commit()
    isJournaled ||= hasOperations
  }

  /** Forgets a part that the server refused before anything of it was done. Not where a look at the schema says otherwise. */
  async function dropUntouched(part: StartedPart, { leftover }: Statement): Promise<boolean> {
    if (part.before !== undefined && part.before !== (await fingerprint?.())) return false
    if (leftover !== undefined && (await session.query(leftover.find)).length > 0) await session.execute(leftover.clear)
    await send(deletePart(dialect, names, step, part.position, fence?.held))
    return true
  }

  /** Runs statements of one part from number `first` on, and counts them. */
  async function count(
    { position, statements, first, untouched }: PartRun,
    run: (statement: Statement, number: number) => Promise<void>,
  ): Promise<void> {
    const update = (state: JournalPart['state'], done: number): Promise<void> =>
      send(updatePart(dialect, names, step, position, { state, done }, fence?.held))
    const whole = statements.length
    let counted = first
    const refused = async (error: unknown, statement: Statement): Promise<void> => {
      // A procedure may have committed before it failed: its entry stays `begun`, as when the connection is lost and the result is unknown.
      if (
        (isNonTransactional(statement) && dialect.sql.classify(statement.sql) === 'unknown') ||
        !session.isOpen ||
        isMigrateError(error, 'CONNECTION_LOST') ||
        isMigrateError(error, 'REVISION_INTERRUPTED')
      )
        return
      // A run that is stopped notes nothing more; why it ends is the thing to tell.
      const recordRefusal = async (): Promise<void> => {
        // What cannot be cleared away stays noted.
        if (counted === first && (await untouched?.(statement).catch(() => false))) return
        await update('failed', counted)
      }
      await recordRefusal().catch((why: unknown) => {
        if (isMigrateError(why, 'LOCK_LOST')) throw why
      })
    }
    for (let at = first; at < whole; at += 1) {
      const statement = statements[at]
      if (statement === undefined) break
      const state = at === whole - 1 ? 'done' : 'begun'
      if (isNonTransactional(statement) || !countsAsStatement(statement)) {
        try {
          await run(statement, at)
        } catch (error) {
          await refused(error, statement)
          throw error
        }
        if (statement.preparatory || (!countsAsStatement(statement) && state !== 'done')) continue
        counted = at + 1
        await update(state, counted)
      } else {
        try {
          await inScope(() => run(statement, at))
        } catch (error) {
          await rollback()
          await refused(error, statement)
          throw error
        }
        counted = at + 1
        await update(state, counted)
        await commit()
      }
    }
  }

  return {
    get isJournaled() {
      return isJournaled
    },
    get committed() {
      return committed
    },
    setColumnsBefore(before) {
      columns = { columnsBefore: before }
    },
    close,
    runInTransaction: (span, work) =>
      inScope(async () => {
        currentSpan ??= { until: span.until, resolvedOperations: [] }
        const result = await work()
        currentSpan.until = span.until
        currentSpan.resolvedOperations.push(...span.resolvedOperations)
        return result
      }),
    async runNonTransactional(span, statements, run) {
      // A check that refuses leaves nothing that would have to be resumed: it comes before the note.
      const leading = Math.max(0, statements.findIndex(countsAsStatement))
      const check = async (): Promise<void> => {
        for (const statement of statements.slice(0, leading)) await run(statement)
      }
      await check()
      if (scope !== undefined) {
        await close()
        // MySQL's transaction reads a snapshot: rows that came since its begin are seen only now.
        await check()
      }
      // Where it might do more the second time, a schema that stands as before says nothing.
      const shows = statements.some(({ sql }) => dialect.sql.classifyRerun?.(sql) !== undefined)
      const before = isOpaque(span.resolvedOperations) ? await fingerprint?.() : undefined
      const fingerprintBefore = shows && before !== undefined ? { fingerprint: before } : {}
      const position = await writePart({ ...span, state: 'begun', done: 0, statements, ...fingerprintBefore })
      const isFirst = !isJournaled
      isJournaled = true
      committed = true
      const untouched = async (statement: Statement): Promise<boolean> => {
        isJournaled = !(await dropUntouched({ position, before }, statement))
        return !isJournaled
      }
      await count({ position, statements, first: leading, ...(isFirst ? { untouched } : {}) }, run)
    },
    async resumeRest(run) {
      const rest = resumed?.rest
      if (rest === undefined) return
      let unknown = rest.uncertain
      const { position, statements, done } = rest.part
      await count({ position, statements, first: done }, async (statement) => {
        try {
          await run(statement)
        } catch (error) {
          const fault = isMigrateError(error, 'STATEMENT_FAILED') ? error.details.fault : undefined
          // What is noted in the transaction of its work has not run.
          if (!unknown || !isNonTransactional(statement) || (fault !== 'exists' && fault !== 'missing')) throw error
          // It was about to run when the run before this one ended: that it is there (or gone) means that it did.
          const { part } = rest
          if (
            part.resolvedOperations.some(({ operation }) => operation.kind === 'sql') &&
            dialect.sql.classifyRerun?.(statement.sql) !== fault
          )
            throw undecidedError(step, part, isMigrateError(error) ? error.message : fault)
        }
        if (countsAsStatement(statement)) unknown = false
      })
    },
    last: (work) =>
      inScope(async () => {
        await work()
        if (isJournaled) {
          const statement = deleteParts(dialect, names, step)
          await session.execute(statement.sql, statement.params)
        }
        await commit()
      }),
    rollback,
  }
}
