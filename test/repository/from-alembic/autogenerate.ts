import { absent, type Row, row } from './row.ts'

const hooks = 'cli/autogenerate-hooks.test.ts'

export const autogenerate: readonly Row[] = [
  row(
    '`target_metadata`',
    '`autogenerate.schema`',
    'Files with Drizzle tables or `table(…)`, also for several databases.',
    [
      'cli/autogenerate-files.test.ts',
      'one pattern means many files, which may import each other, and a file that gives them all again',
    ],
  ),
  row('a rename: drop and add', '`--rename`, a question, `renames`', 'Never guessed, and never dropped silently.', [
    'cli/autogenerate-story.test.ts',
    'goes from its first table to a changed schema and back, and nothing is lost on the way',
  ]),
  row(
    '`compare_type`, `compare_server_default`',
    'nothing to set',
    'Both sides are compared in the form of the server.',
    ['autogenerate/pairs/open-webui.test.ts', 'in the database and in what the revisions make'],
  ),
  row('`include_name`, `include_object`, `include_schemas`', '`include`, `exclude`', 'Patterns or functions.', [
    'cli/check-schema.test.ts',
    'what the configuration leaves out',
  ]),
  row('`process_revision_directives`, `Rewriter`', '`processOperations`', 'Edits, adds or omits changes; may throw.', [
    hooks,
    'edits them and adds others, and is told the dialect and the message',
  ]),
  row(
    'the recipe for no empty migrations',
    'nothing to set',
    'If nothing differs, no file is written; `--empty` writes one.',
    ['cli/autogenerate.test.ts', 'no file is made, which is said and no failure'],
  ),
  row('`render_item`', '`renderType`', '', [hooks, 'renderType writes types in the words of the project']),
  row('`render_as_batch`', 'nothing to set', 'Changes to one table are one rebuild on SQLite.', [
    'cli/autogenerate-story.test.ts',
    'goes from its first table to a changed schema and back, and nothing is lost on the way',
  ]),
  row(
    'the multidb template',
    '`schema` by dialect, `dialects`',
    'One revision for all; differences are under `op.on`.',
    [
      'cli/autogenerate-dialects.test.ts',
      'does on each what its schema says: together where they are the same, under op.on where they are not',
    ],
  ),
  row('`compare_metadata`, `produce_migrations`', '`compare`, `diffSchemas`', 'Changes as data.', [
    'cli/autogenerate.test.ts',
    'gives programs the changes as data',
  ]),
  row('`render_python_code`', '`renderBody`', 'Recording the text gives the same operations.', [
    'cli/autogenerate.test.ts',
    'is what its author would have written, line by line',
  ]),
  row('nothing', '`diff <from> <to>`', 'Of two databases.', [
    'cli/diff.test.ts',
    'that differ show what leads from the first to the second, and neither is written to',
  ]),
  row('nothing', '`adopt`', '[Takes over a database](adopt.md), that of Alembic too.', [
    'autogenerate/adopt/command.test.ts',
    'by a revision that makes what is there; nothing of theirs is touched',
  ]),
  absent(
    'own comparators, plugins',
    'the comparison is a record with a differ for each kind; your own kinds are SQL with effects.',
  ),
]
