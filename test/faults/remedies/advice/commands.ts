import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { revision } from '../../../cli/project.ts'
import { command, declaring, projectOf, put } from '../program.ts'
import type { Scenario } from '../scenario.ts'
import { argumentsCase, finding, forked, inProject, renamed, schema, second, up } from './programs-kit.ts'

/** Advice about words of commands and what looking commands find, by the text in the sources. */
export const commands: { readonly [advice: string]: readonly Scenario[] } = {
  'Write it as --rename <old>:<new>, for example --rename users.mail:email or --rename accounts:users.': [
    argumentsCase(
      ['revision', '--autogenerate', '-m', 'x', '--rename', 'n'],
      ['revision', '--autogenerate', '-m', 'x', '--rename', 't.n:m'],
      renamed,
    ),
  ],
  'Name something that is gone and something that is new, as `--dry-run` shows them.': [
    argumentsCase(
      ['revision', '--autogenerate', '-m', 'x', '--rename', 't.n:m', '--dropped', 't.nn'],
      ['revision', '--autogenerate', '-m', 'x', '--rename', 't.n:m'],
      renamed,
    ),
  ],
  'Leave the answer for … out.': [
    argumentsCase(
      ['revision', '--autogenerate', '-m', 'x', '--allow-destructive', '--dropped', 't.n'],
      ['revision', '--autogenerate', '-m', 'x', '--allow-destructive'],
      (sandbox) => {
        declaring(sandbox, schema(''))
        second(sandbox)
        up(sandbox)
      },
    ),
  ],
  'What needs a value here: ….': [
    argumentsCase(
      ['revision', '--autogenerate', '-m', 'x', '--fill', 't.nn=1'],
      ['revision', '--autogenerate', '-m', 'x', '--fill', 't.n=1'],
      (sandbox) => {
        declaring(sandbox, schema("n: integer('n').notNull()"))
        up(sandbox)
      },
    ),
  ],
  'Leave one of --from database and --no-database out.': [
    argumentsCase(['check', '--no-database', '--from', 'database'], ['check', '--no-database']),
  ],
  'Add --autogenerate.': [
    argumentsCase(
      ['revision', '-m', 'x', '--no-renames'],
      ['revision', '--autogenerate', '-m', 'x', '--no-renames'],
      (sandbox) => {
        declaring(sandbox, schema("n: integer('n')"))
        up(sandbox)
      },
    ),
  ],
  "Write `autogenerate: { schema: './src/schema.ts' }` into it.": [
    {
      follows: '',
      before: up,
      call: (sandbox) => command(sandbox, 'revision', '--autogenerate', '-m', 'x'),
      follow: (sandbox) => declaring(sandbox, schema("n: integer('n')")),
    },
  ],
  'Check what would be lost; then repeat the command with --allow-destructive.': [
    argumentsCase(
      ['revision', '--autogenerate', '-m', 'x'],
      ['revision', '--autogenerate', '-m', 'x', '--allow-destructive'],
      (sandbox) => {
        declaring(sandbox, schema(''))
        second(sandbox)
        up(sandbox)
      },
    ),
  ],
  'Fix the file that declares the schema, or name another in `autogenerate.schema`.': [
    {
      follows: '',
      before: (sandbox) => {
        up(sandbox)
        declaring(sandbox, "throw new Error('odd')\n")
      },
      call: (sandbox) => command(sandbox, 'revision', '--autogenerate', '-m', 'x'),
      follow: (sandbox) => put(sandbox, 'schema.ts', schema("n: integer('n')")),
    },
  ],
  'Name two or more, or none: then all heads are compared.': [
    argumentsCase(['check', '--branches', 'b1'], ['check', '--branches', 'b1', 'c1'], forked),
    argumentsCase(['check', '--branches', 'b1'], ['check', '--branches'], forked),
  ],
  'Leave one of the two out.': [argumentsCase(['check', '--no-database', '--data'], ['check', '--data'], up)],
  'Name bash, zsh or fish.': [argumentsCase(['completion', 'tcsh'], ['completion', 'zsh'])],
  'Run `migrate heads` to see what can be joined.': [
    {
      ...argumentsCase(['merge', 'b1'], ['merge', 'heads', '-m', 'both'], forked),
      follow: (sandbox) => command(sandbox, 'heads'),
    },
  ],
  'Leave --sql-file out; the SQL of a revision is printed by `migrate plan` and by `migrate upgrade --sql`.': [
    {
      ...argumentsCase(['revision', '--autogenerate', '-m', 'x', '--sql-file'], ['upgrade', '--sql'], (sandbox) => {
        declaring(sandbox, schema("n: integer('n')"))
        up(sandbox)
      }),
    },
  ],
  'Give both ends, as in `migrate downgrade head:… --sql`; with `current:…` the database is read.': [
    argumentsCase(['downgrade', 'base', '--sql'], ['downgrade', 'head:base', '--sql']),
    argumentsCase(['downgrade', 'base', '--sql'], ['downgrade', 'current:base', '--sql'], up),
  ],
  'Write it as `from:to`.': [
    argumentsCase(['upgrade', 'a1:b1:c1', '--sql'], ['upgrade', 'a1:b1', '--sql'], (sandbox) => second(sandbox)),
    argumentsCase(['erd', '--changed', 'a1'], ['erd', '--changed', 'a1:head'], (sandbox) => second(sandbox)),
  ],
  'Name the earlier revision first.': [
    argumentsCase(['erd', '--changed', 'b1:a1'], ['erd', '--changed', 'a1:b1'], (sandbox) => second(sandbox)),
  ],
  'Leave out the other argument.': [
    argumentsCase(['erd', 'a1', '--changed', 'a1:b1'], ['erd', '--changed', 'a1:b1'], (sandbox) => second(sandbox)),
  ],
  'Name the target alone, or give --sql.': [
    argumentsCase(['upgrade', 'a1:b1'], ['upgrade', 'b1'], (sandbox) => second(sandbox)),
    argumentsCase(['upgrade', 'a1:b1'], ['upgrade', 'a1:b1', '--sql'], (sandbox) => second(sandbox)),
  ],
  'Give --sql too, or leave it out.': [
    argumentsCase(['upgrade', '--out', 'x.sql'], ['upgrade', '--out', 'x.sql', '--sql']),
    argumentsCase(['upgrade', '--out', 'x.sql'], ['upgrade']),
  ],
  'Move it away, or name another file.': [
    argumentsCase(['upgrade', '--sql', '--out', 'x.sql'], ['upgrade', '--sql', '--out', 'y.sql'], (sandbox) =>
      put(sandbox, 'x.sql', 'mine'),
    ),
    {
      ...argumentsCase(['upgrade', '--sql', '--out', 'x.sql'], ['upgrade', '--sql', '--out', 'x.sql'], (sandbox) =>
        put(sandbox, 'x.sql', 'mine'),
      ),
      follow: (sandbox) => rmSync(join(projectOf(sandbox).folder, 'x.sql')),
    },
  ],
  'Name another folder: `migrate init --folder revisions`.': [
    argumentsCase(['init'], ['init', '--folder', 'revisions'], (sandbox) => {
      put(sandbox, 'migrations/20260101_users.js', 'exports.up = (knex) => {}')
      rmSync(join(projectOf(sandbox).folder, 'migrate.config.ts'))
    }),
  ],
  'Move them away, or name another folder in the configuration.': [
    {
      ...argumentsCase(['init'], ['init'], (sandbox) => put(sandbox, 'migrations/1_users.js', 'exports.up = 1')),
      follow: (sandbox) => rmSync(join(projectOf(sandbox).folder, 'migrations/1_users.js')),
    },
  ],
  'Name the first revision of the line to move.': [
    argumentsCase(['rebase', 'base', '--onto', 'b1'], ['rebase', 'c1', '--onto', 'b1'], forked),
  ],
  'Name one revision to go down to, or `base`.': [
    argumentsCase(['downgrade', 'heads'], ['downgrade', 'base'], (sandbox) => {
      forked(sandbox)
      command(sandbox, 'upgrade', 'heads')
    }),
    argumentsCase(['downgrade', 'heads'], ['downgrade', 'a1'], (sandbox) => {
      forked(sandbox)
      command(sandbox, 'upgrade', 'heads')
    }),
  ],
  'Write `head`, `heads`, `base`, `current`, a revision or a label; `+2` or `-1` alone or behind one of these; `<branch>@` before any of them.':
    ['head', 'heads', 'a1', '+1', 'base+1', 'c1@head'].map((right) =>
      argumentsCase(
        ['plan', '++1'],
        ['plan', right],
        right === 'head' || right === '+1' || right === 'base+1' ? undefined : forked,
      ),
    ),
  'Name two revisions of one line: these stand on different ones. `migrate graph` draws the lines.': [
    argumentsCase(['history', '--range', 'b1:c1'], ['history', '--range', 'a1:c1'], forked),
  ],
  'Name one head.': [
    argumentsCase(['rebase', 'c1', '--onto', 'heads'], ['rebase', 'c1', '--onto', 'b1'], (sandbox) => {
      forked(sandbox)
      put(sandbox, 'migrations/d1_fourth.ts', revision('d1', 'a1', "  op.sql('SELECT 1')"))
    }),
  ],
  'Name a head of another line, or move that line instead.': [
    argumentsCase(['rebase', 'a1', '--onto', 'b1'], ['rebase', 'c1', '--onto', 'b1'], forked),
  ],
  'Downgrade that database below … first, move the other line instead, or join both with `migrate merge heads`.': [
    {
      ...argumentsCase(['rebase', 'c1', '--onto', 'b1'], ['rebase', 'c1', '--onto', 'b1'], (sandbox) => {
        forked(sandbox)
        command(sandbox, 'upgrade', 'c1')
      }),
      follow: (sandbox) => command(sandbox, 'downgrade', 'a1'),
    },
    argumentsCase(['rebase', 'c1', '--onto', 'b1'], ['rebase', 'b1', '--onto', 'c1'], (sandbox) => {
      forked(sandbox)
      command(sandbox, 'upgrade', 'c1')
    }),
    argumentsCase(['rebase', 'c1', '--onto', 'b1'], ['merge', 'heads', '-m', 'both'], (sandbox) => {
      forked(sandbox)
      command(sandbox, 'upgrade', 'c1')
    }),
  ],
  'Move the first revision of one of its sides, or remove the merge revision first.': [
    {
      ...argumentsCase(['rebase', 'm1', '--onto', 'e1'], ['rebase', 'c1', '--onto', 'b1'], (sandbox) => {
        forked(sandbox)
        put(
          sandbox,
          'migrations/m1_both.ts',
          revision('m1', null, '').replace(': string | null = null', " = ['b1', 'c1']"),
        )
        put(sandbox, 'migrations/e1_other.ts', revision('e1', 'a1', "  op.sql('SELECT 1')"))
      }),
      follow: (sandbox) => rmSync(join(projectOf(sandbox).folder, 'migrations/m1_both.ts')),
    },
  ],
  'Bring the files of those revisions back first.': [
    {
      ...argumentsCase(['rebase', 'c1', '--onto', 'b1'], ['rebase', 'c1', '--onto', 'b1'], (sandbox) => {
        forked(sandbox)
        put(sandbox, 'migrations/d1_fourth.ts', revision('d1', 'a1', "  op.sql('SELECT 1')"))
        command(sandbox, 'upgrade', 'd1')
        rmSync(join(projectOf(sandbox).folder, 'migrations/d1_fourth.ts'))
      }),
      follow: (sandbox) => put(sandbox, 'migrations/d1_fourth.ts', revision('d1', 'a1', "  op.sql('SELECT 1')")),
    },
  ],
  'Run `migrate downgrade --help`.': [
    {
      ...argumentsCase(['downgrade'], ['status']),
      afterwards: (sandbox) => projectOf(sandbox).run(['downgrade', '--help']).code === 0,
    },
  ],
  'Run `migrate --help`, or a command with --help.': [
    {
      ...argumentsCase(['upgrade', '--nope'], ['status']),
      afterwards: (sandbox) => projectOf(sandbox).run(['--help']).code === 0,
    },
  ],
  'See where it stands with `migrate status`.': [argumentsCase(['adopt'], ['status'], up)],
  'Write it as --tool-table <usual name>=<name here>.': [
    {
      ...argumentsCase(
        ['adopt', '--dry-run', '--tool-table', 'x'],
        ['adopt', '--dry-run', '--tool-table', '__drizzle_migrations=other'],
        (sandbox) => {
          rmSync(join(projectOf(sandbox).folder, 'migrations'), { recursive: true })
          inProject(
            sandbox,
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
      (sandbox) => {
        command(sandbox, 'plan')
        up(sandbox)
      },
    ),
  ],
  "Join them with `migrate merge heads`; `migrate check --branches` shows whether they touch the same things. If they are intended, set `heads: 'several'` in the configuration and give each a branch label.":
    [
      finding(
        'Join them with `migrate merge heads`; `migrate check --branches` shows',
        ['check', '--no-database'],
        forked,
        (sandbox) => {
          command(sandbox, 'check', '--branches')
          command(sandbox, 'merge', 'heads', '-m', 'both')
        },
      ),
      finding(
        'Join them with `migrate merge heads`; `migrate check --branches` shows',
        ['check', '--no-database'],
        forked,
        (sandbox) => {
          put(
            sandbox,
            'migrate.config.ts',
            "export default { url: 'sqlite:./app.db', migrations: './migrations', heads: 'several' }\n",
          )
          for (const [name, id] of [
            ['b1_second', 'b1'],
            ['c1_third', 'c1'],
          ] as const) {
            const file = join(projectOf(sandbox).folder, `migrations/${name}.ts`)
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
