// What is told of runs on a server beside their time: round trips, and the look at the tables by itself.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { median, runNode } from './measure.mjs'

export const kit = (/** @type {string} */ name) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))

/**
 * How often a command waits for its server. Outside the time.
 * @param {import('./measure.mjs').Command} command
 */
export function roundTrips({ words, cwd }, /** @type {string} */ file) {
  const env = { BENCH_ROUND_TRIPS: file }
  runNode({ words: ['--import', kit('round-trips'), ...words], ...(cwd === undefined ? {} : { cwd }), env })
  return Number(readFileSync(file, 'utf8'))
}

/**
 * Runs revisions with a pencil, as often as said, for how long the looks at the tables take and what else was sent.
 * @param {{ url: string, file: string, folder?: string, again: () => void, times: number }} what
 */
export function recorded({ url, file, folder, again, times }) {
  const words = [kit('record-server'), url, file, ...(folder === undefined ? [] : [folder])]
  const looks = Array.from({ length: times }, () => {
    again()
    return JSON.parse(runNode({ words }).stdout)
  })
  return { lookMs: median(looks.map(({ ms }) => ms)), looks: looks[0].count }
}
