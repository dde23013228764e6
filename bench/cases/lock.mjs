// The cost of the lock without a concurrent run.
import { fileURLToPath } from 'node:url'
import { withDatabase } from '../kit/databases.mjs'
import { runNode } from '../kit/measure.mjs'

const program = fileURLToPath(new URL('../kit/lock-run.mjs', import.meta.url))

function measured(/** @type {string} */ name, /** @type {string} */ url, /** @type {number} */ rounds) {
  const { stdout } = runNode({ args: [program, url, String(rounds)] })
  const { floor, locked, unlocked } = JSON.parse(stdout)
  const note = `without the lock ${unlocked.toFixed(1)} ms: it costs ${(locked - unlocked).toFixed(1)} ms`
  return {
    name: `one revision under the lock, ${name}`,
    floorMs: floor,
    ms: locked,
    ratios: [locked / floor],
    cpuRatio: undefined,
    note,
  }
}

export function lock(/** @type {number} */ pairs, /** @type {any} */ server) {
  return [withDatabase(server, (database) => measured(server.name, database.url, pairs * 4))]
}
