import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { folder } from '../connection/kit.ts'

const require = createRequire(import.meta.url)

/** A process that is killed while a transaction, of which half is in the file (or its log) already, is open. */
const program = `
const [driver, file, mode, key] = process.argv.slice(1)
const db = new (require(driver))(file)
if (key) db.exec("PRAGMA cipher = 'sqlcipher'; PRAGMA legacy = 4; PRAGMA key = '" + key.replaceAll("'", "''") + "'")
db.exec("PRAGMA journal_mode = " + mode + "; PRAGMA cache_size = 5; CREATE TABLE t (a); INSERT INTO t WITH RECURSIVE c (i) AS " +
  "(SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3000) SELECT 'unchanged' || hex(randomblob(200)) FROM c")
db.exec("BEGIN; UPDATE t SET a = 'changed' || substr(a, 8)")
process.kill(process.pid, 'SIGKILL')
`

export async function leaveJournal(
  options: { readonly encrypted: true; readonly key: string } | { readonly encrypted: false },
  mode: 'delete' | 'wal' = 'delete',
): Promise<string> {
  const file = path.join(folder(), 'app.db')
  const driver = require.resolve(options.encrypted ? 'better-sqlite3-multiple-ciphers' : 'better-sqlite3')
  const key = options.encrypted ? [options.key] : []
  const { signal, stderr } = spawnSync(process.execPath, ['-e', program, driver, file, mode, ...key], {
    encoding: 'utf8',
  })
  if (signal !== 'SIGKILL') throw new Error(`it was not killed: ${stderr}`)
  return file
}
