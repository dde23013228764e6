// `node bench/run.mjs [name …] [--pairs N]`: what the measured paths cost beside their floors. See README.md.
import os from 'node:os'
import { apply, applyEmpty } from './cases/apply.mjs'
import { chain, chainLong } from './cases/chain.mjs'
import { noop, status } from './cases/noop.mjs'
import { rebuild } from './cases/rebuild.mjs'
import { median } from './kit/measure.mjs'
import { requireBuilt } from './kit/project.mjs'

/** Each with the pairs that it runs by default. */
const cases = {
  status: { run: status, pairs: 15 },
  noop: { run: noop, pairs: 15 },
  apply: { run: apply, pairs: 15 },
  'apply-empty': { run: applyEmpty, pairs: 15 },
  rebuild: { run: rebuild, pairs: 3 },
  chain: { run: chain, pairs: 3 },
  'chain-50mb-row': { run: chainLong, pairs: 3 },
}

const words = process.argv.slice(2)
const flag = words.indexOf('--pairs')
const pairs = flag === -1 ? undefined : Number(words[flag + 1])
const named = flag === -1 ? words : words.toSpliced(flag, 2)
const unknown = named.filter((name) => !(name in cases))
if (unknown.length > 0 || (pairs !== undefined && !(Number.isInteger(pairs) && pairs > 0))) {
  console.error(`usage: node bench/run.mjs [${Object.keys(cases).join(' | ')}] [--pairs N]`)
  process.exit(2)
}
requireBuilt()

const cpus = os.cpus()
console.log(
  `Node ${process.versions.node}, ${cpus.length} x ${cpus[0]?.model.trim()}, load ${os.loadavg()[0].toFixed(1)}`,
)
console.log('ratio: median of the pairs (smallest to largest); cpu: ratio of the processor time of all runs\n')

const heading = ['', 'floor ms', 'ours ms', 'ratio', 'spread', 'cpu', 'aim', '']
/** @type {string[][]} */
const table = []
const started = performance.now()
for (const [name, each] of Object.entries(cases)) {
  if (named.length > 0 && !named.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  for (const measured of each.run(pairs ?? each.pairs)) {
    const { ratios, cpuRatio } = measured
    table.push([
      measured.name,
      measured.floorMs.toFixed(0),
      measured.ms.toFixed(0),
      `${median(ratios).toFixed(2)}x`,
      `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`,
      cpuRatio === undefined ? '' : `${cpuRatio.toFixed(2)}x`,
      measured.aim ?? '',
      measured.note ?? '',
    ])
  }
}
const widths = heading.map((title, at) => Math.max(title.length, ...table.map((row) => row[at].length)))
for (const row of [heading, ...table]) {
  console.log(
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join('  ')
      .trimEnd(),
  )
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s, load at the end ${os.loadavg()[0].toFixed(1)}`)
