// Makes the demo database: our own legacy tier on an empty file, then about twenty rows with what real databases hold.
import { readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { migrate, root, sqliteDriver } from './workspace.mjs'

const file = process.argv[2]
if (file === undefined) {
  console.error('usage: node scripts/make-demo.mjs <file>')
  process.exit(2)
}
// It has its name once all of it is there: a start that is ended before must not leave a demo without rows.
const part = `${file}.part`
const removePart = () => {
  for (const end of ['', '-wal', '-shm', '-journal', '-migrate.lock']) rmSync(part + end, { force: true })
}
removePart()
process.on('exit', removePart)
const code = migrate(['upgrade', '--tier', 'legacy', '--quiet', '--url', `sqlite:${part}`])
if (code !== 0) process.exit(code)
const Database = sqliteDriver()
const database = new Database(part)
try {
  database.exec(readFileSync(join(root, 'scripts/demo-rows.sql'), 'utf8'))
} finally {
  database.close()
}
renameSync(part, file)
