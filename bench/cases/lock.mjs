// The cost of the lock without a concurrent run.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runNode } from '../kit/measure.mjs'
import { withDatabase } from '../kit/server-database.mjs'

const program = fileURLToPath(new URL('../kit/lock-run.mjs', import.meta.url))

function measured(/** @type {string} */ name, /** @type {string} */ url, /** @type {number} */ rounds) {
  const { stdout } = runNode({ args: [program, url, String(rounds)] })
  const { floor, locked, unlocked } = JSON.parse(stdout)
  const note = `without the lock ${unlocked.toFixed(1)} ms: it costs ${(locked - unlocked).toFixed(1)} ms`
  return {
    name: `one revision under the lock, ${name}`,
    aim: 'lock <= 5 ms',
    floorMs: floor,
    ms: locked,
    ratios: [locked / floor],
    cpuRatio: undefined,
    note,
  }
}

export function lock(/** @type {number} */ pairs) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-lock-'))
  try {
    return [measured('sqlite', `sqlite:${join(folder, 'a.db')}`, pairs * 4)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function lockOn(/** @type {number} */ pairs, /** @type {import('../kit/server-database.mjs').Server} */ server) {
  return [withDatabase(server, (database) => measured(server.name, database.url, pairs * 4))]
}
