// What the bench measured, kept in results.json, so that a change of a ratio shows in the difference of that file.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { median } from './measure.mjs'

const file = fileURLToPath(new URL('../results.json', import.meta.url))

/** A ratio that grew by more is a loss. */
const noise = 1.15

/** @typedef {{ subject: string, name: string, floorMs: number, ms: number, ratio: number, least: number, most: number, cpu?: number, aim?: number, note?: string, lossFrom?: number }} Row */

const rounded = (value, digits = 2) => Number(value.toFixed(digits))

/** @returns {Row} */
export function rowOf(subject, { name, floorMs, ms, ratios, cpuRatio, aim, note }) {
  return {
    subject,
    name,
    floorMs: rounded(floorMs, 1),
    ms: rounded(ms, 1),
    ratio: rounded(median(ratios)),
    least: rounded(Math.min(...ratios)),
    most: rounded(Math.max(...ratios)),
    ...(cpuRatio === undefined ? {} : { cpu: rounded(cpuRatio) }),
    ...(aim === undefined ? {} : { aim }),
    ...(note === undefined ? {} : { note }),
  }
}

/** What the figures of a run are of. */
export const machine = `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model.trim()}`

/** By the major version of Node, each with its machine and rows. */
export const readResults = () => JSON.parse(readFileSync(file, 'utf8'))

/** Rows of the same subject and name are replaced; one that lost says what it was. */
export function writeResults(rows) {
  const [node = ''] = process.versions.node.split('.')
  const results = readResults()
  const known = new Map((results[node]?.rows ?? []).map((row) => [`${row.subject} ${row.name}`, row]))
  for (const row of rows) {
    const key = `${row.subject} ${row.name}`
    const before = known.get(key)?.ratio
    known.set(key, before !== undefined && row.ratio > before * noise ? { ...row, lossFrom: before } : row)
  }
  results[node] = { machine, rows: [...known.values()] }
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`)
}
