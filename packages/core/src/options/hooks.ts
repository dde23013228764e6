import type { Direction } from '../graph/selection/plan.ts'
import type { StepDatabase } from '../operations/step-database.ts'
import type { MigrationEvent } from './events.ts'

/** What a hook may do in the transaction of a revision: read and write rows. It is dead after the hook ended. */
export interface HookDatabase
  extends Omit<StepDatabase, 'preserve' | 'restore' | 'backfill' | 'report' | 'transaction'> {
  /** A savepoint: rolled back when the body throws. */
  transaction<T>(body: (db: HookDatabase) => Promise<T>): Promise<T>
}

/** A revision that is about to run, has run, or is recorded without being run. */
export interface HookedRevision {
  readonly tier: string
  readonly revision: string
  readonly direction: Direction | 'stamp'
  readonly message: string
  /** What the table of versions loses and gets with it. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

type RevisionHook = (revision: HookedRevision & { readonly db: HookDatabase }) => void | Promise<void>

/** A database that stands at the head of its last tier. */
interface ReachedHead {
  /** For people: the URL without its password, or the absolute path. */
  readonly database: string
  readonly revision: readonly string[]
  /** Whether this run has migrated; else another run had, or there was nothing to do. */
  readonly migrated: boolean
}

/**
 * Functions of yours that a run calls. One that throws, rejects or does not finish within `hookTimeoutMs` ends the run with
 * HOOK_FAILED; what was committed before stays.
 *
 * ```ts
 * const options: HookOptions = {
 *   afterRevision: async ({ db, revision }) => {
 *     await db.execute('INSERT INTO "audit" ("revision") VALUES (?)', [revision])
 *   },
 * }
 * ```
 */
export interface HookOptions {
  /** Hears everything that runs tell. One that fails stops the run at its next statement. */
  readonly onEvent?: (event: MigrationEvent) => void | Promise<void>
  /** Before the first operation of a revision, in its transaction. Not when a run resumes an interrupted revision. */
  readonly beforeRevision?: RevisionHook
  /** After the last operation of a revision, in the transaction that records it; for `stamp` too. */
  readonly afterRevision?: RevisionHook
  /** Once `upgrade` or `ensure` has found or brought the database at the head of the last tier. Nothing is locked any more. */
  readonly afterHead?: (head: ReachedHead) => void | Promise<void>
  /** How long one call of a hook may take, in ms; default 60,000. */
  readonly hookTimeoutMs?: number
}

/** The hooks of the options, with the time that each call may take. */
export interface Hooks extends Omit<HookOptions, 'hookTimeoutMs'> {
  readonly limitMs: number
}
