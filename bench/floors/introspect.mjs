// The floor of an introspection: the catalog's rows, fetched with the same queries, which it knows beforehand, all sent at once.
import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { connect } from './connect.mjs'

const [, , url, file] = process.argv
const client = connect(url)
const queries = deserialize(readFileSync(file))
const answers = await Promise.all(queries.map((/** @type {any} */ { sql, params }) => client.query(sql, params)))
await client.end()
console.log(answers.reduce((/** @type {number} */ sum, /** @type {any} */ rows) => sum + rows.length, 0))
