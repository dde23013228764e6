import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { revision } from '../../cli/project.ts'
import { command, declaring, projectOf, put } from '../program.ts'
import type { Scenario } from '../scenario.ts'
import {
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
  words,
} from './programs-kit.ts'

const hotfix =
  'Undo the change, or keep it: write a revision that makes it (`migrate revision --autogenerate --from replay` where a schema is declared), apply all revisions before it to this database, run `migrate stamp <revision>` here, and `migrate upgrade` on the other databases.'

/** Advice about projects on the command line, by the text in the sources. */
export const projects: { readonly [advice: string]: readonly Scenario[] } = {
  'Bring the file back, or use the release that has it; `migrate downgrade` goes back below it by what the history kept.':
    [
      finding('Bring the file back, or use the release that has it', ['check'], lostFile, (place) => second(place)),
      finding('Bring the file back, or use the release that has it', ['check'], lostFile, (place) =>
        command(place, 'downgrade', 'a1'),
      ),
    ],
  'Write what is missing with `migrate revision --autogenerate`, or change the declaration.': [
    finding(
      'Write what is missing with `migrate revision --autogenerate`, or change the declaration.',
      ['check'],
      undeclared,
      (place) => {
        command(place, 'revision', '--autogenerate', '-m', 'x')
        up(place)
      },
    ),
    finding(
      'Write what is missing with `migrate revision --autogenerate`, or change the declaration.',
      ['check'],
      undeclared,
      (place) => put(place, 'schema.ts', schema('')),
    ),
  ],
  [hotfix]: [
    finding(hotfix, ['check', '--from', 'replay'], byHand, (place) =>
      inProject(place, 'ALTER TABLE t DROP COLUMN by_hand'),
    ),
    finding(hotfix, ['check'], byHand, (place) => {
      second(place, "  op.alterTable('t', (t) => { t.addColumn('by_hand', integer()) })")
      command(place, 'stamp', 'b1')
    }),
    finding(hotfix, ['check'], byHandBehindTheHead, (place) => {
      put(
        place,
        'migrations/c1_hotfix.ts',
        revision('c1', 'b1', "  op.alterTable('t', (t) => { t.addColumn('by_hand', integer()) })"),
      )
      command(place, 'upgrade', 'b1')
      command(place, 'stamp', 'c1')
    }),
    finding(hotfix, ['check'], byHand, (place) => {
      put(place, 'schema.ts', schema("by_hand: integer('by_hand')"))
      command(place, 'revision', '--autogenerate', '--from', 'replay', '-m', 'x')
      command(place, 'stamp', 'head')
    }),
  ],
  'Run `migrate upgrade` first, or compare with what the revisions make: --from replay.': [
    words(
      ['revision', '--autogenerate', '-m', 'x'],
      ['revision', '--autogenerate', '-m', 'x', '--from', 'replay'],
      (place) => declaring(place, schema("n: integer('n')")),
    ),
    {
      ...words(['revision', '--autogenerate', '-m', 'x'], ['revision', '--autogenerate', '-m', 'x'], (place) =>
        declaring(place, schema("n: integer('n')")),
      ),
      follow: up,
    },
  ],
  'Write two targets with a colon between them; either may be left out: `-3:`, `:current`, `a:b`.': [
    words(['history', '--range', 'a1'], ['history', '--range', ':a1']),
  ],
  'Did you mean …?': [words(['upgrade', 'a2'], ['upgrade', 'a1'])],
  'Set VISUAL or EDITOR to a program that opens files.': [
    {
      follows: '',
      call: (place) => edit(place, { EDITOR: 'false' }),
      afterwards: (place) => edit(place, { EDITOR: 'true' }),
    },
  ],
  'Set one of them, as in `EDITOR=vi migrate edit head`.': [
    {
      follows: '',
      call: (place) => edit(place, { EDITOR: '', VISUAL: '' }),
      afterwards: (place) => edit(place, { EDITOR: 'true' }),
    },
  ],
  'Run `migrate history` to see the revisions that exist.': [{ ...words(['edit', 'base'], ['history']), follows: '' }],
  'Write `export default defineConfig({ … })`.': [
    {
      follows: '',
      before: (place) => put(place, 'migrate.config.ts', 'export const url = 1\n'),
      call: (place) => command(place, 'status'),
      follow: (place) =>
        put(
          place,
          'migrate.config.ts',
          "import { defineConfig } from '@org/cli'\nexport default defineConfig({ url: 'sqlite:./app.db', migrations: './migrations' })\n",
        ),
    },
  ],
  'Set … to the URL of the database, or name it with --url.': [
    {
      follows: '',
      before: (place) =>
        put(place, 'migrate.config.ts', "export default { url: process.env.STAGE_URL, migrations: './migrations' }\n"),
      call: (place) => command(place, 'status'),
      afterwards: (place) => command(place, 'status', '--url', 'sqlite:app.db'),
    },
  ],
  'Look at `migrate current`, and say from where to go on, or leave the place to start from out.': [
    words(['stamp', 'a1:b1'], ['stamp', 'b1'], (place) => {
      second(place)
      put(place, 'migrations/c1_third.ts', revision('c1', 'b1', "  op.sql('SELECT 1')"))
      command(place, 'upgrade', 'b1')
      command(place, 'stamp', 'c1')
    }),
  ],
  'Put the files back, or `migrate stamp --accept-edit <revision>`.': [
    {
      follows: '',
      before: (place) => {
        second(place)
        up(place)
        second(place, "  op.alterTable('t', (t) => { t.addColumn('n', text()) })")
      },
      call: ensured,
      follow: (place) => command(place, 'stamp', '--accept-edit', 'b1'),
    },
    {
      follows: '',
      before: (place) => {
        second(place)
        up(place)
        second(place, "  op.alterTable('t', (t) => { t.addColumn('n', text()) })")
      },
      call: ensured,
      follow: (place) => second(place),
    },
  ],
  'Run `migrate upgrade heads`, or name a branch: `migrate upgrade <label>@head`.': [
    {
      ...finding('Run `migrate upgrade heads`', ['check'], several, () => {}),
      afterwards: (place) => command(place, 'upgrade', 'heads'),
    },
    {
      ...finding('Run `migrate upgrade heads`', ['check'], several, () => {}),
      afterwards: (place) => command(place, 'upgrade', 'lb1@head'),
    },
  ],
  'Write the constant at the top of the file, before other code, or move the file out of the folder.': [
    {
      follows: '',
      before: (place) => second(place, ''),
      call: (place) => {
        const file = join(projectOf(place).folder, 'migrations/b1_second.ts')
        writeFileSync(file, readFileSync(file, 'utf8').replace(/export const revision = .*\n/, ''))
        return command(place, 'status')
      },
      afterwards: (place) => {
        rmSync(join(projectOf(place).folder, 'migrations/b1_second.ts'))
        return command(place, 'status')
      },
    },
  ],
  'Rename one of the files: some file systems cannot hold both.': [
    {
      follows: '',
      before: (place) => {
        second(place)
        put(place, 'migrations/B1_second.ts', revision('b2', 'a1', ''))
      },
      call: (place) => command(place, 'status'),
      follow: (place) => rmSync(join(projectOf(place).folder, 'migrations/B1_second.ts')),
    },
  ],
}
