// Runs Open WebUI's chain on a database and writes down what the session was asked, for floors/replay.mjs:
// `node record.mjs <database> <file>`.
import { writeFileSync } from 'node:fs'
import { serialize } from 'node:v8'
import { createMigrator } from '../../packages/core/dist/index.js'
import { sqliteDialect } from '../../packages/dialect-sqlite/dist/index.js'
import { openWebuiTiers } from '../../packages/schema/dist/tiers.js'

const [, , database, file] = process.argv
const dialect = sqliteDialect({ url: `sqlite:${database}` })
/** @type {{ kind: 'begin' | 'end' | 'read' | 'write', sql?: string, params?: unknown[], unchecked?: boolean }[]} */
const log = []

const bindings = (/** @type {readonly unknown[]} */ params) =>
  params.map((value) => (typeof value === 'boolean' ? BigInt(value) : value))

function copySql(/** @type {any} */ { from, into, targets, sources, key }) {
  const order = key.length === 0 ? '' : ` ORDER BY ${key.join(', ')}`
  return `INSERT INTO ${into} (${targets.join(', ')}) SELECT ${sources.join(', ')} FROM ${from}${order}`
}

/** A session that records its calls and forwards them. */
function recordedSession(/** @type {any} */ session) {
  const wrapped = Object.create(session)
  const own = {
    query: (/** @type {string} */ sql, params = []) => {
      log.push({ kind: 'read', sql, params: bindings(params) })
      return session.query(sql, params)
    },
    execute: (/** @type {string} */ sql, params = []) => {
      log.push({ kind: 'write', sql, params: bindings(params) })
      return session.execute(sql, params)
    },
    copy: (/** @type {any} */ spec, /** @type {any} */ options) => {
      log.push({ kind: 'write', sql: copySql(spec), params: [] })
      return session.copy(spec, options)
    },
    begin: async (/** @type {any} */ options) => {
      const scope = await session.begin(options)
      log.push({ kind: 'begin', unchecked: options?.foreignKeys === 'off' })
      return {
        ...scope,
        commit: () => {
          log.push({ kind: 'end' })
          return scope.commit()
        },
      }
    },
    schemaToken: () =>
      own.query('PRAGMA main.schema_version').then((/** @type {any[]} */ [row]) => String(row.schema_version)),
    savepoint: (/** @type {any} */ body) => session.savepoint(body),
    close: () => session.close(),
  }
  Object.defineProperty(wrapped, 'isOpen', { get: () => session.isOpen })
  return Object.assign(wrapped, own)
}

const recording = {
  ...dialect,
  connection: {
    ...dialect.connection,
    connect: async (/** @type {any} */ options) => {
      const session = await dialect.connection.connect(options)
      return options.purpose === 'run' ? recordedSession(session) : session
    },
  },
}
await createMigrator({ dialect: recording, tiers: openWebuiTiers() }).upgrade()
writeFileSync(file, serialize(log))
