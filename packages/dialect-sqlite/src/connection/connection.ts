import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { MigrateError, missingDatabase } from '@org/migrate-core/connection'
import type { ConnectOptions, Waiting } from '@org/migrate-core/dialect'
import { codeOf, faultOf, messageOf } from '../sql/faults.ts'
import { waitLimitsOf, whenFree } from './busy-wait.ts'
import { type Driver, type DriverRequest, loadDriver, unreachable, unusable } from './driver.ts'
import type { Database, Statement } from './drivers/handle.ts'
import { defineFunctions } from './functions.ts'
import { mayReplay } from './replay.ts'

const cachedStatements = 200

/** One open handle with its prepared statements. */
export class Connection {
  readonly db: Database
  /** The database for people. */
  readonly database: string
  readonly waiting: Waiting
  /** Opens what lies beside the file (its lock, a backup); absent for memory. */
  readonly driver: Driver | undefined
  /** There was no such file. */
  readonly isNew: boolean
  readonly #statements = new Map<string, Statement>()
  readonly #release: () => void

  constructor(
    db: Database,
    options: {
      readonly database: string
      readonly waiting: Waiting
      /** SQL is to call functions of ours. */
      readonly functions: boolean
      readonly driver?: Driver
      readonly isNew?: boolean
      /** What ends the use of a handle that others have too; absent: it is closed. */
      readonly release?: () => void
    },
  ) {
    this.db = db
    this.database = options.database
    this.waiting = options.waiting
    this.driver = options.driver
    this.isNew = options.isNew === true
    this.#release = options.release ?? (() => db.close())
    // Above 2^53 a JavaScript number is another number: every integer comes as a bigint.
    db.defaultSafeIntegers(true)
    if (options.functions) defineFunctions(db)
  }

  /** Prepared once; after DDL SQLite prepares it again by itself. */
  prepare(sql: string): Statement {
    const cached = this.#statements.get(sql)
    if (cached !== undefined) return cached
    const statement = this.db.prepare(sql)
    if (statement.reader) statement.raw(true)
    // Statements read ahead hold nothing; a Map keeps insertion order, so the oldest goes first.
    if (this.#statements.size >= cachedStatements)
      this.#statements.delete(this.#statements.keys().next().value as string)
    this.#statements.set(sql, statement)
    return statement
  }

  pragma(name: string): string {
    const [value] = this.prepare(`PRAGMA ${name}`).get() as readonly [unknown]
    return String(value)
  }

  close(): void {
    this.#statements.clear()
    this.#release()
  }
}

function isFolder(file: string): boolean | undefined {
  try {
    return statSync(file).isDirectory()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) === 'ENOTDIR') throw unusable(file, 'a part of the path is not a folder', error)
    throw unreachable(file, messageOf(error), error)
  }
}

/**
 * What lies at the path. Asked at once, as SQLite itself does: the threads of Node cost more than the answer. Throws DATABASE_UNREACHABLE
 * for what cannot be a database, or is out of reach.
 */
function inspectFile(file: string): 'file' | 'nothing' {
  const found = isFolder(file)
  if (found === undefined) return 'nothing'
  if (found) throw unusable(file, 'it is a folder')
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    throw unusable(file, 'the file may not be read by this user', error)
  }
  return 'file'
}

function makeWritable(file: string, existing: 'file' | 'nothing'): void {
  try {
    if (existing === 'file') accessSync(file, constants.W_OK)
    else mkdirSync(path.dirname(file), { recursive: true })
  } catch (cause) {
    if (existing === 'file') throw readOnly(file, cause)
    throw unreachable(file, `its folder cannot be made: ${messageOf(cause)}`, cause)
  }
}

export function readOnly(database: string, cause: unknown): MigrateError<'DATABASE_READ_ONLY'> {
  const message = `${database} cannot be written by this user`
  return new MigrateError('DATABASE_READ_ONLY', { database }, message, { cause })
}

function notReadable(database: string, encrypted: boolean, cause?: unknown): MigrateError {
  if (!encrypted) return unusable(database, 'the file is not a SQLite database, or it is encrypted', cause)
  const message = `cannot open ${database}: wrong key, or not an encrypted database`
  return new MigrateError('WRONG_KEY', { database }, message, { cause })
}

function damaged(database: string, cause: unknown): MigrateError<'DATABASE_DAMAGED'> {
  return new MigrateError('DATABASE_DAMAGED', { database }, `${database} is damaged: ${messageOf(cause)}`, { cause })
}

/** The first read: only it shows whether the file is a database at all. An empty file is an empty database. */
async function proveReadable(
  connection: Connection,
  encrypted: boolean,
  purpose: ConnectOptions['purpose'],
): Promise<void> {
  const first = purpose === 'inspect' ? 'PRAGMA query_only = ON; ' : ''
  try {
    await whenFree(waitLimitsOf(connection), () => {
      connection.db.exec(`${first}PRAGMA schema_version`)
    })
  } catch (error) {
    connection.close()
    const fault = faultOf(error)
    if (codeOf(error) === 'SQLITE_NOTADB') {
      throw notReadable(connection.database, encrypted, error)
    }
    if (fault === 'corrupt') throw damaged(connection.database, error)
    // A file in WAL mode cannot even be read where its -shm cannot be made.
    if (fault === 'readOnly') throw readOnly(connection.database, error)
    if (fault === 'connection' || fault === 'permission') {
      throw unreachable(connection.database, messageOf(error), error)
    }
    throw error
  }
}

/** A database in the memory of the process, never encrypted; the key says which of the drivers is the file's. */
export async function openMemory(waiting: Waiting, shared: boolean, request?: DriverRequest): Promise<Connection> {
  const { plain, functions } = await loadDriver(request)
  const release = shared ? { release: () => undefined } : {}
  return new Connection(plain(':memory:'), { database: ':memory:', waiting, functions, ...release })
}

/**
 * Opens a file. A read-only session opens it for writing too and forbids writes by `query_only`: a read-only handle on a database in WAL
 * mode leaves its -wal and -shm files behind. Where there is no file, it shows an empty database and makes none.
 * Throws DATABASE_UNREACHABLE, DATABASE_DAMAGED, DATABASE_READ_ONLY, DATABASE_BUSY, DRIVER_NOT_BUILT, WRONG_KEY.
 */
export async function openFile(
  file: string,
  { key, name, ...waiting }: ConnectOptions & DriverRequest,
): Promise<Connection> {
  const driver = await loadDriver({ key, name })
  const existing = inspectFile(file)
  const { functions } = driver
  const described = { database: file, waiting, functions, driver, isNew: existing === 'nothing' }
  if (existing === 'nothing' && waiting.whenMissing === 'refuse') throw missingDatabase(file, 'there is no such file')
  if (waiting.purpose === 'run') makeWritable(file, existing)
  else if (existing === 'nothing') return new Connection(driver.plain(':memory:'), described)
  if (existing === 'file' && !(await mayReplay(file, key))) throw notReadable(file, driver.encrypted)
  const connection = new Connection(driver.open(file, { fileMustExist: waiting.purpose === 'inspect' }), described)
  await proveReadable(connection, driver.encrypted, waiting.purpose)
  return connection
}
