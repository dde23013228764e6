/** Errors of finding, reading and importing revision files. */
export interface LoadErrors {
  readonly MIGRATIONS_NOT_FOUND: { readonly directory: string }
  readonly PATH_NOT_ABSOLUTE: { readonly path: string }
  readonly HEADER_NOT_STATIC: { readonly file: string; readonly line: number; readonly name: string }
  readonly HEADER_MISSING: { readonly file: string; readonly name: string }
  readonly HEADER_MISMATCH: {
    readonly file: string
    readonly name: string
    readonly scanned: string
    readonly exported: string
  }
  readonly FILE_NAME_INVALID: { readonly file: string }
  readonly FILE_NAME_COLLISION: { readonly files: readonly string[] }
  readonly REVISION_UNREADABLE: { readonly file: string; readonly why: string }
  readonly REVISION_FILE_INVALID: { readonly file: string; readonly why: string }
  readonly REVISION_IMPORT_FAILED: { readonly file: string; readonly why: string }
}

export const loadRemedies: { readonly [C in keyof LoadErrors]: string } = {
  MIGRATIONS_NOT_FOUND: 'Create the folder, or point `migrations` to the right one.',
  PATH_NOT_ABSOLUTE: 'Pass an absolute path or a file: URL, such as `new URL("./migrations/", import.meta.url)`.',
  HEADER_NOT_STATIC: 'Write the value as a plain literal: a string, null, or an array of strings.',
  HEADER_MISSING: 'Write the constant at the top of the file, before other code, or move the file out of the folder.',
  HEADER_MISMATCH: 'Write the exported constant as one plain literal at the top level of the file.',
  FILE_NAME_INVALID: 'Name sequential files three digits, underscore, words: 001_initial_schema.ts.',
  FILE_NAME_COLLISION: 'Rename one of the files: some file systems cannot hold both.',
  REVISION_UNREADABLE: 'Bring the file back, or make it readable for this user.',
  REVISION_FILE_INVALID: 'Export `upgrade(op)` and, where needed, `downgrade(op)` from the file.',
  REVISION_IMPORT_FAILED: 'Mend the file; no revision was run.',
}
