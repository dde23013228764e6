/** A connection of a service, on which its transactions run. What it sends ends when the signal given to `begin` says so, in the server too. */
export interface ServiceConnection {
  /** False once the driver knows that the server is gone. */
  readonly isOpen: boolean
  /** Asks the server. */
  alive(): Promise<boolean>
  /** Never throws. */
  close(): Promise<void>
  /** Begins a transaction; `write`: one that is going to write, where the server has to know. */
  begin(how: { readonly write: boolean; readonly signal: AbortSignal | undefined }): Promise<void>
  /** Throws COMMIT_FAILED, also where the server has ended the transaction by itself. */
  commit(): Promise<void>
  /** Never throws: a connection that cannot roll back is given up. */
  rollback(): Promise<void>
  /** Sends SAVEPOINT, RELEASE SAVEPOINT or ROLLBACK TO SAVEPOINT; every server has these words. */
  savepoint(sql: string): Promise<void>
}
