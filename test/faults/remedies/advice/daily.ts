import { join } from 'node:path'
import { executeIn } from '../../../unit/run/kit.ts'
import { command, declaring, projectOf, put } from '../program.ts'
import type { Sandbox, Scenario } from '../scenario.ts'
import { argumentsCase, finding, schema, up } from './programs-kit.ts'

const configured = (sandbox: Sandbox, more: string): void =>
  put(sandbox, 'migrate.config.ts', `export default { url: 'sqlite:./app.db', migrations: './migrations', ${more} }\n`)
const seeded = (sandbox: Sandbox): void => configured(sandbox, 'seed: async (db) => void (await db.query("SELECT 1"))')
const seedFile = (sandbox: Sandbox, text: string): void => void projectOf(sandbox, { 'seeds/1.ts': text })

const occupied = (sandbox: Sandbox): void => {
  up(sandbox)
  put(sandbox, 'schema.ts', '// mine')
}

/** Rows that are there need a value of a new column. */
const demanding = (sandbox: Sandbox): void => {
  declaring(sandbox, schema("n: integer('n').notNull()"))
  up(sandbox)
}

/** A database that has what a1 makes, which is pending. */
const pushed = (sandbox: Sandbox): void => {
  declaring(sandbox, schema(''))
  command(sandbox, 'push')
}

const several = (sandbox: Sandbox): void =>
  put(
    sandbox,
    'migrate.config.ts',
    "export default { migrations: './migrations', databases: { main: { url: 'sqlite:main.db' }, audit: { url: 'sqlite:audit.db' } } }\n",
  )
const inPackage = (sandbox: Sandbox, more: object): void =>
  put(sandbox, 'package.json', JSON.stringify({ name: 'app', type: 'module', ...more }))

