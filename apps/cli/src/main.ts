import { isMigrateError, MigrateError } from '@org/migrate-core'
import { thrownMessage } from '@org/migrate-core/dialect'
import { type Caller, callerOf } from './caller.ts'
import type { LoadedConfig } from './configuration/config.ts'
import type { CommandContext } from './context.ts'
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts'
import { harmless } from './harmless.ts'
import { type Host, hostOf, outliveReaders } from './host.ts'
import { type Channel, channel } from './output.ts'
import { plainCommand } from './plain-commands.ts'
import type { Parsed } from './program.ts'
import { failureText } from './reporters/failure.ts'
import { humanReporter, type Loudness } from './reporters/human.ts'
import type { LogWriter } from './reporters/log.ts'
import type { Reporter } from './reporters/reporter.ts'
import { holdsPassword, Secrets } from './secrets.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { type LoadedProject, open, openFiles, readConfig } from './wiring.ts'

export { hostOf }

/** Whether a process was started for one of the frequent commands. */
export function isPlain(process: NodeJS.Process): boolean {
  return plainCommand(hostOf(process).args) !== undefined
}

declare const __MIGRATE_VERSION__: string

/** What Node exits with when nothing is left to do and a top-level await still waits. */
const unresolvedExitCode = 13

interface Streams {
  readonly secrets: Secrets
  readonly stdout: Channel
  readonly stderr: Channel
  /** With `--log json`: where the lines go. */
  readonly log?: LogWriter
}

/** The program: all that it reads and changes of its process. */
export async function start(process: NodeJS.Process): Promise<void> {
  const host = hostOf(process)
  outliveReaders(process)
  // On Linux and macOS this writes over the arguments that `ps` shows.
  if (host.args.some(holdsPassword)) process.title = 'migrate'
  // Between a failed statement and the line of the revision lie our calls and those of the driver: more than the ten that Node keeps.
  Error.stackTraceLimit = 30
  const streams = streamsOf(host)
  process.exitCode = await main(host, streams)
  // A timer of a configuration or a revision may still fire: the answer is given, and the program ends as a failure without a raw stack.
  process.once('uncaughtException', (error) => {
    const message = `An error was not caught after the command was done: ${thrownMessage(error)}`
    const failure = new MigrateError('ENDED_EARLY', { how: 'uncaught' }, message, { cause: error })
    streams.stderr.write(failureText(failure, streams.stderr.colors))
    process.exit(exitCodes.failed)
  })
}

function streamsOf({ args, env, stdout, stderr }: Host): Streams {
  const secrets = new Secrets(env, args)
  return {
    secrets,
    stdout: channel({ name: 'stdout', output: stdout, env, secrets }),
    stderr: channel({ name: 'stderr', output: stderr, env, secrets }),
  }
}

/** One command, from its arguments to its exit code. */
export async function main(host: Host, streams = streamsOf(host)): Promise<ExitCode> {
  const { args } = host
  const { stdout, stderr } = streams
  const controller = new AbortController()
  let signal: NodeJS.Signals | undefined
  let report = await reporter(args.includes('--json'), defaultSettings, streams)
  let running = false
  let ignoreSignals = (): void => {}
  const ignoreEnd = onEarlyEnd(host.process, (error) => report.failure(error, exitCodes.failed, running))
  try {
    const parsed = await parse(args)
    if ('text' in parsed) {
      stdout.write(parsed.text)
      return exitCodes.done
    }
    running = parsed.running
    if (args.some(holdsPassword)) {
      warn(
        stderr,
        'the password was part of the command line, which every user of this machine can read; give the URL in DATABASE_URL or in the configuration',
      )
    }
    const { log, json } = parsed.settings
    const own = log === 'json' ? await withLog(streams) : streams
    report = await reporter(json, parsed.settings, own)
    if (running) {
      ignoreSignals = onFirstSignal(host.process, (received) => {
        signal = received
        if (!parsed.settings.quiet)
          own.stderr.write(`\n${received}: stopping, without finishing the revision that runs; again to end at once\n`)
        controller.abort()
      })
    }
    const { signal: aborted } = controller
    const code = await runOn(parsed.settings, host, own, report, (settings, project) =>
      parsed.run({ settings, report, signal: aborted, ...project }),
    )
    // Progress that cannot be printed stops nothing; an answer that cannot be printed is a failure.
    if (stdout.failure !== undefined) throw stdout.failure
    return code
  } catch (thrown) {
    // Only these wait for a module: Node 20 tells of a CommonJS module that threw once more, as an uncaught error.
    const error =
      isMigrateError(thrown, 'MULTIPLE_HEADS') || controller.signal.aborted
        ? (await import('./explain-error.ts')).explained(thrown, controller.signal, signal)
        : thrown
    const code = exitCodeOf(error, signal)
    report.failure(error, code, running)
    return code
  } finally {
    ignoreEnd()
    ignoreSignals()
  }
}

