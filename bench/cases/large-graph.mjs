// What the graph alone costs, in a process that does nothing else; its floor is a process that builds no graph.
import { fileURLToPath } from 'node:url'
import { median, runNode } from '../kit/measure.mjs'

const program = fileURLToPath(new URL('../kit/large-graph.mjs', import.meta.url))

export function largeGraph(/** @type {number} */ pairs) {
  const runs = Array.from({ length: pairs }, () => {
    const floor = runNode({ args: ['--eval', '0'] })
    const run = runNode({ args: [program] })
    const { load, up, down } = /** @type {{ load: number, up: number, down: number }} */ (JSON.parse(run.stdout))
    return { floorMs: floor.ms, ms: run.ms, load, up, down }
  })
  const middle = (/** @type {'floorMs' | 'ms' | 'load' | 'up' | 'down'} */ part) =>
    median(runs.map((each) => each[part]))
  const [load, up, down] = [middle('load'), middle('up'), middle('down')]
  return [
    {
      name: '50,000 revisions in memory',
      aim: 'load + plan < 1 s',
      floorMs: middle('floorMs'),
      ms: middle('ms'),
      ratios: runs.map(({ ms, floorMs }) => ms / floorMs),
      cpuRatio: undefined,
      note: `of the processor: loaded in ${load.toFixed(0)} ms, planned up in ${up.toFixed(0)} ms, down in ${down.toFixed(0)} ms`,
    },
  ]
}
