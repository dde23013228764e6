import type { Autogenerate } from './autogenerate/settings.ts'
import type { Keys } from './config-table.ts'
import type { MigrateConfig } from './define-config.ts'

interface KeyHelp {
  /** For the page of the configuration. */
  readonly help: string
  /** What holds where the key is absent and its default is no single value. */
  readonly default?: string | { readonly [part: string]: string }
}

export const autogenerateHelp: Keys<Autogenerate, KeyHelp> = {
  schema: {
    help: 'the files that declare it: a path, a folder, a pattern, or a list of them, relative to the configuration; one that begins with `!` leaves files out; or [what makes it](../guides/other-schemas.md). By dialect where each database has its own: `{ sqlite: …, postgres: … }`',
  },
  dialects: {
    help: 'the databases that one revision serves, where the same files are for several; that of the URL unless given',
  },
  casing: { help: '`snake_case` or `camelCase`, as it is given to `drizzle()`' },
  include: {
    help: 'what takes part: patterns (`audit_*`, `billing.*`), or a function of the object; our own tables never do',
  },
  exclude: { help: 'what does not take part, in the same form' },
  renames: { help: 'answers for renames: the name that something new had, `null` where it is new' },
  fill: {
    help: 'a function of the place (`{ table, column, where }`) that gives the value for existing rows, as an SQL expression; where it gives nothing, the file asks',
  },
  allowDestructive: { help: '`true`: what loses data is written without being asked' },
  processOperations: { help: 'inspects the changes before a file is made: edits, adds, leaves out, or throws' },
  renderType: { help: "writes types as calls of the project's own functions" },
}

/** Every key of `migrate.config.ts`. */
export const configHelp: Keys<MigrateConfig, KeyHelp> = {
  url: { help: 'the database; `DATABASE_URL` if absent' },
  envFile: {
    help: 'a file of variables (`.env`), relative to the configuration, for those that are not set: `DATABASE_URL`. It is read after the configuration; `--dotenv` is read before it and goes before it',
  },
  databases: {
    help: '[several databases](../guides/several-databases.md) by their names, for `--database` and `--all`: each with its `url` and with every other key that is its own; what stands beside `databases` holds for all',
  },
  fleet: {
    help: '[many databases with one history](../guides/fleets.md), for `migrate fleet`: its `members`, `stages`, `parallel`, `retry`, the `shared` tier, a `template` for new members, the `state` where outcomes are recorded, and the [`queue`](../guides/many-machines.md) for many machines',
  },
  migrationUrl: {
    help: "where to migrate, if not at the service's `url`: past a pooler. It is taken before `url`, and after `--url`.",
  },
  lock: {
    help: '`session` or `table`: a row with a lease, for a [PostgreSQL behind a pooler](postgres.md#poolers); refused elsewhere',
    default: 'session',
  },
  driver: {
    help: 'the driver of [SQLite](sqlite.md#drivers), [PostgreSQL](postgres.md#drivers) or [MySQL](mysql.md#drivers); else the first installed',
  },
  key: {
    help: 'the key of an [encrypted SQLite file](sqlite.md#encrypted-databases); `DATABASE_PASSWORD` unless given, for `sqlite+sqlcipher://`; refused elsewhere',
  },
  protected: {
    help: 'whether the commands that drop data in development refuse [the database](../guides/daily-work.md#protected-databases); `false` does not hold for one that `--url` names',
    default: 'unless it is a file or on this machine',
  },
  schema: { help: 'the schema that everything is made in, on PostgreSQL; it holds with `--url` too' },
  migrations: { help: 'the folder of revisions, or several, relative to the configuration' },
  recursive: { help: '`true`: the sub-folders of `migrations` are read too' },
  tiers: {
    help: '[sources of revisions](migrator.md#options) in the order to run, the graph last, instead of `migrations`',
  },
  tables: {
    help: 'the names of the bookkeeping tables: `version`, `history`, `preserved`, `journal`, `lock`; `migrate_version` and so on unless given',
  },
  newFiles: { help: 'how [new revision files](../guides/new-revisions.md) are named and look, and what runs on them' },
  autogenerate: { help: '[the declared schema](#autogenerate), and how revisions are written from it' },
  seed: {
    help: '[rows for development](../guides/daily-work.md#seeds): a folder of modules, relative to the configuration, or a function',
  },
  snapshot: {
    help: 'the file of [the schema at head as SQL](../guides/schema-snapshot.md), relative to the configuration, which `upgrade` and `dev` write; one for each dialect: `{ sqlite: …, postgres: … }`',
  },
  preserve: {
    help: '[what a downgrade may preserve](../explanation/preserved-values.md): `maxBytes`; `upgrades: true` preserves what upgrades take away too',
  },
  check: {
    help: '`edits`: which edit of an applied file fails [`check`](checks.md#edited-files): `text`, `functions` (the default) or `operations`; `--edits` goes before it',
  },
  heads: {
    help: '`one` (the default) or `several`: whether the graph may have several heads. With `several` each head needs a branch label of its own',
  },
  transaction: {
    help: 'one transaction for each revision, or one for all pending ones; `run` on an empty database, else `revision`',
    default: 'run on an empty database, else revision',
  },
  ignoreForeignHistory: { help: "other tools' tables that may share the database" },
  notes: { help: 'lines that are printed to stderr before a run' },
  waitMs: { help: 'how long to wait for a database that another connection writes to' },
  lockWaitMs: { help: 'how long to wait for another run; `--lock-wait` goes before it', default: 'as waitMs' },
  leaseMs: { help: 'how long the lease of a lock lasts without being renewed' },
  lockTimeoutMs: {
    help: '[how long a statement may wait for a lock](../explanation/running.md)',
    default: "the server's",
  },
  statementTimeoutMs: { help: 'how long a statement may run', default: "the server's" },
  lockRetries: { help: 'how often what failed only for a lock is tried again' },
  stepIdleMs: { help: 'how long a data step may do nothing at all' },
  backupCommand: {
    help: '[what `--backup` runs](../guides/deployment.md#backups) instead of the client of the server: `run` and `verify`, two lines for the shell',
  },
  recordedBy: {
    help: '`host` and `user`: what the history records of who ran it',
    default: { host: 'the name of this machine', user: 'the user of the system' },
  },
  arguments: { help: 'what data steps and hooks see as `db.arguments`; `-x key=value` of the command line' },
  onEvent: { help: 'a [hook](hooks.md): hears every event of a run' },
  beforeRevision: { help: 'a [hook](hooks.md): runs before each revision, in its transaction' },
  afterRevision: { help: 'a [hook](hooks.md): runs after each revision, in its transaction' },
  afterHead: { help: 'a [hook](hooks.md): runs when the database is at the head' },
  hookTimeoutMs: { help: 'how long one call of a hook may take' },
}
