import type { InputRow, OperationRecorder } from '../operations/recorder-types.ts'

/** What the static scan of a file's header gives: enough for the graph, without running the file. */
export interface RevisionHeader {
  readonly revision: string
  /** Parents; empty for a base. */
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  /** Older revisions whose programs may still serve on this one (rolling updates). */
  readonly compatibleWith: readonly string[]
  /** Of a squashed revision: those that it replaces, the head of the range last. */
  readonly replaces?: readonly string[]
  /** The first words of the docblock, or the slug of the file name. */
  readonly message: string
  /** The file for people, or `<value>` for revisions passed as values. */
  readonly source: string
  /** sha256 of the normalised file text; absent for revisions passed as values. */
  readonly textHash?: string
}

/** A text of SQL as its author wrote it, with line feeds alone and no byte order mark. */
export interface SqlFile {
  /** The file for people and errors. */
  readonly file: string
  readonly text: string
}

/** What a statement amounts to in operations; `'none'`: it leaves the schema as it is. */
export type SqlEffect = ((op: OperationRecorder) => void) | 'none'

/** Of a file with one statement its effect, else a list with one for each statement. */
export type SqlEffects = SqlEffect | readonly SqlEffect[]

/** A revision that is written in SQL. */
export interface SqlFiles {
  readonly up: SqlFile
  /** Absent: there is no downgrade until there is such a file. */
  readonly down?: SqlFile
  /** The path of the SQL of the downgrade, whether it exists or not. */
  readonly downFile: string
  /** What the statements of `up` do to the schema; absent: unknown, and the tables are inspected again after them. */
  readonly effects?: SqlEffects
}

/** Rows by the name of their table; of another schema `schema.table`. All rows of a table have the same columns. */
export interface TableRows {
  readonly [table: string]: readonly InputRow[]
}

/**
 * Rows for a test of revisions. A run never reads them.
 *
 * ```ts
 * export const testRows: TestRows = { before: { users: [{ id: 1, name: 'Ada Lovelace' }] } }
 * ```
 */
export interface TestRows {
  /** Inserted before the revision is upgraded, in the order of their tables here. */
  readonly before?: TableRows
  /** Inserted after it is upgraded. */
  readonly after?: TableRows
}

/** What only the import of the file gives. */
export interface RevisionModule {
  readonly upgrade: (op: OperationRecorder) => void
  readonly downgrade?: (op: OperationRecorder) => void
  /**
   * Recorded in place of the functions, statement by statement: how a text falls into statements is the dialect's to say, and
   * what the functions record is each text as one.
   */
  readonly sql?: SqlFiles
  readonly testRows?: TestRows
}

/** A revision as a value, for bundled services: `revisions([r1, r2])`. A module namespace of a revision file fits. */
export interface Revision extends RevisionModule {
  readonly revision: string
  readonly downRevision: string | readonly string[] | null
  /** One string stands for a list of one. */
  readonly branchLabels?: string | readonly string[] | null
  readonly dependsOn?: string | readonly string[] | null
  readonly compatibleWith?: string | readonly string[] | null
  readonly replaces?: string | readonly string[] | null
  readonly message?: string
}
