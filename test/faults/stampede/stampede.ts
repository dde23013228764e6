import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'

/** What one instance told. */
export interface InstanceReport {
  readonly state?: string
  readonly revision?: readonly string[]
  readonly applied?: readonly string[]
  readonly failed?: string
  readonly message?: string
}

export interface StampedeOptions {
  readonly urls: readonly string[]
  readonly processes: number
  /** `lock`: without any; `session`: with the row and its lease in the place of the session's lock. */
  readonly without?: 'lock' | 'session'
}

const program = fileURLToPath(new URL('./process.mjs', import.meta.url))

/** Loaded, and not at work: they serve one stampede after the other. */
const idle: ChildProcess[] = []
afterAll(() => {
  for (const child of idle.splice(0)) child.kill('SIGKILL')
})

const reportOf = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    const ended = (code: number | null): void => resolve({ failed: 'NO_ANSWER', message: `it ended with ${code}` })
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
    child.once('exit', ended)
  })

async function loaded(): Promise<ChildProcess> {
  const waiting = idle.pop()
  if (waiting !== undefined) return waiting
  // On the built packages: a test runs on the sources.
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  expect(await reportOf(child)).toBe('ready')
  return child
}

/** Instances that all begin in the same moment; the addresses are given out in turn. */
export async function stampede({ urls, processes, without }: StampedeOptions): Promise<readonly InstanceReport[]> {
  const children = await Promise.all(Array.from({ length: processes }, loaded))
  const reports = children.map(async (child, at) => {
    const answer = reportOf(child)
    child.send({ url: urls[at % urls.length] ?? '', without })
    return (await answer) as InstanceReport
  })
  const all = await Promise.all(reports)
  idle.push(...children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null))
  return all
}

export const allRevisions = Array.from({ length: 12 }, (_, at) => `r${String(at + 1).padStart(2, '0')}`)
