import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'

/** The `node_modules/.cache/migrate` of this folder and of those above it that may be trusted, nearest first; it need not exist yet. None for a folder that is not there. */
export function* projectCaches(start: string): Generator<string> {
  const owner = ownerOf(start)
  if (owner === undefined) return
  const trusted = trustedBy(owner)
  for (let folder = start; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    const above = join(modules, '.cache')
    const own = join(above, 'migrate')
    if (ownerOf(modules) !== undefined && [modules, above, own].every(trusted)) yield own
    if (folder === dirname(folder)) break
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid
  } catch {
    return undefined
  }
}

/**
 * What lies in a cache is run or believed, and its names can be computed by every user who can read the source. So only folders count that are
 * this user's, root's or the owner's of the source, and that are not writable for all users: node_modules of a folder above may belong to
 * another user. What is not there yet is made by us.
 */
function trustedBy(owner: number): (folder: string) => boolean {
  const uid = ownId()
  // Windows has no user ids.
  if (uid === -1) return () => true
  const owners = new Set([uid, 0, owner])
  return (folder) => {
    try {
      const stats = statSync(folder, { throwIfNoEntry: false })
      return stats === undefined || (owners.has(stats.uid) && (stats.mode & 0o002) === 0)
    } catch {
      return false
    }
  }
}

/** Undefined where the system does not know the user, as in some containers. */
function ownId(): number | undefined {
  try {
    return userInfo().uid
  } catch {
    return undefined
  }
}

/** Writes a file of a cache, whole or not at all: another process may be reading. Whether it is there now. */
export function writeCached(folder: string, name: string, text: string | Uint8Array): boolean {
  const path = join(folder, name)
  const draft = `${path}.${randomUUID()}.tmp`
  const write = (): void => writeFileSync(draft, text, { flag: 'wx', mode: 0o664 })
  try {
    try {
      write()
    } catch {
      // Also under a umask of 0 a folder that is not writable for all users.
      mkdirSync(folder, { recursive: true, mode: 0o775 })
      write()
    }
    renameSync(draft, path)
    return true
  } catch {
    removeCached(draft)
    return false
  }
}

/** Nothing is wrong where it stays. */
export function removeCached(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Not even a folder to look into, or one that can't be written to.
  }
}
