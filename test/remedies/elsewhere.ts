import type { Answers } from './scenario.ts'

/** Codes whose state needs a server, another process or another machine: each says where its advice is followed, or why it can't be. */
export const elsewhere: Answers = {
  RENAME_UNANSWERED:
    'its flags are followed on the command line, with what they write, in test/cli/autogenerate.test.ts',
  SCRATCH_REFUSED:
    'it needs a server and a user without a right: test/autogenerate-realise grants the right and compares again',
  COMMIT_FAILED: 'only a server or a full disk refuses a COMMIT; test/faults runs the command again after each kind',
  CONNECTION_LOST:
    'it needs a server that goes away and comes back; test/faults kills it at each moment and runs again',
  LOCKED: 'it needs a second process that migrates: test/lock and test/cli/lock.test.ts wait for its end and run again',
  LOCK_LOST:
    'it needs a second process that takes the lock away: test/lock and test/cli/lock.test.ts run again after it',
  HALF_APPLIED:
    'it needs a server that commits after each statement: test/faults/half-way.test.ts puts the revision back and runs again',
  SERVER_UNSUPPORTED:
    'its advice is another version of the server, and no server of an unsupported version is installed for tests',
  WRONG_KEY:
    'it needs the driver for encrypted files: test/sqlite-encrypted opens the same file with the right key afterwards',
  SESSION_CLOSED:
    'a defect of the author that no state can mend: test/execute/data-steps.test.ts has the step as it has to be',
  SESSION_SETTING_REFUSED:
    'it needs a transaction of the caller around the driver: test/sqlite-session/settings.test.ts closes it and goes on',
  ALREADY_IN_TRANSACTION:
    'it needs a session that the caller holds: test/sqlite-session ends the transaction and calls again',
  VALUE_INVALID:
    'it needs a Drizzle instance of a service: test/drizzle-sqlite/step.test.ts mends the value in the row',
  DIALECT_NOT_INSTALLED:
    'its advice installs a package from a registry, which a test may not do; test/cli/usage.test.ts compares the line',
  DRIVER_NOT_BUILT: 'its advice installs a compiler on the machine, which a test may not do',
  NOT_BUILT: 'its advice builds this repository, which every test of the command line does first (ensureBuilt)',
  ENDED_EARLY: 'its advice edits what the author wrote; test/cli/failures.test.ts runs the same project without it',
  OUTPUT_FAILED:
    'its advice is room on a disk; test/cli/output.test.ts fills a pipe and asks `migrate status` afterwards',
  INTERNAL: 'it is a defect of the migrator by definition: a state that gives it would be fixed instead',
}
