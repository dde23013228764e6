// New members of a fleet: the raw statements of the tables, from the template, and from all revisions, in the same run.
// `node bench/fleet-templates.mjs sqlite|postgres|mariadb [members] [tables]`; servers by TEST_POSTGRES_URL and TEST_MARIADB_URL.
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const load = (name) => import(join(root, `packages/${name}/dist/index.js`))
const requireOf = (name) => createRequire(join(root, `packages/${name}/package.json`))
const { graphOf, integer, revisions, text, varchar } = await load('core')
const { createFleet } = await load('fleet')

const [engine = 'sqlite', count = '30', width = '12'] = process.argv.slice(2)
const members = Number(count)
const tables = Number(width)
const folder = mkdtempSync(join(tmpdir(), 'fleet-templates-'))

/** The tables, and eight changes of them. */
const history = [
  ...Array.from(
    { length: tables },
    (_, at) => (op) =>
      op.createTable(`t${at + 1}`, (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('name', varchar(100))
        t.primaryKey(['id'])
      }),
  ),
  ...Array.from({ length: 7 }, (_, at) => (op) => op.alterTable(`t${at + 1}`, (t) => t.addColumn('more', text()))),
  (op) => {
    op.alterTable('t1', (t) => t.addColumn('locale', varchar(12)))
    op.createIndex('t1', 't1_locale', ['locale'])
  },
].map((upgrade, at) => ({ revision: `r${at + 1}`, downRevision: at === 0 ? null : `r${at}`, upgrade }))
const tiers = [graphOf(revisions(history))]

const statements = [
  ...Array.from(
    { length: tables },
    (_, at) =>
      `CREATE TABLE t${at + 1} (id integer NOT NULL, name varchar(100)${at < 7 ? ', more text' : ''}${at === 0 ? ', locale varchar(12)' : ''}, PRIMARY KEY (id))`,
  ),
  'CREATE INDEX t1_locale ON t1 (locale)',
]

const engines = {
  async sqlite() {
    const { sqliteDialect } = await load('dialect-sqlite')
    const Database = requireOf('dialect-sqlite')('better-sqlite3')
    const fileOf = (id) => join(folder, `${id}.db`)
    return {
      member: (id) => ({ id, url: `sqlite:///${fileOf(id)}` }),
      dialect: ({ url }) => sqliteDialect({ url }),
      async raw({ id }) {
        const db = new Database(fileOf(id))
        for (const sql of statements) db.exec(sql)
        db.close()
      },
      end: async () => {},
    }
  },
  async postgres() {
    const { postgresDialect } = await load('dialect-postgres')
    const postgres = requireOf('dialect-postgres')('postgres')
    const name = `fleet_templates_${process.pid}`
    const admin = postgres(process.env.TEST_POSTGRES_URL, { max: 1, onnotice: () => {} })
    await admin.unsafe(`CREATE DATABASE ${name}`)
    const url = Object.assign(new URL(process.env.TEST_POSTGRES_URL), { pathname: `/${name}` }).href
    return {
      member: (id) => ({ id, schema: id }),
      dialect: ({ schema }) => postgresDialect({ url, schema }),
      async raw({ schema }) {
        const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} })
        await sql.unsafe(`CREATE SCHEMA ${schema}`)
        await sql.unsafe(`SET search_path TO ${schema}`)
        for (const each of statements) await sql.unsafe(each)
        await sql.end()
      },
      async end() {
        await admin.unsafe(`DROP DATABASE ${name} WITH (FORCE)`)
        await admin.end()
      },
    }
  },
  async mariadb() {
    const { mysqlDialect } = await load('dialect-mysql')
    const mysql = requireOf('dialect-mysql')('mysql2/promise')
    const url = process.env.TEST_MARIADB_URL
    const uri = url.replace(/^mariadb/, 'mysql')
    const prefix = `fleet_templates_${process.pid}_`
    return {
      member: (id) => ({ id, schema: `${prefix}${id}` }),
      dialect: ({ schema }) => mysqlDialect({ url, schema }),
      async raw({ schema }) {
        const connection = await mysql.createConnection({ uri })
        await connection.query(`CREATE DATABASE ${schema} CHARACTER SET utf8mb4`)
        await connection.query(`USE ${schema}`)
        for (const each of statements) await connection.query(each)
        await connection.end()
      },
      async end() {
        const connection = await mysql.createConnection({ uri })
        const [rows] = await connection.query(`SHOW DATABASES LIKE '${prefix.replaceAll('_', '\\_')}%'`)
        for (const row of rows) await connection.query(`DROP DATABASE \`${Object.values(row)[0]}\``)
        await connection.end()
      },
    }
  },
}

const on = await engines[engine]()
try {
  const fleetWith = (template) => createFleet({ members: [], dialect: on.dialect, tiers, template })
  const [templated, plain] = [fleetWith(true), fleetWith(false)]
  const first = performance.now()
  await templated.create(on.member('first'))
  console.log(`${engine}: the first one, with the template: ${Math.round(performance.now() - first)} ms`)
  const origins = {
    raw: on.raw,
    template: (member) => templated.create(member),
    revisions: (member) => plain.create(member),
  }
  const times = { raw: [], template: [], revisions: [] }
  for (let at = 0; at < members; at += 1) {
    for (const [origin, work] of Object.entries(origins)) {
      const started = performance.now()
      await work(on.member(`${origin}${at}`))
      times[origin].push(performance.now() - started)
    }
  }
  const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
  const raw = median(times.raw)
  for (const origin of Object.keys(origins))
    console.log(
      `${engine}: ${origin}: ${median(times[origin]).toFixed(1)} ms a member, ${(median(times[origin]) / raw).toFixed(2)}x`,
    )
} finally {
  await on.end()
  rmSync(folder, { recursive: true, force: true })
}
