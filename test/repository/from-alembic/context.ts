import { absent, type Row, row } from './row.ts'

export const context: readonly Row[] = [
  row('`env.py`', '`createMigrator(options)`, `migrate.config.ts`', 'No program to maintain: options, or a function.', [
    'repository/docs/docs.test.ts',
    'are right by their types',
  ]),
  row(
    '`connection`, `url`, `dialect_name`',
    '`dialect: postgresDialect({ url })`',
    'A migrator opens its own session, and closes it.',
    ['cli/usage.test.ts', 'an unknown scheme lists the supported ones'],
  ),
  row(
    '`transactional_ddl`, `transaction_per_migration`',
    '`transaction: "revision" | "run"`',
    'One transaction per revision; one for all on an empty database. MySQL and MariaDB commit with each DDL statement.',
    [
      'unit/run/failure.test.ts',
      'with a transaction per revision the finished ones stay; with one for the run nothing does',
    ],
  ),
  row(
    '`version_table`, `version_table_schema`',
    '`tables.version`, `schema`',
    'The shape is the one that Alembic reads.',
    [
      'dialects/postgres/connection/connect.test.ts',
      'stands in the schema that is named; a run makes it, a look sees nothing',
    ],
  ),
  absent('`version_table_pk`', 'the table always has its key.'),
  row(
    '`as_sql`, `literal_binds`, `output_buffer`',
    '`migrator.script(target)`',
    'From the same compile path as a run.',
    [
      'unit/run/script-run.test.ts',
      'a script leaves what an online run leaves, and online continues and downgrades from there',
    ],
  ),
  absent(
    '`upgrade_token`, `downgrade_token`',
    'each database of several has its own revisions, as a tier or a configuration.',
  ),
  absent('`is_offline_mode()`', 'a revision records the same operations whether they are run or printed.'),
  row(
    'the shared transaction of `begin_transaction`',
    'the executor',
    'The history row commits with the revision, on MySQL and MariaDB after its last statement.',
    [
      'unit/run/failure.test.ts',
      'a revision that fails in its third statement leaves schema, data and version as before',
    ],
  ),
  row(
    'no lock (by hand: `pg_advisory_lock`)',
    'the lock',
    'Of several concurrent runs one migrates; the others wait and find nothing to do.',
    ['unit/run/concurrent.test.ts', 'four processes on one file: each revision once, no run fails'],
  ),
  row('no history', '`migrate_history`', 'Who, when, how long, with the operations that ran.', [
    'unit/run/history-damage.test.ts',
    'edits: same operations, other operations, a file that no longer loads; accepted, they are silent',
  ]),
]
