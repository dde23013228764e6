import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { atFileEnd } from '../../kit/file-end.ts'

export interface Order {
  readonly url: string
  /** How many of the revisions its release has. */
  readonly knows: number
  readonly work: 'ensure' | 'upgrade' | 'downgrade'
  readonly options?: Readonly<Record<string, unknown>>
  /** Its r3 stops inside the data step until it is told to continue. */
  readonly gated?: boolean
  readonly nonTransactional?: boolean
  /** It serves: writes notes from this id on until it is told to stop. */
  readonly writes?: number
}

interface Message {
  readonly inside?: 'up' | 'down'
  readonly wrote?: number
  readonly ended?: {
    readonly state?: string
    readonly revision?: readonly string[]
    readonly applied: readonly string[]
    readonly warnings: readonly string[]
  }
  readonly failed?: {
    readonly code: string
    readonly message: string
    readonly details?: unknown
    readonly remedy?: string
  }
  readonly served?: number
  /** The process waits for its next order. */
  readonly isIdle?: boolean
}

export interface Instance {
  /** Until it is inside the data step of r3. */
  inside(): Promise<void>
  go(): void
  /** How the start, or the run, ended. */
  ended(): Promise<Pick<Message, 'ended' | 'failed'>>
  isRunning(): boolean
  /** Until it has written so many notes more. */
  wroteMore(): Promise<void>
  /** Ends it as its host would, and gives how many notes it has written. */
  stop(): Promise<number>
  kill(): Promise<void>
}

const program = fileURLToPath(new URL('program.mjs', import.meta.url))
const idle: ChildProcess[] = []

function started(): ChildProcess {
  // Not the conditions of the tests: it runs what was built.
  const child = fork(program, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
  atFileEnd(() => {
    child.kill('SIGKILL')
    idle.splice(0)
  })
  return child
}

/** In a process that has no other at the same time; one that has had others has loaded the program already. */
export function instance(order: Order): Instance {
  const child = idle.pop() ?? started()
  const closed = once(child, 'close')
  let isIdle = false
  onTestFinished(() => {
    if (!isIdle) child.kill('SIGKILL')
  })
  const messages: Message[] = []
  let stderr = ''
  let over = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const each of waiting) each()
  }
  const hear = (data: Buffer): void => {
    stderr += data.toString()
  }
  const ended = (): void => {
    over = true
    wake()
  }
  const receive = (message: Message): void => {
    messages.push(message)
    wake()
    if (message.isIdle !== true) return
    isIdle = true
    child.off('message', receive).off('close', ended)
    child.stderr?.off('data', hear)
    idle.push(child)
  }
  child.stderr?.on('data', hear)
  child.on('message', receive).on('close', ended)
  child.send(order)
  async function until<T>(what: string, find: (message: Message) => T | undefined, from = 0): Promise<T> {
    for (;;) {
      for (const message of messages.slice(from)) {
        const match = find(message)
        if (match !== undefined) return match
      }
      if (over) throw new Error(`It ended without ${what}: ${JSON.stringify(messages.at(-1))} ${stderr}`)
      await new Promise<void>((resolve) => {
        const woken = (): void => {
          waiting.delete(woken)
          resolve()
        }
        waiting.add(woken)
      })
    }
  }
  const isEnd = (message: Message): Pick<Message, 'ended' | 'failed'> | undefined =>
    message.ended === undefined && message.failed === undefined ? undefined : message
  return {
    inside: async () => void (await until('the data step', (message) => message.inside)),
    go: () => void child.send('go'),
    ended: () => until('an answer', isEnd),
    isRunning: () => !messages.some((message) => isEnd(message) !== undefined),
    wroteMore: async () => void (await until('more notes', (message) => message.wrote, messages.length)),
    async stop() {
      child.send('stop')
      return until('its count', (message) => message.served)
    },
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
  }
}
