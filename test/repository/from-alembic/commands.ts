import { absent, type Row, row } from './row.ts'

const newRevisions = 'cli/new-revisions.test.ts'
const heads = 'cli/two-heads.test.ts'
const history = 'cli/history.test.ts'
const offline = 'cli/offline-sql.test.ts'
const inspections = 'cli/read-only-commands.test.ts'
const check = 'cli/check.test.ts'
const settings = 'cli/arguments.test.ts'
const following = 'makes a file behind the head, which the next upgrade applies; no database is made for it'
const branching = 'takes a branch, labels and dependencies, and names parents by their beginning'

export const commands: readonly Row[] = [
  row(
    '`init DIR`, `-t`, `--package`',
    '`init`, `--template service|package`, `--folder`',
    'Asks on a terminal; overwrites nothing.',
    ['cli/init.test.ts', 'init overwrites nothing, and says what it left alone'],
  ),
  absent('`list_templates`', 'there are two, and `init --help` names them.'),
  row('`revision -m`', '`revision -m`', 'Needs no database.', [newRevisions, following]),
  row('`revision --head`, `--branch-label`, `--depends-on`', 'the same words', '', [newRevisions, branching]),
  row('`revision --splice`, `--version-path`, `--rev-id`', 'the same words', 'A label may be given several times.', [
    newRevisions,
    'a new root has to say its folder, what follows it lies beside it, and each has a head of its own',
  ]),
  row(
    '`revision --autogenerate`',
    'the same words',
    'Asks about ambiguous changes; see [Autogenerate](#autogenerate).',
    ['cli/autogenerate.test.ts', 'is what its author would have written, line by line'],
  ),
  row('`merge REVS`, `-m`, `--branch-label`, `--rev-id`, `--splice`', '`merge`, the same words', '', [
    heads,
    'merge joins them: head is one again',
  ]),
  row(
    'no command (by hand, or alembic-rebase)',
    '`rebase <rev> --onto <head>`',
    'If one side has not been applied yet.',
    [heads, 'rebase puts one line behind the other: one constant and one comment change, the children follow'],
  ),
  row(
    '`upgrade REV`',
    '`upgrade [target]`',
    'Without a target it means `head`; an ambiguous target lists the choices.',
    ['cli/targets.test.ts', 'standing at %s: migrate %s'],
  ),
  row(
    '`upgrade A:B --sql`',
    '`upgrade [from:]to --sql`, `--out`',
    'With a precondition that fails if the database is at another revision.',
    [offline, 'a script that sqlite3 has run is where upgrade continues'],
  ),
  absent('`--tag`', 'the configuration gets `-x key=value`, and there is no other program that a tag could reach.'),
  row(
    '`downgrade REV`',
    '`downgrade <target>`',
    'Preserves values that its operations drop; only reports values that they convert or delete. Restores what its upgrade dropped only if the upgrade preserved it.',
    ['cli/targets.test.ts', 'standing at %s: migrate %s'],
  ),
  row('`downgrade A:B --sql`', '`downgrade from:to --sql`', '', [offline, 'is the same text each time']),
  row('`current`, `-v`', '`current`, `-v`', 'Marks a head with dependants as an effective head.', [
    history,
    'branches tells every fork with what follows it, heads and current what only a dependency stands on',
  ]),
  row(
    '`current --check-heads`',
    '`current --check-heads`',
    'Exits with 3, like every command that finds something to do.',
    ['cli/examples.test.ts', 'migrate current --check-heads'],
  ),
  row(
    '`history`, `-r`, `-v`, `-i`',
    'the same words',
    '`current` is marked without `-i`; ranges that fail in Alembic work.',
    [inspections, 'history marks heads, the current revision, forks and merges, and takes a range'],
  ),
  row('`heads`, `-v`, `--resolve-dependencies`', 'the same words', '', [
    history,
    'branches tells every fork with what follows it, heads and current what only a dependency stands on',
  ]),
  row('`branches`, `-v`', 'the same words', '', [
    history,
    'branches tells every fork with what follows it, heads and current what only a dependency stands on',
  ]),
  row('`show REV`', '`show <targets...>`', 'Several at once.', [inspections, 'heads and show tell of revisions']),
  row('nothing', '`graph`, `--format mermaid|dot|json`', 'The history drawn in the terminal.', [
    history,
    'graph draws it with labels, dependencies, heads and where the database stands',
  ]),
  row('`stamp REVS`, `--purge`', 'the same words', '`--accept-edit` accepts edited files.', [
    'cli/checking-servers.test.ts',
    'make the bookkeeping, find what is to be done, and leave the database alone',
  ]),
  row('`stamp --sql`', '`stamp [from:]to --sql`', '', [offline, 'with --json it is one document']),
  row('`edit REV`', '`edit <revision>`', '', [
    newRevisions,
    'opens the file in VISUAL, else EDITOR, with its arguments',
  ]),
  row(
    '`check`',
    '`check`',
    'Five answers: at head, model, drift, edits, heads. Also reports interrupted and opaque revisions.',
    [check, 'what is pending is a problem, and what to do is said'],
  ),
  row('nothing', '`check --branches`', 'Whether two heads touch the same things, before a merge.', [
    check,
    'two heads that touch the same column conflict, with both operations',
  ]),
  row(
    '`ensure_version`',
    '`ensure-version`',
    'The tables that every run needs; those of the journal and of preserved values are created when first needed.',
    ['cli/checking-servers.test.ts', 'make the bookkeeping, find what is to be done, and leave the database alone'],
  ),
  row('nothing', '`status`, `plan`', 'The current revision; what would run, on the real tables.', [
    inspections,
    'plan lists every step with its SQL, what a downgrade keeps, and changes nothing',
  ]),
  row('nothing', '`doctor`', 'Risks on this database.', [
    'cli/doctor/sqlite.test.ts',
    'a database that is well has no findings to act on',
  ]),
  row(
    'nothing',
    '`lock status`, `lock release`, `resume`, `preserved`',
    'What a killed run left, and what a downgrade preserves.',
    ['cli/examples.test.ts', 'migrate lock release'],
  ),
  row('`-c`, `ALEMBIC_CONFIG`', '`--config`', 'Searched in this folder and its parents, up to the package.', [
    'cli/usage.test.ts',
    'no configuration: CONFIG_NOT_FOUND names `migrate init` and where it looked, no further than the package',
  ]),
  row('`-n SECTION`', '`-x env=staging`, and a configuration that is a function', '', [
    settings,
    'gives another database for another -x, and hears the command; async ones are waited for',
  ]),
  row(
    '`-x key=value`',
    '`-x key=value`',
    'Data steps see it as `db.arguments`; recorders do not: a recording is the same each time.',
    [settings, 'is what data steps see as db.arguments, of keys of any name; recorders do not see it'],
  ),
  row('`--raiseerr`', 'the error itself', 'Code, object, revision, what to do next, and the cause.', [
    'cli/failures.test.ts',
    'a cause that says the same is not said twice',
  ]),
  row('`-q`', '`--quiet`; `--verbose` shows statements', '', [
    'cli/config-command.test.ts',
    '--verbose shows each statement and how long it took; --quiet nothing; both are USAGE',
  ]),
]

