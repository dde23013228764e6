// Measures runs on a server besides their time: round trips, and the inspection of the tables alone.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { median, runNode } from './measure.mjs'

export const kit = (/** @type {string} */ name) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))

/**
 * How often a command waits for its server. Outside the time.
 * @param {import('./measure.mjs').Command} command
 */
export function roundTrips({ args, cwd }, /** @type {string} */ file) {
  const env = { BENCH_ROUND_TRIPS: file }
  runNode({ args: ['--import', kit('round-trips'), ...args], ...(cwd === undefined ? {} : { cwd }), env })
  return Number(readFileSync(file, 'utf8'))
}

/**
 * Runs and records revisions `times` times: how long inspections of the tables take, and how many there are.
 * @param {{ url: string, file: string, folder?: string, recreate: () => void, times: number }} what
 */
export function recordRuns({ url, file, folder, recreate, times }) {
  const args = [kit('record-server'), url, file, ...(folder === undefined ? [] : [folder])]
  const inspections = Array.from({ length: times }, () => {
    recreate()
    return JSON.parse(runNode({ args }).stdout)
  })
  return { inspectionMs: median(inspections.map(({ ms }) => ms)), inspections: inspections[0].count }
}
