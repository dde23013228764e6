// `node umzug.mjs <url> <folder>`: the migrations of the folder, by Umzug, with Kysely as its client and store.
import { sql } from 'kysely'
import { Umzug } from 'umzug'
import { kyselyOf } from './kysely-of.mjs'

const [, , url, folder] = process.argv
const db = await kyselyOf(url)
await sql`CREATE TABLE IF NOT EXISTS umzug (name VARCHAR(255) NOT NULL PRIMARY KEY)`.execute(db)
const umzug = new Umzug({
  migrations: {
    glob: ['*.mjs', { cwd: folder }],
    resolve: ({ name, path }) => ({ name, up: async () => (await import(path)).up(db) }),
  },
  storage: {
    executed: async () => (await sql`SELECT name FROM umzug ORDER BY name`.execute(db)).rows.map(({ name }) => name),
    logMigration: ({ name }) => sql`INSERT INTO umzug (name) VALUES (${name})`.execute(db),
    unlogMigration: ({ name }) => sql`DELETE FROM umzug WHERE name = ${name}`.execute(db),
  },
  logger: undefined,
})
await umzug.up()
await db.destroy()
