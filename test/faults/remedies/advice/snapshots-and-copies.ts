import { type Pointer, pointer } from '../scenario.ts'

const snapshot = (title: string, advice: string): readonly Pointer[] => [
  pointer('cli/daily/snapshot.test.ts', title, advice),
]
const loaded = 'upgrade writes it, check compares it, and load makes it of an empty database'
const killed = 'a load that is killed leaves nothing, or what no other run takes for its own'
const files = 'an edited file, one of another dialect, and one of other revisions'
const empty = 'a database that is not empty, and a file that is not there'

const onCopy = (title: string, advice: string): readonly Pointer[] => [
  pointer('cli/daily/on-copy.test.ts', title, advice),
]
const outside = 'finds what the plan changes and does not name'
const nothingCopied = 'a database without tables, and other arguments, are refused'

/** Advice about snapshots of the schema, copies of databases, and branches. */
export const ofSnapshotsAndCopies: { readonly [advice: string]: readonly Pointer[] } = {
  'Create or replace them with op.sql() in a revision: no generated revision does.': [
    pointer(
      'autogenerate/compare/source-notes.test.ts',
      'is compared with that of the database: %s',
      'makes them with op.sql',
    ),
  ],
  'Make the database writable again, or connect to the server that takes its changes, and run it again.': [
    pointer(
      'faults/remedies/advice/own-mysql.test.ts',
      'by a server that takes no changes any more in the middle of a run: the next run does the rest',
      'does so',
    ),
  ],
  'If a revision of another branch renamed or dropped it, revert that one first (`migrate downgrade <label>@-1`), and run the command again; else bring it back. With --accept-drift, operations on what is not there are left out.':
    [
      pointer(
        'dialects/renamed-on-branch.test.ts',
        '%s is advised to revert that branch first, and leaves nothing then',
        "migrator.downgrade('two@-1')",
      ),
    ],
  'Adopt the database without `--import`, by what is in it; or write the statement so that it asks nothing (in PostgreSQL a block that catches `duplicate_object`).':
    [
      pointer(
        'autogenerate/adopt/committed-values.test.ts',
        'what asked for a type, and was told of that of the database, is named, and a plain adopt takes the database over',
        "project.run(['adopt'], { env",
      ),
    ],
  'Run `migrate upgrade`, which restores them; or delete them with `migrate preserved purge <revision>`.': [
    pointer(
      'autogenerate/snapshot/sqlite.test.ts',
      'a database from which downgrades preserved values is no empty one until they are restored or deleted',
      'restores them, and deletes them',
    ),
  ],
  'Let the user create databases: ALTER ROLE … CREATEDB.': [
    pointer(
      'cli/daily/on-copy-faults.test.ts',
      'is refused to a user who may make no database, and runs once that is granted',
      'grants it',
    ),
  ],
  'Leave out --url.': onCopy(nothingCopied, 'leaves it out'),
  'Leave out the revisions, --applied and --junit.': onCopy(nothingCopied, 'leaves them out'),
  'Name a database with rows; `migrate test` tests revisions on an empty one.': onCopy(nothingCopied, 'names one'),
  'Fix the revision, or the rows that it stumbles over, and test it again.': onCopy(outside, 'fixes it'),
  'Name what it changes with operations of the revision, or take the statement out.': onCopy(outside, 'names it'),
  'Check the data steps, triggers and cascading keys of these revisions; a data step that is meant to change these rows is right.':
    onCopy(outside, 'takes the statement out'),
  'Leave the name of the database out of it: what is in the same database needs none.': onCopy(
    outside,
    'leaves it out',
  ),
  'Install ….': onCopy('names the program that is missing', 'has the program'),
  'Run `migrate upgrade` on a database of your own, which writes it, and commit the file.': snapshot(
    loaded,
    'writes it by an upgrade',
  ),
  'Run `migrate upgrade`, which applies what is pending.': snapshot(loaded, 'upgrades a database with a history'),
  'Run `migrate reset`, which drops what it made and upgrades; or drop the database, and load it, or create the member of the fleet, again.':
    [
      ...snapshot(killed, 'resets it'),
      pointer(
        'unit/fleet/template-servers.test.ts',
        'A creation that was interrupted is named by the next one and by an upgrade, and works once the database is dropped',
        'drops the database and creates the member again',
      ),
    ],
  'Name an empty database; or run `migrate reset`, which drops what was pushed and upgrades.': [
    pointer('cli/daily/push.test.ts', 'a database that was pushed is not loaded, until it is reset', 'resets it'),
  ],
  'Load it again: nothing was made.': snapshot(killed, 'loads it again'),
  'Write it again with `migrate upgrade`, or use the revisions that it was written for.': snapshot(
    files,
    'writes it again',
  ),
  'Write the snapshot again with `migrate upgrade`, and load that one.': snapshot(files, 'writes it again'),
  'Name an empty database; or take this one over with `migrate adopt`.': snapshot(empty, 'names an empty database'),
  "Name the file, or write `snapshot: './schema.sql'` into the configuration.": snapshot(empty, 'names the file'),
  'Write it with `migrate upgrade` on a database of your own; `snapshot` of the configuration names it.': snapshot(
    empty,
    'writes it',
  ),
  'If it was renamed, make a new revision behind … with `migrate revision --autogenerate`. Else check what would be lost; then repeat the command with --allow-destructive.':
    [
      pointer(
        'cli/daily/amend.test.ts',
        'a column of the revision that has another name now is a loss too, and no rename',
        'makes a new revision, and repeats the command',
      ),
    ],
}
