// What a command takes besides time, observed in a run of its own.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runNode } from './measure.mjs'

export const kit = (/** @type {string} */ name) => fileURLToPath(new URL(`./${name}.mjs`, import.meta.url))

function observed(program, variable, { args, cwd }) {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-bench-observed-'))
  try {
    const file = join(folder, 'observed')
    runNode({ args: ['--import', kit(program), ...args], cwd, env: { [variable]: file } })
    return Number(readFileSync(file, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** How often it waits for its server: statements that were sent together are one round trip. */
export const roundTripsOf = (command) => observed('round-trips', 'BENCH_ROUND_TRIPS', command)

/** The largest resident memory of its process, in MB. */
export const memoryOf = (command) => Math.round(observed('report-memory', 'BENCH_MEMORY', command) / 1024)
