import { createRequire } from 'node:module'
import { codeOf, messageOf } from '../../sql/faults.ts'
import type { Database, OpenHandle, OpenOptions, Statement } from './handle.ts'
import type { LocatedDriver } from './installed.ts'
import { thisRuntime } from './runtime.ts'

type Constructor = new (file: string, options: OpenOptions & { readonly timeout: number }) => Database

type BetterName = 'better-sqlite3' | 'better-sqlite3-multiple-ciphers'

async function importDriver(name: BetterName, located: LocatedDriver | undefined): Promise<Constructor> {
  const { path } = located ?? {}
  // `import` would read and parse a CommonJS module two times.
  if (path !== undefined) return createRequire(path)(path) as Constructor
  try {
    // Inside `try` bundlers leave the import of a package that is not installed to the program.
    const driverModule: unknown =
      name === 'better-sqlite3' ? await import('better-sqlite3') : await import('better-sqlite3-multiple-ciphers')
    return (driverModule as { readonly default: Constructor }).default
  } catch (cause) {
    const { notLoaded } = await import('./not-loaded.ts')
    throw notLoaded(name, cause, thisRuntime())
  }
}

// The last one is of Deno: https://github.com/denoland/deno/issues/26034.
const unbound = /bindings file|NODE_MODULE_VERSION|invalid ELF|dlopen|was compiled against|load native addon/i

/** Those whose binary was loaded. */
const bound = new WeakSet<Constructor>()

/** The package; throws what keeps it from being loaded. It loads its binary when the first handle is made: memory is one. */
export async function load(name: BetterName, located: LocatedDriver | undefined): Promise<OpenHandle> {
  const Handle = await importDriver(name, located)
  try {
    if (!bound.has(Handle)) new Handle(':memory:', { timeout: 0 }).close()
    bound.add(Handle)
  } catch (cause) {
    // The second one: version 13 has no binary for this system, or what loads that of version 12 is not installed.
    if (['ERR_DLOPEN_FAILED', 'MODULE_NOT_FOUND'].includes(codeOf(cause) ?? '') || unbound.test(messageOf(cause)))
      throw cause
    // Whatever else is wrong shows with the database.
  }
  return (file, options) => new Handle(file, { ...options, timeout: 0 })
}

/** A statement of the package itself. */
interface OwnStatement extends Statement {
  safeIntegers(on: boolean): this
}

export interface BetterDatabase {
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(sql: string): OwnStatement
  exec(sql: string): unknown
  backup: NonNullable<Database['backup']>
  close(): unknown
}

/** An open handle of the application. What it gives by default, numbers or bigints, stays as it is. */
class AdoptedHandle implements Database {
  readonly #db: BetterDatabase
  #bigints = false

  constructor(db: BetterDatabase) {
    this.#db = db
  }

  get open(): boolean {
    return this.#db.open
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction
  }

  prepare(sql: string): Statement {
    const statement = this.#db.prepare(sql)
    return statement.reader ? statement.safeIntegers(this.#bigints) : statement
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  pragma(source: string, { simple = false } = {}): unknown {
    const statement = this.prepare(`PRAGMA ${source}`)
    if (!statement.reader) {
      statement.run()
      return simple ? undefined : []
    }
    return simple ? statement.pluck().get() : statement.all()
  }

  defaultSafeIntegers(on: boolean): void {
    this.#bigints = on
  }

  backup: NonNullable<Database['backup']> = (...how) => this.#db.backup(...how)

  close(): void {
    this.#db.close()
  }
}

/** Other handles come from the client's own copy of SQLite. */
export function adopt(client: BetterDatabase): { readonly db: Database; readonly open: OpenHandle } {
  const { constructor: Handle } = client as unknown as { readonly constructor: Constructor }
  return { db: new AdoptedHandle(client), open: (file, options) => new Handle(file, { ...options, timeout: 0 }) }
}
