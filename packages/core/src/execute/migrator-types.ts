import type { Plan, TierHeads } from '../compile/plan.ts'
import type { DeclaredSchema } from '../declare/declared-schema.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import type { RevisionGraph } from '../graph/revision-graph.ts'
import type { Tier } from '../load/tier.ts'
import type { Direction } from '../plan/plan.ts'
import type { Proof, Survey, SurveyOptions } from './adopt/types.ts'
import type { BookkeepingNames } from './bookkeeping/tables.ts'
import type { BranchPair } from './check/compare-branches.ts'
import type { CheckOptions, CheckReport, Examination } from './check-types.ts'
import type { CompareOptions, Comparison } from './compare/types.ts'
import type { EnsureOptions, EnsureResult, Readiness } from './ensure-types.ts'
import type { MigrationEvent, StepLoss, StepReport } from './events.ts'
import type { HookOptions } from './hook-types.ts'
import type { PreservedValues } from './preserved/preserved-types.ts'

export interface MigratorOptions extends HookOptions {
  readonly dialect: Dialect
  /** In the order to run; the graph last. */
  readonly tiers: readonly Tier[]
  /** Names of the bookkeeping tables; defaults `migrate_version`, `migrate_history`, `migrate_preserved`, `migrate_journal`, `migrate_lock`. */
  readonly tables?: Partial<BookkeepingNames>
  /**
   * Limits per table and step of what is preserved; defaults 100,000 rows and 256 MiB (in bytes). With `upgrades`, upgrades preserve
   * what they drop and convert as if each operation said `preserve: true`; default false, for a column is also dropped because its
   * data has to go.
   */
  readonly preserve?: { readonly maxRows?: number; readonly maxBytes?: number; readonly upgrades?: boolean }
  /** Default: `run` (all or nothing) on an empty database, else `revision`. */
  readonly transaction?: 'revision' | 'run'
  /** `several`: the graph may have several heads, each with a branch label of its own; `check` finds no fault with them. Default `one`. */
  readonly heads?: 'one' | 'several'
  /** Tables of other tools that are known to share the database. */
  readonly ignoreForeignHistory?: readonly string[]
  /** How long to wait for a database that another session writes to, in ms; default 60,000. */
  readonly waitMs?: number
  /** How long to wait for another run to end, in ms, `Infinity` for as long as it takes; default: `waitMs`. */
  readonly lockWaitMs?: number
  /**
   * Where the lock is a row with a lease (behind poolers, on clusters): how long it is valid without being renewed, in ms; default
   * 30,000. The run after a killed one waits as long.
   */
  readonly leaseMs?: number
  /** How long a statement may wait for one lock of a table, in ms; default: what the server says. SQLite: see `waitMs`. */
  readonly lockTimeoutMs?: number
  /** How long one statement may run, in ms; default: what the server says. */
  readonly statementTimeoutMs?: number
  /** How many times what ended with a lock timeout, and changed nothing, is tried again; default 5. */
  readonly lockRetries?: number
  /** How long a data step may do nothing at all before it counts as hung, in ms; default 600,000. */
  readonly stepIdleMs?: number
  /** What data steps and hooks see as `db.arguments`; on the command line it is `-x key=value`. */
  readonly arguments?: Readonly<Record<string, string>>
  /** What the history says of who ran it; defaults: the host name, the user of the system. */
  readonly recordedBy?: { readonly host?: string; readonly user?: string }
}

export interface PlanOptions {
  /** Default: the last tier. */
  readonly tier?: string
  /** Default: `down` where the target is applied and below the heads, else `up`. */
  readonly direction?: Direction
  readonly allowDataLoss?: boolean
  readonly acceptDrift?: boolean
  /** An edited applied file is an error (EDITED_REVISION), not a warning. */
  readonly strict?: boolean
}

export interface RunOptions extends PlanOptions {
  readonly signal?: AbortSignal
  readonly onEvent?: (event: MigrationEvent) => void
  /** What a person found out of the statement that REVISION_INTERRUPTED names: whether that part has run. */
  readonly assume?: { readonly part: number; readonly applied: boolean }
  /** An absolute path: a copy of the database is made there, and verified, before the first change. SQLite only. */
  readonly backup?: string
  /** How long to wait for another run, in ms; default: that of the migrator. */
  readonly lockWaitMs?: number
}

