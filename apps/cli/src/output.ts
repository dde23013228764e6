import { fstatSync, statSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { MigrateError } from '@org/migrate-core'
import { createColors } from 'picocolors'
import type { Secrets } from './secrets.ts'

export type Colors = ReturnType<typeof createColors>

/** One of the two streams. */
export interface Channel {
  readonly terminal: boolean
  readonly colors: Colors
  readonly columns: number
  /** Why something could not be written, where it was not the reader that went away. Nothing more is written then. */
  readonly failure: MigrateError | undefined
  write(text: string): void
  /** As it is: of a document it is the values that were scrubbed. */
  writeClean(text: string): void
}

const descriptors = { stdout: 1, stderr: 2 } as const

/**
 * Everything that is printed goes through here, last of all through the scrubber. A reader that goes away (`| head`) ends
 * the printing, never the run. Written at once and without Node's streams, whose loading alone takes 4 ms.
 */
export function channel(name: keyof typeof descriptors, env: NodeJS.ProcessEnv, secrets: Secrets): Channel {
  const descriptor = descriptors[name]
  let closed = false
  let failure: MigrateError | undefined
  let terminal: boolean | undefined
  let colors: Colors | undefined

  const isTerminal = (): boolean => {
    terminal ??= env.TERM !== 'dumb' && isTerminalDevice(descriptor)
    return terminal
  }

  const writeClean = (text: string): void => {
    if (closed) return
    try {
      writeAll(name, Buffer.from(text))
    } catch (error) {
      closed = true
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') failure = unwritten(name, error as Error)
    }
  }

  return {
    get terminal() {
      return isTerminal()
    },
    get colors() {
      // NO_COLOR counts when it is there and not empty (no-color.org).
      colors ??= createColors((isTerminal() && !env.NO_COLOR) || (!!env.FORCE_COLOR && env.FORCE_COLOR !== '0'))
      return colors
    },
    get failure() {
      return failure
    },
    get columns() {
      // A terminal that does not know its width says 0.
      return process[name].columns || 80
    },
    write: (text) => writeClean(secrets.scrub(text)),
    writeClean,
  }
}

function unwritten(name: string, cause: Error): MigrateError {
  const message = `The output could not be written to ${name}: ${cause.message}`
  return new MigrateError('OUTPUT_FAILED', { why: cause.message }, message, { cause })
}

function isTerminalDevice(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false
  } catch {
    // Closed by the parent process.
    return false
  } finally {
    // Node's realpathSync looks at what was asked for last: after a pipe it takes links for files, and packages are not found.
    statSync(process.execPath, { throwIfNoEntry: false })
  }
  const { isatty } = createRequire(import.meta.url)('node:tty') as typeof import('node:tty')
  return isatty(descriptor)
}

function writeAll(name: keyof typeof descriptors, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(descriptors[name], bytes, from)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAGAIN') throw error
      // The pipe is non-blocking, and it is full: Node's stream waits for the reader.
      process[name].write(bytes.subarray(from))
      return
    }
  }
}
