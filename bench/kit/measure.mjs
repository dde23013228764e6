// Whole processes, timed from outside, one of each kind in turn.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** @typedef {{ args: readonly string[], program?: string, cwd?: string, env?: Record<string, string> }} Command of Node, where no other program is named */
/** @typedef {{ ms: number, cpuMs: number, stdout: string }} Run */

/**
 * Processor time of all children that have ended, in ms; 0 where the system has no /proc. Other programs on the machine
 * stretch the time on the wall, and hardly this.
 */
function childrenCpuMs() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')
    return (Number(fields[13]) + Number(fields[14])) * 10
  } catch {
    return 0
  }
}

/**
 * Runs it until it knows its files: what the system says of a file proves its text only when it was read twice, 3 s apart. The files of a
 * deployment are older than that.
 * @param {Command} command
 */
export function runIndexed(command) {
  runNode(command)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_100)
  runNode(command)
}

/**
 * Runs Node on a script and waits for its end. Throws where it did not end with 0: a failure is no measurement.
 * @param {Command} command
 * @returns {Run}
 */
export function runNode({ args, program = process.execPath, cwd, env }) {
  const cpuBefore = childrenCpuMs()
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const ms = performance.now() - startedAt
  if (status === 0) return { ms, cpuMs: childrenCpuMs() - cpuBefore, stdout }
  throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * @typedef {{ name: string, aim?: string, prepare?: () => void, command: Command, check?: (stdout: string) => void }} Subject
 * @typedef {{ name: string, aim?: string, floorMs: number, ms: number, ratios: readonly number[], times: readonly number[], cpuRatio: number | undefined, outputs: readonly string[] }} Measured
 */

/**
 * Floor and subjects in turn, as often as `pairs` says. `prepare` (a fresh copy of a database, an emptied cache) is not
 * timed. The first round is run once more before and thrown away, so that no subject pays for cold files.
 * @param {{ floor: Subject, subjects: readonly Subject[], pairs: number, warmUp?: boolean }} settings
 * @returns {readonly Measured[]}
 */
export function inTurn({ floor, subjects, pairs, warmUp = true }) {
  const all = [floor, ...subjects]
  const runs = all.map(() => /** @type {Run[]} */ ([]))
  for (let round = warmUp ? -1 : 0; round < pairs; round += 1) {
    for (const [at, { prepare, command, check }] of all.entries()) {
      prepare?.()
      const run = runNode(command)
      check?.(run.stdout)
      if (round >= 0) runs[at].push(run)
    }
  }
  const [floors, ...subjectRuns] = runs
  const cpu = (/** @type {readonly Run[]} */ of) => of.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  return subjectRuns.map((of, at) => ({
    name: subjects[at].name,
    aim: subjects[at].aim,
    floorMs: median(floors.map(({ ms }) => ms)),
    ms: median(of.map(({ ms }) => ms)),
    ratios: of.map(({ ms }, round) => ms / floors[round].ms),
    times: of.map(({ ms }) => ms),
    cpuRatio: cpu(floors) === 0 ? undefined : cpu(of) / cpu(floors),
    outputs: of.map(({ stdout }) => stdout),
  }))
}
