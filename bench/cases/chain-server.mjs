// Open WebUI's 21 revisions on a server, on a database at legacy 018: time, and the largest memory of the process.
import { readFileSync } from 'node:fs'
import { inTurn, median, runNode } from '../kit/measure.mjs'
import { makeOpenWebui } from '../kit/open-webui.mjs'
import { Database, floor, makeProject } from '../kit/project.mjs'
import { withDatabase } from '../kit/server-database.mjs'
import { kit, recordRuns } from '../kit/server-runs.mjs'

const head = 'e223b100ad81'
const rowsAtOnce = 200

const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "''")}'`

/** A cell of SQLite as a literal of a column of this type. */
function literal(/** @type {unknown} */ value, /** @type {string} */ type) {
  if (value === null) return 'NULL'
  if (type === 'boolean') return value === 1 ? 'TRUE' : 'FALSE'
  return typeof value === 'number' ? String(value) : quoted(String(value))
}

/** The rows of a SQLite file into the tables of the same names. */
function carryOver(/** @type {string} */ path, /** @type {any} */ database) {
  const types = new Map(
    database
      .run([
        "SELECT table_name AS t, column_name AS c, data_type AS type FROM information_schema.columns WHERE table_schema = 'public'",
      ])
      .map((/** @type {any} */ { t, c, type }) => [`${t}.${c}`, type]),
  )
  const db = new Database(path, { readonly: true })
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").pluck()
  for (const table of tables.all()) {
    if (table === 'migratehistory') continue
    const rows = db.prepare(`SELECT * FROM "${table}"`).all()
    const statements = []
    for (let at = 0; at < rows.length; at += rowsAtOnce) {
      const some = rows.slice(at, at + rowsAtOnce)
      const columns = Object.keys(some[0])
      const values = some.map(
        (/** @type {any} */ row) =>
          `(${columns.map((column) => literal(row[column], types.get(`${table}.${column}`))).join(', ')})`,
      )
      const names = columns.map((column) => `"${column}"`).join(', ')
      statements.push(`INSERT INTO "${table}" (${names}) VALUES ${values.join(', ')}`)
    }
    database.run([`DELETE FROM "${table}"`, ...statements])
  }
  db.close()
  database.run(['VACUUM ANALYZE'])
}

function configuration(/** @type {string} */ url) {
  return `import { defineConfig } from '@org/cli'
import { openWebuiTiers } from '@org/migrate-schema/tiers'

export default defineConfig({ url: '${url}', tiers: openWebuiTiers() })
`
}

export function chainOn(
  /** @type {number} */ pairs,
  /** @type {import('../kit/server-database.mjs').Server} */ server,
) {
  return withDatabase(server, (database) => {
    const project = makeProject({ 'migrate.config.ts': configuration(database.url) })
    runNode(project.migrate('upgrade', '--quiet', '--tier', 'legacy'))
    const sqlite = project.at('legacy.db')
    makeOpenWebui({ path: sqlite, chats: 20_000, bytesEach: 1_450 })
    carryOver(sqlite, database)
    database.preserve()
    const file = project.at('floor.bin')
    const { inspectionMs } = recordRuns({ url: database.url, file, recreate: database.copy, times: 1 })
    const memory = project.at('peak-memory')
    const peaks = /** @type {number[]} */ ([])
    const check = () => {
      const [{ version_num: version }] = database.run(['SELECT version_num FROM migrate_version'])
      if (version !== head) throw new Error(`ended at ${version}`)
    }
    const { args, cwd } = project.migrate('upgrade', '--quiet')
    const measured = inTurn({
      pairs,
      floor: {
        name: 'floor',
        prepare: database.copy,
        check,
        command: { args: [floor('replay-server'), database.url, file] },
      },
      subjects: [
        {
          name: `chain of Open WebUI, 20,000 chats, ${server.name}`,
          aim: '< 4 s',
          prepare: database.copy,
          command: { args: ['--import', kit('report-memory'), ...args], cwd },
          check: () => {
            check()
            peaks.push(Number(readFileSync(memory, 'utf8')) / 1024)
          },
        },
      ],
    })
    const spread = `${Math.min(...peaks).toFixed(0)}-${Math.max(...peaks).toFixed(0)}`
    const note = `${median(peaks).toFixed(0)} MB (${spread}); inspection ${inspectionMs.toFixed(0)} ms`
    return measured.map((each) => ({ ...each, note }))
  })
}
