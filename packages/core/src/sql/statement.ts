import type { TableRef } from '../model/schema-model.ts'
import type { SqlValue } from '../model/sql-value.ts'

/**
 * A table copy: one INSERT … SELECT to plan, script, hash and count; the executor runs it in ranges of the key.
 * All texts are quoted already.
 */
export interface CopySpec {
  readonly from: string
  readonly into: string
  readonly targets: readonly string[]
  readonly sources: readonly string[]
  /** The columns (quoted), or `rowid`, whose order the copy follows and by which it is split. */
  readonly key: readonly string[]
}

/** What one try of a statement may leave though it failed. */
export interface Leftover {
  /** Gives a row where it is there, and no session is at work on it. */
  readonly find: string
  readonly clear: string
  readonly note: string
}

/** One statement for the server. */
export interface Statement {
  readonly sql: string
  /** Values of placeholders; a script prints them as literals. */
  readonly params?: readonly SqlValue[]
  readonly transaction: 'any' | 'none'
  /** Ends the transaction by itself (MySQL DDL). */
  readonly commits?: true
  /** What it makes can be used only when its transaction has been committed (PostgreSQL: a value added to an enum). */
  readonly commitAfter?: true
  /** Cleared away before the statement is tried again. */
  readonly leftover?: Leftover
  /**
   * All that stands of its operation before the last statement has run. Where one of them is refused, or the step is taken back, it is
   * cleared away, and nothing of the operation has been done (MySQL: a column in which converted values are computed).
   */
  readonly interim?: Leftover
  readonly copy?: CopySpec
  /** Must run with the enforcement of foreign keys off (SQLite rebuild). */
  readonly foreignKeys?: 'off'
  /**
   * Settings of the session that it runs under: sent before it, each time that it is sent, and put back after it, also where it fails
   * (MySQL: a trigger keeps the `sql_mode` of the session that made it). What is sent before it may also prepare the server, and changes
   * nothing that would have to be taken back.
   */
  readonly settings?: { readonly set: readonly string[]; readonly reset: readonly string[] }
  /** For people and reports: `copy 1,204 rows`, `build index users_email`. */
  readonly note?: string
  /** What a plan says of it beforehand: what it does to rows besides what its operation is for. */
  readonly caution?: string
  /** Tables that this statement is about; events name them. */
  readonly tables?: readonly TableRef[]
  /**
   * How many rows it inserts. Fewer are reported: a trigger or a rule left rows out, or put them elsewhere.
   */
  readonly inserts?: number
  /** How many rows it names to delete. Fewer are reported in a downgrade: those that the upgrade inserted have another key now. */
  readonly deletes?: number
  /** Must give no row; rows it gives are violations (`SELECT … LIMIT 5`), reported as `check`. */
  readonly expectEmpty?: string
  /** With `expectEmpty`: the column in which every row has how many there are in all. It is no part of what the row says. */
  readonly counted?: string
  /** With `expectEmpty`: the operation that needs it, where that is a later one than the one that it runs before. */
  readonly checkFor?: string
  /**
   * The rows that it may be refused for, read only after it has failed on a constraint or a value: its error names none, or one value. The first of
   * these queries that gives rows is reported as `expectEmpty` is.
   */
  readonly blockingRows?: readonly { readonly sql: string; readonly expectEmpty: string }[]
  /**
   * The rows with the value that its error names, read only after it has failed on that value, which is the one parameter of the query. They are
   * reported as `blockingRows` are. `value`: regular expressions whose first group is the value in the message of the server, the first that matches.
   */
  readonly rowsOfValue?: { readonly sql: string; readonly expectEmpty: string; readonly value: readonly string[] }
  /** What to do where it fails (or gives rows that it must not), if that is known better than in general. */
  readonly remedy?: string
}
