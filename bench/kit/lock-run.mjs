// One process: runs of one revision up and down, in turn with the lock, without any, and as the raw driver does the same.
// Arguments: the URL, the rounds. Prints medians in ms.
import { createMigrator, graphOf, integer, revisions } from '../../packages/core/dist/index.js'
import { unlocked } from '../../test/kit/unlocked.mjs'
import { connect } from '../floors/connect.mjs'
import { dialectOf } from './dialect-of.mjs'

const [url = '', rounds = '30'] = process.argv.slice(2)

const revision = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(/** @type {any} */ op) {
    op.createTable('measured', (/** @type {any} */ t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })
  },
}

const dialect = await dialectOf(url)
const migratorOf = (/** @type {any} */ of) =>
  createMigrator({ dialect: of, tiers: [graphOf(revisions([revision]))], transaction: 'revision' })

async function floorSqlite() {
  const { createRequire } = await import('node:module')
  const Database = createRequire(new URL('../../packages/dialect-sqlite/package.json', import.meta.url))(
    'better-sqlite3',
  )
  return (/** @type {readonly string[]} */ statements) => {
    const db = new Database(url.replace(/^sqlite:/, ''))
    for (const statement of ['BEGIN IMMEDIATE', ...statements, 'COMMIT']) db.exec(statement)
    db.close()
  }
}

async function floorServer() {
  return async (/** @type {readonly string[]} */ statements) => {
    const server = connect(url)
    for (const statement of ['BEGIN', ...statements, 'COMMIT']) await server.query(statement)
    await server.end()
  }
}

const raw = url.startsWith('sqlite') ? await floorSqlite() : await floorServer()
const prepare = 'CREATE TABLE floor_version (version_num VARCHAR(255) NOT NULL PRIMARY KEY)'
await raw([prepare])
const floor = async () => {
  await raw(['CREATE TABLE floor_measured (id INTEGER NOT NULL PRIMARY KEY)', "INSERT INTO floor_version VALUES ('a')"])
  await raw(['DROP TABLE floor_measured', 'DELETE FROM floor_version'])
}
const ours = (/** @type {any} */ migrator) => async () => {
  await migrator.upgrade()
  await migrator.downgrade('base')
}
const variants = { floor, locked: ours(migratorOf(dialect)), unlocked: ours(migratorOf(unlocked(dialect))) }

/** @type {Record<string, number[]>} */
const times = { floor: [], locked: [], unlocked: [] }
for (let round = -2; round < Number(rounds); round += 1) {
  for (const [name, variant] of Object.entries(variants)) {
    const startedAt = performance.now()
    await variant()
    // There and back are two runs.
    if (round >= 0) times[name].push((performance.now() - startedAt) / 2)
  }
}
const median = (/** @type {number[]} */ values) => values.toSorted((a, b) => a - b)[values.length >> 1]
console.log(JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, each]) => [name, median(each)]))))
