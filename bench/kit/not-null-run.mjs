// One process: a column of a million rows is made NOT NULL in place (SQLite 3.53), by the statement alone and by a run, in turn.
// Arguments: a database with the table and its history, the rounds. Prints medians of the wall and of the processor in ms.
import { copyFileSync } from 'node:fs'
import { createMigrator, graphOf, revisions } from '../../packages/core/dist/index.js'
import { sqliteDialect } from '../../packages/dialect-sqlite/dist/index.js'
import { median } from './measure.mjs'
import { Database } from './project.mjs'

const [template = '', rounds = '9'] = process.argv.slice(2)
const path = `${template}.run`

const chain = revisions([
  { revision: 'r1', downRevision: null, upgrade: () => undefined },
  {
    revision: 'r2',
    downRevision: 'r1',
    upgrade: (op) => op.alterTable('event', (t) => t.alterColumn('kind', { nullable: false })),
  },
])

function recreate() {
  copyFileSync(template, path)
}

async function raw() {
  const db = new Database(path)
  db.pragma('foreign_keys = ON')
  // With its commit, which writes to the disk: the step of a run ends behind its own.
  const result = timed(() => {
    db.exec('BEGIN IMMEDIATE')
    db.exec('ALTER TABLE event ALTER COLUMN kind SET NOT NULL')
    db.exec('COMMIT')
  })
  db.close()
  return { statement: result, run: result }
}

function timed(/** @type {() => void} */ work) {
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  work()
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
}

/** The statements of the step: from the event before the first one to the end of the step. */
async function ours() {
  const migrator = createMigrator({ dialect: sqliteDialect({ url: `sqlite:${path}` }), tiers: [graphOf(chain)] })
  /** @type {{ at: number, cpu: NodeJS.CpuUsage } | undefined} */
  let first
  /** @type {{ ms: number, cpuMs: number } | undefined} */
  let statement
  /** @type {string[]} */
  const sent = []
  const began = { at: performance.now(), cpu: process.cpuUsage() }
  const since = (/** @type {{ at: number, cpu: NodeJS.CpuUsage }} */ { at, cpu }) => {
    const { user, system } = process.cpuUsage(cpu)
    return { ms: performance.now() - at, cpuMs: (user + system) / 1000 }
  }
  await migrator.upgrade('head', {
    onEvent: (event) => {
      if (event.type === 'stepStarted') first = { at: performance.now(), cpu: process.cpuUsage() }
      if (event.type === 'statement') sent.push(event.sql)
      if (event.type === 'stepFinished' && first !== undefined) statement = since(first)
    },
  })
  if (statement === undefined || sent.some((sql) => /INSERT INTO .*event/i.test(sql)))
    throw new Error(`no change in place: ${sent.join('; ')}`)
  return { statement, run: since(began) }
}

{
  const db = new Database(template)
  const { version } = db.prepare('SELECT sqlite_version() AS version').get()
  db.close()
  if (Number(version.split('.')[1]) < 53) throw new Error(`SQLite ${version} changes no NOT NULL in place`)
  const migrator = createMigrator({ dialect: sqliteDialect({ url: `sqlite:${template}` }), tiers: [graphOf(chain)] })
  await migrator.upgrade('r1')
}

/** @type {Record<string, { ms: number, cpuMs: number }[]>} */
const times = { raw: [], step: [], run: [] }
for (let round = -1; round < Number(rounds); round += 1) {
  recreate()
  const floor = await raw()
  recreate()
  const own = await ours()
  if (round < 0) continue
  times.raw?.push(floor.statement)
  times.step?.push(own.statement)
  times.run?.push(own.run)
}
const medians = Object.entries(times).map(([name, each]) => [
  name,
  { ms: median(each.map(({ ms }) => ms)), cpuMs: median(each.map(({ cpuMs }) => cpuMs)) },
])
const db = new Database(path)
const children = db.prepare('SELECT count(*) AS n FROM receipt').get().n
db.close()
console.log(
  JSON.stringify({
    ...Object.fromEntries(medians),
    children,
    ratios: times.raw?.map(({ ms }, at) => (times.step?.[at]?.ms ?? 0) / ms),
  }),
)
