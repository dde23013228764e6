import { fstatSync, statSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'

/** One of the two streams of a process. */
export interface Output {
  isTerminal(): boolean
  columns(): number
  write(bytes: Buffer): void
}

/** Where questions are asked. stdout carries the answer: they go to stderr. */
export interface Terminal {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
}

/** What a command reads of the process that it runs in. */
export interface Host {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly stdout: Output
  readonly stderr: Output
  /** Undefined where questions cannot be answered. */
  terminal(): Terminal | undefined
  /** Its signals, and its end before that of the command. */
  readonly process: NodeJS.Process
}

export function hostOf(process: NodeJS.Process): Host {
  // pnpm hands a literal `--` on to the script.
  const args = process.argv[2] === '--' ? process.argv.slice(3) : process.argv.slice(2)
  return {
    args,
    env: process.env,
    cwd: process.cwd(),
    stdout: outputOf(process, 'stdout'),
    stderr: outputOf(process, 'stderr'),
    terminal: () => {
      const { stdin: input, stderr: output } = process
      return input.isTTY === true && output.isTTY === true ? { input, output } : undefined
    },
    process,
  }
}

const descriptors = { stdout: 1, stderr: 2 } as const

/**
 * What a configuration or a revision prints by itself goes through Node's streams. Without a listener a reader that goes away (`| head`) would
 * end the process, in the middle of a run. They are not loaded for that: the listener comes with their first use.
 */
export function outliveReaders(process: NodeJS.Process): void {
  for (const name of Object.keys(descriptors) as (keyof typeof descriptors)[]) {
    const { get, ...property } = Object.getOwnPropertyDescriptor(process, name) ?? {}
    if (get === undefined) continue
    let stream: NodeJS.WriteStream | undefined
    Object.defineProperty(process, name, {
      ...property,
      get: () => {
        stream ??= (get.call(process) as NodeJS.WriteStream).on('error', () => {})
        return stream
      },
    })
  }
}

/**
 * Written at once and without Node's streams, whose loading alone takes 4 ms. A pipe may be non-blocking, by another process that has it or
 * by a `console.log` of a revision: what it has no room for waits in the stream, and what is written meanwhile waits behind it.
 */
function outputOf(process: NodeJS.Process, name: keyof typeof descriptors): Output {
  const descriptor = descriptors[name]
  let stream: NodeJS.WriteStream | undefined
  let failure: Error | undefined
  const wait = (bytes: Buffer): void => {
    stream ??= process[name].on('error', (error) => {
      failure = error
    })
    stream.write(bytes)
  }
  return {
    isTerminal: () => isTerminalDevice(descriptor, process.execPath),
    columns: () => process[name].columns,
    write: (bytes) => {
      if (failure !== undefined) throw failure
      if (stream !== undefined && stream.writableLength > 0) {
        wait(bytes)
        return
      }
      for (let from = 0; from < bytes.length; ) {
        try {
          from += writeSync(descriptor, bytes, from)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
          wait(bytes.subarray(from))
          return
        }
      }
    },
  }
}

function isTerminalDevice(descriptor: number, existingFile: string): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false
  } catch {
    // Closed by the parent process.
    return false
  } finally {
    try {
      // Node's realpathSync looks at what was asked for last: after a pipe it takes links for files, and packages are not found.
      statSync(existingFile, { throwIfNoEntry: false })
    } catch {
      // `node --permission` without the right to read it.
    }
  }
  const { isatty } = createRequire(import.meta.url)('node:tty') as typeof import('node:tty')
  return isatty(descriptor)
}
