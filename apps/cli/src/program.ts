import type { MigrateError } from '@org/migrate-core'
import { nearNames } from '@org/migrate-core/internal'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import {
  type CommandDeclaration,
  type CommandWork,
  groups,
  type OptionDeclaration,
} from './command-line/declaration.ts'
import { globalOptions } from './command-line/global-options.ts'
import { nameHere, withHint } from './command-line/names-elsewhere.ts'
import type { TierRefusal } from './command-line/tier-refusals.ts'
import { declarations } from './commands/declarations/index.ts'
import type { CommandContext } from './context.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { usage } from './usage.ts'

function optionsOf({ options = [], subcommands = [] }: CommandDeclaration): readonly OptionDeclaration[] {
  return [...options, ...subcommands.flatMap(optionsOf)]
}

const everyOption = (): readonly OptionDeclaration[] => [
  ...globalOptions,
  ...Object.values(declarations).flat().flatMap(optionsOf),
]

/** The options that take the next word, whatever it begins with: `--head -1`. */
function optionsWithValue(): ReadonlySet<string> {
  const all = everyOption()
  return new Set(all.flatMap(({ flags }) => (flags.includes('<') ? (flags.match(/--?[a-z][a-z-]*/g) ?? []) : [])))
}

const isCounted = (arg: string): boolean => /^-\d+(:.*)?$/.test(arg)

/** `downgrade -1` names a target, not an option. */
function relativeTargets(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  if (!own.some(isCounted)) return args
  const withValue = optionsWithValue()
  const isTarget = (arg: string, at: number): boolean => isCounted(arg) && !withValue.has(own[at - 1] ?? '')
  const targets = own.filter(isTarget)
  if (targets.length === 0) return args
  const remaining = own.filter((arg, at) => !isTarget(arg, at))
  return [...remaining, '--', ...targets, ...(end === -1 ? [] : args.slice(end + 1))]
}

/** A command with its arguments; `running`: it changes the database and tells events on the way. */
export interface Invocation {
  readonly settings: Settings
  readonly running: boolean
  run(context: CommandContext): Promise<ExitCode>
}

/** What the words of the command line ask for: a command, or a text to print (help, version). Throws USAGE. */
export type Parsed = Invocation | { readonly text: string }

const wrapAt = 100

/** What the parser gives of the options that every command takes. */
type Given = Partial<Omit<Settings, 'x'>> & { readonly x?: readonly (readonly [string, string])[] }

/** Each command lies in a file of its own that is read when it is called. */
export function parse(args: readonly string[], version: string): Parsed {
  const program = new Command('migrate')
  let text = ''
  let problem = ''
  let invocation: Invocation | undefined
  const chosen = (command: string, run: Invocation['run'], running = false): void => {
    const { x = [], ...given } = program.opts<Given>()
    if (given.quiet && given.verbose) throw wrongCall("option '--verbose' cannot be used with option '--quiet'")
    const values: Settings['x'] = Object.freeze(Object.assign(Object.create(null), Object.fromEntries(x)))
    invocation = { settings: { ...defaultSettings, ...given, command, x: values }, running, run }
  }

  function add(parent: Command, declaration: CommandDeclaration, isDefault = false): void {
    const { name, summary, examples, running, subcommands = [] } = declaration
    const command = parent.command(name, { isDefault }).description(summary).allowExcessArguments(isDefault)
    for (const each of declaration.arguments ?? []) command.argument(each.name, descriptionOf(each))
    for (const each of declaration.options ?? [])
      command.addOption(each.repeatable ? optionOf(each) : givenOnce(optionOf(each)))
    for (const [at, each] of subcommands.entries()) add(command, each, at === 0)
    command.addHelpText('after', `${globalsText}\n${examplesText(examples)}`)
    const work = declaration.work as CommandWork<object> | undefined
    if (work === undefined) return
    command.action(() => {
      // `lock releas` comes here as well: it is no argument too many, but a word that is not known.
      if (isDefault) refuseUnknownCommand(parent, command.args)
      const commandArgs = command.args
      // What every command takes is read first: `history --verbose` never comes to `history` itself.
      const options = { ...command.opts<object>(), ...(program.opts<Given>().verbose ? { verbose: true } : {}) }
      chosen(
        parent === program ? name : `${parent.name()} ${name}`,
        tierAware(declaration, work, commandArgs, options),
        typeof running === 'function' ? (running as (given: object) => boolean)(options) : running,
      )
    })
  }

  program
    .description('Migrates a database. Without a command: upgrade to the head.')
    .version(version, '-V, --version', 'print the version')
    .allowExcessArguments(true)
    .configureHelp({ helpWidth: wrapAt })
    .helpCommand(true)
    .configureOutput({
      writeOut: (part) => {
        text += part
      },
      writeErr: () => {},
      outputError: (part) => {
        problem += part
      },
    })
    .exitOverride()
    .action(() => {
      refuseUnknownCommand(program)
      chosen('upgrade', async (context) => (await import('./commands/upgrade.ts')).upgrade(context), true)
    })
  for (const each of globalOptions) program.addOption(optionOf(each))
  for (const group of ['daily', 'history', 'repair', 'adopt'] as const) {
    program.commandsGroup(groups[group])
    for (const each of declarations[group]) add(program, each)
  }

  try {
    program.parse(relativeTargets(args), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === exitCodes.done) return { text }
    // `db push --force`: what the command is called here says more than that its option is not known.
    if (error.code === 'commander.unknownOption') refuseUnknownNames(program, program.args)
    const why = withHint((problem || error.message).replace(/^error: /, '').trim())
    throw wrongCall(error.code === 'commander.excessArguments' ? `${why}${repetitionHint(args)}` : why)
  }
  return invocation ?? { text }
}