/** What a script is to do, and on which database. */
export interface ScriptOptions {
  /** Default: `upgrade`; with `from: 'current'` the way that the target lies. */
  readonly command?: 'upgrade' | 'downgrade' | 'stamp'
  /**
   * Where the database is assumed to stand, in the words of a target; no database is opened then. `base` (default): nothing is
   * applied, of earlier tiers neither; anything else: earlier tiers have gone their whole way. `current`: the database is asked, and
   * the script is written for its tables and its server.
   */
  readonly from?: string
  /** Default: the last tier. */
  readonly tier?: string
  /** Leave data steps out instead of refusing; the script says so in their place. */
  readonly skipData?: boolean
  /** A downgrade takes what its tables hold; without it the script stops where there is something to lose. */
  readonly allowDataLoss?: boolean
}

/** Who migrates the database, as far as this user may see. */
export interface LockReport {
  readonly database: string
  readonly held: boolean
  /** `session`: freed by the server at the end of its session; `lease`: a row that is renewed; `file`: beside the database. */
  readonly kind: 'session' | 'lease' | 'file' | 'none'
  /** For people: who, since when, at which revision, what its session is doing. */
  readonly holder?: string
  /** How often it was taken, or taken away. */
  readonly epoch?: number
  /** A run that ended without giving it back: the next one takes it over. */
  readonly abandonedBy?: string
}

export interface RunResult {
  /** `tier:revision` of the steps that ran here, in order. */
  readonly applied: readonly string[]
  readonly heads: readonly TierHeads[]
  readonly reports: readonly StepReport[]
  /** What was dropped, converted or deleted, in either direction, with the numbers of values or rows. */
  readonly losses: readonly StepLoss[]
  readonly warnings: readonly string[]
  /** Values preserved by this run. */
  readonly preserved: number
  readonly ms: number
}

export interface TierState {
  readonly tier: string
  readonly kind: 'graph' | 'sequential'
  readonly heads: readonly string[]
  readonly pending: readonly string[]
  /** Recorded as where the database stands, and no file has them (sequential: kept and reported; graph: an error). */
  readonly unknown: readonly string[]
  /** Everything applied that no file has: `unknown`, and what lies below and the history remembers. */
  readonly missing: readonly string[]
}

/** One tier: its graph, and where the database stands in it. */
export interface TierPosition {
  readonly tier: string
  readonly database: string
  /** Of the files; an applied revision whose file is gone is in it as the history knew it, with the source `<history>`. */
  readonly graph: RevisionGraph<RevisionHeader>
  /** As recorded; one without a header is not in the graph. Sequential: the last name. */
  readonly heads: readonly string[]
  /** The heads and everything below them. */
  readonly applied: ReadonlySet<string>
  /** Applied, and no file has them. */
  readonly missing: readonly string[]
}

export interface EditedRevision {
  readonly tier: string
  readonly revision: string
  readonly what: 'same operations' | 'operations differ' | 'cannot be compared'
}

export interface InterruptedRevision {
  readonly tier: string
  readonly revision: string
  readonly direction: Direction
  readonly startedAt: string
}

export interface MigratorState {
  /** `ahead`: the database has revisions that the files do not know. */
  readonly state: Readiness['state']
  /** The table of another tool's history, and the revisions that it is stamped with. */
  readonly foreign?: { readonly table: string; readonly stamp: readonly string[] }
  readonly database: string
  readonly revision: readonly string[]
  readonly pending: number
  readonly tiers: readonly TierState[]
  readonly edited: readonly EditedRevision[]
  /** What a run would warn of: that the history has no row of what is applied. */
  readonly warnings: readonly string[]
  /** Steps that could not be one transaction and were interrupted: the next run resumes them. */
  readonly interrupted: readonly InterruptedRevision[]
  readonly lock: Omit<LockReport, 'database'>
  /** Values in the table of preserved values. */
  readonly preserved: number
  /** How many of them no run restores, because newer data has come since. */
  readonly superseded: number
}

export interface HistoryRow {
  readonly tier: string
  readonly revision: string
  readonly direction: Direction | 'stamp' | 'edit' | 'revert'
  readonly finishedAt: string
  readonly durationMs: number
  readonly host: string
  readonly user: string
}

