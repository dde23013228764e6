import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type CommandDeclaration,
  type Group,
  groups,
  type OptionDeclaration,
} from '../../../apps/cli/src/command-line/declaration.ts'
import { globalOptions } from '../../../apps/cli/src/command-line/global-options.ts'
import { declarations } from '../../../apps/cli/src/commands/declarations/index.ts'
import { autogenerateHelp, configHelp } from '../../../apps/cli/src/config-help.ts'
import { root } from '../tree.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

function optionsTable(options: readonly OptionDeclaration[]): readonly string[] {
  if (options.length === 0) return []
  const rows = options.map(
    ({ flags, description, default: held = 'off', repeatable }) =>
      `| \`${cell(flags)}\` | ${cell(description)}${repeatable ? '; may be given several times' : ''} | ${cell(held)} |`,
  )
  return ['| option | | default |', '|---|---|---|', ...rows, '']
}

function sectionOf(declaration: CommandDeclaration, above = ''): readonly string[] {
  const { name, summary, arguments: args = [], options = [], examples, subcommands = [] } = declaration
  const call = ['migrate', ...(above === '' ? [] : [above]), name, ...args.map((each) => each.name)].join(' ')
  const list = args.map(
    ({ name: word, description, default: held }) =>
      `- \`${word}\`: ${description}${held === undefined ? '' : ` (default: ${held})`}`,
  )
  return [
    `### \`${call}\``,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    '',
    ...(list.length === 0 ? [] : [...list, '']),
    ...optionsTable(options),
    ...examples.map(({ line, description }) => `- \`${line}\`: ${description}`),
    '',
    ...subcommands.flatMap((each) => sectionOf(each, name)),
  ]
}

function page(): string {
  const parts = (Object.keys(groups) as Group[]).flatMap((group) => [
    `## ${groups[group].replace(/:$/, '')}`,
    '',
    ...declarations[group].flatMap((each) => sectionOf(each)),
  ])
  return [
    '# The commands, one by one',
    '',
    'This page lists every command with its options, as `--help` does. [The command line](cli.md) explains them.',
    '',
    ...parts,
    '## What every command takes',
    '',
    ...optionsTable(globalOptions),
  ].join('\n')
}

test('docs/reference/commands.md is what --help says', () => {
  const file = join(root, 'docs/reference/commands.md')
  // `UPDATE_DOCS=1` writes it; look at it before you commit it.
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, page())
  else expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(page())
})

const keyTables = { keys: configHelp, 'keys of autogenerate': autogenerateHelp } as const

test('docs/reference/configuration.md lists every key with its help', () => {
  const file = join(root, 'docs/reference/configuration.md')
  const text = readFileSync(file, 'utf8')
  const expected = Object.entries(keyTables).reduce((to, [title, keys]) => {
    const rows = Object.entries(keys).map(([key, { help }]) => `| \`${key}\` | ${cell(help)} |`)
    const table = [`<!-- ${title} -->`, '| key | |', '|---|---|', ...rows, `<!-- /${title} -->`].join('\n')
    return to.replace(new RegExp(`<!-- ${title} -->[^]*<!-- /${title} -->`), () => table)
  }, text)
  // `UPDATE_DOCS=1` writes it; look at it before you commit it.
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, expected)
  else expect(text).toBe(expected)
})
