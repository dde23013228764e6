import { isWholeScript, type ScriptOptions } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { usage } from '../usage.ts'
import { outputPath, scriptFile, writeOutput } from './output-file.ts'

/** The options of a command that can print SQL instead of working. */
export interface SqlSettings {
  readonly sql?: true
  readonly out?: string
  readonly serverVersion?: string
  readonly sqlSkipData?: true
}

/** Options that say something of a script only. Throws USAGE. */
export function refuseWithoutSql({ out, serverVersion, sqlSkipData }: SqlSettings): void {
  const settings = { '--out': out, '--server-version': serverVersion, '--sql-skip-data': sqlSkipData }
  const option = Object.entries(settings).find(([, value]) => value !== undefined)?.[0]
  if (option !== undefined) throw usage(`${option} goes with --sql only`, 'Give --sql too, or leave it out.')
}

type Command = NonNullable<ScriptOptions['command']>

/** `from:to`; a word without a colon is `to`. Throws USAGE where an end is missing that has to be there. */
function rangeOf(command: Command, word: string | undefined): { readonly from?: string; readonly to?: string } {
  if (word === undefined) return {}
  const colon = word.indexOf(':')
  if (colon <= 0 && command === 'downgrade') {
    const to = word.slice(colon + 1)
    const remedy = `Give both ends, as in \`migrate downgrade head:${to} --sql\`; with \`current:${to}\` the database is read.`
    throw usage('a downgrade as SQL has to say where it begins: no database is read', remedy)
  }
  const [from, to] = colon === -1 ? ['', word] : [word.slice(0, colon), word.slice(colon + 1)]
  if (to === '' || to.includes(':')) throw usage(`${word} is no range`, 'Write it as `from:to`.')
  return from === '' ? { to } : { from, to }
}

/**
 * The command as a script where `--sql` asks for one; undefined where it does not. `others` are options that a script cannot heed.
 * Throws USAGE.
 */
export function offline(
  context: CommandContext,
  command: Command,
  args: readonly string[],
  options: SqlSettings,
  unsupportedOptions: { readonly [flag: string]: unknown } = {},
): Promise<ExitCode> | undefined {
  const [first, ...more] = args
  if (!options.sql) {
    refuseWithoutSql(options)
    if (command === 'stamp' || !first?.includes(':')) return undefined
    throw usage(`${first} is a range, which goes with --sql only`, 'Name the target alone, or give --sql.')
  }
  const unsupported = Object.keys(unsupportedOptions).find((flag) => unsupportedOptions[flag] !== undefined)
  if (unsupported !== undefined) throw usage(`${unsupported} does not go with --sql`, 'Leave one of the two out.')
  const { to, ...range } = rangeOf(command, first)
  return printSql(context, more.length === 0 || to === undefined ? to : [to, ...more], options, { command, ...range })
}

/** What `plan` says, as a script: the database is asked where it stands. */
export function planAsSql(
  context: CommandContext,
  target: string | undefined,
  options: SqlSettings,
): Promise<ExitCode> | undefined {
  if (options.sql) return printSql(context, target, options, { from: 'current' })
  refuseWithoutSql(options)
  return undefined
}

/** Prints what a command would do as a script, to a file with `--out`. */
async function printSql(
  context: CommandContext,
  to: string | readonly string[] | undefined,
  { out, serverVersion, sqlSkipData }: SqlSettings,
  options: Pick<ScriptOptions, 'command' | 'from'>,
): Promise<ExitCode> {
  const { settings, report } = context
  const { migrator, tier } = await context.open()
  const text = await migrator.script(to, {
    ...options,
    tier: tier.name,
    allowDataLoss: settings.allowDataLoss,
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(sqlSkipData ? { skipData: true } : {}),
  })
  if (out === undefined) {
    report.verbatim({ sql: text }, text)
    return exitCodes.done
  }
  const path = await scriptFile(outputPath(context, out), to)
  const file = await writeOutput(context, path, text, isWholeScript)
  report.answer({ file }, () => `written to ${file}`)
  return exitCodes.done
}
