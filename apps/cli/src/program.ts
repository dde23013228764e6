import { MigrateError, nearNames } from '@org/migrate-core'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { HistorySettings } from './commands/history.ts'
import type { ResumeSettings } from './commands/resume.ts'
import type { StampSettings } from './commands/stamp.ts'
import type { UpgradeSettings } from './commands/upgrade.ts'
import type { CommandContext } from './context.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { defaultSettings, type Settings } from './settings.ts'

/** A command with its arguments; `running`: it changes the database and tells events on the way. */
export interface Invocation {
  readonly settings: Settings
  readonly running: boolean
  run(context: CommandContext): Promise<ExitCode>
}

/** What the words of the command line ask for: a command, or a text to print (help, version). Throws USAGE. */
export type Parsed = Invocation | { readonly text: string }

type Work = (context: CommandContext) => Promise<ExitCode>

/** Each command lies in a file of its own that is read when it is called. */
export function parse(args: readonly string[], version: string): Parsed {
  const program = new Command('migrate')
  let text = ''
  let problem = ''
  let invocation: Invocation | undefined
  const chosen = (work: Work, running = false): void => {
    invocation = { settings: settingsOf(program), running, run: work }
  }
  const command = (name: string, summary: string): Command =>
    program.command(name).description(summary).allowExcessArguments(false)

  program
    .description('Migrates a database. Without a command: upgrade to the head.')
    .version(version, '-v, --version', 'print the version')
    .option('--tier <name>', 'the tier that targets name (default: the last one)')
    .option('--url <url>', 'the database, instead of the one in the configuration')
    .option('--config <file>', 'the configuration (default: migrate.config.{ts,mts,js,mjs})')
    .option('--json', 'print for programs: one document, or one event a line and the result as the last')
    .option('--quiet', 'print no progress')
    .option(
      '--ignore-foreign-history <table>',
      "a table of another tool's history that may stay (repeatable)",
      collected,
    )
    .option('--allow-data-loss', 'go on where a downgrade cannot keep what it takes away')
    .option('--lock-wait <time>', 'how long to wait for another run: 0, 30s, 5m, forever (default: 60s)', lockWait)
    .option('--accept-drift', 'revert objects as they are where somebody else changed them')
    .option('--strict', 'an applied revision whose file was edited is an error')
    .allowExcessArguments(true)
    .configureHelp({ showGlobalOptions: true })
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
      refuseWords(program)
      chosen(async (context) => (await import('./commands/upgrade.ts')).upgrade(context, 'head'), true)
    })

  command('init', 'make a configuration and a folder for revisions here').action(() =>
    chosen(async (context) => (await import('./commands/init.ts')).init(context)),
  )
  command('upgrade', 'apply revisions up to a target (default: head)')
    .argument('[target]', 'a revision, head, heads, label@head, +2, …', 'head')
    .option('--backup <file>', 'copy the database there, and prove the copy, before the first change (SQLite)')
    .action((target: string, options: UpgradeSettings) =>
      chosen(async (context) => (await import('./commands/upgrade.ts')).upgrade(context, target, options), true),
    )
  command('downgrade', 'revert revisions down to a target')
    .argument('<target>', 'a revision, base, -1, …')
    .action((target: string) =>
      chosen(async (context) => (await import('./commands/downgrade.ts')).downgrade(context, target), true),
    )
  command('current', 'the revisions that the database stands at').action(() =>
    chosen(async (context) => (await import('./commands/current.ts')).current(context)),
  )
  command('history', 'the revisions, the latest first')
    .option('--verbose', 'everything about each')
    .option('-r, --range <from:to>', 'only these; either end may be left out')
    .action((options: HistorySettings) =>
      chosen(async (context) => (await import('./commands/history.ts')).history(context, options)),
    )
  command('heads', 'the heads of the graph')
    .option('--verbose', 'everything about each')
    .action((options: { verbose?: true }) =>
      chosen(async (context) => (await import('./commands/heads.ts')).heads(context, options)),
    )
  command('show', 'one revision')
    .argument('<revision>')
    .action((target: string) => chosen(async (context) => (await import('./commands/show.ts')).show(context, target)))
  command('status', 'where the database stands against the files')
    .option('--exit-code', 'exit with 3 where there is something to do')
    .action((options: { exitCode?: true }) =>
      chosen(async (context) => (await import('./commands/status.ts')).status(context, options)),
    )
  command('plan', 'what would run, with its SQL; changes nothing')
    .argument('[target]', 'as for upgrade and downgrade', 'head')
    .action((target: string) => chosen(async (context) => (await import('./commands/plan.ts')).plan(context, target)))
  command('kept', 'the values kept for a downgrade')
    .option('--purge <revision>', 'forget what this revision kept')
    .action((options: { purge?: string }) =>
      chosen(async (context) => (await import('./commands/kept.ts')).kept(context, options)),
    )
  command('resume', 'go on with a revision that stands half-way, saying of one part whether it ran')
    .option('--assume-applied <part>', 'the statement of this part has run')
    .option('--assume-not-applied <part>', 'the statement of this part has not run')
    .action((options: ResumeSettings) =>
      chosen(async (context) => (await import('./commands/resume.ts')).resume(context, options), true),
    )
  const lock = command('lock', 'who migrates this database: `lock status`, `lock release`')
  lock
    .command('status', { isDefault: true })
    .description('who holds the lock, since when, at which revision')
    .option('--exit-code', 'exit with 4 where somebody holds it')
    // `lock releas` comes here as well: it is no argument too many, but a word that is not known.
    .allowExcessArguments(true)
    .action((options: { exitCode?: true }, { args: words }: Command) => {
      refuseWords(lock, words)
      chosen(async (context) => (await import('./commands/lock.ts')).lockStatus(context, options))
    })
  lock
    .command('release')
    .description('take the lock away from a run that is known to be dead; what it still wants to write is refused')
    .action(() => chosen(async (context) => (await import('./commands/lock.ts')).lockRelease(context)))
  command('stamp', 'record a revision as applied without running anything')
    .argument('<target>')
    .option('--purge', 'forget what is recorded first')
    .option('--accept-edit', 'take the edited files up to the target as they are now')
    .action((target: string, options: StampSettings) =>
      chosen(async (context) => (await import('./commands/stamp.ts')).stamp(context, target, options), true),
    )

  try {
    program.parse(relativeTargets(args), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === exitCodes.done) return { text }
    throw usage((problem || error.message).replace(/^error: /, '').trim())
  }
  return invocation ?? { text }
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** `0`, `500ms`, `30s`, `5m`, `forever`, in ms. */
function lockWait(text: string): number {
  if (text === 'forever') return Number.POSITIVE_INFINITY
  const [, count, unit] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? []
  if (count === undefined || (unit === undefined && count !== '0')) {
    throw new InvalidArgumentError('It is 0, forever, or a number with ms, s, m or h.')
  }
  return Number(count) * units[(unit ?? 's') as keyof typeof units]
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** `downgrade -1` names a target, not an option. */
function relativeTargets(args: readonly string[]): readonly string[] {
  const at = args.findIndex(
    (arg, index) => /^-\d+$/.test(arg) && args[index - 1] !== '-r' && args[index - 1] !== '--range',
  )
  const isBehindDashes = args.slice(0, at).includes('--')
  if (at === -1 || isBehindDashes) return args
  return [...args.slice(0, at), ...args.slice(at + 1), '--', args[at] ?? '']
}

/** Words that no command of a group has taken. */
function refuseWords(group: Command, [word]: readonly string[] = group.args): void {
  if (word === undefined) return
  const names = group.commands.map((command) => command.name())
  const [near] = nearNames(word, names)
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`
  throw usage(`unknown command '${group.parent === null ? '' : `${group.name()} `}${word}': ${hint}`)
}

function usage(problem: string): MigrateError {
  return new MigrateError('USAGE', { problem }, problem, { remedy: 'Run `migrate --help`, or a command with --help.' })
}

function settingsOf(program: Command): Settings {
  return { ...defaultSettings, ...program.opts<Partial<Settings>>() }
}
