// Makes the demo database: our own legacy tier on an empty file, then about twenty rows with what real databases hold.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { migrate, root, sqliteDriver } from './workspace.mjs'

const file = process.argv[2]
if (file === undefined) {
  console.error('usage: node scripts/make-demo.mjs <file>')
  process.exit(2)
}
const code = migrate(['upgrade', '--tier', 'legacy', '--quiet', '--url', `sqlite:${file}`])
if (code !== 0) process.exit(code)
const Database = sqliteDriver()
const database = new Database(file)
try {
  database.exec(readFileSync(join(root, 'scripts/demo-rows.sql'), 'utf8'))
} catch (error) {
  rmSync(file, { force: true })
  throw error
} finally {
  database.close()
}
