import type { MigrationEvent } from '@org/migrate-core'
import { harmless } from '../harmless.ts'
import type { Channel, Colors } from '../output.ts'
import type { Secrets } from '../secrets.ts'
import { asMigrateError } from './failure.ts'
import { scrubbed } from './json.ts'
import type { Reporter } from './reporter.ts'

/** The span of OpenTelemetry that an event belongs to. */
const spans: { readonly [T in MigrationEvent['type']]: 'migrate.run' | 'migrate.step' | 'migrate.lock_wait' } = {
  started: 'migrate.run',
  databaseCreated: 'migrate.run',
  backupWritten: 'migrate.run',
  stepStarted: 'migrate.step',
  statement: 'migrate.step',
  progress: 'migrate.step',
  report: 'migrate.step',
  loss: 'migrate.step',
  stepFinished: 'migrate.step',
  stepSkipped: 'migrate.step',
  stepResumed: 'migrate.step',
  stepFailed: 'migrate.step',
  waiting: 'migrate.lock_wait',
  warning: 'migrate.run',
  finished: 'migrate.run',
}

type Level = 'info' | 'warn' | 'error'

const levels: { readonly [T in MigrationEvent['type']]?: Level } = { warning: 'warn', stepFailed: 'error' }

const plain = (text: string): string => text
const colors: Colors = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain }

/** One line of JSON for everything that happens, with its time. */
export interface LogWriter {
  line(level: Level, name: string, facts: object): void
  /** stderr whose texts are lines of the log, too. */
  readonly channel: Channel
}

export function createLog(stderr: Channel, secrets: Secrets): LogWriter {
  const line: LogWriter['line'] = (level, name, facts) => {
    const time = new Date().toISOString()
    stderr.writeClean(`${harmless(JSON.stringify({ time, level, name, ...facts }, scrubbed(secrets)))}\n`)
  }
  const write = (text: string): void => {
    const message = text.trim()
    if (message !== '') line(message.startsWith('warning:') ? 'warn' : 'info', 'migrate', { message })
  }
  const channel: Channel = {
    ...{ terminal: false, colors, columns: stderr.columns, write, writeClean: write },
    get failure() {
      return stderr.failure
    },
  }
  return { line, channel }
}

/** What happens is a line of the log; the answer is where it always is. */
export function logReporter(answers: Reporter, { line }: LogWriter, isJson: boolean): Reporter {
  return {
    ...answers,
    note: (message) => line('info', 'migrate', { message }),
    fact: (name, facts) => line('failure' in facts ? 'error' : 'info', name, facts),
    event: (event) => {
      line(levels[event.type] ?? 'info', spans[event.type], event)
      if (isJson) answers.event(event)
    },
    failure: (error, exitCode, running) => {
      if (isJson) answers.failure(error, exitCode, running)
      else line('error', 'migrate.run', { exitCode, error: asMigrateError(error).toJSON() })
    },
  }
}
