import type { RevisionHeader, RevisionModule } from '../graph/revision.ts'

/** Where revisions come from. `headers` runs no user code; `module` imports one revision. */
export interface RevisionSource {
  /** For people: the folder, or `<values>`. */
  readonly description: string
  headers(): Promise<readonly RevisionHeader[]>
  /** Throws REVISION_IMPORT_FAILED, REVISION_FILE_INVALID, HEADER_INVALID. */
  module(revision: string): Promise<RevisionModule>
}
