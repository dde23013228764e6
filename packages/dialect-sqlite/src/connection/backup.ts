import { stat } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { MigrateError, type Session, shellWord } from '@org/migrate-core/dialect'
import { writeBackupFile } from '@org/migrate-core/node'
import { faultOf, messageOf } from '../sql/faults.ts'
import { refuseDifferences } from './backup-verify.ts'
import type { Driver } from './driver.ts'
import type { Database } from './drivers/handle.ts'

const pagesAtOnce = 1_000
/** What SQLite leaves beside a database, and takes up again with the next one of that name. */
const companions = ['-journal', '-wal', '-shm'] as const

/**
 * The names that SQLite, and the lock of a run, give to files beside a database: a copy under one of them is deleted, or played back
 * into the database, when that is opened next. https://www.sqlite.org/tempfiles.html
 */
const reserved = /.-(?:journal|wal|shm|mj[0-9a-f]{6,}|migrate(?:-[0-9a-f]{8})?\.lock(?:-.*)?)$/i

function refuseReserved(target: string): void {
  const name = path.basename(target)
  if (!reserved.test(name)) return
  const why = `${name} is the name of a file that SQLite keeps beside a database, and would be deleted with it`
  throw new MigrateError('INVALID_OPTION', { option: 'backup', why }, `backup: ${why}; nothing was changed`, {
    remedy: 'Name another file, such as backup.db.',
  })
}

/** The driver's online backup, where it has one, writes without a key; VACUUM INTO writes with the one of the database, and keeps the rowids. */
async function copyInto(source: Database, encrypted: boolean, file: string, signal?: AbortSignal): Promise<void> {
  if (encrypted || source.backup === undefined) {
    source.prepare('VACUUM INTO ?').run(file)
    return
  }
  await source.backup(file, {
    progress: () => {
      signal?.throwIfAborted()
      return pagesAtOnce
    },
  })
}

function failed(database: string, target: string, cause: unknown): MigrateError {
  const message = `the backup of ${database} to ${target} failed: ${messageOf(cause)}; nothing was changed`
  const fault = faultOf(cause)
  if (fault === 'corrupt') return new MigrateError('DATABASE_DAMAGED', { database }, message, { cause })
  return new MigrateError('STATEMENT_FAILED', { fault, database }, message, {
    cause,
    remedy: 'Make room for a copy of the database and see that the folder can be written, then run it again.',
  })
}

/** What a journal beside the database has is of the database that the copy replaces. */
function restoreLine(database: string, file: string): string {
  const own = shellWord(database)
  const journals = companions.map((suffix) => `${own}${suffix}`).join(' ')
  return `rm -f ${journals} && cp ${shellWord(path.resolve(file))} ${own}`
}

interface CopiedDatabase {
  readonly driver: Driver
  readonly database: string
  readonly target: string
  readonly signal: AbortSignal | undefined
}

/** Copies the database into an empty file, and compares the two. */
async function copyTo(part: string, { driver, database, target, signal }: CopiedDatabase): Promise<void> {
  let source: Database | undefined
  let copy: Database | undefined
  try {
    source = driver.open(database, { fileMustExist: true })
    await copyInto(source, driver.encrypted, part, signal)
    signal?.throwIfAborted()
    // Not read-only: such a handle leaves -wal and -shm files beside a database in WAL mode.
    copy = driver.open(part, { fileMustExist: true })
    const mode = source.pragma('journal_mode', { simple: true })
    if (mode === 'wal') copy.pragma('journal_mode = wal')
    copy.close()
    // What is proved is what is in the file once no handle has it open.
    copy = driver.open(part, { fileMustExist: true })
    await refuseDifferences(source, copy, { database, target, turn: () => turn(undefined, signal && { signal }) })
  } finally {
    copy?.close()
    source?.close()
  }
  signal?.throwIfAborted()
}

/**
 * Copies the database into a file that does not exist yet: under another name first, verified, on the disk for good, and only then
 * by its own name. The caller holds a writing transaction, so that what is compared stays what was copied.
 *
 * The database itself is read by SQLite alone: closing a file descriptor of ours would free the locks of every connection that
 * this process has to it.
 */
async function backUp(driver: Driver, database: string, file: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  const target = path.resolve(file)
  refuseReserved(target)
  // What it holds is as secret as the database.
  const mode = (await stat(database)).mode & 0o666
  const write = (part: string) => copyTo(part, { driver, database, target, signal })
  try {
    await writeBackupFile(target, write, { mode, companions })
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof MigrateError ? error : failed(database, target, error)
  }
}

/** The same while no other connection writes. Gives the line that restores it. */
export async function backUpSession(
  session: Pick<Session, 'begin'>,
  driver: Driver,
  database: string,
  file: string,
  signal?: AbortSignal,
): Promise<string> {
  const scope = await session.begin(signal === undefined ? {} : { signal })
  try {
    await backUp(driver, database, file, signal)
  } finally {
    await scope.rollback()
  }
  return restoreLine(database, file)
}
