import { pathToFileURL } from 'node:url'
import { codeOf, messageOf } from '../../sql/faults.ts'
import { handleOf } from './driver-handle.ts'
import type { Binding, ColumnDefinition, Database, OpenHandle } from './handle.ts'
import type { LocatedDriver } from './installed.ts'
import { namedCode } from './named-code.ts'
import { locationOf } from './node-sqlite.ts'
import type { PreparedStatement, SchemaChanges, StatementText } from './statement.ts'

/** What is used of `libsql` (https://github.com/tursodatabase/libsql-js), which has no types for half of it. */
interface LibsqlStatement {
  readonly reader: boolean
  raw(on: boolean): LibsqlStatement
  safeIntegers(on: boolean): LibsqlStatement
  columns(): readonly ColumnDefinition[]
  all(values: readonly Binding[]): unknown[]
  get(values: readonly Binding[]): unknown
  run(values: readonly Binding[]): { readonly changes: number; readonly lastInsertRowid: number }
}

export interface LibsqlDatabase {
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(sql: string): LibsqlStatement
  exec(sql: string): void
  close(): void
}

type LibsqlConstructor = new (file: string, options: { readonly timeout: number }) => LibsqlDatabase

const named = <T>(work: () => T): T => namedCode('rawCode', work)

type Row = readonly unknown[]

/** SQLite has 2,000 columns of a result, and a value is read as two. */
const widest = 1_000

const encodings: { readonly [encoding: string]: (bytes: Buffer) => string } = {
  'UTF-8': (bytes) => bytes.toString('utf8'),
  'UTF-16le': (bytes) => bytes.toString('utf16le'),
  'UTF-16be': (bytes) => Buffer.from(bytes).swap16().toString('utf16le'),
}

const changedColumns = /^table migrate_read has \d+ values for \d+ columns/

/**
 * libSQL ends a text at its first NUL, and ends the process where it reads one that is no UTF-8. So what reads is sent with every text as its
 * bytes, each value beside whether it is a text. PRAGMA, EXPLAIN and RETURNING can't be sent so.
 */
class LibsqlReader implements PreparedStatement {
  readonly #db: LibsqlDatabase
  readonly #text: StatementText
  readonly #bigints: boolean
  readonly #schema: SchemaChanges
  #statement: LibsqlStatement
  /** The number of the schema that it was prepared on. */
  #prepared: number
  readonly reader: boolean
  #read: { readonly width: number; readonly statement: LibsqlStatement | undefined } | undefined

  constructor(db: LibsqlDatabase, text: StatementText, bigints: boolean, schema: SchemaChanges) {
    this.#db = db
    this.#text = text
    this.#bigints = bigints
    this.#schema = schema
    this.#prepared = schema.changes
    this.#statement = this.#prepare(text.sql)
    this.reader = this.#statement.reader
  }

  #prepare(sql: string): LibsqlStatement {
    return named(() => {
      const statement = this.#db.prepare(sql)
      return statement.reader ? statement.raw(true).safeIntegers(this.#bigints) : statement
    })
  }

  columns(): readonly ColumnDefinition[] {
    return this.#statement.columns()
  }

  /** The statement with its texts as bytes; prepared again where DDL gave it other columns. */
  #asBytes(): LibsqlStatement | undefined {
    const width = this.columns().length
    if (this.#read?.width === width) return this.#read.statement
    this.#read = { width, statement: this.#prepareAsBytes(width) }
    return this.#read.statement
  }

  #prepareAsBytes(width: number): LibsqlStatement | undefined {
    if (width > widest || !this.#text.startsWith('SELECT', 'WITH', 'VALUES')) return undefined
    const columns = Array.from({ length: width }, (_, at) => `c${at}`)
    const values = columns.map(
      (c) => `CASE typeof(${c}) WHEN 'text' THEN CAST(${c} AS BLOB) ELSE ${c} END, typeof(${c}) = 'text'`,
    )
    const read = `WITH migrate_read(${columns.join(', ')}) AS (${this.#text.sql}\n) SELECT ${values.join(', ')} FROM migrate_read`
    try {
      return this.#prepare(read)
    } catch (error) {
      // WITH before INSERT, UPDATE, DELETE.
      if (codeOf(error) === 'SQLITE_ERROR') return undefined
      throw error
    }
  }

