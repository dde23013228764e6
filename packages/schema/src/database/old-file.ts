import { link, lstat, rename, stat, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MigrateError } from '@org/migrate-core/dialect'
import type { OpenWebuiSettings } from '../environment.ts'

/** What SQLite keeps beside a file: without it the file alone may be damaged, or older than it was. The file comes last. */
const suffixes = ['-wal', '-journal', ''] as const

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | undefined)?.code

function refused(old: string, why: string, remedy: string): MigrateError<'INVALID_OPTION'> {
  const message = `${old} holds the database of an old release: ${why}. Nothing was changed.`
  return new MigrateError('INVALID_OPTION', { option: 'DATA_DIR', why }, message, { remedy })
}

function occupied(old: string, file: string): MigrateError<'INVALID_OPTION'> {
  const why = `${file} is there already, and which of the two counts is for people to say`
  return refused(old, why, 'Move one of the two away, together with its -wal and -journal files.')
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    },
  )
}

/** Whether both names are of one file: then a start before this one, or beside it, was at the same work. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)))
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino
}

/** Gives the file a second name, which is never that of another file. False where it has gone meanwhile. */
async function name(from: string, to: string, occupiedError: () => Error): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return false
    if (code === 'EEXIST') {
      if (await isSame(from, to)) return true
      if (!(await isThere(from))) return false
      throw occupiedError()
    }
    // A file system without links: there is a moment between the look and the move.
    if (await isThere(to)) throw occupiedError()
    await rename(from, to)
    return true
  }
}

/**
 * `ollama.db` of an old release becomes `webui.db`, with what SQLite keeps beside it. Never over a file: names are added first and
 * taken away last, so that a start that is killed here, or several at once, end with the same file.
 * Throws INVALID_OPTION where both are there; nothing was changed then.
 */
export async function moveOldFile(settings: OpenWebuiSettings, baseDirectory = ''): Promise<string | undefined> {
  if (settings.source !== 'DATA_DIR') return undefined
  const folder = resolve(baseDirectory, settings.dataFolder)
  const [old, file] = [join(folder, 'ollama.db'), join(folder, 'webui.db')]
  if (!(await isThere(old))) return undefined
  if (settings.key !== undefined) {
    throw refused(old, 'it is not encrypted, and the database is to be', 'Encrypt it as webui.db, or move it away.')
  }
  const taken = (): Error => occupied(old, file)
  for (const end of suffixes) {
    if ((await isThere(file + end)) && !(await isSame(old + end, file + end)) && (await isThere(old))) throw taken()
  }
  for (const end of suffixes) await name(old + end, file + end, taken)
  for (const end of ['-shm', ...suffixes]) {
    await unlink(old + end).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
    })
  }
  return `${old} was renamed to webui.db`
}