/** Reports that the process ends, or would, while a command runs. Gives what ends the watch. */
function onEarlyEnd(process: NodeJS.Process, failed: (error: MigrateError) => void): () => void {
  const early = (how: 'exit' | 'uncaught' | 'unresolved', why: string, cause?: unknown): void => {
    process.exitCode = exitCodes.failed
    const message = `The process ended before the command did: ${why}`
    failed(new MigrateError('ENDED_EARLY', { how }, message, { cause }))
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
  return () => {
    process.off('exit', onExit)
    process.off('uncaughtException', onUncaught)
  }
}

type Openers = Pick<CommandContext, 'caller' | 'scrub' | 'open' | 'otherDatabases' | 'openFiles'>

/** On the database that the settings mean, or on each that the configuration names. */
async function runOn(
  settings: Settings,
  host: Host,
  streams: Streams,
  report: Reporter,
  run: (settings: Settings, openers: Openers) => Promise<ExitCode>,
): Promise<ExitCode> {
  const caller = callerOf(host)
  // Read once: a configuration that is a function is called once for each command.
  let config: Promise<LoadedConfig> | undefined
  const read = (): Promise<LoadedConfig> => {
    config ??= readConfig(settings, caller, streams.secrets)
    return config
  }
  const one = (each: Settings): Promise<ExitCode> => run(each, openers(each, caller, streams, read))
  if (!settings.all) return one(settings)
  const { onEachDatabase } = await import('./running/each-database.ts')
  return onEachDatabase(settings, read, report, one)
}

function openers(
  settings: Settings,
  caller: Caller,
  { secrets, stderr }: Streams,
  read: () => Promise<LoadedConfig>,
): Openers {
  const warned = async (): Promise<LoadedProject> => {
    const project = await openFiles(settings, secrets, read())
    for (const each of project.warnings) warn(stderr, each)
    return project
  }
  let files: Promise<LoadedProject> | undefined
  const readFiles = (): Promise<LoadedProject> => {
    files ??= warned()
    return files
  }
  const otherDatabases: Openers['otherDatabases'] = async () => {
    const { otherDatabases: list } = await import('./configuration/other-databases.ts')
    return list(settings, await read(), (other) => open(other, caller, secrets, openFiles(other, secrets, read())))
  }
  return {
    caller,
    scrub: (text) => secrets.scrub(text),
    open: (url) => open(url === undefined ? settings : { ...settings, url }, caller, secrets, readFiles()),
    otherDatabases,
    openFiles: readFiles,
  }
}

function warn(stderr: Channel, text: string): void {
  stderr.write(`${stderr.colors.yellow('warning:')} ${harmless(text)}\n`)
}

async function parse(args: readonly string[]): Promise<Parsed> {
  const plain = plainCommand(args)
  if (plain !== undefined) return plain
  const program = await import('./program.ts')
  return program.parse(args, __MIGRATE_VERSION__)
}

/** What is written to stderr becomes lines of a log. */
async function withLog(streams: Streams): Promise<Streams> {
  const log = (await import('./reporters/log.ts')).createLog(streams.stderr, streams.secrets)
  return { ...streams, stderr: log.channel, log }
}

async function reporter(json: boolean, loudness: Loudness, streams: Streams): Promise<Reporter> {
  const answers = await answersOf(json, loudness, streams)
  if (streams.log === undefined) return answers
  return (await import('./reporters/log.ts')).logReporter(answers, streams.log, json)
}

async function answersOf(json: boolean, loudness: Loudness, { stdout, stderr, secrets }: Streams): Promise<Reporter> {
  if (json) {
    // What a configuration or a revision prints must not come between the lines of JSON.
    for (const name of ['log', 'info', 'debug'] as const) console[name] = (...values) => console.error(...values)
    return (await import('./reporters/json.ts')).jsonReporter(stdout, stderr, secrets)
  }
  return humanReporter(stdout, stderr, loudness)
}

/** The first signal asks; the second one, also of the other kind, finds no listener any more and ends the process as it always does. */
function onFirstSignal(process: NodeJS.Process, react: (signal: NodeJS.Signals) => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const
  const ignore = (): void => {
    for (const signal of signals) process.off(signal, reactOnce)
  }
  const reactOnce = (signal: NodeJS.Signals): void => {
    ignore()
    react(signal)
  }
  for (const signal of signals) process.on(signal, reactOnce)
  return ignore
}
