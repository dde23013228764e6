import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Finished } from '../project.ts'

export interface Command {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

interface Relay {
  readonly worker: Worker
  readonly answers: MessageChannel['port1']
  readonly answered: Int32Array
}

let relay: Relay | undefined

/** Starts with the first command and ends with the process of the tests. */
function startRelay(): Relay {
  const { port1: answers, port2 } = new MessageChannel()
  const answered = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL('./relay.mjs', import.meta.url), {
    workerData: { answers: port2, answered },
    transferList: [port2],
    execArgv: [],
  })
  worker.unref()
  return { worker, answers, answered }
}

/** Runs a command in a process that has loaded the program already, and waits for its end. */
export function runInProcess(command: Command): Finished {
  relay ??= startRelay()
  const { worker, answers, answered } = relay
  Atomics.store(answered, 0, 0)
  worker.postMessage(command)
  if (Atomics.wait(answered, 0, 0, 60_000) === 'timed-out') throw new Error(`no end: migrate ${command.args.join(' ')}`)
  return receiveMessageOnPort(answers)?.message as Finished
}
