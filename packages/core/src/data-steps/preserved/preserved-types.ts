import type { DialectPreserving } from '../../dialect/preserving.ts'
import type { Session } from '../../dialect/session.ts'
import type { SqlValue } from '../../model/sql-value.ts'
import type { SqlFragment } from '../../sql/tag.ts'
import type { Cells, ExactValue } from './encode.ts'
import type { PreservedValue } from './preserved-value.ts'

export interface PreservedValues {
  list(): Promise<readonly PreservedSummary[]>
  /** Deletes what one revision preserved, and gives the number of values. */
  purge(revision: string): Promise<number>
  /**
   * Writes what no run restored of a revision over the present values, of each cell the newest. What waits for an upgrade stays as it is.
   */
  restore(revision: string, selection?: RestoreSelection): Promise<PreservedRestored>
}

export interface RestoreSelection {
  readonly table?: string
  readonly column?: string
}

/** Numbers of values. */
export interface PreservedRestored {
  readonly restored: number
  /** How many of them took the place of another value than NULL, or of a row with another one. Absent: none. */
  readonly replaced?: number
  /** Of rows, columns or tables that are not there; they stay preserved. */
  readonly missing: number
  /** The tables and columns that are not there, each once and by its name. Absent: none. */
  readonly absent?: readonly string[]
  /** A constraint refused them; they stay preserved. */
  readonly refused: number
  /** Older than another one of the same cell; they stay preserved. Absent: none. */
  readonly older?: number
}

export interface PreservedSummary {
  readonly tier: string
  readonly revision: string
  readonly table: string
  readonly column: string
  readonly values: number
  /** How many of them no run restores: newer data has come since. `restore` writes them. */
  readonly superseded: number
  readonly preservedAt: string
}

/** What a revision preserved. Without a tier: what every tier preserved that has a revision of this id. */
export interface PreservedScope {
  readonly tier?: string
  readonly revision: string
}

export interface PreservedOwner extends PreservedScope {
  readonly tier: string
}

export interface NewPreservedValue {
  readonly step: string
  readonly table: string
  /** What tells it from a cell that has borne the same names in the revision; absent: the names are those from before it. */
  readonly origin?: string
  readonly key: Cells
  readonly column: string
  readonly value: ExactValue
  readonly row?: Cells
  readonly writtenHash: string
}

export interface PreservedSelect {
  readonly table?: string
  readonly column?: string
  readonly step?: string
  readonly otherThan?: string
  /** From the first to the last of these ids. */
  readonly ids?: IdRange
  /** Without a base. */
  readonly undecided?: true
}

export type IdRange = readonly [first: bigint, last: bigint]

/** Preserved values as statements of the server name them. */
export interface PreservedRows {
  readonly table: SqlFragment
  readonly where: SqlFragment
  column(name: string): SqlFragment
}

/** New preserved values of one table and column, which the server computes of `from`. */
export interface SelectedValues {
  readonly step: string
  readonly table: string
  readonly column: string
  readonly writtenHash: string
  /** `key` and `value` are texts in the form of core; `order` is what their ids follow. */
  readonly key: SqlFragment
  readonly encoding: SqlFragment
  readonly value: SqlFragment
  readonly order: SqlFragment
  /** What decides over a value, where that is known already. */
  readonly base?: SqlFragment
  readonly from: SqlFragment
  readonly params: readonly SqlValue[]
}

/** The table of preserved values, within one run. Made when the first value is preserved. */
export interface PreservedStore {
  /** Whether the table is there. */
  readonly exists: boolean
  readonly count: number
  /** The same store, its statements sent through another session. */
  through(other: Session): PreservedStore
  /** Another run may have made the table, or a rollback unmade it. */
  setExists(exists: boolean): void
  /**
   * A second value for a cell leaves the first one, and notes what stands there now; what core preserves during a downgrade is set aside
   * then, unless it is the same. Gives whether the value waits for a run.
   */
  put(owner: PreservedOwner, entry: NewPreservedValue): Promise<boolean>
  /** The same for each of them, as one statement where their cells are new. */
  putAll(owner: PreservedOwner, entries: readonly NewPreservedValue[]): Promise<readonly boolean[]>
  /** Makes the table where it is not there yet. */
  create(): Promise<void>
  /** Counts what `putSelected` has preserved, once it is not taken back. */
  countIn(values: number): void
  /** Preserves what the server selects, and gives the number of values. Of none of these cells a value may be preserved already. */
  putSelected(owner: PreservedOwner, values: SelectedValues, by: DialectPreserving): Promise<number>
  /** The values for statements of the server. */
  rows(owner: PreservedScope, select: PreservedSelect): PreservedRows
  /** Ranges of ids, of as many values each as one statement of the server takes. */
  ranges(owner: PreservedScope, select: PreservedSelect): AsyncGenerator<IdRange>
  /** Before a step preserves: sets aside what an older run preserved, and forgets what a run preserved that did not come to its end. */
  clear(owner: PreservedOwner, select: PreservedSelect): Promise<void>
  /** The tables of which a step of this revision preserved something. */
  tables(owner: PreservedScope, step: string): Promise<readonly string[]>
  /** The values by their ids, the newest first when descending: at most 500 and 4 MiB at once, or one that is larger. */
  pages(
    owner: PreservedScope,
    select: PreservedSelect,
    options?: { readonly descending?: boolean },
  ): AsyncGenerator<readonly PreservedValue[]>
  /** The same one by one. */
  each(
    owner: PreservedScope,
    select: PreservedSelect,
    options?: { readonly descending?: boolean },
  ): AsyncGenerator<PreservedValue>
  /** Whether there is one. No value is read. */
  hasValues(owner: PreservedScope, select: PreservedSelect): Promise<boolean>
  /** A preserved text as an expression, with what to bind: it is not sent. */
  stored(id: bigint): { readonly text: SqlFragment; readonly param: SqlValue }
  /** Whether a text column of the one row that `where` finds holds the text that was preserved. No value is read. */
  isHeld(
    id: bigint,
    cell: {
      readonly table: SqlFragment
      readonly column: SqlFragment
      readonly where: SqlFragment
      readonly params: readonly SqlValue[]
    },
  ): Promise<boolean>
  /** The tables and columns of the values, and how many there are, newest first. No value is read. */
  preservedColumns(
    owner: PreservedScope,
    select: PreservedSelect,
  ): Promise<readonly { readonly table: string; readonly column: string; readonly values: number }[]>
  /** Writes what decides over all values of a selection that have nothing yet. */
  setBase(owner: PreservedScope, select: PreservedSelect, base: string): Promise<void>
  /** Writes what decides over values, by their ids. */
  setBases(bases: ReadonlyMap<bigint, string>): Promise<void>
  /** Sets beside preserved values what a step has left of their rows. */
  setWritten(hashes: ReadonlyMap<bigint, string>): Promise<void>
  remove(id: bigint): Promise<void>
  removeAll(ids: readonly bigint[]): Promise<void>
  /** Stays preserved and listed, and is restored by no later downgrade: what stands in its cell by then is not its successor. */
  setAllAside(ids: readonly bigint[]): Promise<void>
}
