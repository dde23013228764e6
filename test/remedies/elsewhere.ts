import { type Answers, pointer } from './scenario.ts'

/** Codes whose state needs a server or another process: the test that gets the error there and follows its advice; or why none can. */
export const elsewhere: Answers = {
  UNPARSED_SQL: 'no CREATE text of a server is known that cannot be read, and the advice is to report one',
  INTERNAL: 'it is a defect of the migrator by definition: a state that gives it would be fixed instead',
  DRIVER_NOT_BUILT: 'its advice installs a compiler on the machine, which a test may not do',
  NOT_BUILT: 'its advice builds this repository, which every test of the command line does first (ensureBuilt)',
  SCRATCH_REFUSED: [
    pointer(
      'autogenerate-realise/mysql.test.ts',
      'who may make no database, or could not drop it again, is refused, and nothing is left',
      'grants the right and compares again',
    ),
    pointer(
      'autogenerate-realise/postgres.test.ts',
      'users: who owns nothing gets a place of another name; who may make no schema is refused, and nothing is left',
      'grants the right and compares again',
    ),
  ],
  CONNECTION_LOST: [
    pointer(
      'faults/server-death/server-death.test.ts',
      'row 21: takes the others with it, and the next run goes on; rows of others are there',
      'starts the server again and runs again',
    ),
  ],
  LOCK_LOST: [
    pointer(
      'lock/fence.test.ts',
      'is refused, and rolled back, once somebody has taken the lock away; the next run goes on',
      'runs it again',
    ),
    pointer(
      'lock/taken-away.test.ts',
      'is lost, which is no fault of the revision; the next run makes it anew',
      'runs it again',
    ),
  ],
  HALF_APPLIED: [
    pointer(
      'faults/half-way.test.ts',
      'row 66: was edited where it has run, which is refused, or where it has not, which is taken',
      'puts back what has run and runs it again',
    ),
  ],
  SERVER_UNSUPPORTED: [
    pointer(
      'cluster/pgbouncer.test.ts',
      'makes of Open WebUI’s chain what a direct one does: to head, to base, to head again',
      "migrates through the same pooler with lock: 'table'",
    ),
  ],
  DIALECT_NOT_INSTALLED: [
    pointer(
      'cli/usage.test.ts',
      'a dialect that is not there names the install line',
      'puts the package where npm does',
    ),
  ],
  DATABASE_READ_ONLY: [
    pointer(
      'sqlite-session/connection.test.ts',
      'an unreadable file is DATABASE_UNREACHABLE, a read-only one DATABASE_READ_ONLY for runs only',
      'makes the file and its folder writable, as another user than the superuser of the tests',
    ),
  ],
  OUTPUT_FAILED: [
    pointer(
      'cli/failures.test.ts',
      'is OUTPUT_FAILED, also after a run that was done',
      'asks where the database stands',
    ),
  ],
}
