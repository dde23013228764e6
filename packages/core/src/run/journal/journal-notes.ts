import {
  deletePart,
  insertPart,
  type JournalPart,
  type JournalStep,
  updatePart,
} from '../../bookkeeping/journal-entries.ts'
import type { BookkeepingNames } from '../../bookkeeping/tables.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session, TransactionScope } from '../../dialect/session.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { Fence } from '../../lock/fence.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import { prefixHashes, type ResumeState } from '../../planning/journal/resume.ts'
import { type Closing, closingOf, commitWith } from '../../planning/recording/record-step.ts'
import type { Statement } from '../../sql/statement.ts'

export interface NotesOptions {
  readonly dialect: Dialect
  readonly session: Session
  readonly names: BookkeepingNames
  readonly step: JournalStep
  /** All of the step, also what an earlier run has done. */
  readonly recorded: readonly RecordedOperation[]
  readonly resumed?: ResumeState
  /** What the notes say of when they were made; default: now. */
  readonly startedAt?: string
  readonly fence?: Fence
}

/** Writes what the journal has of one step. Each note is one row, or is not written. */
export class JournalNotes {
  readonly #options: NotesOptions
  readonly #corrections: ResumeState['corrections'][number][]
  readonly #hashes: ReturnType<typeof prefixHashes>
  /** The number of the next part. */
  next: number
  /** For the first entry of this run. */
  columns: Pick<JournalPart, 'columnsBefore'> = {}

  constructor(options: NotesOptions) {
    const { recorded, resumed } = options
    this.#options = options
    this.#corrections = [...(resumed?.corrections ?? [])]
    this.#hashes = prefixHashes(recorded)
    this.next = resumed?.next ?? 0
  }

  /** What writes a part down, in the place of what says what is not true any more. */
  of(part: Omit<JournalPart, 'position' | 'hash'>): readonly Statement[] {
    const { dialect, names, step, fence, startedAt } = this.#options
    const corrected = this.#corrections
      .splice(0)
      .map(({ position, done }) =>
        done === 0
          ? deletePart(dialect, names, step, position, fence?.held)
          : updatePart(dialect, names, step, position, { state: 'finished', done }, fence?.held),
      )
    const position = this.next
    this.next += 1
    const entry = { ...part, ...this.columns, ...(startedAt === undefined ? {} : { startedAt }) }
    this.columns = {}
    const hash = this.#hashes[part.until] ?? ''
    return [...corrected, insertPart(dialect, names, step, { ...entry, position, hash }, fence?.held)]
  }

  async send({ sql, params }: Statement): Promise<void> {
    const { changes } = await this.#options.session.execute(sql, params)
    if (changes !== 1) throw this.#lost()
  }

  /** How far a part is. With `isLate` that is sent with what is sent next, where the session can. */
  async update(position: number, state: JournalPart['state'], done: number, isLate = false): Promise<void> {
    const { dialect, names, session, step, fence } = this.#options
    const note = updatePart(dialect, names, step, position, { state, done }, fence?.held)
    if (!isLate || session.later === undefined) return this.send(note)
    session.later({ ...note, unlessOneRow: () => this.#lost() })
  }

  /** What is sent together with the commit. Undefined: it was sent. */
  async closeWith(scope: TransactionScope | undefined, notes: readonly Statement[]): Promise<Closing | undefined> {
    const closing = closingOf(scope)
    if (closing === undefined) {
      for (const note of notes) await this.send(note)
      return undefined
    }
    closing.operation = `noting what is done of ${this.#options.step.revision}`
    closing.statements.push(...notes.map((note) => ({ ...note, unlessOneRow: () => this.#lost() })))
    return closing
  }

  /** Commits them alone: in one go with what was left to be sent, where the session can. */
  async commit(notes: readonly Statement[]): Promise<void> {
    const { dialect, session } = this.#options
    const scope = session.later === undefined ? undefined : await session.begin()
    try {
      await commitWith(dialect, scope, await this.closeWith(scope, notes))
    } catch (error) {
      await scope?.rollback()
      throw error
    }
  }

  #lost(): MigrateError {
    const { fence, names, step } = this.#options
    const table = names.journal
    const why = `what stood there of ${step.revision} is gone`
    return (
      fence?.taken() ??
      new MigrateError('BOOKKEEPING_INVALID', { table, why }, `${table} was changed by another session: ${why}.`)
    )
  }
}
