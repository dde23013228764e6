// A pending revision on many SQLite files: a fleet against the statements alone, in the same run: `node bench/fleet-files.mjs [files]`.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const load = (name) => import(join(root, `packages/${name}/dist/index.js`))
const [core, { sqliteDialect }, { createFleet }] = await Promise.all(['core', 'dialect-sqlite', 'fleet'].map(load))
const { createMigrator, graphOf, integer, revisions, text } = core
const Database = createRequire(join(root, 'packages/dialect-sqlite/package.json'))('better-sqlite3')

const files = Number(process.argv[2] ?? 1000)
const table = (at) => (op) =>
  op.createTable(`t${at}`, (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
const chain = Array.from({ length: 12 }, (_, at) => ({
  revision: `r${at + 1}`,
  downRevision: at === 0 ? null : `r${at}`,
  upgrade: table(at + 1),
}))
for (let at = 12; at < 19; at += 1) {
  const upgrade = (op) => op.alterTable(`t${at - 11}`, (t) => t.addColumn('more', text()))
  chain.push({ revision: `r${at + 1}`, downRevision: `r${at}`, upgrade })
}
chain.push({
  revision: 'r20',
  downRevision: 'r19',
  upgrade(op) {
    op.alterTable('t1', (t) => t.addColumn('locale', text()))
    op.createIndex('t1', 't1_locale', ['locale'])
  },
})

const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
const tiers = [graphOf(revisions(chain))]
const dialect = ({ url }) => sqliteDialect({ url })
const first = join(folder, 'first.db')
await createMigrator({ dialect: dialect({ url: `sqlite:///${first}` }), tiers }).upgrade('r19')
const copies = (kind, count = files) =>
  Array.from({ length: count }, (_, at) => {
    const file = join(folder, `${kind}${at}.db`)
    copyFileSync(first, file)
    return file
  })

/** Opens, reads the heads, sends the statements, writes the head and a row of history. */
function runStatements(file) {
  const db = new Database(file)
  try {
    db.prepare('SELECT version_num FROM migrate_version').all()
    db.exec('BEGIN IMMEDIATE')
    db.exec('ALTER TABLE "t1" ADD COLUMN "locale" TEXT')
    db.exec('CREATE INDEX "t1_locale" ON "t1" ("locale")')
    db.prepare('UPDATE migrate_version SET version_num = ?').run('r20')
    const columns = db
      .prepare('PRAGMA table_info(migrate_history)')
      .all()
      .map(({ name }) => `"${name}"`)
    const row = columns.map((name) => (name === '"id"' ? 'id + 1' : name)).join(', ')
    db.exec(
      `INSERT INTO migrate_history (${columns.join(', ')}) SELECT ${row} FROM migrate_history ORDER BY id DESC LIMIT 1`,
    )
    db.exec('COMMIT')
  } finally {
    db.close()
  }
}

const timed = async (name, work) => {
  const startedAt = performance.now()
  const result = await work()
  const ms = performance.now() - startedAt
  console.log(`${name}: ${Math.round(ms)} ms, ${(ms / files).toFixed(2)} ms a file`)
  return { ms, result }
}
const members = (list) => list.map((file) => ({ id: file, url: `sqlite:///${file}` }))
const fleetOn = (list, more = {}) => createFleet({ members: members(list), dialect, tiers, ...more })

try {
  await fleetOn(copies('warm', 5)).upgrade()
  const [floorFiles, fleetFiles, loopFiles] = ['floor', 'fleet', 'loop'].map((kind) => copies(kind))
  const floor = await timed('statements alone', () => floorFiles.forEach(runStatements))
  const memory = process.memoryUsage().heapUsed
  const fleet = await timed('fleet', () => fleetOn(fleetFiles).upgrade())
  const grown = (process.memoryUsage().heapUsed - memory) / 1e6
  const loop = await timed('migrator in a loop', async () => {
    for (const file of loopFiles)
      await createMigrator({ dialect: dialect({ url: `sqlite:///${file}` }), tiers }).upgrade()
  })
  const nothing = await timed('fleet with nothing to do', () => fleetOn(fleetFiles).upgrade())
  const { migrated, failed, plans } = fleet.result
  console.log(
    JSON.stringify({ files, migrated, failed, plans, grownMb: Math.round(grown), upToDate: nothing.result.upToDate }),
  )
  console.log(
    `fleet / statements: ${(fleet.ms / floor.ms).toFixed(2)}; loop / fleet: ${(loop.ms / fleet.ms).toFixed(2)}`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
