import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { revision } from '../../../cli/project.ts'
import { command, declaring, projectOf, put } from '../program.ts'
import type { Sandbox, Scenario } from '../scenario.ts'
import { finding, forked, inProject, label, schema, second, up } from './programs-kit.ts'

const opaque = "  op.sql('CREATE TABLE x (a)')"
const declared =
  "  op.sql('CREATE TABLE x (a)', { effects: (made) => made.createTable('x', (x) => { x.column('a', integer()) }) })"
const plain = "  op.alterTable('t', (t) => { t.addColumn('n', integer()) })"
/** The second revision is applied, and its file is another one then. */
const edited =
  (before: string, after: string) =>
  (sandbox: Sandbox): void => {
    second(sandbox, before)
    up(sandbox)
    second(sandbox, after)
  }
const accept = (sandbox: Sandbox) => command(sandbox, 'stamp', '--accept-edit', 'b1')
const unknownRow = (sandbox: Sandbox): void => {
  second(sandbox)
  up(sandbox)
  inProject(sandbox, "UPDATE migrate_version SET version_num = 'z1'")
}
const severalWithoutLabels = (sandbox: Sandbox): void => {
  forked(sandbox)
  put(
    sandbox,
    'migrate.config.ts',
    "export default { url: 'sqlite:./app.db', migrations: './migrations', heads: 'several' }\n",
  )
}
const withDowngrade = (sandbox: Sandbox): void => {
  second(sandbox, opaque)
  appendFileSync(
    join(projectOf(sandbox).folder, 'migrations/b1_second.ts'),
    "export function downgrade(op: OperationRecorder): void {\n  op.sql('DROP TABLE x')\n}\n",
  )
}
const inSql = (sandbox: Sandbox): void => {
  const folder = join(projectOf(sandbox).folder, 'migrations/b1_second')
  mkdirSync(folder)
  put(sandbox, 'migrations/b1_second/up.sql', '-- revision: b1\n-- revises: a1\nCREATE TABLE x (a);\n')
}
const dropping = (sandbox: Sandbox, how: string): void =>
  put(
    sandbox,
    'migrations/c1_third.ts',
    revision('c1', 'b1', `  op.alterTable('t', (t) => { t.dropColumn('n'${how}) })`),
  )
const preserved = (sandbox: Sandbox): void => {
  second(sandbox, `${plain}\n  op.insertRows('t', [{ id: 1, n: 7 }], { key: ['id'] })`)
  dropping(sandbox, ', { preserve: true }')
  up(sandbox)
}
const downgradeIsRefused = (sandbox: Sandbox): void => {
  up(sandbox)
  const { error } = projectOf(sandbox).json(['downgrade', 'a1']) as { readonly error?: { readonly code: string } }
  if (error?.code !== 'IRREVERSIBLE') throw new Error(`the downgrade is not refused: ${JSON.stringify(error)}`)
}

const irreversible =
  'Write a `downgrade` (in SQL: a `down.sql`), or leave it: a downgrade below this revision is then refused.'
const purge =
  'Use the release that has it; or find out which revision the database is at, and record that with `migrate stamp --purge <revision>`.'
const labels = 'Write a branch label of its own into …, or join the heads with `migrate merge heads`.'
const history =
  'Restore the table from a backup. Without it edits of applied files are not noticed, and a downgrade is derived from the files as they are now.'
const behind = 'Run `migrate upgrade` first, or compare with what the revisions make: `migrate check --from replay`.'
const see = 'See them with `migrate preserved`; `migrate preserved purge <revision>` deletes those of one revision.'

