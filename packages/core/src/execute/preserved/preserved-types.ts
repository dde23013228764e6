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
  /** Of rows, columns or tables that are not there; they stay preserved. */
  readonly missing: number
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
