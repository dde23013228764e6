import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'

/** What became of a program. */
export interface EndedProgram {
  /** Absent: it did its work. */
  readonly why?: string
  /** There is no program of that name. */
  readonly isMissing?: true
  readonly stdout: string
  /** What it printed in either place, in its order. */
  readonly output: string
  readonly cause?: unknown
}

export interface ProgramCall {
  /** A program, or a line for the shell. */
  readonly exec: string
  /** Absent: the line is for the shell. */
  readonly args?: readonly string[]
  /** What it reads from its input. Absent: nothing. */
  readonly inputFile?: string
  readonly folder?: string
  /** Variables in place of those of this process. */
  readonly env?: { readonly [variable: string]: string | undefined }
  /** More variables; undefined: not set. */
  readonly environment?: { readonly [variable: string]: string | undefined }
  readonly signal?: AbortSignal
  /** Ends it without SIGTERM. */
  readonly killSignal?: AbortSignal
}

/** For what a program does at SIGTERM. */
const stopMs = 5_000
/** After its end its output may still be on the way; what it started in the background may hold the streams for ever. */
const [silentMs, printingMs] = [500, 5_000]

/** A program's own programs end with it only as a group. On Windows there is none: a `detached` program gets a window there. */
const hasGroups = process.platform !== 'win32'

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (hasGroups && child.pid !== undefined) process.kill(-child.pid, signal)
    else child.kill(signal)
  } catch {
    // The group has ended.
  }
}

/** Calls back when a program that has ended prints no more; `isCut` where something still prints. */
function whenSilent(streams: readonly Readable[], then: (isCut: boolean) => void): void {
  const end = (isCut: boolean): void => {
    clearTimeout(silent)
    clearTimeout(printing)
    for (const stream of streams) stream.destroy()
    then(isCut)
  }
  const silent = setTimeout(end, silentMs, false)
  const printing = setTimeout(end, printingMs, true)
  for (const stream of streams) stream.on('data', () => silent.refresh())
  const isOver = (): boolean => streams.every((stream) => stream.closed)
  for (const stream of streams) stream.once('close', () => isOver() && end(false))
  if (isOver()) end(false)
}

function endOf(code: number | null, by: NodeJS.Signals | null, isCut: boolean): { readonly why?: string } {
  if (by !== null) return { why: `it was ended by ${by}` }
  if (code !== 0) return { why: `it ended with exit code ${code}` }
  return isCut ? { why: 'it ended, and what it started in the background still prints' } : {}
}

/**
 * Runs a program to its end. With the signal it gets SIGTERM, and SIGKILL after 5 s; it gets SIGKILL when this process exits. It is in a group
 * of its own: the keys of a terminal reach this process alone, which then ends the program with all that it started.
 */
export async function runProgram(call: ProgramCall): Promise<EndedProgram> {
  // Imported here: a Worker has no such module, and the bundle of one that migrates has this file.
  const { spawn } = await import('node:child_process')
  const { exec, args, folder, env = process.env, environment, signal, killSignal, inputFile } = call
  const input = inputFile === undefined ? undefined : await (await import('node:fs/promises')).open(inputFile)
  return new Promise<EndedProgram>((resolve) => {
    const child = spawn(exec, args === undefined ? [] : [...args], {
      ...(folder === undefined ? {} : { cwd: folder }),
      env: { ...env, ...environment },
      stdio: [input === undefined ? 'ignore' : input.fd, 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
      shell: args === undefined,
      detached: hasGroups,
    })
    let [stdout, output] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      stdout += part
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        output += part
      })
    }
    let killing: NodeJS.Timeout | undefined
    const stop = (): void => {
      kill(child, 'SIGTERM')
      killing ??= setTimeout(kill, stopMs, child, 'SIGKILL')
    }
    const end = (): void => kill(child, 'SIGKILL')
    let hasEnded = false
    const finish = (ended: Omit<EndedProgram, 'stdout' | 'output'>): void => {
      if (hasEnded) return
      hasEnded = true
      signal?.removeEventListener('abort', stop)
      killSignal?.removeEventListener('abort', end)
      process.off('exit', end)
      clearTimeout(killing)
      // What it started may ignore SIGTERM.
      if (killing !== undefined) end()
      resolve({ ...ended, stdout, output })
    }
    process.once('exit', end)
    signal?.addEventListener('abort', stop, { once: true })
    killSignal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) stop()
    child.on('error', (cause: NodeJS.ErrnoException) =>
      finish({
        why: `it could not be started: ${cause.message}`,
        cause,
        ...(cause.code === 'ENOENT' ? { isMissing: true } : {}),
      }),
    )
    child.on('exit', (code, by) => whenSilent([child.stdout, child.stderr], (isCut) => finish(endOf(code, by, isCut))))
  }).finally(() => input?.close())
}
