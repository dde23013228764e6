import type { Outcome, Row, SqlValue } from '../model/sql-value.ts'
import type { CopySpec, Statement } from '../sql/statement.ts'

/** How to wait for a database that another connection has locked. */
export interface Waiting {
  /** In ms; default: the dialect's own limit. */
  readonly waitMs?: number
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal
  /** Called now and then while waiting. */
  readonly onWait?: (waitedMs: number) => void
}

export interface TransactionOptions extends Waiting {
  /** Some statement of the transaction needs the enforcement of foreign keys off (SQLite rebuild). */
  readonly foreignKeys?: 'off'
}

/** How long a statement may take, in ms; 0: as long as it likes; absent: what the server or the connection says. */
export interface StatementLimits {
  /** Waiting for one lock. */
  readonly lockMs?: number
  readonly statementMs?: number
}

/** Who holds a lock, as far as this user may see. */
export interface LockHolder {
  /** For people: `connection 4711 of app@10.0.0.3`. */
  readonly who: string
  /** ISO 8601, UTC. */
  readonly since?: string
  /** What its session is doing: the statement it is in, or that it is idle. */
  readonly doing?: string
}

/** The lock of one run on the session that takes it: freed by the server when the session ends, however it ends. */
export interface RunLock {
  /**
   * `exclusive`: who holds it is alone, whatever happens. `advice`: it keeps runs out of each other's way, and what is due is
   * still asked again inside each transaction (the file beside a SQLite database: it may be missing, or not writable).
   */
  readonly proof: 'exclusive' | 'advice'
  /** Asks once and never waits (a waiting session blocks what the holder may be doing). Believed because the server answered. */
  take(): Promise<boolean>
  /** Whether it is still ours, asked where it is kept. */
  holds(): Promise<boolean>
  /** Whether it was still ours. */
  release(): Promise<boolean>
  /** A query that gives one row while the lock is ours. Absent: only `holds` tells. */
  readonly heldSql?: string
  holder(): Promise<LockHolder | undefined>
  /** Why what was taken is no lock: reported to people, and the run continues. */
  readonly warning?: string | undefined
}

/** A SELECT of texts and integers, which can be one of several in one statement. */
export interface ReadStatement extends Pick<Statement, 'sql' | 'params'> {
  readonly columns: readonly { readonly name: string; readonly isInteger: boolean }[]
  /** The integer column that its rows are ordered by, where that matters. */
  readonly orderBy?: string
}

/** One of the last statements of a transaction. */
export interface ClosingStatement extends Pick<Statement, 'sql' | 'params'> {
  /** It changes one row (a query gives one), or nothing is committed and this error is thrown, made of the number of rows. */
  readonly unlessOneRow?: (rows: number) => Error
}

/**
 * One open transaction and everything that has to surround it (session settings put and put back, checks that the
 * transaction must pass). Either `commit` or `rollback` ends it; both put the session's settings back, also when they throw.
 */
export interface TransactionScope {
  /** Runs the closing checks (foreign keys against the baseline, dependants compile), then commits. */
  commit(): Promise<void>
  /**
   * Sends the statements and commits, in one go. With `next` the following transaction is begun in the same go, and given; undefined
   * where it was not begun. Absent: statements are sent one by one.
   */
  commitWith?(statements: readonly ClosingStatement[], next?: TransactionOptions): Promise<TransactionScope | undefined>
  rollback(): Promise<void>
}

/**
 * One pinned connection. Values are the same on every dialect: every integer a bigint, real and double a number, decimals,
 * dates and times text, JSON its text, a boolean where the result column is a plain column of a boolean type, bytes a Buffer.
 *
 * `query` and `execute` take the dialect's own SQL with `?` placeholders translated by the dialect, one statement a call.
 */
