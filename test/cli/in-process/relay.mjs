// Between a test, which waits, and the process that runs its commands. Starts that process, and starts it again where it ended.
import { fork } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'

const { answers, answered } = workerData
const program = new URL('../../../apps/cli/dist/main.js', import.meta.url)
let built
let server
let waiting = false

function answer(value) {
  if (!waiting) return
  waiting = false
  answers.postMessage(value)
  Atomics.store(answered, 0, 1)
  Atomics.notify(answered, 0)
}

function started() {
  const child = fork(fileURLToPath(new URL('./server.mjs', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let failure = ''
  child.stderr.on('data', (part) => {
    failure += part
  })
  child.on('message', answer)
  child.on('close', (code) => {
    if (server !== child) return
    server = undefined
    const stderr = `The process ended (${code}) before the command did: give the command a process of its own. ${failure}`
    answer({ code: null, signal: null, stdout: '', stderr })
  })
  return child
}

parentPort.on('message', (command) => {
  // The command before it did not end in time, or the program was built since.
  const { mtimeMs } = statSync(program)
  if (waiting || built !== mtimeMs) {
    server?.kill('SIGKILL')
    server = undefined
  }
  built = mtimeMs
  waiting = true
  server ??= started()
  server.send(command)
})
