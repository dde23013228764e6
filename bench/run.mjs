// `node bench/run.mjs [subject …] [--on sqlite,postgres,…] [--pairs N] [--write]`: what the measured paths cost beside their floors.
// See README.md.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { missing, reportOf, startServers } from '../test/kit/servers/servers.mjs'
import { apply, applyOfPeers, growth } from './cases/apply.mjs'
import { chain, chainLong } from './cases/chain.mjs'
import { chainOn } from './cases/chain-server.mjs'
import { data } from './cases/data.mjs'
import { diff } from './cases/diff.mjs'
import { lock } from './cases/lock.mjs'
import { files, noop } from './cases/noop.mjs'
import { notNull } from './cases/not-null.mjs'
import { peers } from './cases/peers.mjs'
import { preserved, preservedMillion } from './cases/preserved.mjs'
import { rebuild } from './cases/rebuild.mjs'
import { stampede } from './cases/stampede.mjs'
import { writePage } from './kit/page.mjs'
import { requireBuilt } from './kit/project.mjs'
import { machine, rowOf, writeResults } from './kit/results.mjs'

const sqlite = { name: 'SQLite' }
const everywhere = ['sqlite', 'postgres', 'mariadb']

/** Each with the pairs that it runs by default, and where it runs. Those that are `long` run only when they are named. */
const subjects = {
  noop: { run: noop, pairs: 7, on: everywhere },
  files: { run: files, pairs: 5, on: ['sqlite'] },
  apply: { run: apply, pairs: 5, on: everywhere },
  compare: { run: diff, pairs: 5, on: everywhere },
  rebuild: { run: rebuild, pairs: 5, on: ['sqlite'] },
  'not-null': { run: notNull, pairs: 9, on: ['sqlite'] },
  preserved: { run: preserved, pairs: 3, on: everywhere },
  data: { run: data, pairs: 3, on: everywhere },
  stampede: { run: stampede, pairs: 5, on: everywhere },
  chain: {
    run: (pairs, server) => (server.url === undefined ? chain(pairs) : chainOn(pairs, server)),
    pairs: 3,
    on: ['sqlite', 'postgres'],
  },
  'long-row': { run: chainLong, pairs: 3, on: ['sqlite'] },
  lock: { run: lock, pairs: 7, on: everywhere },
  'peers-at-head': { run: peers, pairs: 5, on: everywhere },
  'peers-apply': { run: applyOfPeers, pairs: 5, on: everywhere },
  'preserved-growth': { run: preservedMillion, pairs: 3, on: everywhere, long: true },
  growth: { run: growth, pairs: 3, on: [...everywhere, 'mysql'], long: true },
}

const usage = `usage: node bench/run.mjs [${Object.keys(subjects).join(' | ')}] [--on sqlite,postgres,mariadb,mysql] [--pairs N] [--write]`
function refuse() {
  console.error(usage)
  process.exit(2)
}
function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { on: { type: 'string' }, pairs: { type: 'string' }, write: { type: 'boolean' } },
    })
  } catch {
    return refuse()
  }
}
const { values, positionals: named } = readArguments()
const pairs = values.pairs === undefined ? undefined : Number(values.pairs)
if (named.some((name) => !(name in subjects)) || (pairs !== undefined && !(Number.isInteger(pairs) && pairs > 0)))
  refuse()
requireBuilt()

const onlyOn = values.on?.split(',')
const chosen = Object.entries(subjects)
  .filter(([name, { long }]) => (named.length === 0 ? long !== true : named.includes(name)))
  .map(([name, each]) => ({ name, ...each, on: each.on.filter((engine) => onlyOn?.includes(engine) ?? true) }))
const engines = new Set(chosen.flatMap(({ on }) => on.filter((engine) => engine !== 'sqlite')))
const servers = engines.size === 0 ? undefined : startServers([...engines].join(','))
const outcomes = ((await servers?.outcomes()) ?? []).filter(({ name }) => engines.has(name))

const load = () => os.loadavg()[0].toFixed(1)
console.log(`${machine}, load ${load()}`)
if (outcomes.length > 0) console.log(reportOf(outcomes))
console.log('ratio: median of the pairs (smallest to largest); cpu: ratio of the processor time of all runs\n')

const labels = { postgres: 'PostgreSQL', mariadb: 'MariaDB', mysql: 'MySQL' }
const started = performance.now()
for (const { name, run, pairs: usual, on } of chosen) {
  for (const engine of on) {
    const outcome = outcomes.find((each) => each.name === engine)
    if (engine !== 'sqlite' && missing(outcomes).includes(outcome)) {
      console.log(`${name} on ${engine}: NOT RUN: its server is not there`)
      continue
    }
    const server = engine === 'sqlite' ? sqlite : { ...outcome, name: labels[engine] }
    const rows = run(pairs ?? usual, server).map((measured) => rowOf(name, measured))
    // What was measured stays, whatever the next one ends with.
    if (values.write) writeResults(rows)
    for (const row of rows) {
      const verdict =
        row.aim === undefined ? '' : row.ratio <= row.aim ? ` met <= ${row.aim}x` : ` MISSED <= ${row.aim}x`
      const times = `${row.floorMs.toFixed(0).padStart(7)} ms ${row.ms.toFixed(0).padStart(7)} ms`
      const ratio = `${row.ratio.toFixed(2)}x (${row.least}-${row.most}), cpu ${row.cpu ?? ''}x`
      console.log(
        `${row.name.padEnd(62)} ${times}  ${ratio.padEnd(34)}${verdict}${row.note === undefined ? '' : `; ${row.note}`}`,
      )
    }
  }
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s, load at the end ${load()}`)
await servers?.stop()
if (values.write) writePage()
