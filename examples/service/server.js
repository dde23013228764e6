// A service over HTTP: it sees to its database before it listens, tells whether it is ready, and ends when it is asked to.
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { isMigrateError } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { migratorOf } from './migrate.js'

/** @typedef {import('@org/migrate-core').EnsureOptions['mode']} Mode */

const file = resolve(process.argv[2] ?? 'notes.db')
const port = Number(process.env.PORT ?? 8080)
// `apply`: every instance migrates, one at a time. `verify` or `wait` where a job of its own does. Another word is refused.
const mode = /** @type {Mode} */ (process.env.MIGRATE ?? 'apply')
// Where the database stands on a revision that this release was not made for, no request should come here.
const readyStates = ['atHead', 'ahead']

const migrator = migratorOf(file)
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort())

const { state, revision, applied, warnings } = await migrator
  .ensure({ mode, signal: stop.signal })
  .catch((/** @type {unknown} */ error) => {
    console.error(isMigrateError(error) ? `${error.code}: ${error.message}\n${error.remedy}` : error)
    process.exit(stop.signal.aborted ? 143 : 1)
  })
for (const warning of warnings) console.warn(warning)
console.log(`Database ${state} at ${revision.join(', ')}, ${applied.length} applied here.`)

const database = new Database(file)
database.pragma('busy_timeout = 5000')

/** @returns {Promise<readonly [status: number, body: object]>} */
async function ready() {
  if (stop.signal.aborted) return [503, { state: 'stopping' }]
  try {
    const readiness = await migrator.status({ files: false })
    return [readyStates.includes(readiness.state) ? 200 : 503, readiness]
  } catch (error) {
    // The message names the database, and this answer may be read by anybody.
    return [503, { state: isMigrateError(error) ? error.code : 'unknown' }]
  }
}

/** @type {Readonly<Record<string, (request: import('node:http').IncomingMessage) => Promise<readonly [number, object]>>>} */
const routes = {
  // Whether the process lives: it asks no database, so that an unreachable database restarts no instance.
  'GET /healthz': async () => [200, { alive: true }],
  'GET /ready': ready,
  'GET /notes': async () => [200, database.prepare('SELECT id, text FROM notes ORDER BY id').all()],
  'POST /notes': async (request) => {
    const note = database.prepare('INSERT INTO notes (text, pinned) VALUES (?, 0)').run(await text(request))
    return [201, { id: note.lastInsertRowid }]
  },
}

const server = createServer(async (request, response) => {
  const route = routes[`${request.method} ${request.url}`] ?? (async () => [404, {}])
  const [status, body] = await route(request).catch(() => /** @type {const} */ ([500, {}]))
  // After the end has begun a connection takes no further request.
  if (stop.signal.aborted) response.setHeader('connection', 'close')
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
server.listen(port, () => {
  const address = server.address()
  console.log(`Listening on port ${typeof address === 'object' ? address?.port : address}`)
})

const end = () => server.close(() => database.close())
if (stop.signal.aborted) end()
else stop.signal.addEventListener('abort', end, { once: true })