/** Holds nothing open between calls: each opens and closes its own session. Every method throws MigrateError. */
export interface Migrator {
  state(): Promise<MigratorState>
  /**
   * SQL for the server's own client, which does what a run would do, records it as a run would, and stops where the database stands
   * elsewhere. Without a database, unless `from` is `current`. Throws NOT_PRINTABLE, naming the data steps in the range.
   *
   * ```ts
   * const sql = await migrator.script('head', { from: '4f2a91c07b3e' })
   * ```
   */
  script(target?: string | readonly string[], options?: ScriptOptions): Promise<string>
  /** A small part of `state`, for a health route: no file is imported, nothing compared. */
  readiness(): Promise<Readiness>
  /**
   * At a service's start. Throws NOT_AT_HEAD where the program may not be started, LOCKED, FOREIGN_HISTORY, and whatever `upgrade`
   * throws.
   *
   * ```ts
   * await migrator.ensure({ mode: 'apply', timeoutMs: 60_000 })
   * ```
   */
  ensure(options: EnsureOptions): Promise<EnsureResult>
  lock(): Promise<LockReport>
  /**
   * Takes the lock away from its owner: what that run still wants to write down is refused (LOCK_LOST). For a lease whose
   * holder is known to be dead; a lock of a session ends with its session. Gives the report as it was before.
   */
  releaseLock(): Promise<LockReport>
  /**
   * Without a target: everything, where it leads to one head, also through dependencies (MULTIPLE_HEADS). JSON-safe and frozen; nothing
   * is run.
   */
  plan(target?: string, options?: PlanOptions): Promise<Plan>
  /** Throws PLAN_STALE if the database moved since. */
  run(plan: Plan, options?: RunOptions): AsyncIterable<MigrationEvent>
  /** Without a target as `plan`. */
  upgrade(target?: string, options?: RunOptions): Promise<RunResult>
  downgrade(target: string, options?: RunOptions): Promise<RunResult>
  /**
   * Finishes interrupted revisions, in the direction in which they were started, and nothing else. `upgrade` and `downgrade`
   * do so, too, first; with `assume` you decide what cannot be observed. With `revert` what is done of them is taken back
   * instead, by the inverses in the journal, and the database is where it was before they began. Throws REVISION_INTERRUPTED, IRREVERSIBLE.
   */
  resume(options?: RunOptions & { readonly revert?: boolean }): Promise<RunResult>
  /**
   * Records revisions as applied without running anything. `from:to` records `to`, where the database stands at `from` and nowhere
   * else (PLAN_STALE). With `purge` every row goes first, also one that cannot be read.
   */
  stamp(
    target: string | readonly string[],
    options?: RunOptions & { readonly purge?: boolean; readonly acceptEdit?: boolean },
  ): Promise<RunResult>
  /**
   * Compares the files with themselves and with the database: pending, edited, without a file, interrupted, and what is not known.
   * Every file is imported; nothing is written, made or locked.
   */
  check(options?: CheckOptions): Promise<CheckReport>
  /**
   * What leads from the database, or from what the revisions make, to a declared schema, in the order to run. Nothing is written that
   * stays: where the server has to be asked what it makes of a declaration, that happens in a shadow schema or database. Throws NOT_AT_HEAD where revisions
   * are pending, INVALID_OPTION, and what the server says of a declaration that it does not take.
   *
   * ```ts
   * const { changes, open } = await migrator.compare(readDeclared({ accounts }))
   * if (open.length === 0) for (const { describe, statements } of changes) console.log(describe, statements)
   * ```
   */
  compare(declared: DeclaredSchema, options?: CompareOptions): Promise<Comparison>
  /**
   * What is in a database that another tool, or none, has migrated: that tool's records, and the operations that make everything
   * that is there. Nothing is written.
   */
  survey(options?: SurveyOptions): Promise<Survey>
  /**
   * Runs a revision and all before it in a shadow schema or database of the same server, and compares what they make with what is there:
   * whether the revision can be stamped. Nothing is written that stays.
   */
  prove(revision: string, options?: SurveyOptions): Promise<Proof>
  /** Whether the branches of a tier touch the same things since they parted, from the files alone; default: all its heads. */
  checkBranches(heads?: readonly string[], options?: { readonly tier?: string }): Promise<readonly BranchPair[]>
  /** What could go wrong on this database: rights, versions, indexes, what is left over. Nothing is written, made or locked. */
  examine(): Promise<Examination>
  /** Makes the bookkeeping tables that every run needs, and nothing else; gives the names of those that were missing. */
  ensureVersion(): Promise<readonly string[]>
  /** The graph of one tier, from the headers alone: no database is asked. */
  graph(tier?: string): Promise<RevisionGraph<RevisionHeader>>
  /**
   * The graph of one tier with where the database stands in it. Nothing is written, no file imported; a revision that is applied
   * and whose file is gone is no error here.
   */
  position(tier?: string): Promise<TierPosition>
  history(): Promise<readonly HistoryRow[]>
  /** The values that downgrades and data steps preserved. */
  readonly preserved: PreservedValues
}
