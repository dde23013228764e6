import type { RecordedInverse } from '../../bookkeeping/history.ts'
import { deletePart, deleteParts } from '../../bookkeeping/journal-entries.ts'
import { isNonTransactional } from '../../compile/parts.ts'
import type { CatalogNames } from '../../dialect/introspection.ts'
import type { TransactionScope } from '../../dialect/session.ts'
import { isMigrateError } from '../../errors/migrate-error.ts'
import { undecidedError } from '../../planning/journal/resume.ts'
import { type Closing, closingOf, commitWith } from '../../planning/recording/record-step.ts'
import type { Statement } from '../../sql/statement.ts'
import { clearLeft, interimOf } from './clear-left.ts'
import { JournalNotes, type NotesOptions } from './journal-notes.ts'
import type { OperationSpan, RunStatement, StepParts } from './step-parts.ts'
import { whileStopped } from './while-stopped.ts'

interface PartsOptions extends NotesOptions {
  readonly begin: () => Promise<TransactionScope>
  /** Of what the statements may change, as it is now. Absent: there is no database to inspect (a script is printed). */
  readonly fingerprint?: (statements: readonly Statement[]) => Promise<string>
}

/** Statements of one part, run from number `first` on. */
interface PartRun {
  readonly position: number
  readonly statements: readonly Statement[]
  readonly first: number
  /** Where nothing else of the step stands: takes the note back of a part of which nothing was done. */
  readonly untouched?: (statement: Statement) => Promise<boolean>
  /** The schema shows whether it ran: that it did may be noted with what is sent next. */
  readonly isShown?: boolean
}

/** A part whose first statement is about to run; `before`: what it may change, as it was, where only that tells whether it ran. */
interface StartedPart extends Pick<PartRun, 'position' | 'statements'> {
  readonly before: string | undefined
}

const isOpaque = (resolvedOperations: readonly RecordedInverse[]): boolean =>
  resolvedOperations.some(({ operation }) => operation.kind === 'sql' && (operation.effects ?? []).length === 0)

const countsAsStatement = (statement: Statement): boolean => statement.expectEmpty === undefined

/**
 * A step that commits more than once. Each part is noted in the journal: what is one transaction together with its work, what
 * commits by itself before (started) and after (finished). So the next run knows what is done.
 */
export class JournaledParts implements StepParts {
  readonly #options: PartsOptions
  readonly #notes: JournalNotes
  #scope: TransactionScope | undefined
  #span: { until: number; resolvedOperations: RecordedInverse[] } | undefined
  #isJournaled: boolean
  #committed: boolean

  constructor(options: PartsOptions) {
    const { resumed } = options
    this.#options = options
    this.#notes = new JournalNotes(options)
    this.#isJournaled = resumed !== undefined
    this.#committed = this.#isJournaled
  }

  /** Whether the journal holds something of the step. */
  get isJournaled(): boolean {
    return this.#isJournaled
  }

  /** Whether something was committed, be it a hook's work, or a statement that was tried as often as it may be. */
  get committed(): boolean {
    return this.#committed
  }

  /** What the first journal entry of this run holds for the run that ends the step. */
  setColumnsBefore(before: CatalogNames['columns']): void {
    this.#notes.columns = { columnsBefore: before }
  }

