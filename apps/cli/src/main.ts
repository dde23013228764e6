import { isMigrateError, MigrateError } from '@org/migrate-core'
import { thrownMessage } from '@org/migrate-core/dialect'
import { callerOf } from './caller.ts'
import { upgrade } from './commands/upgrade.ts'
import type { CommandContext } from './context.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts'
import { harmless } from './harmless.ts'
import { channel } from './output.ts'
import type { Invocation, Parsed } from './program.ts'
import { failureText } from './reporters/failure.ts'
import { humanReporter, type Loudness } from './reporters/human.ts'
import type { Reporter } from './reporters/reporter.ts'
import { holdsPassword, Secrets } from './secrets.ts'
import { defaultSettings } from './settings.ts'
import { type LoadedProject, open, openFiles } from './wiring.ts'

declare const __MIGRATE_VERSION__: string

/** pnpm hands a literal `--` on to the script. */
const args = process.argv[2] === '--' ? process.argv.slice(3) : process.argv.slice(2)
const secrets = new Secrets(process.env, args)
const stdout = channel('stdout', process.env, secrets)
const stderr = channel('stderr', process.env, secrets)
const caller = callerOf(process.cwd(), process.env)

/** What Node exits with when nothing is left to do and a top-level await still waits. */
const unresolvedExitCode = 13

const exposed = args.some(holdsPassword)
// On Linux and macOS this writes over the arguments that `ps` shows.
if (exposed) process.title = 'migrate'

// Revisions in TypeScript are compiled: places in stacks and in what the recorder notes are those of the source.
process.setSourceMapsEnabled(true)
// Between a failed statement and the line of the revision lie our calls and those of the driver: more than the ten that Node keeps.
Error.stackTraceLimit = 30

async function main(): Promise<ExitCode> {
  const controller = new AbortController()
  let signal: NodeJS.Signals | undefined
  let report = await reporter(args.includes('--json'), defaultSettings)
  let running = false
  const early = (how: 'exit' | 'uncaught' | 'unresolved', why: string, cause?: unknown): void => {
    process.exitCode = exitCodes.failed
    const message = `The process ended before the command did: ${why}`
    report.failure(new MigrateError('ENDED_EARLY', { how }, message, { cause }), exitCodes.failed, running)
  }
  const onExit = (): void => {
    if (process.exitCode === unresolvedExitCode) early('unresolved', 'a promise that it awaited never resolves')
    else early('exit', 'something that was loaded called process.exit()')
  }
  const onUncaught = (error: unknown): void => {
    process.off('exit', onExit)
    early('uncaught', `an error was not caught: ${thrownMessage(error)}`, error)
    process.exit()
  }
  process.once('uncaughtException', onUncaught)
  process.once('exit', onExit)
  try {
    const parsed = await parsedArgs()
    if ('text' in parsed) {
      stdout.write(parsed.text)
      return exitCodes.done
    }
    running = parsed.running
    if (exposed) {
      warn(
        'the password was part of the command line, which every user of this machine can read; give the URL in DATABASE_URL or in the configuration',
      )
    }
    report = await reporter(parsed.settings.json, parsed.settings)
    if (running) {
      onFirstSignal((received) => {
        signal = received
        if (!parsed.settings.quiet)
          stderr.write(`\n${received}: stopping at the next revision boundary; again to stop at once\n`)
        controller.abort()
      })
    }
    // Read once: a configuration that is a function is called once for each command.
    let files: Promise<LoadedProject> | undefined
    const readFiles = (): Promise<LoadedProject> => {
      files ??= warned(openFiles(parsed.settings, caller, secrets))
      return files
    }
    const context: CommandContext = {
      settings: parsed.settings,
      report,
      signal: controller.signal,
      caller,
      open: () => open(parsed.settings, caller, secrets, readFiles()),
      openFiles: readFiles,
    }
    const code = await parsed.run(context)
    // Progress that cannot be printed stops nothing; an answer that cannot be printed is a failure.
    if (stdout.failure !== undefined) throw stdout.failure
    return code
  } catch (thrown) {
    const error = isMigrateError(thrown, 'MULTIPLE_HEADS') ? (await import('./two-heads.ts')).withSides(thrown) : thrown
    const code = exitCodeOf(error, signal)
    report.failure(error, code, running)
    return code
  } finally {
    process.off('exit', onExit)
    process.off('uncaughtException', onUncaught)
  }
}

function warn(text: string): void {
  stderr.write(`${stderr.colors.yellow('warning:')} ${harmless(text)}\n`)
}

async function warned(opening: Promise<LoadedProject>): Promise<LoadedProject> {
  const project = await opening
  project.warnings.forEach(warn)
  return project
}

/** Without words there is nothing to parse. What this most frequent run needs is imported above, the rest when asked for. */
async function parsedArgs(): Promise<Parsed> {
  if (args.length === 0) return plainUpgrade
  const { parse } = await import('./program.ts')
  return parse(args, __MIGRATE_VERSION__)
}

const plainUpgrade: Invocation = {
  settings: defaultSettings,
  running: true,
  run: (context) => upgrade(context),
}

async function reporter(json: boolean, loudness: Loudness): Promise<Reporter> {
  if (json) {
    // What a configuration or a revision prints must not come between the lines of JSON.
    for (const name of ['log', 'info', 'debug'] as const) console[name] = (...values) => console.error(...values)
    return (await import('./reporters/json.ts')).jsonReporter(stdout, stderr, secrets)
  }
  return humanReporter(stdout, stderr, loudness)
}

/** The first signal asks; the second finds no listener any more and ends the process as it always does. */
function onFirstSignal(react: (signal: NodeJS.Signals) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, react)
}

process.exitCode = await main()

// A timer of a configuration or a revision may still fire: the answer is given, and the program ends as a failure without a raw stack.
process.once('uncaughtException', (error) => {
  const message = `An error was not caught after the command was done: ${thrownMessage(error)}`
  stderr.write(
    failureText(new MigrateError('ENDED_EARLY', { how: 'uncaught' }, message, { cause: error }), stderr.colors),
  )
  process.exit(exitCodes.failed)
})
