import { revision } from '../../cli/project.ts'
import { command, projectOf, put } from './program.ts'
import { type Answers, pointer } from './scenario.ts'

const databaseOf = (isProtected: string): string =>
  `export default { url: 'sqlite:./app.db', migrations: './migrations', protected: ${isProtected} }\n`

/** Codes whose state needs a server or another process: the test that gets the error there and follows its advice. */
export const elsewhere: Answers = {
  UNPARSED_SQL: [
    // No CREATE text of a server is known that cannot be read: the code is met in data steps, with an advice of their own.
    pointer(
      'faults/remedies/advice/server-revisions.ts',
      'Correct the statement, or write it in SQL that every server reads the same way.',
      'corrects the statement, and writes CONCAT for ||',
    ),
  ],
  INTERNAL: [
    {
      follows: 'report it with the stack',
      // Headers of a source that is not declared: what it throws is no error of ours.
      before: (sandbox) =>
        put(
          sandbox,
          'migrate.config.ts',
          "import { graph } from '@org/migrate-core/node'\nconst tier = graph(new URL('./migrations/', import.meta.url))\nexport default { url: 'sqlite:./app.db', tiers: [{ ...tier, source: { ...tier.source, headers: async () => { throw new TypeError('unforeseen') } } }] }\n",
        ),
      call: (sandbox) => command(sandbox, 'status'),
      afterwards: (sandbox) => {
        const { stderr } = projectOf(sandbox).run(['status'])
        if (!/\n {2}stack +TypeError: .*\n +at /.test(stderr)) throw new Error(`there is no stack to report: ${stderr}`)
      },
    },
  ],
  BACKUP_FAILED: [
    pointer(
      'unit/backup/servers.test.ts',
      'that was cut off, or failed in the middle, leaves nothing that looks like one',
      'Correct what the program reports, and run it again.',
    ),
  ],
  QUEUE_FAILED: [
    pointer(
      'unit/fleet/queue/failing.test.ts',
      'A queue that is not there, or that the role may not make, is QUEUE_FAILED without its password; with the right URL the run ends well',
      'Check the URL of `fleet.queue`, that its server runs, and that the role may create and use the schema of the queue.',
    ),
  ],
  LAST_RUN_UNKNOWN: [
    {
      follows: 'name the revision to go down to: `migrate downgrade <revision>`',
      before: (sandbox) => {
        const second = `  op.createTable("u", (t) => { t.column("id", integer(), { nullable: false }); t.primaryKey(["id"]) })`
        put(sandbox, 'migrations/b1_second.ts', revision('b1', 'a1', second))
        command(sandbox, 'upgrade')
        command(sandbox, 'downgrade', '-1')
      },
      call: (sandbox) => command(sandbox, 'downgrade', '--last-run'),
      follow: (sandbox) => command(sandbox, 'history'),
      afterwards: (sandbox) => command(sandbox, 'downgrade', 'base'),
    },
  ],
  DATABASE_PROTECTED: [
    {
      follows: 'name it as `url` in the configuration, with `protected: false`',
      before: (sandbox) => put(sandbox, 'migrate.config.ts', databaseOf('true')),
      call: (sandbox) => command(sandbox, 'reset', '--confirm', 'app.db'),
      follow: (sandbox) => put(sandbox, 'migrate.config.ts', databaseOf('false')),
    },
    pointer(
      'cli/daily/reset.test.ts',
      'is refused on a protected database, whatever else is said, and nothing is connected to',
      'names it in the configuration, and it is tried',
    ),
  ],
  DRIVER_NOT_BUILT: [
    pointer(
      'dialects/sqlite/connection/node-sqlite.test.ts',
      'the command line migrates, and prints no warning',
      'uses Node 24, where the driver of this Node cannot be loaded; a compiler is not installed by a test',
    ),
  ],
  NAME_TOO_LONG: [
    pointer(
      'faults/remedies/advice/rights.test.ts',
      'about a name that is too long: a shorter one is taken',
      'shortens it',
    ),
  ],
  CAST_NEEDED: [
    pointer(
      'faults/remedies/advice/other-revisions.ts',
      'Say how with `using`, for example ….',
      'says how, and upgrades',
    ),
  ],
  SHADOW_REFUSED: [
    pointer(
      'autogenerate/materialise/mysql.test.ts',
      'who may make no database, or could not drop it again, is refused, and nothing is left',
      'grants the right and compares again',
    ),
    pointer(
      'autogenerate/materialise/postgres.test.ts',
      'users: who owns nothing gets a place of another name; who may make no schema is refused, and nothing is left',
      'grants the right and compares again',
    ),
  ],
  SQUASH_UNEQUAL: [
    pointer(
      'cli/daily/squash.test.ts',
      'without a terminal each data step has to be decided',
      'keeps the data step that makes the row',
    ),
  ],
  CONNECTION_LOST: [
    pointer(
      'faults/server-death/server-death.test.ts',
      'row 21: takes the others with it, and the next run resumes; rows of others are there',
      'starts the server again and runs again',
    ),
  ],
  LOCK_LOST: [
    pointer(
      'unit/lock/fence.test.ts',
      'is refused, and rolled back, once the lock was taken away; the next run resumes',
      'runs it again',
    ),
    pointer(
      'unit/lock/lost-lock.test.ts',
      'is lost, which is no fault of the revision; the next run creates it again',
      'runs it again',
    ),
  ],
  REVISION_INTERRUPTED: [
    pointer(
      'faults/interrupted.test.ts',
      'row 66: was edited where it has run, which is refused, or where it has not, which is taken',
      'puts back what has run and runs it again',
    ),
  ],
  SERVER_UNSUPPORTED: [
    pointer(
      'faults/cluster/pgbouncer.test.ts',
      'leaves no setting in sessions that others are given next, and looks all the same',
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
      'dialects/sqlite/connection/connection.test.ts',
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
