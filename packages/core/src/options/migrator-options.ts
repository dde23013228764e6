import type { BookkeepingNames } from '../bookkeeping/tables.ts'
import type { TierHeads } from '../compile/plan.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Tier } from '../files/tier.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import type { RevisionGraph } from '../graph/revision-graph.ts'
import type { Direction } from '../graph/selection/plan.ts'
import type { Readiness } from './ensure-options.ts'
import type { MigrationEvent, StepLoss, StepReport } from './events.ts'
import type { HookOptions } from './hooks.ts'

/**
 * Two lines for the shell. Both have the file as BACKUP_FILE, and how to connect as PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE, or as
 * MYSQL_HOST, MYSQL_TCP_PORT, MYSQL_UNIX_PORT, MYSQL_USER, MYSQL_PWD and MYSQL_DATABASE.
 */
export interface BackupCommand {
  /** Writes the backup into the file, which is there and empty. */
  readonly run: string
  /** Ends with an exit code other than 0 where the file is not a whole backup. */
  readonly verify: string
}

export interface MigratorOptions extends HookOptions {
  readonly dialect: UnloadedDialect
  /** In the order to run; the graph last. */
  readonly tiers: readonly Tier[]
  /** Names of the bookkeeping tables; defaults `migrate_version`, `migrate_history`, `migrate_preserved`, `migrate_journal`, `migrate_lock`. */
  readonly tables?: Partial<BookkeepingNames>
  /**
   * The most that is preserved of a table or column in a step, in bytes; default 1 GiB. Each row counts with its values and 250 bytes
   * for what stands beside them. With `upgrades`, upgrades preserve what they drop and convert as if each operation said
   * `preserve: true`; default false, for a column is also dropped because its data has to go.
   */
  readonly preserve?: { readonly maxBytes?: number; readonly upgrades?: boolean }
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
  /** Makes the copy of the option `backup`. Default: SQLite by itself, servers by the programs of their own clients. */
  readonly backupCommand?: BackupCommand
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
  /** An edited applied file is an error (EDITED_REVISION); a run without it warns. */
  readonly strict?: boolean
}

/** What everything that takes the run lock can be given. */
export interface WaitOptions {
  readonly signal?: AbortSignal
  readonly onEvent?: (event: MigrationEvent) => void
  /** How long to wait for another run, in ms; default: that of the migrator. */
  readonly lockWaitMs?: number
}

export interface StampOptions extends WaitOptions {
  /** Default: the last tier. */
  readonly tier?: string
  /** Every recorded row is deleted first, also one that cannot be read. */
  readonly purge?: boolean
  /** Records the present text and operations of applied files that were edited, instead of moving. */
  readonly acceptEdit?: boolean
}

export interface RunOptions extends Omit<PlanOptions, 'direction'>, WaitOptions {
  /** What a person found out of the statement that REVISION_INTERRUPTED names: whether that part has run. */
  readonly assume?: { readonly part: number; readonly applied: boolean }
  /** An absolute path: a copy of the database is made there, and verified, before the first change. */
  readonly backup?: string
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
  /**
   * Write it for this version of the server, `3.53` or `15`. Default: what any later version takes (SQLite), the newest version, or with
   * `current` that of the database. Throws INVALID_OPTION where the dialect writes one text for all versions, or does not support this one.
   */
  readonly serverVersion?: string
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
  /** The heads of its files, where they are several: `head` is none of them then. */
  readonly multipleHeads?: readonly string[]
  /** Its squashed revisions; absent: it has none. */
  readonly squashed?: readonly SquashState[]
}

/** A squashed revision, and where the database is with its range. */
export interface SquashState {
  readonly revision: string
  /** In the order to run, the head of the range last. */
  readonly replaces: readonly string[]
  /**
   * `pending`: none of the range is applied. `inside`: a part of it. `unrecorded`: all of it, and the next upgrade records the squashed
   * revision without running it. `applied`: it is recorded, or it was run.
   */
  readonly state: 'pending' | 'inside' | 'unrecorded' | 'applied'
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
  /** When the database was pushed; absent: it was not, or a revision was recorded since. */
  readonly pushedAt?: string
  /** When a load of a snapshot began, which was interrupted: the database has a part of the schema. */
  readonly interruptedLoadAt?: string
}

export interface EditedRevision {
  readonly tier: string
  readonly revision: string
  readonly what: /** Neither its operations nor any function of it: a comment, a message, another layout, its compiled form. */
    | 'only text'
    /** The operations are the same; its data steps or its own downgrade may be others. */
    | 'same operations'
    | 'operations differ'
    /** It cannot be loaded any more, or what it did was not recorded. */
    | 'cannot be compared'
}

interface InterruptedRevision {
  readonly tier: string
  readonly revision: string
  readonly direction: Direction
  readonly startedAt: string
  /** Without it only the program that has the revision resumes it. */
  readonly hasFile: boolean
}

export interface MigratorStatus {
  /** `ahead`: the database has revisions that the files do not know. */
  readonly state: Readiness['state']
  /** The table of another tool's history, and the revisions that it is stamped with. */
  readonly foreign?: { readonly table: string; readonly stamp: readonly string[] }
  readonly database: string
  /** The file of SQLite, or the folder of PGlite, does not exist. */
  readonly isMissing?: true
  readonly revision: readonly string[]
  readonly pending: number
  readonly tiers: readonly TierState[]
  readonly edited: readonly EditedRevision[]
  /** What a run would warn of: that the history has no row of what is applied. */
  readonly warnings: readonly string[]
  /** Steps that could not be one transaction and were interrupted: the next run resumes them. */
  readonly interrupted: readonly InterruptedRevision[]
  /** When `migrate push` brought the database to the declared schema; absent: it did not, or a revision was recorded since. */
  readonly pushedAt?: string
  /** When a load of a snapshot began, which was interrupted: the database has a part of the schema. */
  readonly interruptedLoadAt?: string
  readonly lock: Omit<LockReport, 'database'>
  /** Values in the table of preserved values. */
  readonly preserved: number
  /** How many of them no run restores, because newer data has come since. */
  readonly superseded: number
}

export interface HistoryRow {
  readonly tier: string
  readonly revision: string
  readonly direction: Direction | 'stamp' | 'edit' | 'revert' | 'push' | 'load'
  readonly finishedAt: string
  readonly durationMs: number
  readonly host: string
  readonly user: string
  /** SHA-256 of the text of the file as it was then; absent where the row records none. */
  readonly textHash?: string
}

export interface PreserveLimits {
  readonly maxBytes: number
}
