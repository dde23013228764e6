// `node knex.mjs <url> <folder>`: the migrations of the folder, by knex.migrate.latest().
import { resolve } from 'node:path'
import knex from 'knex'
import { connectionOf } from './connection-of.mjs'

const [, , url, folder] = process.argv
const client = knex(connectionOf(url))
await client.migrate.latest({ directory: resolve(folder), loadExtensions: ['.mjs'] })
await client.destroy()
