/** Errors of running statements and data steps, and of the bookkeeping. */
export interface ExecuteErrors {
  readonly STATEMENT_FAILED: { readonly fault: string; readonly database: string }
  readonly BLOCKING_ROWS: {
    readonly check: string
    /** The first of them. */
    readonly rows: readonly string[]
    /** How many there are in all, where that was counted. */
    readonly count?: number
  }
  readonly DATA_STEP_FAILED: { readonly label: string; readonly why: string }
  readonly DATA_STEP_NOT_AWAITED: { readonly label: string; readonly calls: number }
  /** A function of the configuration or of the options that is called during a run threw, or did not resolve. */
  readonly HOOK_FAILED: { readonly hook: string; readonly why: string }
  readonly DATA_STEP_HUNG: { readonly label: string; readonly idleMs: number }
  readonly TRANSACTION_CONTROL_IN_STEP: { readonly sql: string }
  readonly DDL_IN_DATA_STEP: { readonly sql: string }
  readonly SESSION_CLOSED: { readonly what: string }
  readonly WRONG_DIALECT: { readonly expected: string; readonly actual: string }
  readonly COMMIT_FAILED: { readonly database: string }
  readonly FOREIGN_KEY_VIOLATION: { readonly violations: readonly string[] }
  readonly DEPENDANT_BROKEN: { readonly object: string; readonly why: string }
  readonly SESSION_SETTING_REFUSED: { readonly setting: string; readonly desired: string; readonly actual: string }
  readonly ALREADY_IN_TRANSACTION: { readonly database: string }
  readonly DATABASE_BUSY: { readonly database: string; readonly waitedMs: number }
  readonly LOCKED: { readonly database: string; readonly waitedMs: number; readonly holder: string }
  /** Another run owns the row of the lock, or this run could not renew its lease in time. */
  readonly LOCK_LOST: { readonly database: string; readonly why: string }
  /** `ensure` found a database that the service may not be started on. */
  readonly NOT_AT_HEAD: {
    readonly database: string
    readonly state: 'behind' | 'ahead' | 'interrupted' | 'edited' | 'different'
    readonly pending: number
  }
  readonly CONNECTION_LOST: { readonly database: string; readonly what: string }
  readonly REVISION_INTERRUPTED: { readonly revision: string; readonly why: string; readonly part?: number }
  readonly SERVER_UNSUPPORTED: { readonly server: string; readonly why: string }
  readonly DATABASE_UNREACHABLE: { readonly database: string; readonly why: string }
  readonly WRONG_KEY: { readonly database: string }
  readonly DATABASE_DAMAGED: { readonly database: string }
  readonly DATABASE_READ_ONLY: { readonly database: string }
  readonly BOOKKEEPING_INVALID: { readonly table: string; readonly why: string }
  /** A newer program wrote the rows of one of our tables. */
  readonly BOOKKEEPING_NEWER: { readonly table: string; readonly format: number; readonly supported: number }
  readonly ABORTED: { readonly applied: readonly string[] }
  readonly VALUE_INVALID: {
    readonly table: string
    readonly column: string
    readonly key?: string
    readonly why: string
  }
}

export const executeRemedies: { readonly [C in keyof ExecuteErrors]: string } = {
  STATEMENT_FAILED: 'Fix the revision or the data, and run it again.',
  BLOCKING_ROWS: 'Fix or remove the named rows in a data step before the change, and run it again.',
  DATA_STEP_FAILED: 'Fix the step or the named row, and run it again.',
  DATA_STEP_NOT_AWAITED: 'Await every call of `db` before the step returns.',
  HOOK_FAILED: 'Fix the hook and run it again; what was committed before it stays.',
  DATA_STEP_HUNG: 'Make sure that the promise of the step resolves or rejects.',
  TRANSACTION_CONTROL_IN_STEP: 'Leave BEGIN, COMMIT and ROLLBACK to the migrator; db.transaction() gives a savepoint.',
  DDL_IN_DATA_STEP: 'Record schema changes with `op`, before or after the data step.',
  SESSION_CLOSED: 'Use `db` only inside the step it was given to.',
  WRONG_DIALECT: 'Ask for the instance only where db.dialect matches.',
  COMMIT_FAILED: 'Run it again: the transaction was rolled back.',
  FOREIGN_KEY_VIOLATION: 'Fix the rows that point nowhere, in the revision before the change.',
  DEPENDANT_BROKEN: 'Drop or change the view or trigger in the same revision.',
  SESSION_SETTING_REFUSED: 'Close the surrounding transaction or use a connection that the migrator opens itself.',
  ALREADY_IN_TRANSACTION: 'End the transaction before calling the migrator.',
  DATABASE_BUSY: 'Try again once the other connection has finished.',
  LOCKED: 'Wait until the other run has ended, and try again.',
  LOCK_LOST: 'Run it again: it waits until the lock is free, and resumes from the current state.',
  NOT_AT_HEAD: 'Run `migrate upgrade`, then start the service.',
  CONNECTION_LOST:
    'Run it again once the server answers: what was not committed is lost, and the run resumes from there.',
  REVISION_INTERRUPTED: 'Put the revision back as it was when it was begun, and run it again.',
  SERVER_UNSUPPORTED: 'Use a server of a supported version, with the settings that are named.',
  DATABASE_UNREACHABLE: 'Check the URL, the server and the rights on the file or folder.',
  WRONG_KEY: 'Check the key of the database (DATABASE_PASSWORD); the file was not touched.',
  DATABASE_DAMAGED: 'Restore the database from a backup; an integrity check says what is damaged.',
  DATABASE_READ_ONLY: 'Make the database file and its folder writable for this user.',
  BOOKKEEPING_INVALID: 'Restore the table from a backup, or stamp the database after looking at its schema.',
  BOOKKEEPING_NEWER: 'Run a version of this program that is at least as new as the one that migrated the database.',
  ABORTED: 'Run it again to resume; the database is at a revision boundary.',
  VALUE_INVALID: 'Fix the value in the row that is named, or the code that writes it.',
}
