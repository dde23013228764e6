import { randomUUID } from 'node:crypto'
import { link, lstat, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { MigrateError } from '../../errors/migrate-error.ts'
import { codeOf, thrownMessage } from '../../errors/thrown-value.ts'

/** Throws INVALID_OPTION of the option `backup`. */
export function refusedBackup(why: string, remedy: string, cause?: unknown): MigrateError<'INVALID_OPTION'> {
  const details = { option: 'backup', why }
  return new MigrateError('INVALID_OPTION', details, `backup: ${why}; nothing was changed`, { remedy, cause })
}

/** How a file of a backup is made. */
export interface BackupFileOptions {
  /** Its rights. Default: this user alone, since what it is to hold is as secret as the database. */
  readonly mode?: number
  /** Endings of files that belong to one of that name: they must not be there either, and go with a draft. */
  readonly companions?: readonly string[]
}

async function refuseExisting(target: string, companions: readonly string[]): Promise<void> {
  for (const file of [target, ...companions.map((ending) => `${target}${ending}`)]) {
    const existing = await lstat(file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined
      const why = `${target} cannot be made: ${thrownMessage(error)}`
      throw refusedBackup(why, 'Name a file in a folder that exists.', error)
    })
    if (existing !== undefined)
      throw refusedBackup(`${file} exists, and is not written over`, 'Name a file that does not exist.')
  }
}

async function makeEmpty(file: string, mode: number): Promise<void> {
  try {
    await (await open(file, 'wx', mode)).close()
  } catch (cause) {
    const why = `${file} cannot be made: ${thrownMessage(cause)}`
    throw refusedBackup(why, 'Name a file in a folder that can be written.', cause)
  }
}

/** The bytes of a file are on the disk for good. Windows has no such thing for folders. */
async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'EISDIR') throw error
  } finally {
    await handle.close()
  }
}

/** A link fails where the name is taken, a rename would take it; not every file system has links. */
async function giveName(from: string, target: string, companions: readonly string[]): Promise<void> {
  try {
    await link(from, target)
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw refusedBackup(`${target} exists by now`, 'Name a file that does not exist.', error)
    await refuseExisting(target, companions)
    await rename(from, target)
  }
  await sync(dirname(target))
}

/**
 * Has a file written and proven under another name, and gives it its own only then: what was stopped in between does not look like a
 * backup. Throws INVALID_OPTION, and what the writing throws.
 */
export async function writeBackupFile(
  file: string,
  write: (part: string) => Promise<void>,
  { mode = 0o600, companions = [] }: BackupFileOptions = {},
): Promise<void> {
  const target = resolve(file)
  await refuseExisting(target, companions)
  const part = `${target}.${randomUUID().slice(0, 8)}.part`
  await makeEmpty(part, mode)
  try {
    await write(part)
    await sync(part)
    await giveName(part, target, companions)
  } finally {
    for (const ending of ['', ...companions]) await rm(`${part}${ending}`, { force: true })
  }
}

/** 0 where there is no file. */
export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return 0
      throw error
    },
  )
}

/** The last bytes of a file. */
export async function endOf(file: string, bytes: number): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const length = Math.min(size, bytes)
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8')
  } finally {
    await handle.close()
  }
}
