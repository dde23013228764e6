import { type Pointer, pointer } from '../scenario.ts'

const ensure = 'ensure/half-applied.test.ts'
const here = 'remedies/advice/on-servers.test.ts'
const own = 'remedies/advice/own-servers.test.ts'
const interrupted = 'remedies/advice/interrupted.test.ts'
const rights = 'remedies/advice/rights.test.ts'
const aheadWas = 'ensure/ahead.test.ts'
const resumes = pointer(
  'segments/journal.test.ts',
  'by SQL of the author is what a person says of it, where nothing else tells',
  'resumes with the answer',
)

/** Advice that another test follows in the state that gives it. */
export const followedElsewhere: { readonly [advice: string]: readonly Pointer[] } = {
  'Bun cannot load this driver: run the program with Node.': [
    pointer(
      'sqlite-session/bun.test.ts',
      'on Bun an encrypted database says to use Node, and nothing of a compiler',
      'runs the same program with Node',
    ),
  ],
  'Look at the database: where it ran, `migrate resume --assume-applied …`, else `migrate resume --assume-not-applied …`.':
    [
      resumes,
      pointer('cli/resume.test.ts', 'is asked about, and "not applied" runs it', 'resumes with the other answer'),
    ],
  'Check that this is the right database: no applied revision made this object. …, and run the command again.': [
    pointer(
      'ensure/names.test.ts',
      'an object that is there already is explained to the owner of the database, and what it advises works',
      'stamps, renames and drops',
    ),
  ],
  'Give the row another …; … = CAST(… AS TEXT) finds it. Then run the command again.': [
    pointer(
      'openwebui/awkward-bytes.test.ts',
      'a key whose bytes are no UTF-8 is refused with its bytes before anything is changed, and the remedy works',
      'changes the row that the condition finds',
    ),
  ],
  'Take the schema as it stands as the baseline of a chain of its own: run `migrate init` in another folder, then `migrate adopt` there with the URL of this database. Or let our chain build a new database, and move the data there. Where the table … belongs to another program that shares this database, name it with --ignore-foreign-history or in ignoreForeignHistory.':
    [
      pointer(
        'adopt/original.test.ts',
        'the advice of FOREIGN_HISTORY works: a baseline of a chain of its own, or the table named as that of another program',
        'both',
      ),
    ],
  "Start the newer program; or let the newer revisions name this program's head in `compatibleWith`.": [
    pointer(
      aheadWas,
      'goes on where the newer revision names one that it has, is told so, and migrates nothing',
      'names the head there',
    ),
  ],
  'Start a program that has the revisions of both.': [
    pointer(
      aheadWas,
      'is refused where it has a revision of its own that the newer program has not',
      'is refused with that',
    ),
  ],
  'Run `migrate upgrade`, which resumes it.': [
    pointer(
      ensure,
      'is told by verify, and finished by apply, of the program that has it',
      'migrates it with the program that has it',
    ),
  ],
  'Run the program that has this revision, which resumes it.': [
    pointer(
      ensure,
      'is told by verify, and finished by apply, of the program that has it',
      'migrates it with the program that has it',
    ),
  ],
  'Check the user name and the password; special characters of the password are percent-encoded.': [
    pointer(
      here,
      'a password with special characters is percent-encoded, and the same URL connects',
      'runs what it names',
    ),
  ],
  'Check the user and the password of the URL.': [
    pointer(
      here,
      'a password with special characters is percent-encoded, and the same URL connects',
      'runs what it names',
    ),
  ],
  'Create it: CREATE DATABASE `…` CHARACTER SET utf8mb4.': [
    pointer(
      here,
      'a database that is not there is created by the statement that the error names',
      'runs what it names',
    ),
  ],
  'Create it: CREATE DATABASE "…".': [
    pointer(
      here,
      'a database that is not there is created by the statement that the error names',
      'runs what it names',
    ),
  ],
  'Update this program if a newer one uses the database; else, while nobody migrates, drop the table …: the next run makes it anew.':
    [
      pointer(
        here,
        'a row of the lock that cannot be read: the table is dropped, and the next run makes it anew',
        'runs what it names',
      ),
    ],
  'ALTER DATABASE … CHARACTER SET utf8mb4; tables that are there keep theirs.': [
    pointer(
      here,
      'another character set, another engine and a table without a key are mended as it says',
      'runs what it names',
    ),
  ],
  'ALTER TABLE … ENGINE = InnoDB, which copies the table.': [
    pointer(
      here,
      'another character set, another engine and a table without a key are mended as it says',
      'runs what it names',
    ),
  ],
  'Migrate as their owner, or GRANT … TO …;': [
    pointer(here, 'a table of another role: membership in that role', 'runs what it names'),
  ],
  'Where a revision stands half-way, `migrate resume` builds it again. Else: DROP INDEX CONCURRENTLY …; or REINDEX INDEX CONCURRENTLY …;':
    [pointer(here, 'an invalid index, and a constraint that is not valid', 'runs what it names')],
  'GRANT ALL ON `migrate\\_scratch\\_%`.* TO the user; or accept the comparison without the server.': [
    pointer(
      'autogenerate-realise/mysql.test.ts',
      'who may make no database, or could not drop it again, is refused, and nothing is left',
      'grants it',
    ),
  ],
  'GRANT CREATE ON DATABASE … TO …; or accept the comparison without the server.': [
    pointer(
      'autogenerate-realise/postgres.test.ts',
      'users: who owns nothing gets a place of another name; who may make no schema is refused, and nothing is left',
      'grants it',
    ),
  ],
  'GRANT … TO …; or accept the comparison without the server.': [
    pointer(
      'autogenerate-realise/postgres.test.ts',
      'users: who owns nothing gets a place of another name; who may make no schema is refused, and nothing is left',
      'grants it',
    ),
  ],
  'GRANT … ON `…`.* TO the user.': [
    pointer(
      'doctor/servers.test.ts',
      'a user who may not make tables is a problem, with the GRANT that mends it',
      'grants it',
    ),
  ],
  'Say in whose line: ….': [
    pointer(
      'graph/advice.test.ts',
      'one of two rows is reverted where -1 was ambiguous',
      'reverts the one that is named',
    ),
    pointer(
      'cli/counted-targets.test.ts',
      'the advice of an ambiguous downgrade reverts the one that it names',
      'runs it',
    ),
  ],
  'Correct what stopped it (the rows that the statement refused, or the permission), finish it with `migrate resume`, and then take the whole back with `migrate downgrade`.':
    [
      pointer(
        'segments/half-operation.test.ts',
        'is not taken back, and the advice that the error gives ends it',
        'corrects the row, finishes the revision and takes it back',
      ),
    ],
  'Correct the statement in the file that has it, so that an empty database takes it; or adopt the database without `--import`, by what is in it.':
    [
      pointer(
        'adopt/committed-values.test.ts',
        'a statement that an empty database does not take is named, and nothing is left',
        '// Both ways out work.',
      ),
    ],
  'Correct the declaration: the server refuses it as it is.': [
    pointer(
      'autogenerate-realise/postgres.test.ts',
      'what the server does not take has the name of its table, and the driver’s error',
      'is given another declaration',
    ),
  ],
  'Finish it with `migrate resume`, or take back what is done of it with `migrate resume --revert`.': [
    pointer(
      interrupted,
      'is given by check, doctor, a script and a downgrade: resume finishes it, and resume --revert takes it back',
      'does both',
    ),
  ],
  'Correct what stopped it, and finish it with `migrate resume`.': [
    pointer(
      interrupted,
      'whose operations have no inverse: what stopped it is corrected, and resume finishes it',
      'makes the table and resumes',
    ),
  ],
  'Run it again: it resumes where it stopped.': [
    pointer(interrupted, 'by a signal: run again, it resumes where it stopped', 'runs it again'),
  ],
  'Run `migrate upgrade`: it takes over the lock and resumes where that run stopped.': [
    pointer(
      interrupted,
      'by the end of its connection: upgrade takes over the lock that doctor sees, and resumes',
      'upgrades',
    ),
  ],
  'Take back what is done of it with `migrate resume --revert`; or finish it with `migrate resume`, and downgrade below it.':
    [
      pointer(
        interrupted,
        'that is to be moved: it is taken back, or finished and reverted, and moves (%s)',
        'does both and moves it',
      ),
    ],
  'Grant the user rights on the database, or name another database.': [
    pointer(rights, 'to a user without rights on the database: they are granted, or another one is named', 'does both'),
  ],
  'See the rights of the role with SHOW GRANTS FOR the role, and make it active with SET DEFAULT ROLE.': [
    pointer(
      rights,
      'to a user whose rights are those of a role: SHOW GRANTS shows them, and they count once it is active',
      'runs both statements',
    ),
  ],
  'DROP DATABASE `…`; or wait: a later comparison drops it.': [
    pointer(rights, 'about a database that a comparison left: the statement drops it', 'runs the statement'),
    pointer(
      'autogenerate-realise/mysql.test.ts',
      'of a process that is killed the database is left: the doctor names it, and it goes when that is long ago',
      'waits',
    ),
  ],
  'Run it outside of a transaction.': [
    pointer(rights, 'about DDL and open transactions in a service', 'runs it outside'),
  ],
  'End in the procedure, by COMMIT or ROLLBACK, the transaction that it begins.': [
    pointer(rights, 'about DDL and open transactions in a service', 'makes the procedure anew'),
  ],
  'Write a line `…` before … of ….': [
    pointer(
      rights,
      'about statements of a file with no mark between them: a line before the place that it names',
      'writes the line',
    ),
  ],
  'Give the table a primary key, and check again.': [
    pointer(rights, 'about a table without a key: with a primary key its rows are read', 'gives it one'),
  ],
  'Name two databases of one kind.': [
    pointer(rights, 'about databases of two kinds: two of one kind are compared', 'names two'),
  ],
  'Create the schema, or let the role create schemas in this database.': [
    pointer(
      rights,
      'about a schema that the role may not create: it is created, or the role may create schemas',
      'does both',
    ),
  ],
  'Create the schema, or name one with `schema` in the configuration.': [
    pointer(rights, 'about a search path without a schema: it is created, or one is named', 'does both'),
  ],
  'Create it with op.sql() in a revision, and remove it from the declaration that is checked.': [
    pointer(rights, 'about what is not compared: it is made by op.sql(), and is declared no more', 'checks without it'),
  ],
  'It is safe to start again: what was not committed is gone, and the next start resumes where this one stopped.': [
    pointer(rights, 'about a connection that is lost while a service starts: it starts again', 'starts it again'),
  ],
  'Install one that fits beside your program: `npm install …@…`.': [
    pointer(
      'sqlite-session/driver-choice.test.ts',
      'where none fits, it is said before one is loaded',
      'puts the package where npm does',
    ),
  ],
  'The error that stopped the run names the number.': [
    pointer(
      'cli/resume.test.ts',
      'is asked about where the schema is another: it names the part and both answers, and "applied" goes on behind it',
      'resumes with the number that the error names',
    ),
  ],
  'Connect to the primary, and see default_transaction_read_only of the server, the database and the role.': [
    pointer(rights, 'about a role that is read-only there: it is set to write', 'resets it'),
  ],
  'Make databases with ENCODING UTF8; an existing one has to be dumped and restored into one.': [
    pointer(rights, 'about another encoding: a database with ENCODING UTF8 has no such finding', 'makes one'),
  ],
  'See that no column uses it, then DROP TYPE …;': [
    pointer(rights, 'about a type of a change of an enum: no column uses it, and it is dropped', 'does both'),
  ],
  'End that session in the server; its lock is free then.': [
    pointer(
      rights,
      'about the lock of a session in a transaction: the session is ended, and the lock is free',
      'ends it',
    ),
  ],
  'Try again once other connections have ended.': [
    pointer(rights, 'where there is none left: once another has ended, or more are allowed', 'ends one'),
  ],
  'Try again once other connections have ended, or allow the user or the server more of them.': [
    pointer(rights, 'where there is none left: once another has ended, or more are allowed', 'does both'),
  ],
  'Run it on a direct connection, without lock.': [
    pointer(rights, 'about what a run with a lease cannot send: it is sent on a direct connection', 'does so'),
  ],
  'Use SET LOCAL, or a direct connection without lock.': [
    pointer(rights, 'about what a run with a lease cannot send: it is sent on a direct connection', 'does both'),
  ],
  '…; or let the pooler pool by transactions or sessions.': [
    pointer('cluster/pgbouncer.test.ts', 'is refused where there are no transactions: %o', 'does both'),
  ],
  "Give the direct URL as `migrationUrl`, or say `lock: 'table'` in the configuration.": [
    pointer(
      'cluster/pgbouncer.test.ts',
      'leaves no setting in sessions that others are given next, and looks all the same',
      "says lock: 'table'",
    ),
  ],
  'Connect to the primary, or end read_only there.': [pointer(own, 'by doctor: each is set as it says', 'does so')],
  'Add STRICT_TRANS_TABLES to sql_mode of the server.': [pointer(own, 'by doctor: each is set as it says', 'does so')],
  'Set default_storage_engine to InnoDB.': [pointer(own, 'by doctor: each is set as it says', 'does so')],
  'SET GLOBAL foreign_key_checks = 1.': [pointer(own, 'by doctor: each is set as it says', 'does so')],
  'Connect to the primary server, or end read_only and super_read_only on this one.': [
    pointer(own, 'by a run on a read-only server: it is ended there', 'does so'),
  ],
  'Raise max_allowed_packet on the server; where the statement has several values, write fewer of them at once.': [
    pointer(
      own,
      'by a statement that is too large: the limit is raised, or fewer values are written at once',
      'does so',
    ),
  ],
  'Give this user the right that it lacks, or migrate as a user who has it, and run it again.': [
    pointer(rights, 'about a right that the user lacks: it is given, or a user who has it migrates', 'does both'),
  ],
  'Make room, or raise the limit, where the message says that there is none left, and run it again.': [
    pointer(
      'faults/resources/sqlite.test.ts',
      'rows 24 and 26: with %i pages left the revision is undone as a whole; the next run does it',
      'raises the limit',
    ),
  ],
  'Run it again once the other session has finished.': [
    pointer(
      'segments/operation-limits.test.ts',
      'hold for what is recorded inside, and for nothing else',
      'runs it again',
    ),
  ],
  'Name one of them.': [
    pointer('graph/advice.test.ts', 'one of two rows is gone to where `current` was both', 'names each'),
  ],
  'Name the revision to go to: ….': [
    pointer('graph/advice.test.ts', 'below a merge the other children of the parent stay', 'names one'),
    pointer('graph/advice.test.ts', 'upwards it is taken, step for step', 'takes each that is named'),
  ],
  'Give the table a primary key.': [
    pointer(own, 'by a server that wants a primary key: a table gets one, and a new one follows the old', 'does so'),
  ],
  'Add the new primary key directly after the old one is dropped.': [
    pointer(own, 'by a server that wants a primary key: a table gets one, and a new one follows the old', 'does so'),
  ],
}

