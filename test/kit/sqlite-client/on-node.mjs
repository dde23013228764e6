// The SQLite of Node in the words of better-sqlite3, for tests that open a file beside the code under test. It shares nothing
// with `packages/dialect-sqlite/src/connection/drivers/node-sqlite.ts`, which is what the tests are about.
import { existsSync } from 'node:fs'

const { emitWarning } = process
process.emitWarning = () => {}
const { DatabaseSync } = process.getBuiltinModule('node:sqlite') ?? {}
process.emitWarning = emitWarning

/** https://www.sqlite.org/rescode.html */
const primary =
  'OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB'.split(
    ' ',
  )
const extended = {
  261: 'BUSY_RECOVERY',
  275: 'CONSTRAINT_CHECK',
  517: 'BUSY_SNAPSHOT',
  787: 'CONSTRAINT_FOREIGNKEY',
  1032: 'READONLY_DBMOVED',
  1299: 'CONSTRAINT_NOTNULL',
  1555: 'CONSTRAINT_PRIMARYKEY',
  1811: 'CONSTRAINT_TRIGGER',
  2067: 'CONSTRAINT_UNIQUE',
  2579: 'CONSTRAINT_ROWID',
  3091: 'CONSTRAINT_DATATYPE',
}

class SqliteError extends Error {
  name = 'SqliteError'
  constructor(message, code) {
    super(message)
    this.code = code
  }
}

function withSqliteErrors(work) {
  try {
    return work()
  } catch (error) {
    if (typeof error?.errcode !== 'number') throw error
    throw new SqliteError(
      error.message,
      `SQLITE_${extended[error.errcode] ?? primary[error.errcode & 0xff] ?? 'ERROR'}`,
    )
  }
}

/** Node 22 binds an empty one as NULL where it has no memory of its own. */
const noBytes = new Uint8Array(1).subarray(0, 0)
const isBytes = (value) => value instanceof Uint8Array
const isNames = (value) => typeof value === 'object' && value !== null && !isBytes(value)

class Statement {
  #statement
  #safe
  #raw = false
  #pluck = false
  #bound

  constructor(db, sql, safe) {
    this.database = db
    this.source = sql
    this.#statement = withSqliteErrors(() => db.handle.prepare(sql))
    this.#statement.setReadBigInts(true)
    this.#statement.setReturnArrays(true)
    this.#safe = safe
    this.reader = this.#statement.columns().length > 0
  }

  raw(on = true) {
    this.#raw = on
    return this
  }

  pluck(on = true) {
    this.#pluck = on
    return this
  }

  safeIntegers(on = true) {
    this.#safe = on
    return this
  }

  bind(...values) {
    this.#bound = values
    return this
  }

  columns() {
    return this.#statement.columns()
  }

  #given(values) {
    const flat = (this.#bound ?? values).flat()
    // Node binds NULL for what is missing.
    const names = this.source.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*/g, '').match(/\?(?!\d)/g)?.length ?? 0
    if (flat.filter((value) => !isNames(value)).length < names && !flat.some(isNames))
      throw new RangeError('Too few parameter values were provided')
    return flat.map((value) => (isBytes(value) && value.length === 0 ? noBytes : value))
  }

  #value(value) {
    if (typeof value === 'bigint') return this.#safe ? value : Number(value)
    return isBytes(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
  }

  #row(values) {
    if (this.#pluck) return this.#value(values[0])
    const row = values.map((value) => this.#value(value))
    if (this.#raw) return row
    return Object.fromEntries(this.columns().map(({ name }, at) => [name, row[at]]))
  }

  all(...values) {
    return withSqliteErrors(() => this.#statement.all(...this.#given(values))).map((row) => this.#row(row))
  }

  get(...values) {
    const row = withSqliteErrors(() => this.#statement.get(...this.#given(values)))
    return row === undefined ? undefined : this.#row(row)
  }

  *iterate(...values) {
    const rows = withSqliteErrors(() => this.#statement.iterate(...this.#given(values)))
    try {
      for (let next = withSqliteErrors(() => rows.next()); !next.done; next = withSqliteErrors(() => rows.next()))
        yield this.#row(next.value)
    } finally {
      rows.return()
    }
  }

  run(...values) {
    if (this.reader) throw new TypeError('This statement returns data. Use get(), all(), or iterate() instead')
    const { changes, lastInsertRowid } = withSqliteErrors(() => this.#statement.run(...this.#given(values)))
    return { changes: Number(changes), lastInsertRowid: this.#safe ? lastInsertRowid : Number(lastInsertRowid) }
  }
}

class Database {
  static SqliteError = SqliteError
  #safe = false

  constructor(file = '', { readonly: readOnly = false, fileMustExist = readOnly, timeout = 5_000 } = {}) {
    this.name = String(file)
    this.memory = file === '' || file === ':memory:'
    this.readonly = readOnly
    if (!this.memory && fileMustExist && !existsSync(file))
      throw new SqliteError('unable to open database file', 'SQLITE_CANTOPEN')
    this.handle = withSqliteErrors(() => new DatabaseSync(String(file), { readOnly, timeout, allowExtension: true }))
  }

  get open() {
    return this.handle.isOpen
  }

  get inTransaction() {
    return this.handle.isTransaction
  }

  exec(sql) {
    withSqliteErrors(() => this.handle.exec(sql))
    return this
  }

  prepare(sql) {
    return new Statement(this, sql, this.#safe)
  }

  pragma(source, { simple = false } = {}) {
    const statement = this.prepare(`PRAGMA ${source}`)
    if (!statement.reader) {
      if (!simple) this.exec(`PRAGMA ${source}`)
      return simple ? undefined : []
    }
    return simple ? statement.pluck().get() : statement.all()
  }

  defaultSafeIntegers(on = true) {
    this.#safe = on
    return this
  }

  unsafeMode(on = true) {
    this.handle.enableDefensive?.(!on)
    return this
  }

  function(name, ...rest) {
    const work = rest.at(-1)
    const { deterministic = false, varargs = false, directOnly = false } = rest.length > 1 ? rest[0] : {}
    this.handle.function(name, { deterministic, varargs, directOnly }, work)
    return this
  }

  transaction(work) {
    const as =
      (begin) =>
      (...values) => {
        const nested = this.inTransaction
        this.exec(nested ? 'SAVEPOINT nested' : begin)
        try {
          const result = work(...values)
          this.exec(nested ? 'RELEASE nested' : 'COMMIT')
          return result
        } catch (error) {
          if (this.inTransaction) this.exec(nested ? 'ROLLBACK TO nested; RELEASE nested' : 'ROLLBACK')
          throw error
        }
      }
    return Object.assign(as('BEGIN'), {
      default: as('BEGIN'),
      deferred: as('BEGIN DEFERRED'),
      immediate: as('BEGIN IMMEDIATE'),
      exclusive: as('BEGIN EXCLUSIVE'),
    })
  }

  async backup(file) {
    await process.getBuiltinModule('node:sqlite').backup(this.handle, file)
  }

  loadExtension(file) {
    this.handle.enableLoadExtension(true)
    this.handle.loadExtension(file)
    return this
  }

  close() {
    if (this.open) this.handle.close()
    return this
  }
}

// biome-ignore lint/style/noDefaultExport: it stands in for better-sqlite3, whose export is the default one
export default Database
