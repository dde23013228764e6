/** Why an advice is not followed in a test; one reason for all that share it. */
const reasons: { readonly [reason: string]: readonly string[] } = {
  'needs another Node, a compiler or Bun; test/dialects/sqlite/connection tries each of these ways where it is there': [
    'Install better-sqlite3 beside your program, or use Node 24.',
    'Allow its install script (npm 12: `npm install-scripts approve …`; pnpm: `pnpm approve-builds`), and run `npm rebuild …`. Where no binary fits, that needs a C++ compiler, make and Python….',
    'Leave `driver` out, and the SQLite of Node is used; or install a C++ compiler, make and Python, and run `npm explore … -- npm run build-release`.',
    'Run the program with Node 24, or name another driver.',
    'Bun cannot load this driver: leave `driver` out, and the SQLite of Bun is used.',
    'Remove it and install it again: `…`.',
    'Run the program with Bun, or name another driver.',
    'Install it again for this Node, or uninstall it.',
  ],
  'needs a server that is not there: one without locks, one of a cluster, or a newer one than any': [
    'Connect to a server that has GET_LOCK.',
    'Give it a default, take DATETIME, or start the server with explicit_defaults_for_timestamp=ON.',
    'Try the revisions on a copy first, or take a newer release.',
    'Give them a primary key in a revision.',
  ],
  'is the advice with a GRANT, which is followed, where the message of the server does not name the right': [
    'Give this user the right that it lacks, or migrate as a user who has it, and run it again.',
  ],
  'is for a dialect of another package, whose database can be made and not copied': [
    'Copy it with the program of its server into a database of your own, and name that one.',
  ],
  'is for what a snapshot cannot hold, which its own text and the guide say': [
    'Run `migrate upgrade` on the empty database instead.',
    'Make what differs with operations instead of SQL, or leave `snapshot` out of the configuration.',
  ],
  'needs drizzle-orm 1.0: test/dialects/drizzle-1/version-1.test.ts follows it': [
    'Leave it out, and declare the tables with `….table`.',
    'Pass `relations: defineRelations(schema)`.',
  ],
  'is for a database that keeps foreign keys on: test/dialects/sqlite/family follows it': [
    "First take one of the foreign keys away in a revision before: add a column without it, copy the values, drop the old column with `op.sql('ALTER TABLE … DROP COLUMN …')` and rename the new one.",
    'Drop those foreign keys in a revision before, or drop the tables that have them.',
    'Delete these rows or correct them, and run the command again.',
    'Correct or delete them: a rebuild of the table is refused while there are such rows.',
    'Change both sides of the foreign key one after the other in the revision, or correct the rows before.',
    'Write the change with operations such as `op.alterTable`, which need no foreign keys switched off.',
  ],
  'needs Cloudflare: test/dialects/sqlite/d1 follows it on the engine of D1': [
    'Give it as `key`, or in CLOUDFLARE_API_TOKEN for the command line.',
    'Write it as several statements.',
    'Split it into several revisions.',
    'Keep the other columns in a second table with the same key.',
    'Write the values into a table of your own, with SQL.',
  ],
  'needs Cloudflare itself': ['Go back to an earlier time with Time Travel of D1.'],
  'is for a libSQL server: test/dialects/sqlite/libsql-http follows it': [
    'Give it as `key`, or in TURSO_AUTH_TOKEN for the command line.',
    'Drop the view or the trigger before this change, and create it again behind it.',
  ],
  'needs a backup of a server that is damaged': ['Restore a backup of the server.'],
  'corrects a revision in which `migrate test` finds a fault: test/autogenerate/stairway plants each, and finds nothing where there is none':
    [
      'Correct the upgrade: an empty database with test rows does not take it. Where it needs other rows, export them as `testRows`.',
      'Correct the downgrade. Where it is derived, give its operations what they need for rows that came after the upgrade, or write one.',
      'Let the downgrade take back everything that the upgrade makes.',
      'Correct the downgrade: it has to leave the schema that was there before the upgrade.',
      'Let the upgrade make the same schema each time, and the downgrade take back all of it.',
      'Preserve what the upgrade changes (`preserve: true`, `db.preserve`), or write a downgrade that restores it.',
      'Let the data steps give the same rows each time, and the downgrade restore what they read.',
      'Move the sequence in the revision that inserts rows with numbers of their own: setval().',
      'Correct the test rows of the revision.',
    ],
  'is an answer of a person at a terminal': ['Change the declared schema.', 'Call it again.'],
  'is what to do where only the words of the server say what is wrong': [
    'Correct what the message names, and run it again.',
  ],
  'says that nothing has to be done, or what not to do': [
    'Nothing has to be done: the rows stay, and nothing is run for them.',
    'No action is needed: this is what the comparison left out.',
    'Nothing has to be done as long as other tools read it.',
    'Leave it where it is: without it a transaction that is broken off cannot be rolled back.',
  ],
  'comes with no state that is known to give it: it guards what SQLite or a server might do one day, or core refuses before':
    [
      'Run it again, nothing was changed; if it happens twice, report it with the CREATE text of the table.',
      'Drop those foreign keys first, or drop the table with `cascade`.',
      'Change the columns: `alterColumn(name, { type: enumeration([…]) })`.',
      'Run it online, where the name is read from the database, or drop it by its name.',
    ],
}
export const notFollowed: ReadonlyMap<string, string> = new Map(
  Object.entries(reasons).flatMap(([reason, all]) => all.map((advice) => [advice, reason] as const)),
)
