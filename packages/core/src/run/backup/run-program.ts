import { spawn } from 'node:child_process'

/** What became of a program. */
export interface EndedProgram {
  /** Absent: it did its work. */
  readonly why?: string
  /** There is no program of that name. */
  readonly isMissing?: true
  /** The last that it printed, in either place. */
  readonly output: string
}

export interface ProgramCall {
  /** A program, or a line for the shell. */
  readonly exec: string
  /** Absent: the line is for the shell. */
  readonly args?: readonly string[]
  readonly environment: { readonly [variable: string]: string | undefined }
  readonly signal: AbortSignal
}

/** For what a program does at SIGTERM, and for output that is on the way at its end. */
const stopMs = 5_000
const mostOutput = 20_000

/** What a program has started ends with it only as a group. On Windows there is none. */
const hasGroups = process.platform !== 'win32'

/**
 * Runs a program to its end. With the signal it gets SIGTERM, and SIGKILL after 5 s; so it does when this process exits. It is in a group of its
 * own: the keys of a terminal reach this process alone, which then ends the program.
 */
export function runProgram({ exec, args, environment, signal }: ProgramCall): Promise<EndedProgram> {
  return new Promise((resolve) => {
    const child = spawn(exec, args === undefined ? [] : [...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: args === undefined,
      detached: hasGroups,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        output = `${output}${part}`.slice(-mostOutput)
      })
    }
    const kill = (name: NodeJS.Signals): void => {
      try {
        if (hasGroups && child.pid !== undefined) process.kill(-child.pid, name)
        else child.kill(name)
      } catch {
        // The group has ended.
      }
    }
    let killing: NodeJS.Timeout | undefined
    const stop = (): void => {
      kill('SIGTERM')
      killing ??= setTimeout(kill, stopMs, 'SIGKILL')
    }
    const onExit = (): void => kill('SIGKILL')
    let cutting: NodeJS.Timeout | undefined
    const end = (ended: Omit<EndedProgram, 'output'>): void => {
      signal.removeEventListener('abort', stop)
      process.off('exit', onExit)
      clearTimeout(killing)
      clearTimeout(cutting)
      resolve({ ...ended, output: output.trim() })
    }
    process.once('exit', onExit)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    child.on('error', (error: NodeJS.ErrnoException) =>
      end({ why: error.message, ...(error.code === 'ENOENT' ? { isMissing: true } : {}) }),
    )
    // What it started in the background may hold the streams for ever.
    child.on('exit', () => {
      cutting = setTimeout(() => {
        for (const stream of [child.stdout, child.stderr]) stream.destroy()
      }, stopMs)
    })
    child.on('close', (code, by) => {
      if (by !== null) end({ why: `it was ended by ${by}` })
      else end(code === 0 ? {} : { why: `it ended with exit code ${code}` })
    })
  })
}
