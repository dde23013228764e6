import { describe, expect, test } from 'vitest'
import type { CommandDeclaration, OptionDeclaration } from '../../apps/cli/src/command-line/declaration.ts'
import { globalOptions } from '../../apps/cli/src/command-line/global-options.ts'
import { declarations } from '../../apps/cli/src/commands/declarations/index.ts'
import { parse } from '../../apps/cli/src/program.ts'

interface Named {
  readonly path: readonly string[]
  readonly declaration: CommandDeclaration
}

const named = (declaration: CommandDeclaration, above: readonly string[] = []): readonly Named[] => {
  const path = [...above, declaration.name]
  return [{ path, declaration }, ...(declaration.subcommands ?? []).flatMap((each) => named(each, path))]
}
const all = Object.values(declarations)
  .flat()
  .flatMap((each) => named(each))
const rows = all.map(({ path, declaration }) => [path.join(' '), path, declaration] as const)

function helpOf(path: readonly string[]): string {
  const parsed = parse([...path, '--help'], '0.0.0')
  return 'text' in parsed ? parsed.text : ''
}

function problemOf(args: readonly string[]): string {
  try {
    parse(args, '0.0.0')
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

const longOf = (flags: string): string => /--[a-z-]+/.exec(flags)?.[0] ?? ''

/** Wrapped lines as one. */
const flat = (text: string): string => text.replace(/\s+/g, ' ')

function expectExplained(help: string, options: readonly OptionDeclaration[]): void {
  for (const option of options) {
    expect(help).toContain(`  ${option.flags} `)
    expect(flat(help)).toContain(flat(`${option.description} (default: ${option.default ?? 'off'})`))
  }
}

test('migrate --help explains what every command takes', () => expectExplained(helpOf([]), globalOptions))

describe.each(rows)('%s', (name, path, declaration) => {
  test('has a usage, every flag with its default, and two examples in its help', () => {
    const help = helpOf(path)
    expect(help).toMatch(new RegExp(`^Usage: migrate ${name.replace(' ', '(?:\\|\\w+)? ')}\\b`))
    expectExplained(help, declaration.options ?? [])
    const [, everyCommand = ''] = help.split('\nOf every command (`migrate --help` explains them):\n')
    const names = everyCommand.split('\n\n')[0]?.trim().split(/,\s+/)
    expect(names).toEqual(globalOptions.map(({ flags }) => /--[a-z-]+|^-x/.exec(flags)?.[0]))
    const [, examples = ''] = help.split('\nExamples:\n')
    expect(examples.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2)
    for (const { line } of declaration.examples) expect(examples).toContain(`  ${line} `)
  })

  test('tells the near one of a word or an option that it does not know', () => {
    const wrong = `${path.at(-1)}x`
    expect(problemOf([...path.slice(0, -1), wrong])).toMatch(new RegExp(`did you mean ${path.at(-1)}\\?`, 'i'))
    const placeholders = (declaration.arguments ?? []).filter((each) => each.name.startsWith('<')).map(() => 'a1')
    // What has to be given is given: its absence would be told first.
    const needed = (declaration.options ?? [])
      .filter(({ required }) => required === true)
      .map(({ flags }) => longOf(flags))
    const flag =
      (declaration.options ?? []).map(({ flags }) => longOf(flags)).find((each) => !needed.includes(each)) ?? '--strict'
    const given = needed.flatMap((each) => [each, 'a1'])
    expect(problemOf([...path, ...placeholders, ...given, `${flag}x`])).toContain(`': did you mean ${flag}?`)
  })
})

test('a word that is like none lists what there is', () => {
  expect(problemOf(['frobnicate'])).toMatch(/unknown command 'frobnicate': there are upgrade, /)
  expect(problemOf(['lock', 'frobnicate'])).toMatch(/unknown command 'lock frobnicate': there are status, release/)
})
