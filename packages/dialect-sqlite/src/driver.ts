import { pathToFileURL } from 'node:url'
import { isMigrateError, MigrateError } from '@org/migrate-core/dialect'
import type BetterSqlite3 from 'better-sqlite3'
import { chooseDriver } from './driver-choice.ts'
import { codeOf, messageOf } from './faults.ts'

export type Database = BetterSqlite3.Database
type Open = new (file: string, options?: BetterSqlite3.Options) => Database

/** How handles are opened: never with the driver's own waiting, which would stop the event loop. */
export interface Driver {
  readonly encrypted: boolean
  /** A handle of the database: with a key it has been applied before anything else. */
  open(file: string, options?: BetterSqlite3.Options): Database
  /** A handle of something that holds no secret: memory, or the file of the run lock. */
  plain(file: string, options?: BetterSqlite3.Options): Database
}

const names = { plain: 'better-sqlite3', encrypted: 'better-sqlite3-multiple-ciphers' } as const
type Name = (typeof names)[keyof typeof names]

async function importDriver(name: Name): Promise<Open> {
  const { path, unfit } = chooseDriver(name)
  if (unfit !== undefined) {
    const remedy = `Install one that fits beside your program: \`npm install ${name}@${unfit.fitting}\`.`
    throw notBuilt(name, new Error(unfit.why), remedy)
  }
  if (path !== undefined) return ((await import(pathToFileURL(path).href)) as { readonly default: Open }).default
  if (name === names.plain) return (await import('better-sqlite3')).default
  return (await import('better-sqlite3-multiple-ciphers')).default as unknown as Open
}

/**
 * The driver is loaded at the first connection, so that importing this package costs nothing and needs no binary. With a key
 * it is the one that encrypts, and where that is missing there is no other. Throws DRIVER_NOT_BUILT.
 */
export async function loadDriver(key?: Buffer): Promise<Driver> {
  const name = key === undefined ? names.plain : names.encrypted
  const Handle = await importDriver(name).catch((cause: unknown) => {
    throw isMigrateError(cause) ? cause : notBuilt(name, cause)
  })
  const plain = (file: string, options: BetterSqlite3.Options = {}) => openHandle(name, Handle, file, options)
  if (key === undefined) return { encrypted: false, open: plain, plain }
  return {
    encrypted: true,
    open: (file, options) => {
      const db = plain(file, options)
      try {
        unlock(db, key)
      } catch (error) {
        db.close()
        throw error
      }
      return db
    },
    plain,
  }
}

/**
 * The format of SQLCipher 4, in the order that the driver needs: without `legacy` SQLCipher itself could not open the file.
 * The key goes in as bytes and not as a statement: a statement is in the error that tells of its failure.
 */
function unlock(db: Database, key: Buffer): void {
  const keyed = db as Database & { key?(key: Buffer): number }
  // The package may be an alias of one that does not encrypt, to which the pragmas say nothing.
  const cipher = db.pragma(`cipher = 'sqlcipher'`, { simple: true })
  if (cipher !== 'sqlcipher' || keyed.key === undefined)
    throw notBuilt(names.encrypted, new Error('it does not encrypt'))
  db.pragma('legacy = 4')
  if (keyed.key(key) !== 0) throw notBuilt(names.encrypted, new Error('it takes no key'))
  // Else what sorting and VACUUM put aside goes into files of the system's folder, and is not encrypted there.
  db.pragma('temp_store = MEMORY')
}

function notBuilt(driver: Name, cause: unknown, remedy?: string): MigrateError {
  const why = messageOf(cause).split('\n')[0] ?? ''
  const message = `the driver ${driver} cannot be loaded: ${why}`
  const absent = codeOf(cause) === 'ERR_MODULE_NOT_FOUND'
  const rebuild = `Install a C++ compiler, make and Python, then run \`npm rebuild ${driver}\`.`
  return new MigrateError('DRIVER_NOT_BUILT', { driver, why }, message, {
    cause,
    remedy: remedy ?? (absent ? `Install it: \`npm install ${driver}\`.` : rebuild),
  })
}

/** The driver loads its binary when the first database is opened, not when it is imported. */
function openHandle(name: Name, Handle: Open, file: string, options: BetterSqlite3.Options): Database {
  try {
    return new Handle(file, { ...options, timeout: 0 })
  } catch (cause) {
    const binding = /bindings file|NODE_MODULE_VERSION|invalid ELF|dlopen|was compiled against/i
    if (codeOf(cause) === 'ERR_DLOPEN_FAILED' || binding.test(messageOf(cause))) throw notBuilt(name, cause)
    throw unreachable(file, messageOf(cause), cause)
  }
}

export function unreachable(database: string, why: string, cause?: unknown): MigrateError<'DATABASE_UNREACHABLE'> {
  const message = `cannot open ${database}: ${why}`
  return new MigrateError('DATABASE_UNREACHABLE', { database, why }, message, cause === undefined ? {} : { cause })
}
