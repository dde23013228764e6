import { type Pointer, pointer } from '../scenario.ts'
import { squashAdvice } from '../squash.ts'
import { ofFleets } from './fleets.ts'
import { ofSnapshotsAndCopies } from './snapshots-and-copies.ts'
import { ofStoppedRuns } from './stopped-runs.ts'

const ensure = 'unit/ensure/interrupted.test.ts'
const interrupted = 'faults/remedies/advice/interrupted.test.ts'
const aheadWas = 'unit/ensure/ahead.test.ts'
const source = pointer(
  'cli/sources/sources.test.ts',
  'is refused with its location, nothing is written, and what the error advises works',
  'corrects each source',
)
const resumes = pointer(
  'unit/journal/journal.test.ts',
  'by SQL of the author is what a person says of it, where nothing else tells',
  'resumes with the answer',
)

/** Advice that another test follows in the state that gives it. */
export const followedElsewhere: { readonly [advice: string]: readonly Pointer[] } = {
  ...squashAdvice,
  ...ofFleets,
  ...ofSnapshotsAndCopies,
  ...ofStoppedRuns,
  'Name it with --base, and fetch it with its history: `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab.': [
    pointer('cli/check-ci.test.ts', 'refuses %s, and its advice works', 'names one that is there'),
  ],
  'Open the database with openPostgres, openMysql or openSqlite of @org/migrate-drizzle, and select JSON from its own table, not through `with`.':
    [
      pointer(
        'dialects/postgres/drizzle/parsed-json.test.ts',
        'is refused with the connection that reads JSON exactly, which reads it',
        'opens it with openPostgres',
      ),
    ],
  'Write `migrations: …` into it, or leave --folder out.': [
    pointer('cli/init.test.ts', 'an existing configuration names the folder, and init makes no other', 'does both'),
  ],
  'Say --ci as well, or leave it out.': [
    pointer('cli/check-ci.test.ts', 'refuses %s, and its advice works', 'says --ci'),
  ],
  'End it in .sarif, .xml (JUnit) or .md.': [
    pointer('cli/check-ci.test.ts', 'refuses %s, and its advice works', 'ends it in .md'),
  ],
  'Restore the file: databases that have applied it need it.': [
    pointer('cli/check-ci.test.ts', 'finds files of the base branch that were edited or are gone', 'restores the file'),
  ],
  'Restore the file, and put the change into a new revision: a database that has applied it does not run it again.': [
    pointer(
      'cli/check-ci.test.ts',
      'finds files of the base branch that were edited or are gone',
      'puts the change into a new revision',
    ),
  ],
  'Merge … into this branch; then put the new revisions behind its head with `migrate rebase`, or join the heads with `migrate merge`.':
    [
      pointer(
        'cli/check-ci.test.ts',
        'finds the second head that the merge would make, and none once the change is put behind it',
        'merges and rebases',
      ),
    ],
  'Inspect both, then state in one of the revisions, or in the merge, what is valid.': [
    pointer(
      'cli/check-ci.test.ts',
      'finds branches that change the same objects, until one comes after the other',
      'states in one of them that it comes after the other',
    ),
  ],
  'Leave out --applied, or the revisions.': [
    pointer('cli/test-command.test.ts', 'what is applied is tested only where it is named', 'leaves out one of both'),
  ],
  'Write a range as from:to.': [
    pointer('cli/test-command.test.ts', 'what is applied is tested only where it is named', 'names a range'),
  ],
  'Make the first one with `migrate revision --autogenerate`.': [
    pointer(
      'cli/daily/amend.test.ts',
      'is refused for several heads, a merge, and for what was written by hand',
      'has revisions',
    ),
  ],
  'Join them with `migrate merge heads`, or put one behind the other with `migrate rebase`.': [
    pointer(
      'cli/daily/amend.test.ts',
      'is refused for several heads, a merge, and for what was written by hand',
      'joins them',
    ),
  ],
  'Make a new revision behind it with `migrate revision --autogenerate`.': [
    pointer(
      'cli/daily/amend.test.ts',
      'is refused for several heads, a merge, and for what was written by hand',
      'names the merge',
    ),
  ],
  'Make a new revision behind … with `migrate revision --autogenerate`.': [
    pointer(
      'cli/daily/amend.test.ts',
      'is refused where another database has it, or cannot be asked',
      'names the database',
    ),
  ],
  'Make a new revision behind … with `migrate revision --autogenerate`. Or keep a copy of the file, run `migrate downgrade -1`, remove the file, generate it again, and write the edits into it.':
    [
      pointer(
        'cli/daily/amend.test.ts',
        'is refused for several heads, a merge, and for what was written by hand',
        'names the file',
      ),
    ],
  'Leave --no-database out.': [
    pointer(
      'cli/daily/amend.test.ts',
      'is refused on a protected database, and beside what it would not heed',
      'leaves it out',
    ),
  ],
  'Install git, or put it on the PATH.': [
    pointer('cli/daily/amend.test.ts', 'is refused for what the upstream branch has', 'has git again'),
  ],
  'Fetch the history of that branch with git, then repeat it.': [
    pointer('cli/daily/amend.test.ts', 'is refused for what the upstream branch has', 'has another upstream branch'),
  ],
  'Make that database reachable: it may have …. …': [
    pointer(
      'cli/daily/amend.test.ts',
      'is refused where another database has it, or cannot be asked',
      'names one that can be reached',
    ),
  ],
  'Run `migrate downgrade -1`, and remove ….': [
    pointer('cli/daily/amend.test.ts', 'what would be empty is refused', 'names both'),
  ],
  'The text of before is in …. Correct the rows, or the declared schema, then call `migrate revision --amend` again.': [
    pointer(
      'cli/daily/amend.test.ts',
      'rows that refuse the new text keep the old one beside it, and the next call finishes',
      'corrects the rows',
    ),
  ],
  'Correct the rows, or the revision in …; then call `migrate dev` again.': [
    pointer(
      'cli/daily/dev.test.ts',
      'a revision that rows refuse names its file, and is applied by the next call',
      'corrects the rows and calls it again',
    ),
  ],
  'Run `migrate reset` again: it drops what is left.': [
    pointer(
      'cli/daily/reset.test.ts',
      'interrupted in the middle by %s it leaves what the next call finishes',
      'runs it again, on PostgreSQL and on MySQL',
    ),
  ],
  'Run the command by itself, in the folder of the configuration, and correct what it reports.': [source],
  'Check that `autogenerate.schema` names the right source; a command has to use the database that it is given.': [
    source,
  ],
  'Correct the statement, so that an empty database takes it.': [source],
  'Name a database of the same kind: the types of two kinds are not the same.': [source],
  'Compare with the database of that kind: leave out --no-database, and name it as `url`.': [
    pointer(
      'cli/sources/sources.test.ts',
      'needs the server, and may be what pg_dump writes',
      'compares with the database',
    ),
  ],
  'Let the user create databases: ALTER ROLE … CREATEDB; or run it on another server of this version, with --url. The schema of a program can also be read from a database of your own, by `fromDatabase`.':
    [
      pointer(
        'cli/sources/sources.test.ts',
        'needs the right to create a database for a command that makes its schema',
        'grants it',
      ),
    ],
  'Bun cannot load this driver: run the program with Node.': [
    pointer(
      'dialects/sqlite/connection/other-runtimes.test.ts',
      'on Bun an encrypted database says to use Node, and nothing of a compiler',
      'runs the same program with Node',
    ),
  ],
  'Inspect the database: if it ran, use `migrate resume --assume-applied …`, else `migrate resume --assume-not-applied …`.':
    [
      resumes,
      pointer('cli/resume.test.ts', 'is asked about, and "not applied" runs it', 'resumes with the other answer'),
    ],
  'Check that this is the right database, and that no earlier revision makes this object. …, and run the command again.':
    [
      pointer(
        'unit/ensure/names.test.ts',
        'an object that is there already is explained to the owner of the database, and what it advises works',
        'stamps, renames and drops',
      ),
    ],
  'Give the row another …; … = CAST(… AS TEXT) finds it. Then run the command again.': [
    pointer(
      'openwebui/chain/awkward-bytes.test.ts',
      'a key whose bytes are no UTF-8 is refused with its bytes before anything is changed, and the remedy works',
      'changes the row that the condition finds',
    ),
  ],
  'Take the schema as it stands as the baseline of a chain of its own: run `migrate init` in another folder, then `migrate adopt` there with the URL of this database. Or let our chain build a new database, and move the data there. Where the table … belongs to another program that shares this database, name it with --ignore-foreign-history or in ignoreForeignHistory.':
    [
      pointer(
        'autogenerate/adopt/original.test.ts',
        'the advice of FOREIGN_HISTORY works: a baseline of a chain of its own, or the table named as that of another program',
        'both',
      ),
    ],
  "Start the newer program; or let the newer revisions name this program's head in `compatibleWith`.": [
    pointer(
      aheadWas,
      'continues where the newer revision names one that it has, is told so, and migrates nothing',
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
  'GRANT ALL ON `migrate\\_shadow\\_%`.* TO the user; or run the command as a user who has the right.': [
    pointer(
      'autogenerate/materialise/mysql.test.ts',
      'who may make no database, or could not drop it again, is refused, and nothing is left',
      'grants it',
    ),
  ],
  'GRANT CREATE ON DATABASE … TO …; or run the command as a user who has the right.': [
    pointer(
      'autogenerate/materialise/postgres.test.ts',
      'users: who owns nothing gets a place of another name; who may make no schema is refused, and nothing is left',
      'grants it',
    ),
  ],
  'GRANT … TO …; or run the command as a user who has the right.': [
    pointer(
      'autogenerate/materialise/postgres.test.ts',
      'users: who owns nothing gets a place of another name; who may make no schema is refused, and nothing is left',
      'grants it',
    ),
  ],
  'GRANT … ON `…`.* TO the user.': [
    pointer(
      'cli/doctor/servers.test.ts',
      'a user who may not make tables is a problem, with the GRANT that fixes it',
      'grants it',
    ),
  ],
  'Write `…`, or name the revision.': [
    pointer(
      'unit/graph/errors.test.ts',
      'RELATIVE_OUT_OF_RANGE: past the end, or the wrong way',
      'plans what it writes',
    ),
  ],
  'Correct the declared schema or the rows, and run `migrate push` again.': [
    pointer('cli/daily/push.test.ts', 'rows that refuse a change leave the database as it was', 'corrects the rows'),
  ],
  'Run `migrate push` again: it continues from the current schema.': [
    pointer(
      'cli/daily/push.test.ts',
      'interrupted in the middle by %s, the next push continues from what is there',
      'pushes again',
    ),
  ],
  'Run `migrate push` again.': [
    pointer(
      'cli/daily/push.test.ts',
      'what was shown is made, or nothing',
      'pushes again, and is shown the other changes',
    ),
  ],
  'Take the database over with `migrate adopt`.': [
    pointer(
      'autogenerate/adopt/command.test.ts',
      'by a revision that makes what is there; nothing of theirs is touched',
      'adopts it',
    ),
  ],
  'Name the line to revert: ….': [
    pointer(
      'unit/graph/errors.test.ts',
      'INVALID_DOWNGRADE_TARGET: the advice names the lines that can be reverted',
      'plans the one that is named',
    ),
  ],
  'Use the release that knows these revisions, or bring their files back, or revert them by what the history has of them: `migrate downgrade …@…`.':
    [
      pointer(
        'cli/refusals.test.ts',
        'a deleted file: the command that upgrade names reverts the revision, and upgrade works again',
        'runs it',
      ),
    ],
  'Name the line to count in: ….': [
    pointer(
      'unit/graph/advice.test.ts',
      'one of two rows is reverted where -1 was ambiguous',
      'reverts the one that is named',
    ),
    pointer(
      'cli/counted-targets.test.ts',
      'the advice of an ambiguous downgrade reverts the one that it names',
      'runs it',
    ),
  ],
  'Correct what stopped it (the rows that the statement refused, or the permission), finish it with `migrate resume`, and then take the whole back with `…`.':
    [
      pointer(
        'unit/journal/interrupted-operation.test.ts',
        'of %s is not taken back, and the advice that the error gives ends it',
        'corrects the row, finishes the revision and takes it back',
      ),
    ],
  'Correct the statement in the file that has it, so that an empty database takes it; or adopt the database without `--import`, by what is in it.':
    [
      pointer(
        'autogenerate/adopt/committed-values.test.ts',
        'a statement that an empty database does not take is named, and nothing is left',
        '// Both ways out work.',
      ),
    ],
  'Correct the declaration: the server refuses it as it is.': [
    pointer(
      'autogenerate/materialise/postgres.test.ts',
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
  'Take back what is done of it with `migrate resume --revert`; or finish it with `migrate resume`, and downgrade below it.':
    [
      pointer(
        interrupted,
        'that is to be moved: it is taken back, or finished and reverted, and moves (%s)',
        'does both and moves it',
      ),
    ],
  'Install one that fits beside your program: `npm install …@…`.': [
    pointer(
      'dialects/sqlite/connection/driver-choice.test.ts',
      'where none fits, it is said before one is loaded',
      'puts the package where npm does',
    ),
  ],
  'The error that stopped the run names the number.': [
    pointer(
      'cli/resume.test.ts',
      'is asked about where the schema is another: it names the part and both answers, and "applied" continues behind it',
      'resumes with the number that the error names',
    ),
  ],
  'Give postgresDialect a direct `url` of the server in place of the client; ….': [
    pointer(
      'faults/cluster/pgbouncer.test.ts',
      'is refused for an open client that goes through it, which then has a lock in a table or a direct URL',
      'does both',
    ),
  ],
  'Run the command in the folder of wrangler.toml or below, or give the URL as d1://<account>/<database id>.': [
    pointer('cli/wrangler.test.ts', 'is named with what there is where it is none', 'puts the file there'),
  ],
  'Set CLOUDFLARE_ACCOUNT_ID, or `account_id` in the file.': [
    pointer('cli/wrangler.test.ts', 'is that of wrangler.jsonc, with the account of the environment', 'sets it'),
  ],
  'Run the command on the database itself, without `--sql`.': [
    pointer(
      'dialects/sqlite/d1/script.test.ts',
      'a script with a statement that D1 does not take is refused',
      'does so',
    ),
  ],
  '…; or let the pooler pool by transactions or sessions.': [
    pointer('faults/cluster/pgbouncer.test.ts', 'is refused where there are no transactions: %o', 'does both'),
  ],
  "Give the direct URL as `migrationUrl`, or say `lock: 'table'` in the configuration.": [
    pointer(
      'faults/cluster/pgbouncer.test.ts',
      'leaves no setting in sessions that others are given next, and looks all the same',
      "says lock: 'table'",
    ),
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
      'unit/journal/operation-limits.test.ts',
      'hold for what is recorded inside, and for nothing else',
      'runs it again',
    ),
  ],
  'Name one of them.': [
    pointer('unit/graph/advice.test.ts', 'one of two rows is gone to where `current` was both', 'names each'),
  ],
  'Name the revision to go to: ….': [
    pointer('unit/graph/advice.test.ts', 'below a merge the other children of the parent stay', 'names one'),
    pointer('unit/graph/advice.test.ts', 'upwards it is taken, step for step', 'takes each that is named'),
  ],
  "Connect to a node that is with the majority, or wait until this one is: SHOW STATUS LIKE 'wsrep_cluster_status'.": [
    pointer(
      'faults/cluster/galera.test.ts',
      'is refused by a node that is cut off, and had again when it is back',
      'waits until it is back',
    ),
  ],
  'Let no revision free the locks of your program, and take the lock again before you rely on it.': [
    pointer(
      'dialects/postgres/drivers/open-client.test.ts',
      'a lock of the application that another session took in the meantime is reported',
      'takes it again',
    ),
  ],
}
