// One pending revision on many databases: a fleet against the statements alone, the library and the command line in a loop, in the same run.
// `node bench/fleets.mjs sqlite|postgres|mariadb [members] [parallel]`; servers by TEST_POSTGRES_URL and TEST_MARIADB_URL. With `--write` the figures go
// to results.json and docs/reference/performance.md.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { writePage } from './kit/page.mjs'
import { rowOf, writeResults } from './kit/results.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const load = (name) => import(join(root, `packages/${name}/dist/index.js`))
const requireOf = (name) => createRequire(join(root, `packages/${name}/package.json`))
const { createMigrator } = await load('core')
const { graph } = await import(join(root, 'packages/core/dist/node.js'))
const { createFleet } = await load('fleet')

const isWritten = process.argv.includes('--write')
const [engine = 'sqlite', count = '200', width = '8'] = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const names = { sqlite: 'SQLite files', postgres: 'schemas of PostgreSQL', mariadb: 'databases of MariaDB' }
const members = Number(count)
const parallel = Number(width)

const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
const project = join(folder, 'project')

/** Twelve tables, seven more columns, and then what is timed: a column with an index, and a data step. Files, so that each way reads the same. */
const bodies = [
  ...Array.from(
    { length: 12 },
    (_, at) => `op.createTable('t${at + 1}', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(100))
    t.primaryKey(['id'])
  })`,
  ),
  ...Array.from({ length: 7 }, (_, at) => `op.alterTable('t${at + 1}', (t) => t.addColumn('more', text()))`),
  `op.alterTable('t1', (t) => t.addColumn('locale', varchar(12)))
  op.createIndex('t1', 't1_locale', ['locale'])`,
  `op.run('fill locale', {
    up: async (db) => void (await db.execute("UPDATE t1 SET locale = 'en' WHERE locale IS NULL")),
    down: 'none',
  })`,
]
mkdirSync(join(project, 'migrations'), { recursive: true })
mkdirSync(join(project, 'node_modules/@org'), { recursive: true })
for (const [name, where] of [
  ['cli', 'apps/cli'],
  ['migrate-core', 'packages/core'],
  ...['sqlite', 'postgres', 'mysql'].map((each) => [`migrate-dialect-${each}`, `packages/dialect-${each}`]),
])
  symlinkSync(join(root, where), join(project, 'node_modules/@org', name))
writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
writeFileSync(
  join(project, 'migrate.config.js'),
  "export default { url: process.env.MEMBER_URL, migrations: './migrations' }",
)
for (const [at, body] of bodies.entries())
  writeFileSync(
    join(project, 'migrations', `r${at + 1}.js`),
    `import { integer, text, varchar } from '@org/migrate-core'

export const revision = 'r${at + 1}'
export const downRevision = ${at === 0 ? 'null' : `'r${at}'`}
export function upgrade(op) {
  ${body}
}
`,
  )
const [beforeSchema, beforeData, head] = ['r19', 'r20', 'r21']
const tiers = [graph(pathToFileURL(join(project, 'migrations/')))]

/** Works on the items, `parallel` at a time. */
async function each(items, work) {
  const queue = [...items]
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item)
    }),
  )
}

const schemaSql = ['ALTER TABLE t1 ADD COLUMN locale varchar(12)', 'CREATE INDEX t1_locale ON t1 (locale)']
const dataSql = ["UPDATE t1 SET locale = 'en' WHERE locale IS NULL"]
/** Reads the heads, sends the statements, writes the head and a row of history, in one transaction. */
async function statementsOf(send, statements, revision) {
  await send('SELECT version_num FROM migrate_version')
  if (statements.length === 0) return
  await send('BEGIN')
  for (const sql of statements) await send(sql)
  await send(`UPDATE migrate_version SET version_num = '${revision}'`)
  await send(copyRow)
  await send('COMMIT')
}
let copyRow = ''
const rowCopy = (columns, quoted) => {
  const names = columns.map(quoted)
  const values = names.map((name) => (name === quoted('id') ? `${name} + 1` : name))
  return `INSERT INTO migrate_history (${names.join(', ')}) SELECT ${values.join(', ')} FROM migrate_history ORDER BY id DESC LIMIT 1`
}

