import { type Pointer, pointer } from '../scenario.ts'
import { ofDoctor } from './doctor.ts'
import { ofColumnsOfMysql } from './server-revisions.ts'

const here = 'faults/remedies/advice/on-servers.test.ts'
const rights = 'faults/remedies/advice/rights.test.ts'
const backups = 'unit/backup/servers.test.ts'
const packages = 'faults/remedies/advice/packages.test.ts'
const ownPostgres = 'faults/remedies/advice/own-postgres.test.ts'
const ownMysql = 'faults/remedies/advice/own-mysql.test.ts'
const meanwhile = 'unit/journal/changed-meanwhile.test.ts'
const rules = 'its rules and TLS: the way of the URL is changed, or what the server allows'
const tls = 'the way of the URL is changed, or the name, or the authority'
const inverses = 'faults/remedies/inverses.test.ts'
const leftOpen =
  'a transaction that was left open for more than five minutes is ended where it comes from, or from here'

/** Advice about connections, rights, settings and packages, which tests beside this file follow on real servers. */
export const followedAtServers: { readonly [advice: string]: readonly Pointer[] } = {
  ...ofColumnsOfMysql,
  ...ofDoctor,
  'Raise … for this user, or the `statementTimeoutMs` of the migrator where it is set, and run it again.': [
    pointer(
      'dialects/mysql/connection/time-limits.test.ts',
      'has a remedy that names the limit',
      'raises `statementTimeoutMs`',
    ),
    pointer(
      'dialects/postgres/connection/time-limits.test.ts',
      'has a remedy that names the limit, which works',
      'raises `statementTimeoutMs`',
    ),
  ],
  'Adopt the database without `--import`, by what is in it. The tool stores a hash of each file, so that no file may be edited.':
    [
      pointer(
        'autogenerate/adopt/imported-prisma.test.ts',
        'what it uses and does not make is named, with the only way that works where files have hashes',
        'adopts without `--import`',
      ),
    ],
  'Plan for …, or run the plan on the database that it was made for.': [
    pointer('cli/daily/saved-plan.test.ts', 'of another database is refused, and both are named', 'runs it on its own'),
  ],
  'Set another journal_mode on it: MEMORY, DELETE or WAL.': [
    pointer(
      'dialects/sqlite/connection/open-handle.test.ts',
      'one without a journal is refused, since a revision that fails could not be rolled back',
      'sets MEMORY',
    ),
  ],
  'Let the column be NULL, or choose another action.': [
    pointer(
      'dialects/mysql/run/foreign-keys.test.ts',
      'is refused before the first statement where it is NOT NULL: %s',
      'lets the column be NULL, and chooses RESTRICT',
    ),
  ],
  'In the same revision, drop the foreign key before the change and add it again after it (`dropConstraint`, `addForeignKey`); both sides need one type then.':
    [
      pointer(
        'dialects/mysql/run/foreign-keys.test.ts',
        'names the key in the error, and the advice runs',
        'drops the key and adds it again',
      ),
    ],
  'After the rename and before this change, drop the view and create it with its new text (op.dropView(), op.createView()): in the same revision, or in one of its own.':
    [
      pointer(
        'dialects/postgres/run/renamed-and-read.test.ts',
        'a script over a view whose text is not certain names the revision, and its advice works',
        'drops the view and creates it',
      ),
    ],
  'Create the schema, or name one that exists: with ?schema= or ?search_path= in the URL, or by ALTER ROLE … SET search_path.':
    [
      pointer(
        'dialects/postgres/connection/connect.test.ts',
        'to %s is refused where no schema of the search path exists',
        'names a schema',
      ),
    ],
  'Give as `driver` a client that is open, connects to the server and has a free connection.': [
    pointer(
      'dialects/postgres/drivers/open-client-pool.test.ts',
      'a client that was ended is refused with what to do, and connects no more',
      'gives an open pool',
    ),
  ],
  'Give a client without `transform` for the migrations, and end it after them; or give the `url`.': [
    pointer(
      'dialects/postgres/drivers/open-client-pool.test.ts',
      'a client whose answers are not the server’s is refused, with the reason',
      'gives one without it',
    ),
  ],
  'Give its connections back before the run, or let a pool have more of them.': [
    pointer(
      'dialects/postgres/drivers/open-client-pool.test.ts',
      'the one connection of %s that the program uses is named in the error',
      'gives it back',
    ),
  ],
  'Create it before its use: with `op.sql` in the revision that uses it, or in the imported file. Then call `migrate adopt` again.':
    [
      pointer(
        'autogenerate/adopt/borrowed.test.ts',
        'is proven once the revision makes it itself, and then an empty database takes it',
        'Create it with `op.sql`',
      ),
    ],
  'Drop the temporary objects first, or give a client that has none.': [
    pointer(
      'dialects/postgres/drivers/temporary-objects.test.ts',
      'a temporary object that hides one of the migration is named, and nothing is done, until it is dropped',
      'drops it',
    ),
  ],
  'Let no query of your program be in progress on the handle, or give the `url` of the database instead.': [
    pointer(
      'dialects/sqlite/connection/open-handle.test.ts',
      'a start inside an iteration is refused with a code, and leaves the settings as they were',
      'ends the iteration',
    ),
  ],
  'Open the database for writing, and leave PRAGMA query_only off.': [
    pointer(
      'dialects/sqlite/connection/open-handle.test.ts',
      'one that is only for reading is refused before anything is tried',
      'sets the pragma off',
    ),
  ],
  'Run these revisions online and print the ranges before and after them (`from:to`), or write the strings with a line feed (`\\n`) for each line end.':
    [
      pointer(
        'unit/script/line-ends.test.ts',
        'in $title stops a script before anything is written, and not what stands before it, or a run',
        'prints what stands before, and runs the rest',
      ),
    ],
  'Check the rows of these tables before you run it again.': [
    pointer(
      'dialects/mysql/run/engines.test.ts',
      'Its error tells that rows stayed, and neither that nothing changed nor that it may be run again',
      'reads the rows, and runs it again',
    ),
  ],
  'Install …, or set `backupCommand` in the configuration.': [
    pointer(backups, 'without the program names the package, and with it runs', 'installs it'),
  ],
  'Revision … was interrupted, and what is left of it makes this object, which another program made meanwhile. Rename or drop it, and finish the revision with `migrate resume`.':
    [
      pointer(
        meanwhile,
        'an object of what is left of it is dropped or renamed, and is no reason to stamp the revision',
        'does so',
      ),
    ],
  'Name the former parents in its file again, and finish it with `migrate resume`. Or take back what is done of it with `migrate resume --revert`.':
    [
      pointer(
        meanwhile,
        'a new %s that never ran is refused before anything runs, and both halves of the advice end well',
        'does both',
      ),
    ],
  'Install the client of the version of the server, or set `backupCommand` in the configuration to the one that fits.':
    [pointer(backups, 'is of the kind of the server, and not older', 'puts that client on PATH')],
  'Install the client of the version of the server.': [
    pointer(backups, 'is of the kind of the server, and not older', 'puts that client on PATH'),
  ],
  'Let the user of the migrations read all of the database (docs/guides/deployment.md has the rights).': [
    pointer(
      backups,
      'of a user who may not read everything changes nothing, and with the rights of the guide runs',
      'grants them',
    ),
  ],
  'Let the user of the migrations read all of the database (docs/guides/deployment.md has the rights), or set `backupCommand` to a program with another user.':
    [
      pointer(
        backups,
        'of a user who may not read everything changes nothing, and with the rights of the guide runs',
        'grants them',
      ),
    ],
  'Have the command write the backup into the file that $BACKUP_FILE names.': [
    pointer(backups, 'by commands of the configuration writes what they write, where they prove it', 'writes into it'),
  ],
  'Set `backupCommand` in the configuration.': [
    pointer(backups, 'on an open client is made by a command alone', 'sets it'),
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
  'Run `migrate ensure-version`, which brings the tables to the current format, and write the script again.': [
    pointer(
      'unit/formats/formats.test.ts',
      'of format 1 gets the number by `ensureVersion`, without a default, and a script can be written',
      'runs the command, and writes the script',
    ),
  ],
  'While no run is in progress, drop the table …: the next run creates it.': [
    pointer(
      here,
      'a row of the lock that cannot be read: the table is dropped, and the next run creates it again',
      'runs what it names',
    ),
  ],
  'ALTER DATABASE … CHARACTER SET utf8mb4; tables that are there keep theirs.': [
    pointer(
      here,
      'another character set, another engine and a table without a key are fixed as it says',
      'runs what it names',
    ),
  ],
  'ALTER TABLE … ENGINE = InnoDB, which copies the table.': [
    pointer(
      here,
      'another character set, another engine and a table without a key are fixed as it says',
      'runs what it names',
    ),
  ],
  'Migrate as their owner, or GRANT … TO …;': [
    pointer(here, 'a table of another role: membership in that role', 'runs what it names'),
  ],
  'Where a revision is interrupted, `migrate resume` builds it again. Else: DROP INDEX CONCURRENTLY …; or REINDEX INDEX CONCURRENTLY …;':
    [pointer(here, 'an invalid index, and a constraint that is not valid', 'runs what it names')],
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
      'autogenerate/materialise/mysql.test.ts',
      'of a process that is killed the database is left: the doctor names it, and the next comparison drops it',
      'waits',
    ),
  ],
  'Run it outside of a transaction.': [
    pointer(rights, 'about DDL and open transactions in a service', 'runs it outside'),
  ],
  'End in the procedure, by COMMIT or ROLLBACK, the transaction that it begins.': [
    pointer(rights, 'about DDL and open transactions in a service', 'recreates the procedure'),
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
  'Create it with op.sql() in a revision, and remove it from the declaration that is checked.': [
    pointer(rights, 'about what is not compared: it is made by op.sql(), and is declared no more', 'checks without it'),
  ],
  'It is safe to start again: what was not committed is gone, and the next start resumes where this one stopped.': [
    pointer(rights, 'about a connection that is lost while a service starts: it starts again', 'starts it again'),
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
  'Connect to the primary, or end read_only there.': [
    pointer(ownMysql, 'by doctor: each is set as it says', 'does so'),
  ],
  'Add STRICT_TRANS_TABLES to sql_mode of the server.': [
    pointer(ownMysql, 'by doctor: each is set as it says', 'does so'),
  ],
  'Set default_storage_engine to InnoDB.': [pointer(ownMysql, 'by doctor: each is set as it says', 'does so')],
  'SET GLOBAL foreign_key_checks = 1.': [pointer(ownMysql, 'by doctor: each is set as it says', 'does so')],
  'Connect to the primary server, or end read_only and super_read_only on this one.': [
    pointer(ownMysql, 'by a run on a read-only server: it is ended there', 'does so'),
  ],
  'Raise max_allowed_packet on the server; where the statement has several values, write fewer of them at once.': [
    pointer(
      ownMysql,
      'by a statement that is too large: the limit is raised, or fewer values are written at once',
      'does so',
    ),
  ],
  'Let an administrator run `…`, or migrate as a user who has this right, and run it again.': [
    pointer(rights, 'about a right that the user lacks: it is given, or a user who has it migrates', 'does both'),
  ],
  'Give the table a primary key.': [
    pointer(
      ownMysql,
      'by a server that wants a primary key: a table gets one, and a new one follows the old',
      'does so',
    ),
  ],
  'Replace it with op.sql: ALTER TABLE … DROP COLUMN my_row_id, ADD PRIMARY KEY (…).': [
    pointer(
      'dialects/mysql/run/generated-keys.test.ts',
      'shows the key that it generated for another client as what it is, and lets the author replace it',
      'replaces it so',
    ),
  ],
  'Add the new primary key directly after the old one is dropped.': [
    pointer(
      ownMysql,
      'by a server that wants a primary key: a table gets one, and a new one follows the old',
      'does so',
    ),
  ],
  'Run `npm install …` (or `pnpm add …`).': [
    pointer(packages, 'about the package of a dialect: once it is installed, the command works', 'installs it'),
    pointer(packages, 'about what reads a schema of Drizzle: once it is installed, the schema is read', 'installs it'),
  ],
  'Install it: `…`….': [
    pointer(packages, 'about the driver of SQLite: once it is installed, the command works', 'installs it'),
  ],
  'Install it: `npm install …`.': [
    pointer(
      'dialects/postgres/drivers/pg.test.ts',
      'where none is installed, or not the one that is named, the error says what to install',
      'installs it',
    ),
  ],
  'Install one: `npm install …` (or `npm install …`).': [
    pointer(packages, 'that is not there: once it is installed, the command works', 'installs it'),
  ],
  'Install the driver again: `npm install …`.': [
    pointer(packages, 'that is broken: once it is installed again, the command works', 'installs it again'),
  ],
  'Connect to the primary.': [
    pointer(ownPostgres, 'a standby: the primary takes the changes', 'connects to the server once it is the primary'),
  ],
  'Raise max_locks_per_transaction of the server.': [
    pointer(ownPostgres, 'max_locks_per_transaction is raised', 'raises it'),
  ],
  'The server may want TLS: add ?sslmode=require to the URL, or verify-full.': [
    pointer(ownPostgres, rules, 'does both'),
  ],
  'Add ?sslmode=disable to the URL, or switch TLS on in the server.': [pointer(ownPostgres, rules, 'does both')],
  'Take it from the role, the database or the URL: ALTER ROLE … RESET session_replication_role.': [
    pointer(here, 'is refused by runs, until its setting is taken away as advised', 'takes it from the database'),
  ],
  'Name its root with ?sslrootcert=….': [pointer(ownPostgres, rules, 'names it')],
  'Check the user of the URL, and what the server allows it (pg_hba.conf).': [
    pointer(ownPostgres, rules, 'connects as another user, and allows the first one in'),
  ],
  'Wait for the end of it before the table is changed.': [
    pointer(ownPostgres, 'that is being built: after its end nothing is advised', 'waits'),
  ],
  'COMMIT PREPARED or ROLLBACK PREPARED it.': [
    pointer(ownPostgres, 'a prepared transaction is ended either way', 'does both'),
  ],
  'End it where it comes from, or SELECT pg_terminate_backend(…);': [pointer(ownPostgres, leftOpen, 'does both')],
  'End it where it comes from, or KILL …;': [pointer(ownMysql, leftOpen, 'does both')],
  'Let this host in on the server.': [pointer(ownMysql, 'another machine: it is let in', 'lets it in')],
  'Check … in the URL.': [pointer(ownMysql, tls, 'names the right file')],
  'Add ?ssl-mode=REQUIRED to the URL.': [pointer(ownMysql, tls, 'does so')],
  'Use the name it was made for, or ssl-mode=VERIFY_CA.': [pointer(ownMysql, tls, 'does both')],
  'Name the authority of the server’s certificate with ssl-ca, or use ssl-mode=REQUIRED.': [
    pointer(ownMysql, tls, 'does both'),
  ],
  'Set it up on the server, or use ssl-mode=DISABLED.': [
    pointer(ownMysql, 'a server without TLS: it is set up there, or not asked for', 'does both'),
  ],
  '… and run it again. Or write a `downgrade` in the file of the revision: it runs instead of the derived one.': [
    pointer(inverses, 'is replaced by one that is written in the file', 'writes it'),
    pointer(inverses, 'goes with a downgrade once the view is dropped', 'drops it'),
    pointer(inverses, 'loses it once the rows are changed, or a downgrade is written (%s)', 'does both'),
  ],
  '… and finish it with `migrate resume`. Or take back what is done of it with `migrate resume --revert`, write a `downgrade` in the file of the revision, and run it again.':
    [
      pointer(inverses, 'is finished once the rows are changed', 'finishes it'),
      pointer(inverses, 'is replaced by one that is written in the file', 'takes it back and writes it'),
    ],
  '… and run it again, or correct what stopped the revision and finish it with `migrate resume`.': [
    pointer(inverses, 'keeps an interrupted revision from being taken back (%s)', 'does both'),
  ],
  'Drop or change what depends on it first.': [
    pointer(inverses, 'goes with an upgrade that drops the view first', 'drops it'),
  ],
  '…, and run it again.': [
    pointer(inverses, 'needs other data where the program has no file of its revision', 'does so'),
  ],
}
