import { absent, type Row, row } from './row.ts'

const tables = '../packages/conformance/src/operations/cases/tables.ts'
const columns = '../packages/conformance/src/operations/cases/columns.ts'
const constraints = '../packages/conformance/src/operations/cases/constraints.ts'
const indexes = '../packages/conformance/src/operations/cases/indexes.ts'
const rows = '../packages/conformance/src/operations/cases/rows.ts'
const planning = 'unit/run/planning.test.ts'
const guards = 'unit/run/guards-drift.test.ts'
const changes = 'dialects/sqlite/rebuild/changes.test.ts'

export const operations: readonly Row[] = [
  row('`op.create_table`', '`op.createTable(name, (t) => …)`', 'Its indexes and comments belong to it.', [
    tables,
    'columns and a primary key',
  ]),
  row('`if_not_exists`', '`ifNotExists`', 'If the object differs, it is an error that lists the differences.', [
    planning,
    'guards are resolved against the tables; another shape is refused with the differences',
  ]),
  row(
    '`op.drop_table`',
    '`op.dropTable(name, { cascade, preserve })`',
    'An upgrade names the number of rows, and preserves them only with `preserve: true`. A downgrade preserves them.',
    ['unit/preserved/preserved.test.ts', 'what a downgrade drops comes back with the next upgrade'],
  ),
  row('`if_exists`', '`ifExists`', "The downgrade doesn't create what it did not find.", [
    guards,
    'every ifExists finds nothing and says so; what it finds is done, undone and written down',
  ]),
  row('`op.rename_table`', '`op.renameTable(name, to)`', 'References follow.', [tables, 'with what refers to it']),
  row(
    '`op.add_column`',
    '`op.addColumn(table, name, type, options)`',
    'A foreign key, a unique key and an index are separate operations.',
    [columns, 'NOT NULL with a default'],
  ),
  absent('`inline_references`, `inline_primary_key`', 'the dialect decides how its server adds the column.'),
  row(
    '`op.drop_column`',
    '`op.dropColumn(table, name, { preserve })`',
    'An upgrade names the number of values, and preserves them only with `preserve: true`. A downgrade preserves them.',
    ['unit/preserved/values.test.ts', 'values come back byte for byte from a dropped column and a dropped table'],
  ),
  row(
    '`op.alter_column` with `nullable`, `server_default`, `type_`, `comment`',
    '`op.alterColumn(table, name, { nullable, default, type, comment, … })`',
    'Absent keys are unchanged, on MySQL too (no `existing_*`).',
    [columns, 'a wider integer'],
  ),
  row(
    '`new_column_name`',
    '`op.renameColumn(table, name, to)`',
    'Triggers, views and foreign keys follow. On SQLite a view then shows the column under its new name, unless it names it with `AS`; the plan says so. PostgreSQL stores the body of a function as text: a function that reads the column needs its own step.',
    [changes, 'rename a column before the rebuild, so that triggers, views and foreign keys follow'],
  ),
  row(
    '`postgresql_using`',
    '`using` of `op.alterColumn`',
    'On every dialect; required if the server has no cast. A derived downgrade needs `usingBack`.',
    [columns, 'another type, the values converted by an expression'],
  ),
  row('`autoincrement`', '`autoIncrement`', '', [tables, 'a number that the server gives (autoIncrement)']),
  row('`op.create_index`', '`op.createIndex(table, name, elements, options)`', '', [indexes, 'plain']),
  row(
    '`postgresql_concurrently`',
    '`concurrently`',
    'The revision is split there by itself; an invalid index is rebuilt.',
    [indexes, 'concurrently'],
  ),
  row('`op.drop_index`', '`op.dropIndex(table, name)`', '', [indexes, 'plain']),
  row('`op.create_primary_key`', '`op.addPrimaryKey(table, columns)`', '', [constraints, 'primary key, by its kind']),
  row('`op.create_unique_constraint`', '`op.addUnique(table, columns, options)`', '', [
    constraints,
    'unique of two columns',
  ]),
  row('`op.create_check_constraint`', '`op.addCheck(table, expression, options)`', '', [constraints, 'check']),
  row('`op.create_foreign_key`', '`op.addForeignKey(table, key)`', '', [constraints, 'foreign key']),
  row('`op.create_exclude_constraint`', '`op.addConstraint(table, { kind: "exclude", … })`', 'PostgreSQL, as there.', [
    constraints,
    'item_apart',
  ]),
  row(
    '`op.drop_constraint`',
    '`op.dropConstraint(table, name)`',
    'Also by kind and columns, if it has no name; no `type_` on MySQL.',
    [constraints, 'unique, by its columns'],
  ),
  row(
    '`op.create_table_comment`, `op.drop_table_comment`',
    '`op.comment(table, text)`, `op.comment(table, null)`',
    '',
    [tables, 'comments'],
  ),
  row(
    '`op.execute`',
    '`op.sql(text, { inverse, effects })`',
    'One statement; declare its effects on the schema, and planning continues after it.',
    [rows, 'with what it does to the schema'],
  ),
  row('`op.bulk_insert`', '`op.insertRows(table, rows, { key })`', 'With a key it has a downgrade.', [
    rows,
    'with a key',
  ]),
  row(
    '`op.batch_alter_table`',
    '`op.alterTable`',
    'The dialect decides whether SQLite has to copy the table, and keeps everything that belongs to it.',
    [changes, 'need no rebuild where SQLite has an ALTER TABLE'],
  ),
  row(
    '`recreate="never"`, `copy_from`, `reflect_args`',
    'nothing',
    'The current table is read, and its text is kept byte for byte.',
    ['dialects/sqlite/rebuild/survive.test.ts', 'keeps what it does not change as it was written'],
  ),
  absent(
    '`insert_before`, `insert_after`, `partial_reordering`',
    'no statement should depend on the order of columns.',
  ),
  row(
    '`op.get_bind()`',
    '`op.run(label, async (db) => …)`',
    'Data work only: transactions and DDL are refused there.',
    ['unit/run/data-steps.test.ts', 'transaction control, DDL and settings are refused in a data step'],
  ),
  absent('`op.get_context()`', 'a revision gets everything that it may use as arguments.'),
  row('`op.run_async`', '`op.run`', 'Data steps are async functions; a missing await is an error.', [
    'unit/run/data-steps.test.ts',
    'a call that is not awaited is an error',
  ]),
  row(
    '`autocommit_block()`',
    '`nonTransactional` of `op.sql`; nothing for typed operations',
    "Statements that can't be in a transaction are known; the parts of a revision are journaled, and an interrupted revision resumes.",
    [
      'dialects/postgres/compile/native.test.ts',
      'says what cannot run in a transaction, and what is usable only after it',
    ],
  ),
  absent(
    '`op.inline_literal`, `op.f`',
    'values and names are used unchanged; there is no naming convention to escape.',
  ),
  absent(
    '`op.invoke`, `register_operation`, `implementation_for`',
    'every dialect implements every operation; anything else is SQL of the author, with its inverse and effects.',
  ),
  row(
    '`reverse()` of an operation',
    'the derived downgrade',
    'Without a `downgrade` it is derived, from the last operation to the first.',
    ['unit/run/inverses.test.ts', 'a derived downgrade goes from the last operation to the first'],
  ),
]
