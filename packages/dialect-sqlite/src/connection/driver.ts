import { MigrateError } from '@org/migrate-core/connection'
import { messageOf } from '../sql/faults.ts'
import { loadFirst, loadNamed } from './drivers/drivers.ts'
import type { Database, OpenHandle, OpenOptions } from './drivers/handle.ts'
import { type DriverChoice, encrypting, type SqliteDriverName } from './drivers/names.ts'

/** How handles are opened: never with the driver's own waiting, which would stop the event loop. */
export interface Driver {
  readonly choice: DriverChoice
  readonly encrypted: boolean
  /** SQL can call functions of ours. */
  readonly functions: boolean
  /** A handle of the database: with a key it has been applied before anything else. */
  open(file: string, options?: OpenOptions): Database
  /** A handle of something that holds no secret: memory, or the file of the run lock. */
  plain(file: string, options?: OpenOptions): Database
}

/** What is asked of a driver. */
export interface DriverRequest {
  readonly name?: SqliteDriverName | undefined
  readonly key?: Buffer | undefined
}

/** Each connection asks for its driver: what is installed is looked up once. What was not found may be there later. */
const found = new Map<string, Driver>()

async function loadRequested({ name, key }: DriverRequest): Promise<Driver> {
  const cacheKey = key === undefined ? (name ?? 'installed') : 'encrypted'
  const known = found.get(cacheKey)
  if (known !== undefined) return known
  const load = (): ReturnType<typeof loadFirst> => {
    if (key !== undefined) return loadNamed(encrypting, 'the database is encrypted')
    return name === undefined ? loadFirst() : loadNamed(name, 'named by `driver`')
  }
  const { open: openDatabase, functions, ...choice } = await load()
  const plain = (file: string, options: OpenOptions = {}) => openHandle(openDatabase, file, options)
  const loaded: Driver = { choice, functions, encrypted: false, open: plain, plain }
  found.set(cacheKey, loaded)
  return loaded
}

const versions = new WeakMap<Driver['plain'], string>()

/** The version of its SQLite. Asked of memory: any statement reads the schema first, and the database may be locked or damaged. */
export function versionOf({ plain }: Driver): string {
  const known = versions.get(plain)
  if (known !== undefined) return known
  const memory = plain(':memory:')
  try {
    const version = askVersion(memory)
    versions.set(plain, version)
    return version
  } finally {
    memory.close()
  }
}

export const askVersion = (db: Database): string => String(db.prepare('SELECT sqlite_version()').pluck().get())

/**
 * The driver is loaded at the first connection, so that importing this package costs nothing and needs no binary. With a key it is the one
 * that encrypts, and where that is missing there is no other. Throws DRIVER_NOT_BUILT.
 */
export async function loadDriver(request: DriverRequest = {}): Promise<Driver> {
  const driver = await loadRequested(request)
  const { key } = request
  if (key === undefined) return driver
  const { unlock } = await import('./unlock.ts')
  return {
    ...driver,
    encrypted: true,
    open: (file, options) => {
      const db = driver.plain(file, options)
      try {
        unlock(db, key)
      } catch (error) {
        db.close()
        throw error
      }
      return db
    },
  }
}

function openHandle(openDatabase: OpenHandle, file: string, options: OpenOptions): Database {
  try {
    return openDatabase(file, options)
  } catch (cause) {
    throw unreachable(file, messageOf(cause), cause)
  }
}

export function unreachable(
  database: string,
  why: string,
  cause?: unknown,
  remedy?: string,
  refused?: { readonly isRefused: true },
): MigrateError<'DATABASE_UNREACHABLE'> {
  const message = `cannot open ${database}: ${why}`
  return new MigrateError('DATABASE_UNREACHABLE', { database, why, ...refused }, message, { cause, remedy })
}

/** The file is there, and opens no sooner at the next try. */
export const unusable = (database: string, why: string, cause?: unknown): MigrateError<'DATABASE_UNREACHABLE'> =>
  unreachable(database, why, cause, undefined, { isRefused: true })
