import { delimiter, dirname, join } from 'node:path'
import { type EndedProgram, type ProgramCall, runProgram as runCall } from '@org/migrate-core/node'

const mostLines = 40

interface Program extends Pick<ProgramCall, 'exec' | 'args' | 'signal'> {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
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

/** A terminal sends those of its keys, and of its own end, to the group of this process alone. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Runs a program of the project to its end; without arguments it is a line for the shell. A signal that this process gets ends the program with
 * all that it started: SIGTERM, and SIGKILL after 5 s or with the next signal. Then this process ends by its signal, or the promise rejects with
 * the reason of the caller's.
 */
export async function runProgram(folder: string, { cwd, env, signal, ...program }: Program): Promise<EndedProgram> {
  signal?.throwIfAborted()
  const [stop, kill] = [new AbortController(), new AbortController()]
  let received: NodeJS.Signals | undefined
  const onStop = (): void => (stop.signal.aborted ? kill : stop).abort()
  const onSignal = (name: NodeJS.Signals): void => {
    received ??= name
    onStop()
  }
  // Before the program begins: a signal in between would end this process alone.
  for (const name of stopSignals) process.on(name, onSignal)
  signal?.addEventListener('abort', onStop, { once: true })
  try {
    const environment = { PATH: searchPath(folder, env) }
    const call = { ...program, folder: cwd, env, environment, signal: stop.signal, killSignal: kill.signal }
    const ended = await runCall(call)
    signal?.throwIfAborted()
    if (received === undefined) return ended
  } finally {
    for (const name of stopSignals) process.off(name, onSignal)
    signal?.removeEventListener('abort', onStop)
  }
  process.kill(process.pid, received)
  return new Promise(() => undefined)
}

/** The last lines: they say what went wrong. */
export function shownOutput(output: string): string {
  const lines = output.trimEnd().split('\n')
  if (output.trim() === '') return ''
  const cut = lines.length > mostLines ? ['…'] : []
  return [':', ...cut, ...lines.slice(-mostLines)].join('\n')
}