  runInTransaction<T>(span: OperationSpan, work: () => Promise<T>): Promise<T> {
    return this.#inScope(async () => {
      this.#span ??= { until: span.until, resolvedOperations: [] }
      const current = this.#span
      const result = await work()
      current.until = span.until
      current.resolvedOperations.push(...span.resolvedOperations)
      return result
    })
  }

  async runNonTransactional(span: OperationSpan, statements: readonly Statement[], run: RunStatement): Promise<void> {
    const { dialect, fingerprint } = this.#options
    // A check that refuses leaves nothing that would have to be resumed: it comes before the note.
    const leading = Math.max(0, statements.findIndex(countsAsStatement))
    const check = async (): Promise<void> => {
      for (const statement of statements.slice(0, leading)) await run(statement)
    }
    await check()
    if (this.#scope !== undefined) {
      await this.close()
      // MySQL's transaction reads a snapshot: rows that came since its begin are seen only now.
      await check()
    }
    // Where it might do more the second time, a schema that stands as before says nothing.
    const shows = statements.some(({ sql }) => dialect.sql.classifyRerun?.(sql) !== undefined)
    // Of what may have committed before it failed, no comparison is believed.
    const isCompared = shows || statements.some(({ sql }) => dialect.sql.classify(sql) !== 'unknown')
    const before = isCompared && isOpaque(span.resolvedOperations) ? await fingerprint?.(statements) : undefined
    const fingerprintBefore = shows && before !== undefined ? { fingerprint: before } : {}
    const position = this.#notes.next
    await this.#notes.commit(this.#notes.of({ ...span, state: 'started', done: 0, statements, ...fingerprintBefore }))
    const isFirst = !this.#isJournaled
    this.#isJournaled = true
    this.#committed = true
    const untouched = async (statement: Statement): Promise<boolean> => {
      this.#isJournaled = !(await this.#dropUntouched({ position, statements, before }, statement))
      return !this.#isJournaled
    }
    const isShown = span.resolvedOperations.every(({ operation }) => operation.kind !== 'sql')
    await this.#count({ position, statements, first: leading, isShown, ...(isFirst ? { untouched } : {}) }, run)
  }

  /** The rest of what an earlier run left in the middle. */
  async resumeRest(run: RunStatement): Promise<void> {
    const { dialect, resumed: { rest } = {}, step } = this.#options
    if (rest === undefined) return
    let unknown = rest.uncertain
    const { position, statements, done } = rest.part
    await this.#count({ position, statements, first: done }, async (statement) => {
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
  }

  async close(): Promise<void> {
    if (this.#scope === undefined) return
    const { fence, step } = this.#options
    const span = this.#span
    // What belongs to no operation (values preserved before they are dropped) is part of no note, but is written under the lock like one.
    const hasOperations = span !== undefined && span.resolvedOperations.length > 0
    const stamps = fence !== undefined && !fence.stampFirst ? [fence.stamp(step.revision)] : []
    const notes = hasOperations ? this.#notes.of({ ...span, state: 'finished', done: 0, statements: [] }) : stamps
    await this.#commit(await this.#notes.closeWith(this.#scope, notes))
    this.#isJournaled ||= hasOperations
  }

  /** The last work, which records the step: what the journal says of it goes in the same transaction. */
  last(work: (closing: Closing | undefined) => Promise<void>): Promise<void> {
    const { dialect, names, session, step } = this.#options
    return this.#inScope(async () => {
      const closing = closingOf(this.#scope)
      await work(closing)
      const forgotten = this.#isJournaled ? [deleteParts(dialect, names, step)] : []
      if (closing !== undefined) closing.statements.push(...forgotten)
      else for (const { sql, params } of forgotten) await session.execute(sql, params)
      await this.#commit(closing)
    })
  }

  async rollback(): Promise<void> {
    await this.#take()?.rollback()
  }

  #take(): TransactionScope | undefined {
    const scope = this.#scope
    this.#scope = undefined
    this.#span = undefined
    return scope
  }

  async #commit(closing?: Closing): Promise<void> {
    await commitWith(this.#options.dialect, this.#take(), closing)
    this.#committed = true
  }

  async #inScope<T>(work: () => Promise<T>): Promise<T> {
    this.#scope ??= await this.#options.begin()
    return work()
  }

  /** Forgets a part that the server refused before anything of it was done. Not where a look at the schema says otherwise. */
  async #dropUntouched({ before, position, statements }: StartedPart, { leftover }: Statement): Promise<boolean> {
    const { dialect, names, session, step, fence, fingerprint } = this.#options
    if (before !== undefined && before !== (await whileStopped(session, async () => fingerprint?.(statements))))
      return false
    if (leftover !== undefined) await clearLeft(session, leftover)
    await whileStopped(session, () => this.#notes.send(deletePart(dialect, names, step, position, fence?.held)))
    return true
  }

  /** Runs statements of one part from number `first` on, and counts them. */
  async #count(part: PartRun, run: (statement: Statement, number: number) => Promise<void>): Promise<void> {
    const { position, statements, first } = part
    // A check changes nothing: a part of which only checks have run counts as one of which nothing is done.
    let counted = statements.slice(0, first).some(countsAsStatement) ? first : 0
    for (const [at, statement] of statements.entries()) {
      if (at < first) continue
      const state = at === statements.length - 1 ? 'finished' : 'started'
      const isNonTransactionalPart = isNonTransactional(statement) || !countsAsStatement(statement)
      try {
        await (isNonTransactionalPart ? run(statement, at) : this.#inScope(() => run(statement, at)))
      } catch (error) {
        if (!isNonTransactionalPart) await this.rollback()
        await this.#noteRefusal(part, counted, error, statement)
        throw error
      }
      if (!countsAsStatement(statement) && state !== 'finished') continue
      counted = at + 1
      // Behind the last statement the next note, or the end of the step, is what follows.
      await this.#notes.update(
        position,
        state,
        counted,
        isNonTransactionalPart && part.isShown === true && state === 'finished',
      )
      if (!isNonTransactionalPart) await this.#commit()
    }
  }

  /** Whether nothing stands any more of the statements of a part that were done before one was refused. */
  async #clearInterim(statements: readonly Statement[]): Promise<boolean> {
    const { session } = this.#options
    const interim = interimOf(statements)
    return (
      interim !== undefined &&
      (await clearLeft(session, interim).then(
        () => true,
        () => false,
      ))
    )
  }

  async #noteRefusal(
    { position, statements, untouched }: PartRun,
    counted: number,
    error: unknown,
    statement: Statement,
  ): Promise<void> {
    const { dialect, session } = this.#options
    // A procedure may have committed before it failed: its entry stays `started`, as when the connection is lost and the result is unknown.
    if (
      (isNonTransactional(statement) && dialect.sql.classify(statement.sql) === 'unknown') ||
      !session.isOpen ||
      isMigrateError(error, 'CONNECTION_LOST') ||
      isMigrateError(error, 'REVISION_INTERRUPTED')
    )
      return
    try {
      // What cannot be cleared away stays noted.
      const left = counted > 0 && (await this.#clearInterim(statements)) ? 0 : counted
      if (left === 0 && (await untouched?.(statement).catch(() => false))) return
      await whileStopped(session, () => this.#notes.update(position, 'failed', left))
    } catch (why) {
      // A run that is stopped notes nothing more; why it ends is the thing to tell.
      if (isMigrateError(why, 'LOCK_LOST')) throw why
    }
  }
}
