// `node kysely.mjs <url> <folder>`: the migrations of the folder, by Kysely's Migrator.
import { promises as fs } from 'node:fs'
import path from 'node:path'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { kyselyOf } from './kysely-of.mjs'

const [, , url, folder] = process.argv
const db = await kyselyOf(url)
const provider = new FileMigrationProvider({ fs, path, migrationFolder: path.resolve(folder) })
const { error } = await new Migrator({ db, provider }).migrateToLatest()
await db.destroy()
if (error !== undefined) throw error
