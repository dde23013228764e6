// Open WebUI's 21 revisions on a server, on a database at legacy 018: time, and the largest memory of the process.
import { withDatabase } from '../kit/databases.mjs'
import { inTurn, runNode } from '../kit/measure.mjs'
import { kit, memoryOf } from '../kit/observe.mjs'
import { makeOpenWebui } from '../kit/open-webui.mjs'
import { Database, floor, makeProject } from '../kit/project.mjs'

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

export function chainOn(pairs, server) {
  return withDatabase(server, (database) => {
    const project = makeProject({ 'migrate.config.ts': configuration(database.url) })
    runNode(project.migrate('upgrade', '--quiet', '--tier', 'legacy'))
    const sqlite = project.at('legacy.db')
    makeOpenWebui({ path: sqlite, chats: 20_000, bytesEach: 1_450 })
    carryOver(sqlite, database)
    database.save()
    database.restore()
    const file = project.at('floor.bin')
    runNode({ args: [kit('record-server'), database.url, file] })
    const check = () => {
      const [{ version_num: version }] = database.run(['SELECT version_num FROM migrate_version'])
      if (version !== head) throw new Error(`ended at ${version}`)
    }
    const command = project.migrate('upgrade', '--quiet')
    const name = `Open WebUI's chain, 20,000 chats, ${server.name}`
    const [measured] = inTurn({
      pairs,
      floor: {
        name: 'floor',
        prepare: database.restore,
        check,
        command: { args: [floor('replay-server'), database.url, file] },
      },
      subjects: [{ name, aim: 1.25, prepare: database.restore, command, check }],
    })
    database.restore()
    return [{ ...measured, note: `${memoryOf(command)} MB` }]
  })
}