export interface Session {
  readonly isOpen: boolean
  query(sql: string, params?: readonly SqlValue[]): Promise<readonly Row[]>
  execute(sql: string, params?: readonly SqlValue[]): Promise<Outcome>
  /**
   * Sends statements of the open transaction in one go, where the server takes them so; the first that fails is thrown. Absent:
   * they are sent one by one.
   */
  together?(statements: readonly Pick<Statement, 'sql' | 'params'>[]): Promise<readonly Outcome[]>
  /**
   * Leaves a note of ours to be sent with what is sent next: in one transaction with statements of `commitWith` that begin one, else by
   * itself before it. Its error is thrown there. Absent: a note is sent at once.
   */
  later?(note: ClosingStatement): void
  /** Several reads in one round trip. It fails where one of them would. Absent: they are sent one by one. */
  queryTogether?(reads: readonly ReadStatement[]): Promise<readonly (readonly Row[])[]>
  /** The same for any reads, each with the columns that it has. */
  queryAll?(reads: readonly Pick<ReadStatement, 'sql' | 'params'>[]): Promise<readonly (readonly Row[])[]>
  /**
   * The rows of each read as one text, all of one moment: texts are the same only where the rows are. It fails where a read would, and for
   * what it can't write as text. The statement is made once for a list. Absent: rows are read and compared.
   */
  textsOf?(reads: readonly Pick<ReadStatement, 'sql' | 'params'>[]): Promise<readonly string[]>
  /** Begins a writing transaction (BEGIN IMMEDIATE on SQLite), waiting for the database at most `busyTimeoutMs`. */
  begin(options?: TransactionOptions): Promise<TransactionScope>
  /**
   * Checks in a transaction that a query gives no row; `blocked` makes the error of those it gives, which may be none. Absent: a query
   * sees what the transaction has written.
   */
  guard?(statement: Pick<Statement, 'sql' | 'params'>, blocked: (rows: readonly Row[]) => Error): Promise<void>
  /**
   * Reads a query as it is before the transaction; the function given checks that it gives the same at that place of it, or throws that error.
   * Absent: a query sees what the transaction has written.
   */
  remember?(sql: string): Promise<(changed: () => Error) => void>
  /** Runs the body inside a savepoint of the open transaction. */
  savepoint<T>(body: () => Promise<T>): Promise<T>
  /**
   * On a connection of the application: which names temporary objects of it take from permanent ones, of those that exist and of `names`.
   * Statements would reach the temporary object. Absent: the connection is the migrator's own.
   */
  hiddenNames?(names: readonly string[]): Promise<readonly string[]>
  /**
   * A value that changes whenever anybody changes the schema, where the server has one that costs nothing (SQLite's
   * `PRAGMA schema_version`). Inside a transaction it tells whether the tables are still those that were looked at.
   */
  schemaToken?(): Promise<string>
  /**
   * The lock that keeps two runs on one database apart; `key` tells apart those of several histories in it. Absent: the write
   * transaction of each step is the lock.
   */
  runLock?(key: string): RunLock
  /** Checks now what the open transaction has put off to its end, and puts off again what follows. */
  checkDeferred?(): Promise<void>
  /** Sets the limits of the statements that follow on this session; without an argument the ones it came with. */
  limit?(limits?: StatementLimits): Promise<void>
  /**
   * Runs a table copy in ranges, yielding to timers and the signal between them; gives the number of rows. `total` is given where counting all
   * rows is little work beside the copy.
   */
  copy(
    copy: CopySpec,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (rows: number, total?: number) => void },
  ): Promise<number>
  /**
   * A query by which another session learns how far this one is with its statement: at most one row, of `what` (for people), `done` and `total`.
   * Both are NULL where it waits for `what`. Absent: the server does not tell.
   */
  readonly progressSql?: () => Promise<string>
  /**
   * Copies the database, as it stands, to a new file and proves that the copy is whole. Absent: see `DialectConnection.backup`.
   * Gives the line of a shell that restores the copy, an absolute path in it. Throws before anything was changed, and leaves no half file.
   */
  backup?(file: string, signal?: AbortSignal): Promise<string>
  close(): Promise<void>
}

export interface ShadowOptions extends Waiting {
  /** The named schemas that the work is going to create, so that they do not meet those that are there. */
  readonly schemas?: readonly string[]
  /**
   * The schema that is stood in otherwise keeps its name, and the place has another: for texts that name it and mean what is really
   * there (bodies of functions). Else the place has its name, where this user may rename it.
   */
  readonly keepName?: true
}
