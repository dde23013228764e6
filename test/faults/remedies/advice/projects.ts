import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { revision } from '../../../cli/project.ts'
import { command, declaring, projectOf, put } from '../program.ts'
import type { Sandbox, Scenario } from '../scenario.ts'
import {
  argumentsCase,
  byHand,
  byHandBehindTheHead,
  edit,
  ensured,
  finding,
  inProject,
  lostFile,
  schema,
  second,
  several,
  undeclared,
  up,
} from './programs-kit.ts'

const hotfix =
  'Undo the change, or keep it: write a revision that makes it (`migrate revision --autogenerate --from replay` where a schema is declared), apply all revisions before it to this database, run `migrate stamp <revision>` here, and `migrate upgrade` on the other databases.'

function declaredWithoutFile(sandbox: Sandbox): void {
  lostFile(sandbox)
  declaring(sandbox, schema("n: integer('n')"))
}

/** Advice about projects on the command line, by the text in the sources. */
export const projects: { readonly [advice: string]: readonly Scenario[] } = {
  'Bring the file back, or use the release that has it; `migrate downgrade` goes back below it by what the history kept.':
    [
      finding('Bring the file back, or use the release that has it', ['check'], lostFile, (sandbox) => second(sandbox)),
      finding('Bring the file back, or use the release that has it', ['check'], lostFile, (sandbox) =>
        command(sandbox, 'downgrade', 'a1'),
      ),
    ],
  'Declare what you want to keep. Then `migrate revision --autogenerate` writes a revision of these differences: it adds what is missing, and drops what is not declared.':
    [
      finding(
        'Declare what you want to keep. Then `migrate revision --autogenerate` writes a revision of these differences: it adds what is missing, and drops what is not declared.',
        ['check'],
        undeclared,
        (sandbox) => {
          command(sandbox, 'revision', '--autogenerate', '-m', 'x')
          up(sandbox)
        },
      ),
      finding(
        'Declare what you want to keep. Then `migrate revision --autogenerate` writes a revision of these differences: it adds what is missing, and drops what is not declared.',
        ['check'],
        undeclared,
        (sandbox) => put(sandbox, 'schema.ts', schema('')),
      ),
    ],
  [hotfix]: [
    finding(hotfix, ['check', '--from', 'replay'], byHand, (sandbox) =>
      inProject(sandbox, 'ALTER TABLE t DROP COLUMN by_hand'),
    ),
    finding(hotfix, ['check'], byHand, (sandbox) => {
      second(sandbox, "  op.alterTable('t', (t) => { t.addColumn('by_hand', integer()) })")
      command(sandbox, 'stamp', 'b1')
    }),
    finding(hotfix, ['check'], byHandBehindTheHead, (sandbox) => {
      put(
        sandbox,
        'migrations/c1_hotfix.ts',
        revision('c1', 'b1', "  op.alterTable('t', (t) => { t.addColumn('by_hand', integer()) })"),
      )
      command(sandbox, 'upgrade', 'b1')
      command(sandbox, 'stamp', 'c1')
    }),
    finding(hotfix, ['check'], byHand, (sandbox) => {
      put(sandbox, 'schema.ts', schema("by_hand: integer('by_hand')"))
      command(sandbox, 'revision', '--autogenerate', '--from', 'replay', '-m', 'x')
      command(sandbox, 'stamp', 'head')
    }),
  ],
  'Run `migrate upgrade` first, or compare with what the revisions make: --from replay.': [
    argumentsCase(
      ['revision', '--autogenerate', '-m', 'x'],
      ['revision', '--autogenerate', '-m', 'x', '--from', 'replay'],
      (sandbox) => declaring(sandbox, schema("n: integer('n')")),
    ),
    {
      ...argumentsCase(
        ['revision', '--autogenerate', '-m', 'x'],
        ['revision', '--autogenerate', '-m', 'x'],
        (sandbox) => declaring(sandbox, schema("n: integer('n')")),
      ),
      follow: up,
    },
  ],
  'Bring the files back that it has, or compare with what the revisions make: --from replay.': [
    argumentsCase(
      ['revision', '--autogenerate', '-m', 'x'],
      ['revision', '--autogenerate', '-m', 'x', '--from', 'replay'],
      declaredWithoutFile,
    ),
    {
      ...argumentsCase(
        ['revision', '--autogenerate', '-m', 'x'],
        ['revision', '--autogenerate', '-m', 'x'],
        declaredWithoutFile,
      ),
      follow: (sandbox) => second(sandbox),
    },
  ],
  'Write two targets with a colon between them; either may be left out: `-3:`, `:current`, `a:b`.': [
    argumentsCase(['history', '--range', 'a1'], ['history', '--range', ':a1']),
  ],
  'Set VISUAL or EDITOR to a program that opens files.': [
    {
      follows: '',
      call: (sandbox) => edit(sandbox, { EDITOR: 'false' }),
      afterwards: (sandbox) => edit(sandbox, { EDITOR: 'true' }),
    },
  ],
  'Set one of them, as in `EDITOR=vi migrate edit head`.': [
    {
      follows: '',
      call: (sandbox) => edit(sandbox, { EDITOR: '', VISUAL: '' }),
      afterwards: (sandbox) => edit(sandbox, { EDITOR: 'true' }),
    },
  ],
  'Run `migrate history` to see the revisions that exist.': [
    {
      follows: '',
      call: (sandbox) => edit(sandbox, { EDITOR: 'true' }, 'base'),
      afterwards: (sandbox) => command(sandbox, 'history'),
    },
  ],
  'Write `export default defineConfig({ … })`.': [
    {
      follows: '',
      before: (sandbox) => put(sandbox, 'migrate.config.ts', 'export const url = 1\n'),
      call: (sandbox) => command(sandbox, 'status'),
      follow: (sandbox) =>
        put(
          sandbox,
          'migrate.config.ts',
          "import { defineConfig } from '@org/cli'\nexport default defineConfig({ url: 'sqlite:./app.db', migrations: './migrations' })\n",
        ),
    },
  ],
  'Set … to the URL of the database, or name it with --url.': [
    {
      follows: '',
      before: (sandbox) =>
        put(
          sandbox,
          'migrate.config.ts',
          "export default { url: process.env.STAGE_URL, migrations: './migrations' }\n",
        ),
      call: (sandbox) => command(sandbox, 'status'),
      afterwards: (sandbox) => command(sandbox, 'status', '--url', 'sqlite:app.db'),
    },
  ],
  'Run `migrate current`, and pass the revision to start from, or leave it out.': [
    argumentsCase(['stamp', 'a1:b1'], ['stamp', 'b1'], (sandbox) => {
      second(sandbox)
      put(sandbox, 'migrations/c1_third.ts', revision('c1', 'b1', "  op.sql('SELECT 1')"))
      command(sandbox, 'upgrade', 'b1')
      command(sandbox, 'stamp', 'c1')
    }),
  ],
  'Put the files back, or `migrate stamp --accept-edit <revision>`.': [
    {
      follows: '',
      before: (sandbox) => {
        second(sandbox)
        up(sandbox)
        second(sandbox, "  op.alterTable('t', (t) => { t.addColumn('n', text()) })")
      },
      call: ensured,
      follow: (sandbox) => command(sandbox, 'stamp', '--accept-edit', 'b1'),
    },
    {
      follows: '',
      before: (sandbox) => {
        second(sandbox)
        up(sandbox)
        second(sandbox, "  op.alterTable('t', (t) => { t.addColumn('n', text()) })")
      },
      call: ensured,
      follow: (sandbox) => second(sandbox),
    },
  ],
  'Run `migrate upgrade heads`, or name a branch: `migrate upgrade <label>@head`.': [
    {
      ...finding('Run `migrate upgrade heads`', ['check'], several, () => {}),
      afterwards: (sandbox) => command(sandbox, 'upgrade', 'heads'),
    },
    {
      ...finding('Run `migrate upgrade heads`', ['check'], several, () => {}),
      afterwards: (sandbox) => command(sandbox, 'upgrade', 'lb1@head'),
    },
  ],
  'Write the constant at the top of the file, before other code, or move the file out of the folder.': [
    {
      follows: '',
      before: (sandbox) => second(sandbox, ''),
      call: (sandbox) => {
        const file = join(projectOf(sandbox).folder, 'migrations/b1_second.ts')
        writeFileSync(file, readFileSync(file, 'utf8').replace(/export const revision = .*\n/, ''))
        return command(sandbox, 'status')
      },
      afterwards: (sandbox) => {
        rmSync(join(projectOf(sandbox).folder, 'migrations/b1_second.ts'))
        return command(sandbox, 'status')
      },
    },
  ],
  'Rename one of the files: some file systems cannot hold both.': [
    {
      follows: '',
      before: (sandbox) => {
        second(sandbox)
        put(sandbox, 'migrations/B1_second.ts', revision('b2', 'a1', ''))
      },
      call: (sandbox) => command(sandbox, 'status'),
      follow: (sandbox) => rmSync(join(projectOf(sandbox).folder, 'migrations/B1_second.ts')),
    },
  ],
}
