// Asks a server: `node ask.mjs <url>` with a list of statements as JSON on its standard input; prints the rows of the last.
import { readFileSync } from 'node:fs'
import { connect } from '../floors/connect.mjs'

const server = await connect(process.argv[2])
let rows = []
for (const sql of JSON.parse(readFileSync(0, 'utf8'))) rows = await server.query(sql)
await server.end()
console.log(JSON.stringify(rows))
