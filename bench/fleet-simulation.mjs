// A large fleet over the real queue, with members that only sleep, beside real members: the same code takes, records and reports both.
// `node bench/fleet-simulation.mjs [--measured 200] [--members 100000] [--workers 4] [--parallel 8] [--failures 0.001] [--speed 1]`
// needs TEST_POSTGRES_URL. docs/explanation/fleet-load.md has the formula that it prints beside the measured times.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../', import.meta.url))
const load = (name, entry = 'index') => import(join(root, `packages/${name}/dist/${entry}.js`))
const [core, { postgresDialect }, { createFleet }, { handOut, workOnQueue }] = await Promise.all([
  load('core'),
  load('dialect-postgres'),
  load('fleet'),
  load('fleet', 'internal'),
])
const { graphOf, integer, revisions, text } = core
const postgres = createRequire(join(root, 'packages/dialect-postgres/package.json'))('postgres')

const table = (op) =>
  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
const change = (op) => {
  op.alterTable('users', (t) => t.addColumn('locale', text()))
  op.createIndex('users', 'users_locale', ['locale'])
}
const chain = [
  { revision: 'r1', downRevision: null, upgrade: table },
  { revision: 'r2', downRevision: 'r1', upgrade: change },
]

const idsOf = (count) => Array.from({ length: count }, (_, at) => `sim_${String(at + 1).padStart(6, '0')}`)
const never = { times: 0 }

/** Real members: schemas of one database. */
const fleetOf = ({ url, count, parallel }, more = {}) =>
  createFleet({
    members: () => idsOf(count).map((id) => ({ id, schema: id })),
    dialect: ({ schema }) => postgresDialect({ url, schema }),
    tiers: [graphOf(revisions(chain))],
    ...{ parallel, retry: never, ...more },
  })

const realFleet = (task) =>
  fleetOf(task, {
    state: postgresDialect({ url: task.url, schema: task.queue }),
    queue: { url: task.url, schema: task.queue },
  })

/** Members that sleep as long as a real one took, and some of which fail. */
const sleepers = ({ url, queue, count, parallel, times, failures }) => ({
  members: () => idsOf(count).map((id) => ({ id })),
  migrate: async () => {
    await sleep(times[Math.floor(Math.random() * times.length)])
    if (Math.random() < failures) throw new Error('a member that fails')
    return { applied: ['main:r2'], heads: [{ tier: 'main', heads: ['r2'] }], warnings: [] }
  },
  state: postgresDialect({ url, schema: queue }),
  queue: { url, schema: queue },
  ...{ parallel, retry: never, release: 'simulation' },
})

async function workOn(task) {
  const options = { once: true }
  process.send('ready')
  await (task.kind === 'real' ? realFleet(task).work(options) : workOnQueue(sleepers(task), options))
  process.disconnect()
}

/** One run over the queue, with its workers as processes. Gives its time, from the first job to the last report. */
async function timed(task, workers, upgrade) {
  const self = fileURLToPath(import.meta.url)
  const children = Array.from({ length: workers }, () =>
    fork(self, [], { env: { ...process.env, TASK: JSON.stringify(task) } }),
  )
  await Promise.all(children.map((child) => new Promise((resolve) => child.once('message', resolve))))
  // They open the queue, and ask for jobs.
  await sleep(3_000)
  const startedAt = performance.now()
  const result = await upgrade()
  const ms = performance.now() - startedAt
  await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))))
  return { ms, result }
}

function simulated(task) {
  const { members, state, queue, parallel, release } = sleepers(task)
  const rollout = {
    ...{ members, state, parallel, release, run: randomUUID(), direction: 'up', target: undefined },
    stages: [{ name: 'all' }],
    plans: () => 0,
  }
  return handOut(rollout, { onEvent: (event) => event.type === 'note' && console.log(event.message) }, queue)
}

const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`

async function main() {
  const { values } = parseArgs({
    options: {
      measured: { type: 'string', default: '200' },
      members: { type: 'string', default: '100000' },
      workers: { type: 'string', default: '4' },
      parallel: { type: 'string', default: '8' },
      failures: { type: 'string', default: '0.001' },
      // The members of the large run sleep so many times shorter: the queue has to bear as much more.
      speed: { type: 'string', default: '1' },
    },
  })
  const [measured, members, workers, parallel, failures, speed] = [
    'measured',
    'members',
    'workers',
    'parallel',
    'failures',
    'speed',
  ].map((name) => Number(values[name]))
  const server = process.env.TEST_POSTGRES_URL
  const admin = postgres(server, { max: 1, onnotice: () => undefined })
  const database = `fleet_simulation_${process.pid}`
  await admin.unsafe(`CREATE DATABASE ${database}`)
  const url = Object.assign(new URL(server), { pathname: `/${database}` }).href
  try {
    const real = { kind: 'real', url, queue: 'queue_real', count: measured, parallel }
    const sql = postgres(url, { max: 1, onnotice: () => undefined })
    for (const id of idsOf(measured)) await sql.unsafe(`CREATE SCHEMA ${id}`)
    await fleetOf(real).upgrade('r1')
    const first = await timed(real, workers, () => realFleet(real).upgrade())
    const rows = await sql.unsafe('SELECT duration_ms FROM queue_real.fleet_members')
    const times = rows.map(({ duration_ms: ms }) => Number(ms))
    const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length
    console.log(
      `measured: ${measured} schemas, ${workers} workers x ${parallel}: ${seconds(first.ms)}, ${mean.toFixed(1)} ms a member, ${first.result.failed} failed`,
    )

    const same = { kind: 'sleep', url, queue: 'queue_same', count: measured, parallel, times, failures: 0 }
    const second = await timed(same, workers, () => simulated(same))
    const ratio = second.ms / first.ms
    console.log(`simulated: the same: ${seconds(second.ms)}, ${ratio.toFixed(2)}x of the measured time`)

    const large = { ...same, queue: 'queue_large', count: members, failures, times: times.map((ms) => ms / speed) }
    const third = await timed(large, workers, () => simulated(large))
    const jobs = Math.ceil(members / (parallel * 4))
    const derived = (members * mean) / speed / (workers * parallel)
    const { migrated, failed, left } = third.result
    console.log(
      `simulated: ${members} members in ${jobs} jobs: ${seconds(third.ms)}; members x ms / slots: ${seconds(derived)}, so ${(third.ms / derived).toFixed(2)}x`,
    )
    console.log(
      `  ${migrated} migrated, ${failed} failed, ${left} left; memory of the run ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`,
    )
    const [recorded] = await sql.unsafe('SELECT count(*)::int AS n FROM queue_large.fleet_members')
    console.log(`  ${recorded.n} outcomes in the state`)
    await sql.end()
  } finally {
    await admin.unsafe(`DROP DATABASE ${database} WITH (FORCE)`)
    await admin.end()
  }
}

if (process.env.TASK === undefined) await main()
else await workOn(JSON.parse(process.env.TASK))
