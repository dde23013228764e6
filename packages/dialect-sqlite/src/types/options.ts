export interface SqliteOptions {
  /**
   * `sqlite:///relative`, `sqlite:////absolute`, `sqlite:<path>`, a `file:` URL, a path; `:memory:` and `sqlite://` for a
   * database in memory, which lives as long as this dialect and is shared by its sessions. `sqlite+sqlcipher://<path>` for an
   * encrypted database.
   */
  readonly url: string
  /** The key of an encrypted database: its text, or `x'…'` with the hex digits of a raw key. */
  readonly key?: string
  /** How long to wait for a database that another connection writes, in ms, where the caller does not say; default 5000. */
  readonly busyTimeoutMs?: number
  /** Where relative paths start; default: the working directory of the process. */
  readonly baseDirectory?: string
}
