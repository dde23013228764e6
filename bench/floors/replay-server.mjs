// The floor of a run on a server: its lock, and the statements that it sent, in its transactions; no inspection of the tables.
import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { connect, isPostgres } from './connect.mjs'

const [, , url, file] = process.argv
const server = connect(url)
const began = isPostgres(url) ? 'BEGIN' : 'START TRANSACTION'
await server.query(isPostgres(url) ? 'SELECT pg_try_advisory_lock(4711)' : "SELECT GET_LOCK('bench', 0)")
for (const { kind, sql, params } of deserialize(readFileSync(file)).log) {
  if (kind === 'begin') await server.query(began)
  else if (kind === 'commit') await server.query('COMMIT')
  else await server.query(sql, params)
}
await server.end()
