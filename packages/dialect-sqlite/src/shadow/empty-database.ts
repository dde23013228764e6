import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  checksum,
  codeOf,
  type EmptyDatabase,
  type EmptyDatabaseOptions,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import type { SqliteOptions } from '../connection/connector.ts'

/** The same words before the path as in the URL of the real database: the program reads that form already. */
function urlLike(url: string, file: string, copies: boolean): string {
  if (copies && /^sqlite\+sqlcipher:/i.test(url)) return `sqlite+sqlcipher://${file}`
  if (/^sqlite:/i.test(url)) return `sqlite:///${file}`
  return /^file:/i.test(url) ? `file:${file}` : file
}

/** Processes are known by their numbers on one host; several hosts may share a folder. */
const prefix = (): string => `migrate-shadow-${checksum(hostname()).slice(0, 8)}-`

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It belongs to another user.
    return codeOf(error) === 'EPERM'
  }
}

/** The folders of processes that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix())) continue
    const owner = Number.parseInt(name.slice(prefix().length), 10)
    // Another user's, maybe: then it is for that one to clear away.
    if (owner > 0 && !isRunning(owner))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/** A file in a folder of its own, of which nothing is left; of a process that is killed it stays, and the next call removes it. */
export async function withEmptyDatabase<T>(
  { url: real = '', driver, key }: SqliteOptions,
  dialectOn: (options: SqliteOptions) => UnloadedDialect,
  work: (database: EmptyDatabase) => Promise<T>,
  { copies }: EmptyDatabaseOptions = {},
): Promise<T> {
  await removeLeftovers()
  const folder = await mkdtemp(join(tmpdir(), `${prefix()}${process.pid}-`))
  try {
    const file = join(folder, 'shadow.db')
    const url = urlLike(real, file, copies === true)
    // The copy of an encrypted database is encrypted with its key.
    const dialect = dialectOn({
      url,
      ...(typeof driver === 'string' ? { driver } : {}),
      ...(copies === true && key !== undefined ? { key } : {}),
    })
    return await work({ url, dialect, file })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
