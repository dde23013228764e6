import { pathToFileURL } from 'node:url'
import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import { codeOf, messageOf } from '../sql/faults.ts'
import { chooseDriver, runsOnBun } from './driver-choice.ts'

export type Binding = string | number | bigint | null | Uint8Array
export type Bindings = readonly (Binding | readonly Binding[])[]

export interface Changes {
  readonly changes: number
  readonly lastInsertRowid: number | bigint
}

export interface ColumnDefinition {
  readonly name: string
  /** As it was declared; null for an expression. */
  readonly type: string | null
}

/** What is used of a prepared statement, in the words of better-sqlite3. */
export interface Statement {
  /** It gives rows. */
  readonly reader: boolean
  raw(on?: boolean): this
  pluck(on?: boolean): this
  columns(): readonly ColumnDefinition[]
  all(...bindings: Bindings): unknown[]
  get(...bindings: Bindings): unknown
  iterate(...bindings: Bindings): Iterable<unknown>
  run(...bindings: Bindings): Changes
}

/** What is used of a handle, in the words of better-sqlite3. */
export interface Database {
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(sql: string): Statement
  exec(sql: string): unknown
  pragma(source: string, options?: { readonly simple?: boolean }): unknown
  defaultSafeIntegers(on: boolean): unknown
  /** A function that SQL can call. */
  function(
    name: string,
    options: { readonly deterministic: boolean; readonly directOnly: boolean },
    body: (...values: Binding[]) => Binding,
  ): unknown
  /** Copies all of it; `progress` says after each part how many pages are next, or throws. */
  backup(file: string, options: { readonly progress: () => number }): Promise<unknown>
  close(): unknown
}

export interface OpenOptions {
  readonly fileMustExist?: boolean
}

type OpenHandle = (file: string, options: OpenOptions) => Database
type Constructor = new (file: string, options: OpenOptions & { readonly timeout: number }) => Database

/** How handles are opened: never with the driver's own waiting, which would stop the event loop. */
export interface Driver {
  readonly encrypted: boolean
  /** A handle of the database: with a key it has been applied before anything else. */
  open(file: string, options?: OpenOptions): Database
  /** A handle of something that holds no secret: memory, or the file of the run lock. */
  plain(file: string, options?: OpenOptions): Database
}

const names = { plain: 'better-sqlite3', encrypted: 'better-sqlite3-multiple-ciphers' } as const
type Name = (typeof names)[keyof typeof names]

async function importDriver(name: Name): Promise<Constructor> {
  const { path, incompatible } = chooseDriver(name)
  if (incompatible !== undefined) {
    const remedy = `Install one that fits beside your program: \`npm install ${name}@${incompatible.fitting}\`.`
    throw notBuilt(name, new Error(incompatible.why), remedy)
  }
  if (path !== undefined) return ((await import(pathToFileURL(path).href)) as { readonly default: Constructor }).default
  const driverModule: unknown =
    name === names.plain ? await import('better-sqlite3') : await import('better-sqlite3-multiple-ciphers')
  return (driverModule as { readonly default: Constructor }).default
}

const unbound = /bindings file|NODE_MODULE_VERSION|invalid ELF|dlopen|was compiled against/i

/** Those whose binary was loaded. */
const bound = new WeakSet<Constructor>()

/** The package, or the reason why it cannot be loaded. It loads its binary when the first handle is made: memory is one. */
async function installedDriver(name: Name): Promise<OpenHandle | MigrateError> {
  let Handle: Constructor
  try {
    Handle = await importDriver(name)
  } catch (cause) {
    return isMigrateError(cause) ? cause : notBuilt(name, cause)
  }
  try {
    if (!bound.has(Handle)) new Handle(':memory:', { timeout: 0 }).close()
    bound.add(Handle)
  } catch (cause) {
    if (codeOf(cause) === 'ERR_DLOPEN_FAILED' || unbound.test(messageOf(cause))) return notBuilt(name, cause)
    // Whatever else is wrong shows with the database.
  }
  return (file, options) => new Handle(file, { ...options, timeout: 0 })
}

/**
 * The driver is loaded at the first connection, so that importing this package costs nothing and needs no binary. It is better-sqlite3,
 * or, where that cannot be loaded, the SQLite of Node itself. With a key it is the one that encrypts, and where that is missing there
 * is no other. Throws DRIVER_NOT_BUILT.
 */
export async function loadDriver(key?: Buffer): Promise<Driver> {
  const name = key === undefined ? names.plain : names.encrypted
  let handle = await installedDriver(name)
  if (isMigrateError(handle)) {
    const builtin = key === undefined ? (await import('./node-sqlite.ts')).builtinDriver() : undefined
    if (builtin === undefined) throw handle
    handle = builtin
  }
  const openDatabase = handle
  const plain = (file: string, options: OpenOptions = {}) => openHandle(openDatabase, file, options)
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

const bunRemedy =
  'Bun cannot load this driver: use a Bun that has `node:sqlite`, which is taken by itself, or run the program with Node.'

function notBuilt(driver: Name, cause: unknown, remedy?: string): MigrateError {
  // Behind "Tried:" comes a list of all places.
  const why = (messageOf(cause).split('\n')[0] ?? '').replace(/\. Tried:$/, '')
  const message = `the driver ${driver} cannot be loaded: ${why}`
  const absent = codeOf(cause) === 'ERR_MODULE_NOT_FOUND'
  const other = driver === names.plain ? ', or use Node 24, which brings SQLite along' : ''
  // https://github.com/oven-sh/bun/issues/4290: whatever is installed or compiled, Bun refuses the package.
  if (runsOnBun()) {
    const bun = driver === names.plain ? bunRemedy : 'Bun cannot load this driver: run the program with Node.'
    return new MigrateError('DRIVER_NOT_BUILT', { driver, why }, message, { cause, remedy: bun })
  }
  const rebuild = `Install a C++ compiler, make and Python, then run \`npm rebuild ${driver}\`${other.replace(',', ';')}.`
  return new MigrateError('DRIVER_NOT_BUILT', { driver, why }, message, {
    cause,
    remedy: remedy ?? (absent ? `Install it: \`npm install ${driver}\`${other}.` : rebuild),
  })
}

function openHandle(openDatabase: OpenHandle, file: string, options: OpenOptions): Database {
  try {
    return openDatabase(file, options)
  } catch (cause) {
    throw unreachable(file, messageOf(cause), cause)
  }
}

export function unreachable(database: string, why: string, cause?: unknown): MigrateError<'DATABASE_UNREACHABLE'> {
  const message = `cannot open ${database}: ${why}`
  return new MigrateError('DATABASE_UNREACHABLE', { database, why }, message, { cause })
}
