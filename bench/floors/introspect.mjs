// The floor of an introspection: the catalog's rows, fetched with the same queries, which it knows beforehand, all sent at once.
import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { Database } from './driver.mjs'
import { connect } from './server.mjs'

const [, , url, file] = process.argv
const queries = deserialize(readFileSync(file))

async function rowsOfServer() {
  const server = connect(url)
  const answers = await Promise.all(queries.map((/** @type {any} */ { sql, params }) => server.query(sql, params)))
  await server.end()
  return answers
}

function rowsOfFile() {
  const db = new Database(url.replace(/^sqlite:/, ''))
  const answers = queries.map((/** @type {any} */ { sql, params }) => db.prepare(sql).all(...params))
  db.close()
  return answers
}

const answers = url.startsWith('sqlite:') ? rowsOfFile() : await rowsOfServer()
console.log(answers.reduce((/** @type {number} */ sum, /** @type {any} */ rows) => sum + rows.length, 0))
