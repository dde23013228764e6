// `npm start`: from a bare clone to Open WebUI's schema in an embedded SQLite file, and a small database of our own taken
// through the whole chain. `npm start -- --recreate` recreates the demo database.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, install, migrate, pnpm, refuseUnfitMachine, root, run } from './workspace.mjs'

refuseUnfitMachine()
install()
build()

const folder = join(root, 'apps/cli/data')
const demo = join(folder, 'demo.db')

console.log('\n1. An empty database: the legacy tier, then the 21 revisions\n')
const migrated = pnpm(['--silent', '--filter', 'cli', 'migrate'])
if (migrated !== 0) process.exit(migrated)

console.log('\n2. A small Open WebUI database, standing at legacy 018, to the head\n')
if (process.argv.includes('--recreate'))
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(demo + end, { force: true })
if (!existsSync(demo)) {
  const exitCode = run(process.execPath, [join(root, 'scripts/make-demo.mjs'), demo])
  if (exitCode !== 0) process.exit(exitCode)
}
const taken = migrate(['--url', `sqlite:${demo}`])
if (taken !== 0) process.exit(taken)
process.exit(migrate(['preserved', '--url', `sqlite:${demo}`]))
