import { code } from '../code.ts'

/** Errors of running statements and data steps, and of the bookkeeping. */
export const executeErrors = {
  STATEMENT_FAILED: code<{ fault: string; database: string }>('Fix the revision or the data, and run it again.'),
  BLOCKING_ROWS: code<{
    check: string
    /** The first of them. */
    rows: readonly string[]
    /** How many there are in all, where that was counted. */
    count?: number
  }>('Fix or remove the named rows in a data step before the change, and run it again.'),
  DATA_STEP_FAILED: code<{ label: string; why: string }>('Fix the step or the named row, and run it again.'),
  DATA_STEP_NOT_AWAITED: code<{ label: string; calls: number }>('Await every call of `db` before the step returns.'),
  /** A function of the configuration or of the options that is called during a run threw, or did not resolve. */
  HOOK_FAILED: code<{ hook: string; why: string }>(
    'Fix the hook and run it again; what was committed before it stays.',
  ),
  DATA_STEP_HUNG: code<{ label: string; idleMs: number }>(
    'Make sure that the promise of the step resolves or rejects.',
  ),
  TRANSACTION_CONTROL_IN_STEP: code<{ sql: string }>(
    'Leave BEGIN, COMMIT and ROLLBACK to the migrator; db.transaction() gives a savepoint.',
  ),
  DDL_IN_DATA_STEP: code<{ sql: string }>('Record schema changes with `op`, before or after the data step.'),
  SESSION_CLOSED: code<{ what: string }>('Use `db` only inside the step it was given to.'),
  WRONG_DIALECT: code<{ expected: string; actual: string }>('Ask for the instance only where db.dialect matches.'),
  COMMIT_FAILED: code<{ database: string }>(
    'Make room first where the message says that there is none left; then run it again: the transaction was rolled back.',
  ),
  FOREIGN_KEY_VIOLATION: code<{ violations: readonly string[] }>(
    'Fix the rows that point nowhere, in the revision before the change.',
  ),
  DEPENDANT_BROKEN: code<{ object: string; why: string }>('Drop or change the view or trigger in the same revision.'),
  SESSION_SETTING_REFUSED: code<{ setting: string; desired: string; actual: string }>(
    'Close the surrounding transaction or use a connection that the migrator opens itself.',
  ),
  ALREADY_IN_TRANSACTION: code<{ database: string }>('End the transaction before calling the migrator.'),
  DATABASE_BUSY: code<{ database: string; waitedMs: number }>('Try again once the other connection has finished.'),
  LOCKED: code<{ database: string; waitedMs: number; holder: string }>(
    'Wait until the other run has ended, and try again.',
  ),
  /** Another run owns the row of the lock, or this run could not renew its lease in time. */
  LOCK_LOST: code<{ database: string; why: string }>(
    'Run it again: it waits until the lock is free, and resumes from the current state.',
  ),
  /** `ensure` found a database that the service may not be started on. */
  NOT_AT_HEAD: code<{
    database: string
    state: 'behind' | 'ahead' | 'interrupted' | 'edited' | 'different' | 'pushed'
    pending: number
  }>('Run `migrate upgrade`, then start the service.'),
  CONNECTION_LOST: code<{ database: string; what: string }>(
    'Run it again once the server answers: what was not committed is lost, and the run resumes from there.',
  ),
  REVISION_INTERRUPTED: code<{ revision: string; why: string; part?: number }>(
    'Put the revision back as it was when it was begun, and run it again.',
  ),
  SERVER_UNSUPPORTED: code<{ server: string; why: string }>(
    'Use a server of a supported version, with the settings that are named.',
  ),
  /** `isRefused`: the server answered and refuses this user or host, or the file is no database: the next try ends the same. */
  DATABASE_UNREACHABLE: code<{ database: string; why: string; isMissing?: true; isRefused?: true }>(
    'Check the URL, the server and the rights on the file or folder.',
  ),
  WRONG_KEY: code<{ database: string }>('Check the key of the database (DATABASE_PASSWORD); the file was not touched.'),
  DATABASE_DAMAGED: code<{ database: string }>(
    'Restore the database from a backup; an integrity check says what is damaged.',
  ),
  /** `program`: what was to write the copy; `why`: with what it printed. */
  BACKUP_FAILED: code<{ database: string; program: string; why: string }>(
    'Correct what the program reports, and run it again.',
  ),
  /** The queue of a fleet: `why` is what its engine or its server reported. */
  QUEUE_FAILED: code<{ queue: string; why: string }>(
    'Check the URL of `fleet.queue`, that its server runs, and that the role may create and use the schema of the queue.',
  ),
  DATABASE_READ_ONLY: code<{ database: string }>('Make the database file and its folder writable for this user.'),
  BOOKKEEPING_INVALID: code<{ table: string; why: string }>(
    'Restore the table from a backup, or inspect the schema and stamp the database.',
  ),
  /** A newer program wrote the rows of one of our tables. */
  BOOKKEEPING_NEWER: code<{ table: string; format: number; supported: number }>(
    'Run a version of this program that is at least as new as the one that migrated the database.',
  ),
  ABORTED: code<{ applied: readonly string[] }>(
    'Run it again: what was finished stays, and the rest runs from its start.',
  ),
  VALUE_INVALID: code<{ table: string; column: string; key?: string; why: string }>(
    'Fix the value in the row that is named, or the code that writes it.',
  ),
}
