import { type ChildProcess, fork } from 'node:child_process'
import type { DisturbedDialect } from './dialects.ts'
import type { FromChild, Job, JobAnswer } from './job.ts'
import { program } from './program.ts'
import { strikeMark } from './strike-mark.ts'

/** How the process of a run ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Absent where it was killed. */
  readonly answer?: JobAnswer
  /** What crossed the boundary where it was struck. */
  readonly struckAt?: string
  readonly stderr: string
}

/** A run under way. */
export interface RunProcess {
  readonly pid: number
  readonly events: readonly unknown[]
  readonly ended: Promise<Ended>
  /** Resolves at the first event of this kind, or when the process has ended. */
  until(type: string): Promise<void>
  /** Resolves when the process has struck itself (or has ended). */
  readonly struck: Promise<void>
  kill(signal: NodeJS.Signals): void
}

export interface Processes {
  /** Starts a run in a process of its own. */
  start(job: Job): Promise<RunProcess>
  /** Starts a run and waits for its end. */
  run(job: Job): Promise<Ended>
  close(): void
}

interface Waiting {
  readonly child: ChildProcess
  readonly ready: Promise<void>
}

let compiled: Promise<string> | undefined

/** Processes that have loaded everything and wait for what to do; the next gets ready while one runs. */
export async function processesFor(
  dialect: DisturbedDialect,
  { nodeOptions = [], ahead = true }: { readonly nodeOptions?: string[]; readonly ahead?: boolean } = {},
): Promise<Processes> {
  compiled ??= program()
  const path = await compiled
  const live = new Set<ChildProcess>()
  const idle: Waiting[] = []

  function spawn(): Waiting {
    const child = fork(path, [dialect], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: nodeOptions,
      serialization: 'advanced',
    })
    live.add(child)
    const ready = new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', (code, signal) => reject(new Error(`the process of a run did not start: ${code ?? signal}`)))
      child.once('error', reject)
    })
    ready.catch(() => undefined)
    child.once('exit', () => live.delete(child))
    return { child, ready }
  }

  function running(child: ChildProcess, job: Job): RunProcess {
    const events: { readonly type: string }[] = []
    const listeners = new Set<() => void>()
    let answer: JobAnswer | undefined
    let stderr = ''
    let over = false
    const wake = (): void => {
      for (const listener of [...listeners]) listener()
    }
    const when = (fulfilled: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const poll = (): void => {
          if (!over && !fulfilled()) return
          listeners.delete(poll)
          resolve()
        }
        listeners.add(poll)
        poll()
      })
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data.toString()
      wake()
    })
    child.on('message', (message: FromChild) => {
      if (message.type === 'event') events.push(message.event as { readonly type: string })
      if (message.type === 'ended') answer = message.answer
      wake()
    })
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code, signal) => {
        over = true
        wake()
        const mark = stderr.split('\n').find((line) => line.startsWith(strikeMark))
        resolve({
          code,
          signal,
          stderr,
          ...(answer === undefined ? {} : { answer }),
          ...(mark === undefined ? {} : { struckAt: mark.slice(strikeMark.length) }),
        })
      })
    })
    child.send(job)
    return {
      pid: child.pid ?? 0,
      events,
      ended,
      until: (type) => when(() => events.some((event) => event.type === type)),
      struck: when(() => stderr.includes(strikeMark)),
      kill: (signal) => void child.kill(signal),
    }
  }

  const start = async (job: Job): Promise<RunProcess> => {
    const { child, ready } = idle.shift() ?? spawn()
    await ready
    if (ahead) idle.push(spawn())
    return running(child, job)
  }
  return {
    start,
    run: async (job) => (await start(job)).ended,
    close: () => {
      for (const child of live) child.kill('SIGKILL')
    },
  }
}
