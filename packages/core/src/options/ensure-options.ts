import type { MigrationEvent } from './events.ts'

/** What a health route tells: whether the program may serve on this database. */
export interface Readiness {
  /** `interrupted`: a revision is interrupted; the next run finishes it. */
  readonly state: 'atHead' | 'behind' | 'ahead' | 'interrupted' | 'empty' | 'foreign'
  /** The heads of the last tier. */
  readonly revision: readonly string[]
  readonly pending: number
}

export interface EnsureOptions {
  /**
   * `apply`: migrate under the lock; who waited finds nothing to do. `verify`: read, write nothing, take no lock. `wait`: until
   * another program has brought the database to the head.
   */
  readonly mode: 'apply' | 'verify' | 'wait'
  /** For the lock (`apply`) or for the head (`wait`), in ms; default 60,000. A migration that runs is not cut off by it. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  readonly onEvent?: (event: MigrationEvent) => void
  readonly verify?: {
    /**
     * `names` (default): one query of the catalog compares the names of tables and columns with those that the history recorded; what
     * is missing is a warning. `true`: compare the schema with what the revisions make; missing tables and columns are refused
     * (NOT_AT_HEAD), other differences are a warning. `false`: compare nothing.
     */
    readonly schema?: boolean | 'names'
    /** Refuse a database with an applied file that was edited since, instead of a warning. Default false. */
    readonly strict?: boolean
  }
  /**
   * The database has revisions that this program does not know (a newer one was here). `compatible` (default): continue if all of
   * them name in their `compatibleWith` a revision that this program has; `serve`: continue; `refuse`: never. Nothing is migrated
   * in any case.
   */
  readonly ahead?: 'compatible' | 'serve' | 'refuse'
}

export interface EnsureResult {
  readonly state: 'atHead' | 'ahead'
  readonly revision: readonly string[]
  /** `tier:revision` of the steps that ran here. */
  readonly applied: readonly string[]
  readonly warnings: readonly string[]
  readonly ms: number
}