const engines = {
  async sqlite() {
    const { sqliteDialect } = await load('dialect-sqlite')
    const Database = requireOf('dialect-sqlite')('better-sqlite3')
    const fileOf = (id) => join(folder, `${id}.db`)
    return {
      member: (id) => ({ id, url: `sqlite:///${fileOf(id)}` }),
      dialect: ({ url }) => sqliteDialect({ url }),
      // With the file of the lock that the run which made it has left.
      async copy(from, id) {
        copyFileSync(fileOf(from), fileOf(id))
        copyFileSync(`${fileOf(from)}-migrate.lock`, `${fileOf(id)}-migrate.lock`)
      },
      columns: async (id) => {
        const db = new Database(fileOf(id))
        const names = db.pragma('table_info(migrate_history)').map(({ name }) => name)
        db.close()
        return rowCopy(names, (name) => `"${name}"`)
      },
      async raw({ id }, statements, revision) {
        const db = new Database(fileOf(id))
        const send = (sql) =>
          sql.startsWith('SELECT') ? db.prepare(sql).all() : db.exec(sql.replace(/^BEGIN$/, 'BEGIN IMMEDIATE'))
        await statementsOf(send, statements, revision)
        db.close()
      },
      config: `members: '*.db'`,
      end: async () => {},
    }
  },
  async postgres() {
    const { postgresDialect } = await load('dialect-postgres')
    const postgres = requireOf('dialect-postgres')('postgres')
    const server = process.env.TEST_POSTGRES_URL
    const name = `fleet_bench_${process.pid}`
    const admin = postgres(server, { max: 1, onnotice: () => {} })
    await admin.unsafe(`CREATE DATABASE ${name}`)
    const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
    const own = postgres(url, { max: 1, onnotice: () => {} })
    return {
      url,
      member: (id) => ({ id, schema: id }),
      dialect: ({ schema }) => postgresDialect({ url, schema }),
      create: (id) => own.unsafe(`CREATE SCHEMA ${id}`),
      async copy(from, id) {
        await own.unsafe(`CREATE SCHEMA "${id}"; DO $$ DECLARE name text; BEGIN
          FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = '${from}' LOOP
            EXECUTE format('CREATE TABLE %I.%I (LIKE %I.%I INCLUDING ALL)', '${id}', name, '${from}', name);
            EXECUTE format('INSERT INTO %I.%I SELECT * FROM %I.%I', '${id}', name, '${from}', name);
          END LOOP;
        END $$`)
      },
      columns: async (id) => {
        const rows =
          await own`SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ${id} AND table_name = 'migrate_history'`
        return rowCopy(
          rows.map((row) => row.name),
          (column) => `"${column}"`,
        )
      },
      async raw({ schema }, statements, revision) {
        const sql = postgres(url, {
          max: 1,
          connection: { search_path: schema },
          fetch_types: false,
          onnotice: () => {},
        })
        await statementsOf((text) => sql.unsafe(text), statements, revision)
        await sql.end()
      },
      config: `url: ${JSON.stringify(url)}`,
      async end() {
        await own.end()
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
    const prefix = `fleet_bench_${process.pid}_`
    const admin = await mysql.createConnection({ uri })
    return {
      url,
      member: (id) => ({ id, schema: `${prefix}${id}` }),
      dialect: ({ schema }) => mysqlDialect({ url, schema }),
      create: (id) => admin.query(`CREATE DATABASE ${prefix}${id} CHARACTER SET utf8mb4`),
      async copy(from, id) {
        await this.create(id)
        const [rows] = await admin.query(
          `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${prefix}${from}'`,
        )
        const statements = rows.map(
          ({ name }) =>
            `CREATE TABLE ${prefix}${id}.${name} LIKE ${prefix}${from}.${name}; INSERT INTO ${prefix}${id}.${name} SELECT * FROM ${prefix}${from}.${name};`,
        )
        await admin.query(`BEGIN NOT ATOMIC ${statements.join(' ')} END`)
      },
      columns: async (id) => {
        const [rows] = await admin.query(
          `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${prefix}${id}' AND TABLE_NAME = 'migrate_history'`,
        )
        return rowCopy(
          rows.map((row) => row.name),
          (column) => `\`${column}\``,
        )
      },
      async raw({ schema }, statements, revision) {
        const connection = await mysql.createConnection({ uri, database: schema })
        await statementsOf((text) => connection.query(text), statements, revision)
        await connection.end()
      },
      async end() {
        const [rows] = await admin.query(`SHOW DATABASES LIKE '${prefix.replaceAll('_', '\\_')}%'`)
        for (const row of rows) await admin.query(`DROP DATABASE \`${Object.values(row)[0]}\``)
        await admin.end()
      },
    }
  },
}

const timed = async (work) => {
  const startedAt = performance.now()
  const result = await work()
  return { ms: performance.now() - startedAt, result }
}

const on = await engines[engine]()
const listOf = (kind) => Array.from({ length: members }, (_, at) => on.member(`${kind}${String(at).padStart(5, '0')}`))
const fleetOf = (list) => createFleet({ members: list, dialect: on.dialect, tiers, parallel, retry: { times: 0 } })
const libraryOf = (list, target) =>
  each(list, (member) => createMigrator({ dialect: on.dialect(member), tiers }).upgrade(target))

/** So many are enough to know what a loop takes for one. */
const most = { loop: 100, cli: 5 }

/** Groups of members at r19: whole ones for the floor and the fleet, and a few for each loop. */
async function prepare() {
  const lists = ['floor', 'fleet', 'loop', 'cli'].map((kind) => listOf(kind).slice(0, most[kind]))
  // The library makes one. The others are copies of it: thousands of first runs would take longer than what is measured.
  await on.create?.('first')
  await createMigrator({ dialect: on.dialect(on.member('first')), tiers }).upgrade(beforeSchema)
  for (const list of lists) {
    for (const { id } of list) await on.copy('first', id)
    const { groups, failures } = await fleetOf(list).status()
    const [group] = groups
    if (group?.count !== list.length || group.heads[0] !== beforeSchema || group.pending !== 2)
      throw new Error(`The copies are not what the library made: ${JSON.stringify({ groups, failures })}`)
  }
  copyRow = await on.columns(lists[0][0].id)
  return lists
}

/** One call of the command line on one member. */
async function commandLine(member, target) {
  const url =
    member.url ??
    (engine === 'postgres'
      ? `${on.url}?schema=${member.schema}`
      : Object.assign(new URL(on.url), { pathname: `/${member.schema}` }).href)
  const bin = join(root, 'apps/cli/bin/migrate.js')
  await promisify(execFile)(process.execPath, [bin, 'upgrade', target], {
    cwd: project,
    env: { ...process.env, MEMBER_URL: url },
  })
}

try {
  const [floorList, fleetList, loopList, cliList] = await prepare()
  await fleetOf(fleetList.slice(0, 2)).status()
  const rows = []
  for (const [what, statements, target] of [
    ['add a column and an index', schemaSql, beforeData],
    ['a data step', dataSql, head],
    ['nothing', [], head],
  ]) {
    const floor = await timed(() => each(floorList, (member) => on.raw(member, statements, target)))
    const fleet = await timed(() => fleetOf(fleetList).upgrade(target))
    const loop = await timed(() => libraryOf(loopList, target))
    const cli = await timed(async () => {
      for (const member of cliList) await commandLine(member, target)
    })
    const { migrated, upToDate, failed, plans } = fleet.result
    if (failed > 0 || migrated + upToDate !== members) throw new Error(`${what}: ${JSON.stringify(fleet.result)}`)
    const ofAll = ({ ms }, list) => (ms / list.length) * members
    const times = [
      `the library in a loop ${(ofAll(loop, loopList) / fleet.ms).toFixed(2)}x of it`,
      `the command line ${(ofAll(cli, cliList) / fleet.ms).toFixed(0)}x`,
    ]
    rows.push(
      rowOf('fleets', {
        name: `${what}, ${members.toLocaleString('en-US')} ${names[engine]}`,
        floorMs: floor.ms,
        ms: fleet.ms,
        ratios: [fleet.ms / floor.ms],
        aim: 1.5,
        note: `${(fleet.ms / members).toFixed(1)} ms a member; ${times.join(', ')}; plans: ${plans}`,
      }),
    )
  }
  console.log(`${engine}: ${members} members, ${parallel} at a time`)
  console.table(rows)
  if (isWritten) {
    writeResults(rows)
    writePage()
  }
} finally {
  await on.end()
  rmSync(folder, { recursive: true, force: true })
}