/** Advice of configurations, and of the commands of development. */
export const daily: { readonly [advice: string]: readonly Scenario[] } = {
  'Write the file, or name another one.': [
    {
      follows: 'writes it',
      before: (sandbox) => configured(sandbox, "envFile: 'absent.env'"),
      call: (sandbox) => command(sandbox, 'upgrade'),
      follow: (sandbox) => put(sandbox, 'absent.env', 'STAGE=test\n'),
    },
  ],
  'Write the configuration into `migrate`, or name its own file.': [
    {
      follows: 'writes it there',
      before: (sandbox) => inPackage(sandbox, {}),
      call: (sandbox) => command(sandbox, 'upgrade', '--config', 'package.json'),
      follow: (sandbox) => inPackage(sandbox, { migrate: { url: 'sqlite:app.db', migrations: './migrations' } }),
    },
    argumentsCase(['heads', '--config', 'package.json'], ['heads', '--config', 'migrate.config.ts']),
  ],
  'Leave the option out, or give the databases their names in `databases`.': [
    argumentsCase(['upgrade', '--database', 'main'], ['upgrade']),
    {
      follows: 'names them',
      call: (sandbox) => command(sandbox, 'upgrade', '--all'),
      follow: several,
    },
  ],
  'Add --database …, or --all for each of them.': [
    argumentsCase(['upgrade'], ['upgrade', '--database', 'main'], several),
    argumentsCase(['upgrade'], ['upgrade', '--all'], several),
  ],
  'Name one of ….': [argumentsCase(['upgrade', '--database', 'other'], ['upgrade', '--database', 'main'], several)],
  'Leave out --all.': [
    argumentsCase(['revision', '-m', 'x', '--all'], ['revision', '-m', 'x', '--database', 'main'], several),
  ],
  'Leave out one of them.': [
    argumentsCase(['upgrade', '--all', '--database', 'main'], ['upgrade', '--database', 'main'], several),
    argumentsCase(['upgrade', '--all', '--database', 'main'], ['upgrade', '--all'], several),
  ],
  'Correct the seed, or `seed` in the configuration.': [
    {
      follows: '',
      before: (sandbox) => {
        up(sandbox)
        configured(sandbox, "seed: './seeds'")
        seedFile(sandbox, 'export default 1\n')
      },
      call: (sandbox) => command(sandbox, 'seed'),
      // A module that was imported in this process stays as it was.
      follow: (sandbox) => {
        projectOf(sandbox, { 'others/1.ts': 'export default async () => {}\n' })
        configured(sandbox, "seed: './others'")
      },
    },
  ],
  "Write `seed: './seeds'` into it, a folder of modules, or a function.": [
    {
      follows: '',
      before: up,
      call: (sandbox) => command(sandbox, 'seed'),
      follow: (sandbox) => {
        projectOf(sandbox, { 'seeds/1.ts': 'export default async () => {}\n' })
        configured(sandbox, "seed: './seeds'")
      },
    },
  ],
  'Run `migrate upgrade`, then `migrate seed`.': [
    { follows: '', before: seeded, call: (sandbox) => command(sandbox, 'seed'), follow: up },
  ],
  'Name another file, or replace it with --force: what was added to it by hand is lost.': [
    argumentsCase(['pull', '--out', 'schema.ts'], ['pull', '--out', 'other.ts'], occupied),
    argumentsCase(['pull', '--out', 'schema.ts'], ['pull', '--out', 'schema.ts', '--force'], occupied),
  ],
  'Give --out as well, or leave it out.': [argumentsCase(['pull', '--force'], ['pull'], up)],
  'Check that the URL names the right database, and that `autogenerate.exclude` does not leave out every table.': [
    argumentsCase(['pull', '--url', 'sqlite:other.db'], ['pull'], (sandbox) => {
      up(sandbox)
      executeIn(join(projectOf(sandbox).folder, 'other.db'), 'CREATE VIEW v AS SELECT 1')
    }),
    {
      ...argumentsCase(['pull'], ['pull'], (sandbox) => {
        up(sandbox)
        configured(sandbox, "autogenerate: { schema: './schema.ts', exclude: ['*'] }")
      }),
      follow: (sandbox) => configured(sandbox, "autogenerate: { schema: './schema.ts' }"),
    },
  ],
  'Check which database the configuration names.': [
    argumentsCase(['reset', '--confirm', 'other.db'], ['reset', '--confirm', 'app.db'], up),
  ],
  'Add --confirm ….': [argumentsCase(['reset'], ['reset', '--confirm', 'app.db'], up)],
  'Drop what refers to it, or run `migrate reset --everything`.': [
    argumentsCase(['reset', '--confirm', 'app.db'], ['reset', '--everything', '--confirm', 'app.db'], (sandbox) => {
      up(sandbox)
      executeIn(projectOf(sandbox).database, 'CREATE TABLE other (t INTEGER REFERENCES t (id))')
    }),
  ],
  'Write it with `migrate plan --out <file>`.': [
    argumentsCase(['upgrade', '--plan', 'a.json'], ['upgrade', '--plan', 'plan.json'], (sandbox) =>
      command(sandbox, 'plan', '--out', 'plan.json'),
    ),
  ],
  'Run it with `migrate … --plan`.': [
    argumentsCase(['downgrade', '--plan', 'plan.json'], ['upgrade', '--plan', 'plan.json'], (sandbox) =>
      command(sandbox, 'plan', '--out', 'plan.json'),
    ),
    argumentsCase(['upgrade', '--plan', 'plan.json'], ['downgrade', '--plan', 'plan.json'], (sandbox) => {
      up(sandbox)
      command(sandbox, 'plan', 'base', '--out', 'plan.json')
    }),
  ],
  'Write it as --fill <table>.<column>=<SQL>, for rows that --dry-run shows to need a value.': [
    argumentsCase(['dev', '--fill', 't.n'], ['dev', '--fill', 't.n=1'], demanding),
  ],
  'Give each a value with --fill <table>.<column>=<SQL>, or `autogenerate.fill` in the configuration.': [
    argumentsCase(['dev'], ['dev', '--fill', 't.n=1'], demanding),
  ],
  'Run `migrate upgrade`, which records them where they make the same schema; else run `migrate reset`.': [
    {
      follows: '',
      before: pushed,
      call: (sandbox) => command(sandbox, 'plan'),
      follow: up,
    },
  ],
  'Run `migrate reset`; or, to keep the rows, run `migrate push` with the schema that the revisions make, then `migrate upgrade`.':
    [
      {
        follows: 'run `migrate push` with the schema that the revisions make, then `migrate upgrade`',
        before: (sandbox) => {
          declaring(sandbox, schema("n: integer('n')"))
          command(sandbox, 'push')
        },
        call: up,
        follow: (sandbox) => {
          put(sandbox, 'schema.ts', schema(''))
          command(sandbox, 'push', '--allow-destructive')
        },
      },
      {
        follows: 'Run `migrate reset`',
        before: (sandbox) => {
          declaring(sandbox, schema("n: integer('n')"))
          command(sandbox, 'push')
        },
        call: up,
        follow: (sandbox) => command(sandbox, 'reset', '--confirm', 'app.db'),
      },
    ],
  'Run `migrate dev`, which writes a revision of what is declared and applies it.': [
    argumentsCase(['push'], ['dev'], (sandbox) => {
      declaring(sandbox, schema("n: integer('n')"))
      up(sandbox)
    }),
  ],
  'Write the revision with `migrate revision --autogenerate`; then `migrate upgrade` records it where it makes the same schema.':
    [
      finding(
        'Write the revision with `migrate revision --autogenerate`; then `migrate upgrade` records it where it makes the same schema.',
        ['check'],
        (sandbox) => {
          declaring(sandbox, schema("n: integer('n')"))
          command(sandbox, 'push')
        },
        (sandbox) => {
          command(sandbox, 'revision', '--autogenerate', '-m', 'n')
          up(sandbox)
        },
      ),
    ],
  'Leave --watch out.': [
    argumentsCase(['dev', '--watch'], ['dev', '--allow-destructive'], (sandbox) => {
      up(sandbox)
      command(sandbox, 'upgrade', '--url', 'sqlite:other.db')
      configured(sandbox, "autogenerate: { schema: { from: 'database', url: 'sqlite:./other.db' } }")
    }),
  ],
  'Name a revision.': [
    argumentsCase(
      ['report', 'current:head', '--no-database', '--out', 'r.html'],
      ['report', 'base:head', '--no-database', '--out', 'r.html'],
    ),
  ],
  'Make the folder, or name another file.': [
    argumentsCase(
      ['report', 'base:head', '--no-database', '--out', 'none/r.html'],
      ['report', 'base:head', '--no-database', '--out', 'r.html'],
    ),
  ],
}
