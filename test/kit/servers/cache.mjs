// What is fetched once and used by every run: unpacked programs, and data folders as a server makes them at first.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Database } from '../sqlite-client/client.mjs'
import { canEnter } from './account.mjs'

const ownName = 'migrate-test-servers'

/** TEST_SERVERS_CACHE, or the user's cache folder; the system's where that one is closed to the servers' account. */
export function cacheFolder() {
  const given = process.env.TEST_SERVERS_CACHE
  const ofUser = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), ownName)
  const folder = given || (canEnter(ofUser) ? ofUser : join('/var/cache', ownName))
  mkdirSync(folder, { recursive: true })
  if (!canEnter(folder)) throw new Error(`TEST_SERVERS_CACHE: the account of the servers cannot enter ${folder}`)
  return folder
}

/**
 * One process at a time. The lock is SQLite's on a file: it ends with the process that holds it, however that ends, and
 * there is no moment in which two take a forgotten one.
 */
export async function locked(key, work) {
  const lock = new Database(join(cacheFolder(), `${key}.lock`), { timeout: 0 })
  try {
    for (;;) {
      try {
        lock.exec('BEGIN EXCLUSIVE')
        break
      } catch (error) {
        if (error.code !== 'SQLITE_BUSY') throw error
        await sleep(100)
      }
    }
    return await work()
  } finally {
    lock.close()
  }
}

/**
 * The folder of that key, made where it is missing or no longer right. It comes into place by one rename, so that a
 * run that is killed leaves nothing that looks complete.
 */
export async function once(key, { make, isRight = async () => true }) {
  const entry = join(cacheFolder(), key)
  const isThere = async () => existsSync(join(entry, 'complete')) && (await isRight(entry))
  if (await isThere()) return entry
  return locked(key, async () => {
    if (await isThere()) return entry
    for (const name of readdirSync(cacheFolder())) {
      if (name.startsWith(`${basename(entry)}.part-`))
        rmSync(join(cacheFolder(), name), { recursive: true, force: true })
    }
    const part = mkdtempSync(`${entry}.part-`)
    try {
      chmodSync(part, 0o755)
      await make(part)
      writeFileSync(join(part, 'complete'), '')
      rmSync(entry, { recursive: true, force: true })
      renameSync(part, entry)
    } finally {
      rmSync(part, { recursive: true, force: true })
    }
    if (!(await isRight(entry))) throw new Error(`what was fetched into ${entry} does not run`)
    return entry
  })
}