/** Why an advice is not followed in a test; one reason for all that share it. */
const reasons: { readonly [reason: string]: readonly string[] } = {
  'installs a package from a registry, which a test may not do': [
    'Run `npm install …` (or `pnpm add …`).',
    'Run `npm install drizzle-orm` (or `pnpm add drizzle-orm`).',
    'Install it: `npm install mysql2`.',
    'Install it: `npm install postgres`.',
    'Install the driver again: `npm install postgres`.',
    'Install it: `npm install …`….',
    'Install better-sqlite3 beside your program, or use Node 24.',
    'Install a C++ compiler, make and Python, then run `npm rebuild …`….',
    'Bun cannot load this driver: use a Bun that has `node:sqlite`, which is taken by itself, or run the program with Node.',
  ],
  'changes a setting of the whole server, or needs another one, which tests beside it would notice': [
    "Connect to a node that is with the majority, or wait until this one is: SHOW STATUS LIKE 'wsrep_cluster_status'.",
    'Connect to the primary.',
    'Connect to a server that has GET_LOCK.',
    'Let this host in on the server.',
    'Raise max_locks_per_transaction of the server, or accept the comparison without it.',
    'Try the revisions on a copy first, or take a newer release.',
    'Give them a primary key in a revision.',
  ],
  'is about certificates and TLS of a server; test/postgres-session/connect.test.ts and test/mysql-session/connect.test.ts open the same server with each of these options':
    [
      'Check … in the URL.',
      'Add ?ssl-mode=REQUIRED to the URL.',
      'Set it up on the server, or use ssl-mode=DISABLED.',
      'Use the name it was made for, or ssl-mode=VERIFY_CA.',
      'Name the authority of the server’s certificate with ssl-ca, or use ssl-mode=REQUIRED.',
      'The server may want TLS: add ?sslmode=require to the URL, or verify-full.',
      'Add ?sslmode=disable to the URL, or switch TLS on in the server.',
      'Name its root with ?sslrootcert=….',
      'Check the user of the URL, and what the server allows it (pg_hba.conf).',
    ],
  'ends the session, transaction or run of another, or waits for it: nothing of ours is called for that': [
    'Wait for the end of it before the table is changed.',
    'End it where it comes from, or SELECT pg_terminate_backend(…);',
    'COMMIT PREPARED or ROLLBACK PREPARED it.',
    'End it where it comes from, or KILL …;',
  ],
  'is an answer of a person at a terminal': ['Change the declared schema.', 'Call it again.'],
  'says that nothing has to be done, or what not to do': [
    'Nothing has to be done: the rows stay, and nothing is run for them.',
    'Nothing has to be done; it is said so that nobody takes it for compared.',
    'Nothing has to be done as long as other tools read it.',
    'Leave it where it is: without it a transaction that is broken off cannot be rolled back.',
  ],
  'comes with no state that is known to give it: it guards what SQLite or a server might do one day, or core refuses before':
    [
      'Run it again, nothing was changed; if it happens twice, report it with the CREATE text of the table.',
      'Drop those foreign keys first, or drop the table with `cascade`.',
      'Change the columns: `alterColumn(name, { type: enumeration([…]) })`.',
      'Run it online, where the name is read from the database, or drop it by its name.',
      'Drop the view before the rename and create it after; or run again, with the rename in a revision of its own before.',
    ],
}
export const notFollowed: ReadonlyMap<string, string> = new Map(
  Object.entries(reasons).flatMap(([reason, all]) => all.map((advice) => [advice, reason] as const)),
)
