// NOT NULL on a table of a million rows, which SQLite 3.53 sets in place: the statement alone beside the step of a run.
import { fileURLToPath } from 'node:url'
import { runNode } from '../kit/measure.mjs'
import { makeProject } from '../kit/project.mjs'
import { makeMillion, rowCount } from './rebuild.mjs'

const program = fileURLToPath(new URL('../kit/not-null-run.mjs', import.meta.url))

export function notNull(/** @type {number} */ pairs) {
  const template = makeProject({}).at('million.db')
  makeMillion(template)
  const { stdout } = runNode({ args: [program, template, String(pairs)] })
  const { raw, step, run, ratios } = JSON.parse(stdout)
  return [
    {
      name: `NOT NULL in place on ${rowCount.toLocaleString('en-US')} rows`,
      aim: 1.2,
      floorMs: raw.ms,
      ms: step.ms,
      ratios,
      cpuRatio: step.cpuMs / raw.cpuMs,
      note: `the whole run ${run.ms.toFixed(0)} ms`,
    },
  ]
}
