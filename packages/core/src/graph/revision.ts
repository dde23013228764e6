import type { OperationRecorder } from '../operations/recorder-types.ts'

/** What the static scan of a file's header gives: enough for the graph, without running the file. */
export interface RevisionHeader {
  readonly revision: string
  /** Parents; empty for a base. */
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  /** Older revisions whose programs may still serve on this one (rolling updates). */
  readonly compatibleWith: readonly string[]
  /** The first words of the docblock, or the slug of the file name. */
  readonly message: string
  /** The file for people, or `<value>` for revisions passed as values. */
  readonly source: string
  /** sha256 of the normalised file text; absent for revisions passed as values. */
  readonly textHash?: string
}

/** What only the import of the file gives. */
export interface RevisionModule {
  readonly upgrade: (op: OperationRecorder) => void
  readonly downgrade?: (op: OperationRecorder) => void
}

/** A revision as a value, for bundled services: `revisions([r1, r2])`. A module namespace of a revision file fits. */
export interface Revision extends RevisionModule {
  readonly revision: string
  readonly downRevision: string | readonly string[] | null
  readonly branchLabels?: readonly string[]
  readonly dependsOn?: readonly string[]
  readonly compatibleWith?: readonly string[]
  readonly message?: string
}
