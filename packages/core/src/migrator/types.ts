import type { Plan } from '../compile/plan.ts'
import type { PreservedValues } from '../data-steps/preserved/preserved-types.ts'
import type { EnsureOptions, EnsureResult, Readiness } from '../options/ensure-options.ts'
import type { MigrationEvent } from '../options/events.ts'
import type {
  HistoryRow,
  LockReport,
  MigratorStatus,
  PlanOptions,
  RunOptions,
  RunResult,
  ScriptOptions,
  StampOptions,
} from '../options/migrator-options.ts'

/** The lock that a run holds. */
interface RunLock {
  report(): Promise<LockReport>
  /**
   * Takes the lock away from its owner: what that run still wants to write down is refused (LOCK_LOST). For a lease whose
   * holder is known to be dead; a lock of a session ends with its session. Gives the report as it was before.
   */
  release(): Promise<LockReport>
}

/** Holds nothing open between calls: each opens and closes its own session. Every method throws MigrateError. */
export interface Migrator {
  /**
   * Where the database is. With `files: false` only what a health route needs: the headers of the files are read, no file is imported,
   * nothing compared.
   *
   * ```ts
   * const { state, pending } = await migrator.status({ files: false })
   * ```
   */
  status(options?: { readonly files?: true }): Promise<MigratorStatus>
  status(options: { readonly files: false }): Promise<Readiness>
  /**
   * SQL for the server's own client, which does what a run would do, records it as a run would, and stops where the database stands
   * elsewhere. Without a database, unless `from` is `current`. Throws NOT_PRINTABLE, naming the data steps in the range.
   *
   * ```ts
   * const sql = await migrator.script('head', { from: '4f2a91c07b3e' })
   * ```
   */
  script(target?: string | readonly string[], options?: ScriptOptions): Promise<string>
  /**
   * At a service's start. Throws NOT_AT_HEAD where the program may not be started, LOCKED, FOREIGN_HISTORY, and whatever `upgrade`
   * throws.
   *
   * ```ts
   * await migrator.ensure({ mode: 'apply', timeoutMs: 60_000 })
   * ```
   */
  ensure(options: EnsureOptions): Promise<EnsureResult>
  readonly lock: RunLock
  /**
   * Without a target: everything, where it leads to one head, also through dependencies (MULTIPLE_HEADS). JSON-safe and frozen; nothing
   * is run.
   */
  plan(target?: string, options?: PlanOptions): Promise<Plan>
  /**
   * Runs a plan, which may have been a file meanwhile, and nothing else. It runs while its events are read, and `await` alone runs nothing;
   * the result comes behind the last event. Throws PLAN_STALE if the database moved since, or a revision is another.
   *
   * ```ts
   * for await (const event of migrator.run(plan)) if (event.type === 'stepFailed') console.error(event.message)
   * ```
   */
  run(plan: Plan, options?: Omit<RunOptions, 'tier'>): AsyncGenerator<MigrationEvent, RunResult, undefined>
  /** Without a target as `plan`. */
  upgrade(target?: string, options?: RunOptions): Promise<RunResult>
  /**
   * With the target `last-run` what the last run applied is taken back, and nothing else; a call that was stopped is finished by the next one.
   * Throws LAST_RUN_UNKNOWN where the newest row of the history is not that of an upgrade, and where something else stands on it.
   */
  downgrade(target: string, options?: RunOptions): Promise<RunResult>
  /**
   * Finishes interrupted revisions, in the direction in which they were started, and nothing else. `upgrade` and `downgrade`
   * do so, too, first; with `assume` you decide what cannot be observed. With `revert` what is done of them is taken back
   * instead, by the inverses in the journal, and the database is where it was before they began. Throws REVISION_INTERRUPTED, IRREVERSIBLE.
   */
  resume(options?: Omit<RunOptions, 'tier'> & { readonly revert?: boolean }): Promise<RunResult>
  /**
   * Records revisions as applied without running anything. `from:to` records `to`, where the database stands at `from` and nowhere
   * else (PLAN_STALE). With `purge` every row goes first, also one that cannot be read.
   */
  stamp(target: string | readonly string[], options?: StampOptions): Promise<RunResult>
  history(): Promise<readonly HistoryRow[]>
  /** The values that downgrades and data steps preserved. */
  readonly preserved: PreservedValues
}
