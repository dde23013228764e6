import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'

const mostLines = 40

/** What became of a program that was run. */
export interface EndedProgram {
  /** Absent: it did its work. */
  readonly why?: string
  readonly stdout: string
  /** What it printed in either place, in its order. */
  readonly output: string
  readonly cause?: unknown
}

interface Program {
  readonly exec: string
  readonly args?: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** `exec` is a line for the shell. */
  readonly shell?: boolean
  readonly signal?: AbortSignal
}

/** What is installed in the project comes first, as in a script of its package. */
function searchPath(folder: string, env: NodeJS.ProcessEnv): string {
  const folders: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    folders.push(join(at, 'node_modules', '.bin'))
    if (dirname(at) === at) break
  }
  return [...folders, ...(env.PATH === undefined ? [] : [env.PATH])].join(delimiter)
}

/** After its end its output may still be on the way; what it started in the background may hold the streams for ever. */
const [silentMs, printingMs] = [500, 5_000]
/** For what a program does at SIGTERM. */
const stopMs = 5_000

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

/** A terminal sends those of its keys, and of its own end, to the group of this process alone. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Runs a program of the project to its end. A signal that this process gets ends the program with all that it started: SIGTERM, and SIGKILL
 * after 5 s or with the next signal. Then this process ends by its signal, or the promise rejects with the reason of the caller's.
 */
export function runProgram(
  folder: string,
  { exec, args = [], cwd, env, shell = false, signal }: Program,
): Promise<EndedProgram> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    // Before the program begins: a signal in between would end this process alone.
    let received: NodeJS.Signals | undefined
    const onSignal = (name: NodeJS.Signals): void => {
      received ??= name
      stop()
    }
    for (const name of stopSignals) process.on(name, onSignal)
    const child = spawn(exec, [...args], {
      cwd,
      env: { ...env, PATH: searchPath(folder, env) },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell,
      detached: hasGroups,
    })
    let killing: NodeJS.Timeout | undefined
    const stop = (): void => {
      kill(child, killing === undefined ? 'SIGTERM' : 'SIGKILL')
      killing ??= setTimeout(kill, stopMs, child, 'SIGKILL')
    }
    signal?.addEventListener('abort', stop, { once: true })
    let [stdout, output] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      stdout += part
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        output += part
      })
    }
    let hasEnded = false
    const end = (ended: Omit<EndedProgram, 'stdout' | 'output'>): void => {
      if (hasEnded) return
      hasEnded = true
      for (const name of stopSignals) process.off(name, onSignal)
      signal?.removeEventListener('abort', stop)
      clearTimeout(killing)
      // What it started may ignore SIGTERM.
      if (killing !== undefined) kill(child, 'SIGKILL')
      if (signal?.aborted) reject(signal.reason)
      else if (received !== undefined) process.kill(process.pid, received)
      else resolve({ ...ended, stdout, output })
    }
    child.on('error', (cause) => end({ why: `it could not be started: ${cause.message}`, cause }))
    child.on('exit', (code, by) =>
      whenSilent([child.stdout, child.stderr], (isCut) => {
        if (by !== null) end({ why: `it was ended by ${by}` })
        else if (code !== 0) end({ why: `it ended with exit code ${code}` })
        else end(isCut ? { why: 'it ended, and what it started in the background still prints' } : {})
      }),
    )
  })
}

/** The last lines: they say what went wrong. */
export function shownOutput(output: string): string {
  const lines = output.trimEnd().split('\n')
  if (output.trim() === '') return ''
  const cut = lines.length > mostLines ? ['…'] : []
  return [':', ...cut, ...lines.slice(-mostLines)].join('\n')
}
