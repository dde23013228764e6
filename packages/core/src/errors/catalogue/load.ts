/** Errors of finding, reading and importing revision files. */
export interface LoadErrors {
  readonly MIGRATIONS_NOT_FOUND: { readonly directory: string }
  readonly HEADER_INVALID: {
    readonly file: string
    readonly name: string
    readonly why: 'missing' | 'not-static' | 'mismatch' | 'wrong-kind' | 'unknown-name'
    /** Where it is not static. */
    readonly line?: number
    /** What the text says and what the module exports, where they differ. */
    readonly scanned?: string
    readonly exported?: string
  }
  readonly FILE_NAME_INVALID: {
    readonly files: readonly string[]
    readonly why: 'not-numbered' | 'same-but-for-case' | 'duplicates'
  }
  readonly REVISION_UNREADABLE: { readonly file: string; readonly why: string }
  readonly REVISION_FILE_INVALID: { readonly file: string; readonly why: string }
  readonly REVISION_IMPORT_FAILED: { readonly file: string; readonly why: string }
}

export const loadRemedies: { readonly [C in keyof LoadErrors]: string } = {
  MIGRATIONS_NOT_FOUND: 'Create the folder, or point `migrations` to the right one.',
  HEADER_INVALID:
    'Write the constant at the top of the file as one plain literal: a string, null, or an array of strings.',
  FILE_NAME_INVALID:
    'Rename the file: names differ by more than case, and sequential ones look like 001_initial_schema.ts.',
  REVISION_UNREADABLE: 'Bring the file back, or make it readable for this user.',
  REVISION_FILE_INVALID: 'Export `upgrade(op)` and, where needed, `downgrade(op)` from the file.',
  REVISION_IMPORT_FAILED: 'Fix the file; no revision was run.',
}
