// The floor of an introspection: the catalog's rows, fetched with the same queries, which it knows beforehand, all sent at once.
import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { connect } from './server.mjs'

const [, , url, file] = process.argv
const server = connect(url)
const answers = await Promise.all(
  deserialize(readFileSync(file)).map((/** @type {any} */ { sql, params }) => server.query(sql, params)),
)
console.log(answers.reduce((sum, rows) => sum + rows.length, 0))
await server.end()