/** The work of a command, which first refuses a tier that it would pass by. */
function tierAware(
  { refusesTier }: CommandDeclaration,
  work: CommandWork<object>,
  args: readonly string[],
  options: object,
): Invocation['run'] {
  return async (context) => {
    const refusal =
      typeof refusesTier === 'function'
        ? (refusesTier as (given: object, texts: readonly string[]) => TierRefusal | undefined)(options, args)
        : refusesTier
    if (refusal !== undefined && context.settings.tier !== undefined)
      await (await import('./command-line/refuse-tier.ts')).refuseTier(context, refusal)
    return work(context, args, options)
  }
}

function descriptionOf(declaration: { readonly description: string; readonly default?: string }): string {
  return declaration.default === undefined
    ? declaration.description
    : `${declaration.description} (default: ${declaration.default})`
}

function optionOf(declaration: OptionDeclaration): Option {
  const { flags, parse, repeatable, choices, required = false } = declaration
  const many = repeatable === true ? ' (may be given several times)' : ''
  const option = new Option(flags, `${descriptionOf({ default: 'off', ...declaration })}${many}`)
  option.makeOptionMandatory(required)
  if (choices !== undefined) option.choices(choices)
  if (repeatable === true)
    option.argParser((value: string, before: readonly unknown[] | undefined) => [
      ...(before ?? []),
      parse === undefined ? value : parse(value),
    ])
  else if (parse !== undefined) option.argParser(parse)
  return option
}

/** Of the second value of an option the first would be passed by. Of the options of every command the later one holds: an alias may give them. */
function givenOnce(option: Option): Option {
  const { parseArg } = option
  if (option.isBoolean() || option.negate || option.variadic) return option
  let isGiven = false
  return option.argParser((value: string) => {
    if (isGiven) throw new InvalidArgumentError('It is given more than once.')
    isGiven = true
    return parseArg === undefined ? value : parseArg(value, undefined)
  })
}

/** For `--rename a:b c:d`: here an option has one value, and is repeated. */
function repetitionHint(args: readonly string[]): string {
  const all = everyOption()
  const isRepeatable = (word: string): boolean =>
    all.some(({ flags, repeatable }) => repeatable === true && flags.split(/[ ,]+/).includes(word))
  const isValue = (word: string | undefined): boolean => word !== undefined && !word.startsWith('-')
  const option = args.find((word, at) => isRepeatable(word) && isValue(args[at + 1]) && isValue(args[at + 2]))
  return option === undefined ? '' : ` Write ${option} before each of its values.`
}

/** What every command takes, in a line: `migrate --help` explains each. */
const globalsText = `\nOf every command (\`migrate --help\` explains them):\n${wrapped(
  globalOptions.flatMap(({ flags }) => /--[a-z-]+|^-[a-z]/.exec(flags) ?? []).join(', '),
)}`

function wrapped(names: string): string {
  return names.replace(new RegExp(`(.{1,${wrapAt - 4}})(?: |$)`, 'g'), '  $1\n').trimEnd()
}

function examplesText(examples: CommandDeclaration['examples']): string {
  const width = Math.max(...examples.map(({ line }) => line.length))
  const lines = examples.map(({ line, description }) => `  ${line.padEnd(width)}  ${description}`)
  return `\nExamples:\n${lines.join('\n')}`
}

/** Words that no command of a group has taken. */
function refuseUnknownCommand(group: Command, given: readonly string[] = group.args): void {
  const [word] = given
  if (word === undefined) return
  const names = group.commands.map((command) => command.name())
  const { command, ours } = nameHere(given, names)
  if (group.parent === null && ours !== undefined)
    throw wrongCall(`unknown command '${command}': use \`migrate ${ours}\``)
  const [near] = nearNames(word, names)
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`
  throw wrongCall(`unknown command '${group.parent === null ? '' : `${group.name()} `}${word}': ${hint}`)
}

/** The same of the names before the first option, in each group that they lead into. */
function refuseUnknownNames(group: Command, [name, ...rest]: readonly string[]): void {
  if (name === undefined || name.startsWith('-') || group.commands.length === 0) return
  const next = group.commands.find((command) => command.name() === name)
  if (next !== undefined) {
    refuseUnknownNames(next, rest)
    return
  }
  const end = rest.findIndex((each) => each.startsWith('-'))
  refuseUnknownCommand(group, [name, ...rest.slice(0, end === -1 ? rest.length : end)])
}

function wrongCall(problem: string): MigrateError {
  return usage(problem, 'Run `migrate --help`, or a command with --help.')
}