/** What `check` and `doctor` advise of a SQLite database, by the text in the sources. */
export const checks: { readonly [advice: string]: readonly Scenario[] } = {
  'Nothing was lost: ….': [finding('Nothing was lost: ', ['check'], edited(plain, `${plain} // a comment`), accept)],
  'Look at its data steps and its downgrade: take the edit back, or ….': [
    accept,
    (sandbox: Sandbox) => second(sandbox, "  op.run('x', async () => {})"),
  ].map((follow) =>
    finding(
      'Look at its data steps and its downgrade: take the edit back, or ',
      ['check'],
      edited("  op.run('x', async () => {})", "  op.run('x', async () => { Math.abs(1) })"),
      follow,
    ),
  ),
  'Take the edit back and write a new revision; or, where the database is as the file says, ….': [
    (sandbox: Sandbox): void => {
      second(sandbox)
      put(sandbox, 'migrations/c1_third.ts', revision('c1', 'b1', plain.replace("'n'", "'m'")))
      up(sandbox)
    },
    (sandbox: Sandbox): void => {
      inProject(sandbox, 'ALTER TABLE t RENAME COLUMN n TO m')
      accept(sandbox)
    },
  ].map((follow) =>
    finding(
      'Take the edit back and write a new revision; or, where the database is as the file says, ',
      ['check'],
      edited(plain, plain.replace("'n'", "'m'")),
      follow,
    ),
  ),
  'Correct the file or take the edit back; or ….': [
    (sandbox: Sandbox) => second(sandbox, `${plain} // corrected`),
    (sandbox: Sandbox) => second(sandbox),
  ].map((follow) =>
    finding(
      'Correct the file or take the edit back; or ',
      ['check'],
      edited(plain, "  throw new Error('odd')"),
      follow,
    ),
  ),
  [history]: [
    finding(
      history,
      ['check'],
      (sandbox) => {
        up(sandbox)
        inProject(sandbox, 'CREATE TABLE saved AS SELECT * FROM migrate_history; DELETE FROM migrate_history')
      },
      (sandbox) => inProject(sandbox, 'INSERT INTO migrate_history SELECT * FROM saved; DROP TABLE saved'),
    ),
  ],
  [purge]: [
    finding(purge, ['check'], unknownRow, (sandbox) => command(sandbox, 'stamp', '--purge', 'b1')),
    finding(purge, ['check'], unknownRow, (sandbox) =>
      put(sandbox, 'migrations/z1_newer.ts', revision('z1', 'b1', "  op.sql('SELECT 1')")),
    ),
  ],
  'Check with the release that has it.': [
    finding('Check with the release that has it.', ['check', '--from', 'replay'], unknownRow, (sandbox) =>
      put(sandbox, 'migrations/z1_newer.ts', revision('z1', 'b1', "  op.sql('SELECT 1')")),
    ),
  ],
  [labels]: [label, (sandbox: Sandbox) => command(sandbox, 'merge', 'heads', '-m', 'both')].map((follow) =>
    finding('Write a branch label of its own into ', ['check', '--no-database'], severalWithoutLabels, follow),
  ),
  [irreversible]: [
    finding(irreversible, ['check', '--no-database'], (sandbox) => second(sandbox, opaque), withDowngrade),
    finding(irreversible, ['check', '--no-database'], inSql, (sandbox) =>
      put(sandbox, 'migrations/b1_second/down.sql', 'DROP TABLE x;\n'),
    ),
    {
      ...finding(
        irreversible,
        ['check', '--no-database'],
        (sandbox) => second(sandbox, opaque),
        () => {},
      ),
      afterwards: downgradeIsRefused,
    },
  ],
  'Declare its `effects` where it changes tables, and a replay and `check --branches` take it into account.': [
    finding(
      'Declare its `effects` where it changes tables, and a replay and `check --branches` take it into account.',
      ['check', '--no-database'],
      (sandbox) => second(sandbox, opaque),
      (sandbox) => second(sandbox, declared),
    ),
  ],
  'Declare the `effects` of that SQL, and check again.': [
    finding(
      'Declare the `effects` of that SQL, and check again.',
      ['check', '--from', 'replay'],
      (sandbox) => {
        second(sandbox, opaque)
        up(sandbox)
      },
      (sandbox) => second(sandbox, declared),
    ),
    finding(
      'Declare the `effects` of that SQL, and check again.',
      ['check', '--no-database'],
      (sandbox) => {
        declaring(sandbox, schema(''))
        second(sandbox, opaque)
      },
      (sandbox) => second(sandbox, declared),
    ),
  ],
  [behind]: [
    finding(behind, ['check'], (sandbox) => declaring(sandbox, schema('')), up),
    {
      ...finding(
        behind,
        ['check'],
        (sandbox) => declaring(sandbox, schema('')),
        () => {},
      ),
      afterwards: (sandbox) => {
        const answer = JSON.stringify(projectOf(sandbox).json(['check', '--from', 'replay']))
        if (answer.includes('was not compared')) throw new Error(answer)
      },
    },
  ],
  'Correct ….… in these rows: a query that reads them fails with VALUE_INVALID.': [
    finding(
      ' in these rows: a query that reads them fails with VALUE_INVALID.',
      ['check', '--data'],
      (sandbox) => {
        second(sandbox)
        up(sandbox)
        inProject(sandbox, "INSERT INTO t VALUES (1, 'x')")
      },
      (sandbox) => inProject(sandbox, 'UPDATE t SET n = 2'),
    ),
  ],
  'See the numbers with `migrate plan`. `preserve: true` on the operation preserves what it takes away, for the downgrade.':
    [
      finding(
        'See the numbers with `migrate plan`. `preserve: true` on the operation preserves what it takes away',
        ['check'],
        (sandbox) => {
          second(sandbox, `${plain}\n  op.insertRows('t', [{ id: 1, n: 7 }], { key: ['id'] })`)
          up(sandbox)
          dropping(sandbox, '')
        },
        (sandbox) => {
          if (!JSON.stringify(command(sandbox, 'plan')).includes('"rows":1')) throw new Error('there is no number')
          dropping(sandbox, ', { preserve: true }')
        },
      ),
    ],
  [see]: [
    finding(see, ['doctor'], preserved, (sandbox) => {
      if (!JSON.stringify(command(sandbox, 'preserved')).includes('c1')) throw new Error('they are not to be seen')
      command(sandbox, 'preserved', 'purge', 'c1')
    }),
  ],
}