  #recreate(): void {
    this.#prepared = this.#schema.changes
    this.#statement = this.#prepare(this.#text.sql)
  }

  /** SQLite prepares again what DDL made stale, but only what is run: and that is the one that reads bytes, which tells no types of columns. */
  rows(values: readonly Binding[], first: boolean): readonly Row[] {
    if (this.#prepared !== this.#schema.changes) this.#recreate()
    try {
      return this.#rows(values, first)
    } catch (error) {
      // DDL of another connection gave it other columns, which a statement tells only when it is run. Nothing has been run so far.
      if (!changedColumns.test(messageOf(error))) throw error
      this.#recreate()
      return this.#rows(values, first)
    }
  }

  #rows(values: readonly Binding[], first: boolean): readonly Row[] {
    const asBytes = this.#asBytes()
    const statement = asBytes ?? this.#statement
    const rows = named(() => (first ? [statement.get(values)] : statement.all(values)))
    const found = rows.filter((row) => row !== undefined) as Row[]
    return asBytes === undefined || found.length === 0 ? found : this.#decoded(found)
  }

  #decoded(rows: readonly Row[]): readonly Row[] {
    const [encoding] = this.#db.prepare('PRAGMA encoding').raw(true).get([]) as [string]
    const text = encodings[encoding] ?? ((bytes: Buffer) => bytes.toString('utf8'))
    return rows.map((row) =>
      Array.from({ length: row.length / 2 }, (_, at) => {
        const value = row[2 * at]
        return Number(row[2 * at + 1]) === 1 && Buffer.isBuffer(value) ? text(value) : value
      }),
    )
  }

  run(values: readonly Binding[]) {
    if (!this.#text.countsRows) this.#schema.changes += 1
    const { changes, lastInsertRowid } = named(() => this.#statement.run(values))
    if (Number.isSafeInteger(lastInsertRowid)) return { changes, lastInsertRowid }
    const [rowid] = this.#db.prepare('SELECT last_insert_rowid()').raw(true).safeIntegers(true).get([]) as [bigint]
    return { changes, lastInsertRowid: rowid }
  }
}

function adopted(db: LibsqlDatabase): Database {
  const schema: SchemaChanges = { changes: 0 }
  return handleOf({
    isOpen: () => db.open,
    isInTransaction: () => db.inTransaction,
    prepare: (text, bigints) => new LibsqlReader(db, text, bigints, schema),
    exec(sql) {
      schema.changes += 1
      named(() => db.exec(sql))
    },
    close: () => db.close(),
  })
}

/** `ConnectionFailed("Unable to open connection to local database …: 14")` is all that it tells. */
function openNamed(open: () => LibsqlDatabase): LibsqlDatabase {
  try {
    return open()
  } catch (error) {
    const [, number] = /: (\d+)"\)$/.exec(messageOf(error)) ?? []
    const why = number === '14' ? 'unable to open database file' : messageOf(error)
    throw namedCode('errno', () => {
      throw Object.assign(new Error(why, { cause: error }), { errno: Number(number ?? 1) })
    })
  }
}

const openerOf =
  (Client: LibsqlConstructor): OpenHandle =>
  (file, { fileMustExist = false }) =>
    adopted(openNamed(() => new Client(locationOf(file, fileMustExist), { timeout: 0 })))

/** Other handles come from the client's own copy of SQLite. */
export function adopt(client: LibsqlDatabase): { readonly db: Database; readonly open: OpenHandle } {
  return {
    db: adopted(client),
    open: openerOf((client as unknown as { readonly constructor: LibsqlConstructor }).constructor),
  }
}

/** No literal of an `import`: a bundler would look for it, in programs that have another driver. */
const packageName = 'libsql'

/** The package; throws what keeps it from being loaded. */
export async function load(located: LocatedDriver | undefined): Promise<OpenHandle> {
  const driverModule: unknown = await (located?.path === undefined
    ? import(/* webpackIgnore: true */ /* @vite-ignore */ packageName)
    : import(/* webpackIgnore: true */ /* @vite-ignore */ pathToFileURL(located.path).href))
  const { default: Client } = driverModule as { readonly default: LibsqlConstructor }
  return openerOf(Client)
}
