import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'

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
  readonly shell?: true
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

/** Runs a program of the project to its end. It never rejects but with the signal's reason. */
export function runProgram(
  folder: string,
  { exec, args = [], cwd, env, shell = undefined, signal }: Program,
): Promise<EndedProgram> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const child = spawn(exec, [...args], {
      cwd,
      env: { ...env, PATH: searchPath(folder, env) },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A shell's own programs end with it only as a group.
      ...(shell === undefined ? {} : { shell, detached: true }),
    })
    const stop = (): void => {
      if (shell === undefined || child.pid === undefined) return void child.kill()
      try {
        process.kill(-child.pid, 'SIGTERM')
      } catch {
        // The group has ended, or this system has none.
        child.kill()
      }
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
    const end = (ended: Omit<EndedProgram, 'stdout' | 'output'>): void => {
      signal?.removeEventListener('abort', stop)
      if (signal?.aborted) reject(signal.reason)
      else resolve({ ...ended, stdout, output })
    }
    child.on('error', (cause) => end({ why: `it could not be started: ${cause.message}`, cause }))
    child.on('close', (code, by) => {
      if (code === 0) end({})
      else end({ why: by === null ? `it ended with exit code ${code}` : `it was ended by ${by}` })
    })
  })
}

/** The last lines: they say what went wrong. */
export function shownOutput(output: string): string {
  const lines = output.trimEnd().split('\n')
  if (output.trim() === '') return ''
  const cut = lines.length > mostLines ? ['…'] : []
  return [':', ...cut, ...lines.slice(-mostLines)].join('\n')
}
