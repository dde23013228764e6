import type { MigrationEvent } from '@org/migrate-core'
import { harmless } from '../harmless.ts'
import type { Channel } from '../output.ts'
import { failureText } from './failure.ts'
import { byteCount, duration, oneLine, plural } from './formatting.ts'
import { lossText } from './loss-text.ts'
import { createPace, drawnProgressMs, fit, plainProgressMs, progressTitle, waitingPauseMs } from './progress.ts'
import type { Reporter } from './reporter.ts'

type EventTable = {
  readonly [T in MigrationEvent['type']]: (event: Extract<MigrationEvent, { readonly type: T }>) => void
}

/** How much is told on the way. */
export interface Loudness {
  readonly quiet: boolean
  readonly verbose: boolean
}

/** For people. On a terminal one line is written again and again; elsewhere each step is a line of its own. */
export function humanReporter(stdout: Channel, stderr: Channel, { quiet, verbose }: Loudness): Reporter {
  let events: EventTable | undefined
  return {
    answer: (_document, human) => stdout.write(`${harmless(human())}\n`),
    // A terminal obeys what it is sent; a pipe and a file get every character.
    verbatim: (_document, text) => (stdout.terminal ? stdout.write(harmless(text)) : stdout.writeClean(text)),
    note: (text) => {
      if (!quiet) stderr.write(`${stderr.colors.dim(harmless(text))}\n`)
    },
    fact: (_name, _facts, text) => {
      if (!quiet && text !== undefined) stderr.write(`${stderr.colors.dim(harmless(text))}\n`)
    },
    event: (event) => {
      if (quiet && event.type !== 'warning') return
      events ??= verbose ? verboseTable(stderr) : eventTable(stderr)
      ;(events[event.type] as (event: MigrationEvent) => void)(harmlessEvent(event))
    },
    result: (_document, human) => {
      if (!quiet) stdout.write(`${harmless(human())}\n`)
    },
    failure: (error) => stderr.write(failureText(error, stderr.colors)),
  }
}

/** A statement is not shown, and may be megabytes of rows. */
function harmlessEvent(event: MigrationEvent): MigrationEvent {
  const shown = ([name, value]: [string, unknown]): [string, unknown] => {
    if (Array.isArray(value)) return [name, value.map((item) => (typeof item === 'string' ? harmless(item) : item))]
    return [name, typeof value === 'string' && name !== 'sql' ? harmless(value) : value]
  }
  return Object.fromEntries(Object.entries(event).map(shown)) as unknown as MigrationEvent
}

/** Asks for the kind of terminal where it has to know it: a run with nothing to do prints no event, and Node takes 4 ms to tell. */
function eventTable(channel: Channel, isDrawing = true): EventTable {
  const { write } = channel
  const isTerminal = (): boolean => isDrawing && channel.terminal
  let step = ''
  let drawn = false
  let lastProgressAt = Number.NEGATIVE_INFINITY
  const pace = createPace()

  const clear = (): void => {
    if (drawn) write('\r\u001B[2K')
    drawn = false
  }
  const line = (text: string): void => {
    clear()
    write(`${text}\n`)
  }
  const draw = (title: string, detail?: string, number?: string): void => {
    write(`\r\u001B[2K${fit(Math.max(1, channel.columns - 1), title, detail, number)}`)
    drawn = true
  }
  const along = (detail: string, number: string, everyMs = plainProgressMs): void => {
    const now = performance.now()
    if (now - lastProgressAt < (isTerminal() ? drawnProgressMs : everyMs)) return
    lastProgressAt = now
    if (isTerminal()) draw(step, detail, number)
    else line(`  ${detail}${number}`)
  }

  return {
    started: ({ steps }) => {
      if (steps > 0) line(channel.colors.dim(`${plural(steps, 'revision')} to run`))
    },
    databaseCreated: ({ database }) => line(`${database} did not exist, and was created`),
    backupWritten: ({ file, bytes, restore }) => {
      line(`backup written to ${file} (${byteCount(bytes)})`)
      if (restore !== undefined) line(`  to restore it: ${restore}`)
    },
    stepStarted: ({ tier, revision, direction, message, index, total }) => {
      const width = String(total).length
      const counter = `[${String(index).padStart(width)}/${total}]`
      const detail = message === revision ? '' : `  ${oneLine(message)}`
      step = `${counter} ${direction === 'up' ? 'up  ' : 'down'} ${tier}:${revision}${detail}`
      lastProgressAt = isTerminal() ? 0 : performance.now()
      if (isTerminal()) draw(step)
      else line(step)
    },
    statement: ({ note }) => {
      if (note !== undefined && isTerminal()) draw(step, note)
    },
    progress: ({ what, done, total }) => {
      const number = pace(what, done, total)
      along(progressTitle(what, number), number)
    },
    report: ({ label, what, count, firstKeys }) => {
      const keys = firstKeys.length === 0 ? '' : ` (${firstKeys.join(', ')}${count > firstKeys.length ? ', …' : ''})`
      line(`  ${label}: ${what} – ${count.toLocaleString('en-US')}${keys}`)
    },
    loss: (loss) => line(`  ${lossText(loss)}`),
    stepFinished: ({ ms }) => {
      if (isTerminal()) line(`${step}  ${channel.colors.green('done')} ${channel.colors.dim(duration(ms))}`)
      else if (ms >= 1_000) line(`  done in ${duration(ms)}`)
    },
    stepResumed: ({ tier, revision, direction, startedAt, operations, inspected }) => {
      const command = direction === 'up' ? 'upgrade' : 'downgrade'
      const position = operations === 0 ? 'from its first operation' : `after its operation ${operations}`
      line(
        `  the ${command} of ${tier}:${revision}, started at ${startedAt}, was interrupted: this run resumes ${position}`,
      )
      for (const each of inspected) line(`    where it stopped: ${oneLine(each)}`)
    },
    stepSkipped: ({ tier, revision, why }) => line(`  ${tier}:${revision} skipped: ${why}`),
    stepFailed: () => {
      if (isTerminal()) line(`${step}  ${channel.colors.red('failed')}`)
    },
    waiting: ({ what, waitedMs }) => along(`waiting for ${what}`, ` (${duration(waitedMs)})`, waitingPauseMs(waitedMs)),
    warning: ({ message }) => line(`${channel.colors.yellow('warning:')} ${message}`),
    finished: clear,
  }
}

/** Each statement before it runs, and how long it took until the next thing happened. */
function verboseTable(channel: Channel): EventTable {
  const { colors, write } = channel
  const table = eventTable(channel, false)
  let startedAt: number | undefined
  const ended = (): void => {
    if (startedAt !== undefined) write(`    ${colors.dim(duration(performance.now() - startedAt))}\n`)
    startedAt = undefined
  }
  return {
    ...table,
    statement: ({ sql, describe }) => {
      ended()
      write(`  ${oneLine(describe)}\n${colors.dim(harmless(sql).replace(/^/gm, '    '))}\n`)
      startedAt = performance.now()
    },
    stepFinished: ({ ms }) => {
      ended()
      write(`  done in ${duration(ms)}\n`)
    },
    stepFailed: (event) => {
      ended()
      table.stepFailed(event)
    },
    finished: (event) => {
      ended()
      table.finished(event)
    },
  }
}
