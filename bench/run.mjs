// `node bench/run.mjs [name …] [--pairs N]`: what the measured paths cost beside their floors. See README.md.
import os from 'node:os'
import { missing, reportOf, startServers } from '../test/kit/servers/servers.mjs'
import { apply, applyEmpty } from './cases/apply.mjs'
import { applyOn, noopOn } from './cases/apply-server.mjs'
import { chain, chainLong } from './cases/chain.mjs'
import { chainOn } from './cases/chain-server.mjs'
import { diff, diffOn } from './cases/diff.mjs'
import { introspectOn } from './cases/introspect.mjs'
import { largeGraph } from './cases/large-graph.mjs'
import { lock, lockOn } from './cases/lock.mjs'
import { history, noop, status } from './cases/noop.mjs'
import { rebuild } from './cases/rebuild.mjs'
import { median } from './kit/measure.mjs'
import { requireBuilt } from './kit/project.mjs'

/** Each with the pairs that it runs by default, and the server that it needs. */
const cases = {
  status: { run: status, pairs: 15 },
  noop: { run: noop, pairs: 15 },
  history: { run: history, pairs: 15 },
  'large-graph': { run: largeGraph, pairs: 5 },
  apply: { run: apply, pairs: 15 },
  'apply-empty': { run: applyEmpty, pairs: 15 },
  rebuild: { run: rebuild, pairs: 3 },
  chain: { run: chain, pairs: 3 },
  'chain-50mb-row': { run: chainLong, pairs: 3 },
  'noop-postgres': { run: noopOn, pairs: 15, on: 'postgres' },
  'noop-mariadb': { run: noopOn, pairs: 15, on: 'mariadb' },
  'noop-mysql': { run: noopOn, pairs: 15, on: 'mysql' },
  'apply-postgres': { run: applyOn, pairs: 7, on: 'postgres' },
  'apply-mariadb': { run: applyOn, pairs: 7, on: 'mariadb' },
  'apply-mysql': { run: applyOn, pairs: 3, on: 'mysql' },
  'introspect-postgres': { run: introspectOn, pairs: 7, on: 'postgres' },
  'introspect-mariadb': { run: introspectOn, pairs: 7, on: 'mariadb' },
  'introspect-mysql': { run: introspectOn, pairs: 7, on: 'mysql' },
  'diff-sqlite': { run: diff, pairs: 7 },
  'diff-postgres': { run: diffOn, pairs: 7, on: 'postgres' },
  'diff-mariadb': { run: diffOn, pairs: 7, on: 'mariadb' },
  'diff-mysql': { run: diffOn, pairs: 5, on: 'mysql' },
  lock: { run: lock, pairs: 15 },
  'lock-postgres': { run: lockOn, pairs: 15, on: 'postgres' },
  'lock-mariadb': { run: lockOn, pairs: 15, on: 'mariadb' },
  'lock-mysql': { run: lockOn, pairs: 7, on: 'mysql' },
  'chain-postgres': { run: chainOn, pairs: 3, on: 'postgres' },
}

const args = process.argv.slice(2)
const flag = args.indexOf('--pairs')
const pairs = flag === -1 ? undefined : Number(args[flag + 1])
const named = flag === -1 ? args : args.toSpliced(flag, 2)
const unknown = named.filter((name) => !(name in cases))
if (unknown.length > 0 || (pairs !== undefined && !(Number.isInteger(pairs) && pairs > 0))) {
  console.error(`usage: node bench/run.mjs [${Object.keys(cases).join(' | ')}] [--pairs N]`)
  process.exit(2)
}
requireBuilt()

const chosen = Object.entries(cases).filter(([name]) => named.length === 0 || named.includes(name))
const engines = new Set(chosen.flatMap(([, { on }]) => on ?? []))
const servers = engines.size === 0 ? undefined : startServers([...engines].join(','))
const outcomes = ((await servers?.outcomes()) ?? []).filter(({ name }) => engines.has(name))

const cpus = os.cpus()
console.log(
  `Node ${process.versions.node}, ${cpus.length} x ${cpus[0]?.model.trim()}, load ${os.loadavg()[0].toFixed(1)}`,
)
if (outcomes.length > 0) console.log(reportOf(outcomes))
console.log('ratio: median of the pairs (smallest to largest); cpu: ratio of the processor time of all runs\n')

const heading = ['', 'floor ms', 'ours ms', 'ratio', 'spread', 'cpu', 'aim', '']
/** @type {string[][]} */
const table = []
const started = performance.now()
for (const [name, each] of chosen) {
  const server = outcomes.find((outcome) => outcome.name === each.on)
  if (missing(outcomes).includes(server)) {
    table.push([name, ...Array(heading.length - 2).fill(''), 'NOT RUN: its server is not there'])
    continue
  }
  process.stderr.write(`${name} …\n`)
  for (const measured of each.run(pairs ?? each.pairs, server)) {
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
await servers?.stop()
