import { closeSync, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { isText, requireArguments } from '../../errors/option-check.ts'
import { projectCaches, writeCached } from '../cache-folders.ts'

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
    write: (name: string, text: string) => writeCached(folder, name, text + endMark),
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
      paths.some((folder) => writeCached(folder, name, text))
    },
  }
}

/** Where they are does not change under a running program. */
const foldersOf = new Map<string, readonly string[]>()

/** Those that may be trusted, nearest to a file first, last one of this user's own. Throws INVALID_OPTION. */
export function cacheFolders(file: string): readonly string[] {
  requireArguments('cacheFolders', { file }, { file: isText })
  const start = dirname(file)
  let folders = foldersOf.get(start)
  if (folders === undefined) {
    folders = [...foldersFrom(start)]
    foldersOf.set(start, folders)
  }
  return folders
}

function* foldersFrom(start: string): Generator<string> {
  yield* projectCaches(start)
  const own = ownFolder()
  if (own !== undefined) yield own
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
