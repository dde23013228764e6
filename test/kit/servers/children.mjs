// Programs that the keeper starts. Each is known until it has ended, so that none outlives the run.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {{ child: import('node:child_process').ChildProcess, signal: NodeJS.Signals, patience: number }} Running */

/** @type {Set<Running>} */
const running = new Set()
let ending = false

/**
 * Starts a program in a process group of its own: the terminal's Ctrl-C is for the run, which ends its programs itself.
 * `end` says which signal it is ended with and how many ms it gets before SIGKILL; `atTheEnd`, that it clears away.
 */
export function start([command, ...args], { env, cwd, account, stdio, end = {}, atTheEnd = false }) {
  if (ending && !atTheEnd) throw new Error('the run is over')
  const ids = account === undefined ? {} : { uid: account.uid, gid: account.gid }
  const child = spawn(command, args, { env, cwd, stdio, detached: true, ...ids })
  const entry = { child, signal: end.signal ?? 'SIGKILL', patience: end.patience ?? 0 }
  running.add(entry)
  const forget = () => running.delete(entry)
  child.once('exit', forget)
  child.once('error', forget)
  return child
}

const isOver = (child) => child.exitCode !== null || child.signalCode !== null || child.pid === undefined

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

export async function end(child) {
  const entry = [...running].find((each) => each.child === child)
  if (entry === undefined || isOver(child)) return
  signalGroup(child, entry.signal)
  for (let waited = 0; waited < entry.patience && !isOver(child); waited += 50) await sleep(50)
  signalGroup(child, 'SIGKILL')
  while (!isOver(child)) await sleep(20)
}

/** Ends everything that runs, and lets nothing start again. */
export async function endAll() {
  ending = true
  await Promise.all([...running].map(({ child }) => end(child)))
}

const lastLines = (text) => text.trim().split('\n').slice(-12).join('\n')

/** Runs a program to its end and gives what it printed. Throws with its last lines where it failed. */
export function run(command, { input, timeout = 300_000, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    let late = false
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err = `${err}${text}`.slice(-20_000)
    })
    // Who does not read its input to the end says why in its own words.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
    const clock = setTimeout(() => {
      late = true
      signalGroup(child, 'SIGKILL')
    }, timeout)
    child.once('error', (error) => {
      clearTimeout(clock)
      reject(error)
    })
    child.once('close', (code, signal) => {
      clearTimeout(clock)
      if (code === 0) return resolve(out)
      const how = late ? `took more than ${timeout / 1000} s` : `ended with ${signal ?? code}`
      reject(new Error(`${command[0]} ${how}\n${lastLines(`${out.slice(-20_000)}\n${err}`)}`.trim()))
    })
  })
}

/**
 * When a process began, in the system's own words: a pid that was given to another process has another beginning.
 * Undefined where there is none, where it is dead and was not reaped, and where the system does not say.
 */
export function beganAt(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return /^[ZX]$/.test(fields[0]) ? undefined : fields[19]
  } catch {
    return undefined
  }
}
