import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { revision } from '../../cli/project.ts'
import { command, declaring, projectOf, put } from '../program.ts'
import type { Scenario } from '../scenario.ts'
import { finding, forked, inProject, renamed, schema, second, up, words } from './programs-kit.ts'

/** Advice about words of commands and what looking commands find, by the text in the sources. */
export const commands: { readonly [advice: string]: readonly Scenario[] } = {
  'Write it as --rename <old>:<new>, for example --rename users.mail:email or --rename accounts:users.': [
    words(
      ['revision', '--autogenerate', '-m', 'x', '--rename', 'n'],
      ['revision', '--autogenerate', '-m', 'x', '--rename', 't.n:m'],
      renamed,
    ),
  ],
  'Name something that is gone and something that is new, as `--dry-run` shows them.': [
    words(
      ['revision', '--autogenerate', '-m', 'x', '--rename', 't.n:m', '--dropped', 't.nn'],
      ['revision', '--autogenerate', '-m', 'x', '--rename', 't.n:m'],
      renamed,
    ),
  ],
  'Leave the answer for … out.': [
    words(
      ['revision', '--autogenerate', '-m', 'x', '--allow-destructive', '--dropped', 't.n'],
      ['revision', '--autogenerate', '-m', 'x', '--allow-destructive'],
      (place) => {
        declaring(place, schema(''))
        second(place)
        up(place)
      },
    ),
  ],
  'Leave one of --from database and --no-database out.': [
    words(['check', '--no-database', '--from', 'database'], ['check', '--no-database']),
  ],
  'Add --autogenerate.': [
    words(
      ['revision', '-m', 'x', '--no-renames'],
      ['revision', '--autogenerate', '-m', 'x', '--no-renames'],
      (place) => {
        declaring(place, schema("n: integer('n')"))
        up(place)
      },
    ),
  ],
  "Write `autogenerate: { schema: './src/schema.ts' }` into it.": [
    {
      follows: '',
      before: up,
      call: (place) => command(place, 'revision', '--autogenerate', '-m', 'x'),
      follow: (place) => declaring(place, schema("n: integer('n')")),
    },
  ],
  'Look at what would be lost; then repeat the command with --allow-destructive.': [
    words(
      ['revision', '--autogenerate', '-m', 'x'],
      ['revision', '--autogenerate', '-m', 'x', '--allow-destructive'],
      (place) => {
        declaring(place, schema(''))
        second(place)
        up(place)
      },
    ),
  ],
  'Fix the file that declares the schema, or name another in `autogenerate.schema`.': [
    {
      follows: '',
      before: (place) => {
        up(place)
        declaring(place, "throw new Error('odd')\n")
      },
      call: (place) => command(place, 'revision', '--autogenerate', '-m', 'x'),
      follow: (place) => put(place, 'schema.ts', schema("n: integer('n')")),
    },
  ],
  'Name two or more, or none: then all heads are compared.': [
    words(['check', '--branches', 'b1'], ['check', '--branches', 'b1', 'c1'], forked),
    words(['check', '--branches', 'b1'], ['check', '--branches'], forked),
  ],
  'Leave one of the two out.': [words(['check', '--no-database', '--data'], ['check', '--data'], up)],
  'Name bash, zsh or fish.': [words(['completion', 'tcsh'], ['completion', 'zsh'])],
  'Run `migrate heads` to see what can be joined.': [
    { ...words(['merge', 'b1'], ['merge', 'heads', '-m', 'both'], forked), follow: (place) => command(place, 'heads') },
  ],
  'Leave --sql-file out; the SQL of a revision is printed by `migrate plan` and by `migrate upgrade --sql`.': [
    {
      ...words(['revision', '--autogenerate', '-m', 'x', '--sql-file'], ['upgrade', '--sql'], (place) => {
        declaring(place, schema("n: integer('n')"))
        up(place)
      }),
    },
  ],
  'Say both ends, as in `migrate downgrade head:… --sql`; with `current:…` the database is asked.': [
    words(['downgrade', 'base', '--sql'], ['downgrade', 'head:base', '--sql']),
    words(['downgrade', 'base', '--sql'], ['downgrade', 'current:base', '--sql'], up),
  ],
  'Write it as `from:to`.': [
    words(['upgrade', 'a1:b1:c1', '--sql'], ['upgrade', 'a1:b1', '--sql'], (place) => second(place)),
  ],
  'Name the target alone, or give --sql.': [
    words(['upgrade', 'a1:b1'], ['upgrade', 'b1'], (place) => second(place)),
    words(['upgrade', 'a1:b1'], ['upgrade', 'a1:b1', '--sql'], (place) => second(place)),
  ],
  'Give --sql too, or leave it out.': [
    words(['upgrade', '--out', 'x.sql'], ['upgrade', '--out', 'x.sql', '--sql']),
    words(['upgrade', '--out', 'x.sql'], ['upgrade']),
  ],
  'Move it away, or name another file.': [
    words(['upgrade', '--sql', '--out', 'x.sql'], ['upgrade', '--sql', '--out', 'y.sql'], (place) =>
      put(place, 'x.sql', 'mine'),
    ),
    {
      ...words(['upgrade', '--sql', '--out', 'x.sql'], ['upgrade', '--sql', '--out', 'x.sql'], (place) =>
        put(place, 'x.sql', 'mine'),
      ),
      follow: (place) => rmSync(join(projectOf(place).folder, 'x.sql')),
    },
  ],
  'Name the first revision of the line to move.': [
    words(['rebase', 'base', '--onto', 'b1'], ['rebase', 'c1', '--onto', 'b1'], forked),
  ],
  'Name one head.': [
    words(['rebase', 'c1', '--onto', 'heads'], ['rebase', 'c1', '--onto', 'b1'], (place) => {
      forked(place)
      put(place, 'migrations/d1_fourth.ts', revision('d1', 'a1', "  op.sql('SELECT 1')"))
    }),
  ],
  'Name a head of another line, or move that line instead.': [
    words(['rebase', 'a1', '--onto', 'b1'], ['rebase', 'c1', '--onto', 'b1'], forked),
  ],
  'Downgrade that database below … first, move the other line instead, or join both with `migrate merge heads`.': [
    {
      ...words(['rebase', 'c1', '--onto', 'b1'], ['rebase', 'c1', '--onto', 'b1'], (place) => {
        forked(place)
        command(place, 'upgrade', 'c1')
      }),
      follow: (place) => command(place, 'downgrade', 'a1'),
    },
    words(['rebase', 'c1', '--onto', 'b1'], ['rebase', 'b1', '--onto', 'c1'], (place) => {
      forked(place)
      command(place, 'upgrade', 'c1')
    }),
    words(['rebase', 'c1', '--onto', 'b1'], ['merge', 'heads', '-m', 'both'], (place) => {
      forked(place)
      command(place, 'upgrade', 'c1')
    }),
  ],
  'Move the first revision of one of its sides, or remove the merge revision first.': [
    {
      ...words(['rebase', 'm1', '--onto', 'e1'], ['rebase', 'c1', '--onto', 'b1'], (place) => {
        forked(place)
        put(
          place,
          'migrations/m1_both.ts',
          revision('m1', null, '').replace(': string | null = null', " = ['b1', 'c1']"),
        )
        put(place, 'migrations/e1_other.ts', revision('e1', 'a1', "  op.sql('SELECT 1')"))
      }),
      follow: (place) => rmSync(join(projectOf(place).folder, 'migrations/m1_both.ts')),
    },
  ],
  'Bring the files of those revisions back first.': [
    {
      ...words(['rebase', 'c1', '--onto', 'b1'], ['rebase', 'c1', '--onto', 'b1'], (place) => {
        forked(place)
        put(place, 'migrations/d1_fourth.ts', revision('d1', 'a1', "  op.sql('SELECT 1')"))
        command(place, 'upgrade', 'd1')
        rmSync(join(projectOf(place).folder, 'migrations/d1_fourth.ts'))
      }),
      follow: (place) => put(place, 'migrations/d1_fourth.ts', revision('d1', 'a1', "  op.sql('SELECT 1')")),
    },
  ],
  'Run `migrate --help`, or a command with --help.': [
    { ...words(['upgrade', '--nope'], ['status']), afterwards: (place) => projectOf(place).run(['--help']).code === 0 },
  ],
  'See where it stands with `migrate status`.': [words(['adopt'], ['status'], up)],
  'Write it as --tool-table <usual name>=<name here>.': [
    {
      ...words(
        ['adopt', '--dry-run', '--tool-table', 'x'],
        ['adopt', '--dry-run', '--tool-table', '__drizzle_migrations=other'],
        (place) => {
          rmSync(join(projectOf(place).folder, 'migrations'), { recursive: true })
          inProject(
            place,
            'CREATE TABLE mine (id INTEGER PRIMARY KEY); CREATE TABLE other (id INTEGER PRIMARY KEY, hash TEXT, created_at NUMERIC)',
          )
        },
      ),
    },
  ],
  'See them with `migrate plan`, and apply them with `migrate upgrade`.': [
    finding(
      'See them with `migrate plan`, and apply them with `migrate upgrade`.',
      ['check'],
      () => {},
      (place) => {
        command(place, 'plan')
        up(place)
      },
    ),
  ],
  "Join them with `migrate merge heads`; `migrate check --branches` shows whether they touch the same things. If they are intended, set `heads: 'several'` in the configuration and give each a branch label.":
    [
      finding(
        'Join them with `migrate merge heads`; `migrate check --branches` shows',
        ['check', '--no-database'],
        forked,
        (place) => {
          command(place, 'check', '--branches')
          command(place, 'merge', 'heads', '-m', 'both')
        },
      ),
      finding(
        'Join them with `migrate merge heads`; `migrate check --branches` shows',
        ['check', '--no-database'],
        forked,
        (place) => {
          put(
            place,
            'migrate.config.ts',
            "export default { url: 'sqlite:./app.db', migrations: './migrations', heads: 'several' }\n",
          )
          for (const [name, id] of [
            ['b1_second', 'b1'],
            ['c1_third', 'c1'],
          ] as const) {
            const file = join(projectOf(place).folder, `migrations/${name}.ts`)
            writeFileSync(
              file,
              readFileSync(file, 'utf8').replace(
                'branchLabels: readonly string[] = []',
                `branchLabels: readonly string[] = ['l${id}']`,
              ),
            )
          }
        },
      ),
    ],
}
