/** What an examination of a database found. */
export interface Finding {
  /** `problem`: a run will fail, or rows are wrong already; `warning`: it may bite; `ok`: looked at, and as it should be. */
  readonly level: 'ok' | 'warning' | 'problem'
  /** What was looked at, in a word or two: `version`, `rights`. */
  readonly about: string
  /** One sentence. */
  readonly what: string
  /** What to do; absent where there is nothing to be done. */
  readonly next?: string
}

/** What an examination is told. */
export interface ExaminationOptions {
  /** Our own tables that are there, by name. */
  readonly ownTables: readonly string[]
}
