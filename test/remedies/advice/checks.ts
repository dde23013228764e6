import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { revision } from '../../cli/project.ts'
import { command, declaring, projectOf, put } from '../program.ts'
import type { Place, Scenario } from '../scenario.ts'
import { finding, forked, inProject, label, schema, second, up } from './programs-kit.ts'

const opaque = "  op.sql('CREATE TABLE x (a)')"
const declared =
  "  op.sql('CREATE TABLE x (a)', { effects: (made) => made.createTable('x', (x) => { x.column('a', integer()) }) })"
const plain = "  op.alterTable('t', (t) => { t.addColumn('n', integer()) })"
/** The second revision is applied, and its file is another one then. */
const edited =
  (before: string, after: string) =>
  (place: Place): void => {
    second(place, before)
    up(place)
    second(place, after)
  }
const accept = (place: Place) => command(place, 'stamp', '--accept-edit', 'b1')
const unknownRow = (place: Place): void => {
  second(place)
  up(place)
  inProject(place, "UPDATE migrate_version SET version_num = 'z1'")
}
const severalWithoutLabels = (place: Place): void => {
  forked(place)
  put(
    place,
    'migrate.config.ts',
    "export default { url: 'sqlite:./app.db', migrations: './migrations', heads: 'several' }\n",
  )
}
const withDowngrade = (place: Place): void => {
  second(place, opaque)
  appendFileSync(
    join(projectOf(place).folder, 'migrations/b1_second.ts'),
    "export function downgrade(op: OperationRecorder): void {\n  op.sql('DROP TABLE x')\n}\n",
  )
}
const inSql = (place: Place): void => {
  const folder = join(projectOf(place).folder, 'migrations/b1_second')
  mkdirSync(folder)
  put(place, 'migrations/b1_second/up.sql', '-- revision: b1\n-- revises: a1\nCREATE TABLE x (a);\n')
}
const dropping = (place: Place, how: string): void =>
  put(place, 'migrations/c1_third.ts', revision('c1', 'b1', `  op.alterTable('t', (t) => { t.dropColumn('n'${how}) })`))
const preserved = (place: Place): void => {
  second(place, `${plain}\n  op.insertRows('t', [{ id: 1, n: 7 }], { key: ['id'] })`)
  dropping(place, ', { preserve: true }')
  up(place)
}
const downgradeIsRefused = (place: Place): void => {
  up(place)
  const { error } = projectOf(place).json(['downgrade', 'a1']) as { readonly error?: { readonly code: string } }
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
    (place: Place) => second(place, "  op.run('x', async () => {})"),
  ].map((follow) =>
    finding(
      'Look at its data steps and its downgrade: take the edit back, or ',
      ['check'],
      edited("  op.run('x', async () => {})", "  op.run('x', async () => { Math.abs(1) })"),
      follow,
    ),
  ),
  'Take the edit back and write a new revision; or, where the database is as the file says, ….': [
    (place: Place): void => {
      second(place)
      put(place, 'migrations/c1_third.ts', revision('c1', 'b1', plain.replace("'n'", "'m'")))
      up(place)
    },
    (place: Place): void => {
      inProject(place, 'ALTER TABLE t RENAME COLUMN n TO m')
      accept(place)
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
    (place: Place) => second(place, `${plain} // corrected`),
    (place: Place) => second(place),
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
      (place) => {
        up(place)
        inProject(place, 'CREATE TABLE saved AS SELECT * FROM migrate_history; DELETE FROM migrate_history')
      },
      (place) => inProject(place, 'INSERT INTO migrate_history SELECT * FROM saved; DROP TABLE saved'),
    ),
  ],
  [purge]: [
    finding(purge, ['check'], unknownRow, (place) => command(place, 'stamp', '--purge', 'b1')),
    finding(purge, ['check'], unknownRow, (place) =>
      put(place, 'migrations/z1_newer.ts', revision('z1', 'b1', "  op.sql('SELECT 1')")),
    ),
  ],
  'Check with the release that has it.': [
    finding('Check with the release that has it.', ['check', '--from', 'replay'], unknownRow, (place) =>
      put(place, 'migrations/z1_newer.ts', revision('z1', 'b1', "  op.sql('SELECT 1')")),
    ),
  ],
  [labels]: [label, (place: Place) => command(place, 'merge', 'heads', '-m', 'both')].map((follow) =>
    finding('Write a branch label of its own into ', ['check', '--no-database'], severalWithoutLabels, follow),
  ),
  [irreversible]: [
    finding(irreversible, ['check', '--no-database'], (place) => second(place, opaque), withDowngrade),
    finding(irreversible, ['check', '--no-database'], inSql, (place) =>
      put(place, 'migrations/b1_second/down.sql', 'DROP TABLE x;\n'),
    ),
    {
      ...finding(
        irreversible,
        ['check', '--no-database'],
        (place) => second(place, opaque),
        () => {},
      ),
      afterwards: downgradeIsRefused,
    },
  ],
  'Declare its `effects` where it changes tables, and a replay and `check --branches` take it into account.': [
    finding(
      'Declare its `effects` where it changes tables, and a replay and `check --branches` take it into account.',
      ['check', '--no-database'],
      (place) => second(place, opaque),
      (place) => second(place, declared),
    ),
  ],
  'Declare the `effects` of that SQL, and check again.': [
    finding(
      'Declare the `effects` of that SQL, and check again.',
      ['check', '--from', 'replay'],
      (place) => {
        second(place, opaque)
        up(place)
      },
      (place) => second(place, declared),
    ),
    finding(
      'Declare the `effects` of that SQL, and check again.',
      ['check', '--no-database'],
      (place) => {
        declaring(place, schema(''))
        second(place, opaque)
      },
      (place) => second(place, declared),
    ),
  ],
  [behind]: [
    finding(behind, ['check'], (place) => declaring(place, schema('')), up),
    {
      ...finding(
        behind,
        ['check'],
        (place) => declaring(place, schema('')),
        () => {},
      ),
      afterwards: (place) => {
        const answer = JSON.stringify(projectOf(place).json(['check', '--from', 'replay']))
        if (answer.includes('was not compared')) throw new Error(answer)
      },
    },
  ],
  'Correct ….… in these rows: a query that reads them fails with VALUE_INVALID.': [
    finding(
      ' in these rows: a query that reads them fails with VALUE_INVALID.',
      ['check', '--data'],
      (place) => {
        second(place)
        up(place)
        inProject(place, "INSERT INTO t VALUES (1, 'x')")
      },
      (place) => inProject(place, 'UPDATE t SET n = 2'),
    ),
  ],
  'See the numbers with `migrate plan`. `preserve: true` on the operation preserves what it takes away, for the downgrade.':
    [
      finding(
        'See the numbers with `migrate plan`. `preserve: true` on the operation preserves what it takes away',
        ['check'],
        (place) => {
          second(place, `${plain}\n  op.insertRows('t', [{ id: 1, n: 7 }], { key: ['id'] })`)
          up(place)
          dropping(place, '')
        },
        (place) => {
          if (!JSON.stringify(command(place, 'plan')).includes('"rows":1')) throw new Error('there is no number')
          dropping(place, ', { preserve: true }')
        },
      ),
    ],
  [see]: [
    finding(see, ['doctor'], preserved, (place) => {
      if (!JSON.stringify(command(place, 'preserved')).includes('c1')) throw new Error('they are not to be seen')
      command(place, 'preserved', 'purge', 'c1')
    }),
  ],
}
