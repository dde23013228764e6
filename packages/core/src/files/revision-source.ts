import type { RevisionHeader, RevisionModule } from '../graph/revision.ts'

export interface RevisionLocations {
  /** Absolute paths. */
  readonly folders: readonly string[]
  /** Whether sub-folders are read too. */
  readonly recursive: boolean
}

export interface HeaderOptions {
  /** Reads every file, also one that has not changed since the file index was written. Default false. */
  readonly readAll?: boolean
}

/** Where revisions come from. `headers` runs no user code; `module` imports one revision. */
export interface RevisionSource {
  /** For people: the folder, or `<values>`. */
  readonly description: string
  /** Where new files of it go; absent where revisions are values or files in the order of their numbers. */
  readonly locations?: RevisionLocations
  headers(options?: HeaderOptions): Promise<readonly RevisionHeader[]>
  /**
   * Where a location (`file:line:column`) in what a file was compiled to is in the file; another one is given back as it is. Absent: nothing
   * is compiled.
   */
  originalLocation?(location: string): string
  /** Throws REVISION_IMPORT_FAILED, REVISION_FILE_INVALID, HEADER_INVALID. */
  module(revision: string): Promise<RevisionModule>
}
