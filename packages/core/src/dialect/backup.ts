/** A word of a line for a shell. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** How a file is proven to be a whole backup: by a program that reads all of it, or by the line that a dump ends with. */
export type BackupProof =
  | { readonly by: 'program'; readonly program: string; readonly arguments: (file: string) => readonly string[] }
  | { readonly by: 'lastLine'; readonly line: RegExp }

/** A `copy` is loaded beside the database: without what would run there by itself. */
export type BackupPurpose = 'backup' | 'copy'

/** A program of the server's own client that writes a backup. */
export interface BackupProgram {
  /** As PATH has it. */
  readonly program: string
  /** For a file that exists and is empty. The password is not among them: every user of a machine sees the arguments of programs. */
  readonly arguments: (file: string, purpose: BackupPurpose) => readonly string[]
  /** Why it makes no backup of this server, by what it prints for `--version`. Absent: it refuses by itself. */
  readonly refuses?: (version: string) => string | undefined
}

/** A program of the server's own client that loads what a `BackupProgram` has written. */
export interface LoadingProgram {
  readonly program: string
  /** It reads the file from its input. */
  readonly readsInput?: true
  readonly arguments: (file: string) => readonly string[]
}

/** How a database is named from another one of its server. */
export interface OwnName {
  readonly qualifier: string
  /** The stored programs of the database, which a copy has too. */
  readonly texts: readonly { readonly name: string; readonly text: string }[]
}

/** How a server's database is backed up from outside of the session. */
export interface ServerBackup {
  /** Tried in this order: the first that is installed and does not refuse. */
  readonly programs: readonly BackupProgram[]
  /** The package that has them, for people. */
  readonly package: string
  /** How to connect, with the password; undefined: not set, whatever this process has. For `backupCommand` too. */
  readonly environment: { readonly [variable: string]: string | undefined }
  readonly proof: BackupProof
  /** What loads a file into the empty database that this is the backup of. Tried in this order. */
  readonly loading: readonly LoadingProgram[]
  /** The line of a shell that restores a file into the database it is of. Without the password. */
  readonly restore: (file: string) => string
  /** Why no program can connect as the session did. Absent: they can. */
  readonly unsupported?: string
}
