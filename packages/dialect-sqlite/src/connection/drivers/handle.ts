export type Binding = string | number | bigint | null | Uint8Array
export type Bindings = readonly (Binding | readonly Binding[])[]

export interface Changes {
  readonly changes: number
  readonly lastInsertRowid: number | bigint
}

export interface ColumnDefinition {
  readonly name: string
  /** As it was declared; null for an expression. */
  readonly type: string | null
}

/** What is used of a prepared statement, in the words of better-sqlite3. */
export interface Statement {
  /** It gives rows. */
  readonly reader: boolean
  raw(on?: boolean): this
  pluck(on?: boolean): this
  columns(): readonly ColumnDefinition[]
  all(...bindings: Bindings): unknown[]
  get(...bindings: Bindings): unknown
  iterate(...bindings: Bindings): Iterable<unknown>
  run(...bindings: Bindings): Changes
}

/** What is used of a handle, in the words of better-sqlite3. */
export interface Database {
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(sql: string): Statement
  exec(sql: string): unknown
  pragma(source: string, options?: { readonly simple?: boolean }): unknown
  defaultSafeIntegers(on: boolean): unknown
  /** A function that SQL can call. Absent: the driver takes none. */
  function?(
    name: string,
    options: { readonly deterministic: boolean; readonly directOnly: boolean },
    body: (...values: Binding[]) => Binding,
  ): unknown
  /** Copies all of it; `progress` says after each part how many pages are next, or throws. Absent: the driver has no such copy. */
  backup?(file: string, options: { readonly progress: () => number }): Promise<unknown>
  close(): unknown
}

export interface OpenOptions {
  readonly fileMustExist?: boolean
}

/** Opens a handle that never waits by itself, which would stop the event loop. */
export type OpenHandle = (file: string, options: OpenOptions) => Database
