import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'

interface CacheFolder {
  path(name: string): string
  has(name: string): boolean
  /** A module; whether the entry is there now. */
  write(name: string, text: string): boolean
}

/** Compiled modules by content. Entries never change once they are there; a cache that cannot be used is not an error. */
export interface ModuleCache {
  /** The nearest node_modules/.cache/migrate first, last a folder of this user's own. */
  readonly folders: readonly CacheFolder[]
  read(name: string): string | undefined
  write(name: string, text: string): void
}

export function moduleCache(file: string): ModuleCache {
  const paths = cacheFolders(file)
  const folders = paths.map((folder) => ({
    path: (name: string) => join(folder, name),
    has: (name: string) => isThere(join(folder, name)),
    write: (name: string, text: string) => written(folder, name, text + endMark),
  }))
  return {
    folders,
    read: (name) => {
      for (const folder of paths) {
        const text = readIfThere(join(folder, name))
        if (text !== undefined) return text
      }
      return undefined
    },
    write: (name, text) => {
      paths.some((folder) => written(folder, name, text))
    },
  }
}

/** Where they are does not change under a running program. */
const foldersOf = new Map<string, readonly string[]>()

function cacheFolders(file: string): readonly string[] {
  const start = dirname(file)
  let folders = foldersOf.get(start)
  if (folders === undefined) {
    folders = [...foldersFrom(start)]
    foldersOf.set(start, folders)
  }
  return folders
}

function* foldersFrom(start: string): Generator<string> {
  const trusted = trustedBy(start)
  for (let folder = start; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    const path = [modules, join(modules, '.cache'), join(modules, '.cache', 'migrate')]
    if (statSync(modules, { throwIfNoEntry: false })?.isDirectory() && path.every(trusted))
      yield join(modules, '.cache', 'migrate')
    if (folder === dirname(folder)) break
  }
  const own = ownFolder()
  if (own !== undefined) yield own
}

/**
 * What lies in a cache is run, and its names can be computed by every user who can read the source. So only folders count that are this
 * user's, root's or the owner's of the source, and that are not writable for all users: node_modules of a folder above may belong to another user.
 * What is not there yet is made by us.
 */
function trustedBy(start: string): (folder: string) => boolean {
  const uid = ownId()
  // Windows has no user ids.
  if (uid === -1) return () => true
  const owners = new Set([uid, 0, statSync(start, { throwIfNoEntry: false })?.uid])
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

/**
 * What lies there is run, so the folder must be one that no other user can write to: in a shared temporary folder another user
 * could have made it first.
 */
function ownFolder(): string | undefined {
  try {
    const { uid } = userInfo()
    const folder = join(tmpdir(), `migrate-cache-${uid}`)
    mkdirSync(folder, { mode: 0o700, recursive: true })
    const stats = lstatSync(folder)
    if (!stats.isDirectory()) return undefined
    // Windows has no user ids (-1) and gives each user a temporary folder of their own.
    return uid === -1 || (stats.uid === uid && (stats.mode & 0o022) === 0) ? folder : undefined
  } catch {
    return undefined
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The last line of a module: a power cut or a full disk can leave a renamed file empty or cut off. */
const endMark = '\n// whole\n'

/** An entry without its end counts as absent, and is written again. */
function isThere(path: string): boolean {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    const end = Buffer.alloc(endMark.length)
    const from = fstatSync(descriptor).size - end.length
    return from >= 0 && readSync(descriptor, end, 0, end.length, from) === end.length && end.toString() === endMark
  } catch {
    return false
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Whole or not at all: another process may be reading. */
function written(folder: string, name: string, text: string): boolean {
  const path = join(folder, name)
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    // Also under a umask of 0 a folder that is not writable for all users.
    mkdirSync(folder, { recursive: true, mode: 0o775 })
    writeFileSync(draft, text, { flag: 'wx', mode: 0o664 })
    renameSync(draft, path)
    return true
  } catch {
    discard(draft)
    return false
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Not even a folder to look into: then there is no draft either.
  }
}
