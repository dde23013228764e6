// A service that owns its database: it migrates itself before it does anything else, and starts only if that went well.
import { resolve } from 'node:path'
import Database from 'better-sqlite3'
import { migrate } from './migrate.js'

const file = resolve(process.argv[2] ?? 'notes.db')
const { applied } = await migrate(file)
console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)

const database = new Database(file)
database.prepare('INSERT INTO notes (text, pinned) VALUES (?, 0)').run('written by the service')
console.log(`Notes: ${database.prepare('SELECT count(*) FROM notes').pluck().get()}`)
database.close()