export const settingsOfIni: readonly Row[] = [
  row('`script_location`, `version_locations`', '`migrations`', 'One folder or several, each with its own bases.', [
    'unit/files/locations.test.ts',
    'are one graph with a base, a label and a head for each; what depends on another one waits for it',
  ]),
  row('`recursive_version_locations`', '`recursive`', '', [
    'unit/files/locations.test.ts',
    'are read where asked for, except hidden ones, installed packages and links',
  ]),
  row(
    '`file_template`, `timezone`, `truncate_slug_length`',
    '`newFiles`',
    'The same tokens; equal input gives equal text.',
    [newRevisions, 'the configuration says name, time zone, slug and text'],
  ),
  row('`script.py.mako`', '`newFiles.template`', '', [
    'unit/files/new-files.test.ts',
    'of a template of their own is that template, with its tokens filled',
  ]),
  row('`[post_write_hooks]`', '`newFiles.hooks`', 'Run a program; a failure is shown, and the file stays.', [
    newRevisions,
    'one that fails is named with what it said, those behind it do not run, and the file is kept',
  ]),
  row(
    '`sqlalchemy.url`',
    '`url`',
    'Nothing is interpolated: a percent sign is not doubled. In a password it is `%25`, as in every URL.',
    ['cli/config-command.test.ts', 'shows where the database comes from in the order in which it is taken'],
  ),
  absent(
    '`revision_environment`, `sourceless`, `output_encoding`, `prepend_sys_path`',
    'files are modules that Node imports.',
  ),
  row(
    '`on_version_apply`',
    '`beforeRevision`, `afterRevision`',
    'Inside the transaction of the revision, on MySQL and MariaDB inside that of its first and last part; a hook that hangs is ended.',
    ['unit/run/hooks.test.ts', 'are called in the transaction of each, before and after it, with what is known of it'],
  ),
]
