import { MigrateError } from '@org/migrate-core/connection'
import { codeName } from '../sql/faults.ts'
import { isKeyword, significant, type Token, tokenize } from '../sql/tokenize.ts'
import type { Binding, Bindings, Changes, Database, OpenOptions, Statement } from './driver.ts'

/** What is used of `node:sqlite`, which the types of Node 20 do not know. */
interface BuiltinStatement {
  /** Its own text, without what follows it. */
  readonly sourceSQL: string
  all(...values: readonly Binding[]): unknown[]
  get(...values: readonly Binding[]): unknown
  run(...values: readonly Binding[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
  iterate(...values: readonly Binding[]): Iterable<unknown>
  columns(): readonly { readonly name: string; readonly type: string | null }[]
  setReadBigInts(on: boolean): void
  setReturnArrays(on: boolean): void
}

interface BuiltinDatabase {
  readonly isOpen: boolean
  readonly isTransaction: boolean
  prepare(sql: string): BuiltinStatement
  exec(sql: string): void
  function: Database['function']
  close(): void
}

interface Builtin {
  readonly DatabaseSync: new (file: string, options: { readonly [option: string]: unknown }) => BuiltinDatabase
  backup(
    source: BuiltinDatabase,
    file: string,
    options: { readonly rate: number; readonly progress: () => void },
  ): Promise<unknown>
}

/** Rows as arrays and the state of the transaction came with Node 22.16 and 24.0. */
function isTooOld(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  return major < 22 || (major === 22 && minor < 16) || major === 23
}

/** The module, or undefined where this Node has none. Its warning that it is experimental is for who chose it. */
function builtin(): Builtin | undefined {
  if (isTooOld(process.versions.node)) return undefined
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite') as unknown as Builtin | undefined
  } finally {
    process.emitWarning = emitWarning
  }
}

/** As better-sqlite3 calls the codes that SQLite gives as numbers: those of a kind of failure, and the extended ones that are told apart. */
function named<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { errcode } = error as { readonly errcode?: unknown }
    if (typeof errcode === 'number') Object.assign(error as Error, { code: codeName(errcode) })
    throw error
  }
}

/** Node 22 binds an empty one as NULL where it has no memory of its own. */
const noBytes = new Uint8Array(1).subarray(0, 0)

/** A number is bound as a REAL there; better-sqlite3 binds one that is an integer of 32 bits as INTEGER. */
function bound(value: Binding): Binding {
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
    throw new RangeError('The bound string, buffer, or bigint is too big')
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
  return value instanceof Uint8Array && value.length === 0 ? noBytes : value
}

/** https://www.sqlite.org/c3ref/bind_parameter_count.html: the largest index; `?` and a new name take the next one. */
function parametersOf(tokens: readonly Token[]): number {
  const names = new Set<string>()
  let largest = 0
  for (const { kind, text } of tokens) {
    if (kind !== 'variable') continue
    const index = Number(text.slice(1))
    if (text.startsWith('?') && text.length > 1) largest = Math.max(largest, index)
    else if (text === '?' || !names.has(text)) largest += 1
    names.add(text)
  }
  return largest
}

/** SQLite ends a text of SQL at a NUL, and ignores what is behind the first statement. */
const isEmpty = (sql: string): boolean =>
  significant(tokenize(sql.split('\0', 1)[0] ?? '')).every(({ text }) => text === ';')

/** A Buffer, as from better-sqlite3. */
function given(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
}

/**
 * Only these set what `changes` tells: behind any other statement it is still the number of the one before
 * (https://www.sqlite.org/c3ref/changes.html).
 */
function countsRows(tokens: readonly Token[]): boolean {
  const [first] = significant(tokens)
  return ['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'WITH'].some((keyword) => isKeyword(first, keyword))
}

const isText = (value: unknown): boolean => typeof value === 'string'

class NodeStatement implements Statement {
  readonly #statement: BuiltinStatement
  /** Refuses to give texts that are cut; absent where none are. */
  readonly #whole: ((values: readonly Binding[]) => void) | undefined
  readonly #parameters: number
  readonly #countsRows: boolean
  readonly reader: boolean
  #pluck = false

  constructor(statement: BuiltinStatement, whole: ((values: readonly Binding[]) => void) | undefined) {
    this.#statement = statement
    this.#whole = whole
    const tokens = tokenize(statement.sourceSQL)
    this.#parameters = parametersOf(tokens)
    this.#countsRows = countsRows(tokens)
    this.reader = statement.columns().length > 0
  }

  columns() {
    return this.#statement.columns()
  }

  raw(on = true): this {
    this.#statement.setReturnArrays(on)
    return this
  }

  pluck(on = true): this {
    this.#pluck = on
    return this.raw(on)
  }

  #row(row: unknown): unknown {
    if (row === undefined) return undefined
    if (this.#pluck) return given((row as readonly unknown[])[0])
    if (Array.isArray(row)) return row.map(given)
    return Object.fromEntries(Object.entries(row as object).map(([name, value]) => [name, given(value)]))
  }

  #rows(rows: readonly unknown[], values: readonly Binding[]): unknown[] {
    if (this.#whole !== undefined && rows.some((row) => Object.values(row as object).some(isText))) this.#whole(values)
    return rows.map((row) => this.#row(row))
  }

  /** What is not bound would be NULL. */
  #bound(values: Bindings): readonly Binding[] {
    const flat = values.flat().map(bound)
    if (flat.length === this.#parameters) return flat
    throw new RangeError(`Too ${flat.length < this.#parameters ? 'few' : 'many'} parameter values were provided`)
  }

  all(...values: Bindings): unknown[] {
    const flat = this.#bound(values)
    return named(() => this.#rows(this.#statement.all(...flat), flat))
  }

  get(...values: Bindings): unknown {
    const flat = this.#bound(values)
    return named(() => {
      const row = this.#statement.get(...flat)
      return row === undefined ? undefined : this.#rows([row], flat)[0]
    })
  }

  *iterate(...values: Bindings): Iterable<unknown> {
    yield* this.all(...values)
  }

  run(...values: Bindings): Changes {
    const { changes, lastInsertRowid } = named(() => this.#statement.run(...this.#bound(values)))
    return { changes: this.#countsRows ? Number(changes) : 0, lastInsertRowid }
  }
}

/** The database that Node brings along, in the words of better-sqlite3: https://nodejs.org/api/sqlite.html. */
class NodeDatabase implements Database {
  readonly #module: Builtin
  readonly #db: BuiltinDatabase
  readonly #cutsText: boolean
  #bigints = false

  constructor(module: Builtin, db: BuiltinDatabase, cutsText: boolean) {
    this.#module = module
    this.#db = db
    this.#cutsText = cutsText
  }

  get open(): boolean {
    return this.#db.isOpen
  }

  get inTransaction(): boolean {
    return this.#db.isOpen && this.#db.isTransaction
  }

  prepare(sql: string): Statement {
    if (isEmpty(sql)) throw new RangeError('The supplied SQL string contains no statements')
    const statement = named(() => this.#db.prepare(sql))
    if (!isEmpty(sql.slice(statement.sourceSQL.length)))
      throw new RangeError('The supplied SQL string contains more than one statement')
    statement.setReadBigInts(this.#bigints)
    const whole = (values: readonly Binding[]): void =>
      this.#requireWhole(statement.sourceSQL, statement.columns().length, values)
    return new NodeStatement(statement, this.#cutsText ? whole : undefined)
  }

  /**
   * Node 22 ends a text at its first NUL when it reads it. Better no value than another one: what gives text is asked for such a text
   * a second time, as bytes. Only statements that read can be asked; what others return was just written.
   */
  #requireWhole(sql: string, width: number, values: readonly Binding[]): void {
    const columns = Array.from({ length: width }, (_, at) => `c${at}`)
    const cut = columns.map((c) => `(typeof(${c}) = 'text' AND instr(CAST(${c} AS BLOB), x'00') > 0)`)
    let check: BuiltinStatement
    try {
      check = this.#db.prepare(
        `WITH migrate_read(${columns.join(', ')}) AS (${sql.replace(/[\s;]+$/, '')}\n) SELECT 1 FROM migrate_read WHERE ${cut.join(' OR ')} LIMIT 1`,
      )
    } catch {
      return
    }
    if (check.get(...values) === undefined) return
    const why = `node:sqlite of Node ${process.versions.node} ends a text at its first NUL character, and a text that was read has one`
    throw new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation: sql, why }, `${sql}: ${why}.`, {
      remedy: 'Install better-sqlite3 beside your program, or use Node 24.',
    })
  }

  exec(sql: string): void {
    named(() => this.#db.exec(sql))
  }

  pragma(source: string, { simple = false } = {}): unknown {
    const statement = this.prepare(`PRAGMA ${source}`)
    if (simple) return statement.pluck().get()
    return statement.all()
  }

  defaultSafeIntegers(on: boolean): void {
    this.#bigints = on
  }

  function: Database['function'] = (...how) => this.#db.function(...how)

  /** It continues to its end in any case: what `progress` throws is thrown then. */
  async backup(file: string, { progress }: { readonly progress: () => number }): Promise<void> {
    const thrown: unknown[] = []
    const onProgress = (): void => {
      try {
        progress()
      } catch (error) {
        thrown.push(error)
      }
    }
    await this.#module.backup(this.#db, file, { rate: progress(), progress: onProgress })
    if (thrown.length > 0) throw thrown[0]
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }
}

let cuts: boolean | undefined

/** Asked of memory: a statement reads the schema first, and the database itself may be locked. */
function cutsTexts({ DatabaseSync }: Builtin): boolean {
  const db = new DatabaseSync(':memory:', {})
  try {
    return (db.prepare(`SELECT 'a' || char(0) || 'b' AS text`).get() as { readonly text: string }).text === 'a'
  } finally {
    db.close()
  }
}

/** Opens with the SQLite of Node itself; undefined where this Node has none that will do. */
export function builtinDriver(): ((file: string, options?: OpenOptions) => Database) | undefined {
  const module = builtin()
  if (module === undefined) return undefined
  const { DatabaseSync } = module
  return (file, { fileMustExist = false } = {}) => {
    // A path with a scheme is a URI for SQLite; that one alone can say that no file is to be made.
    const location = fileMustExist
      ? `file:${encodeURI(file).replaceAll('?', '%3f').replaceAll('#', '%23')}?mode=rw`
      : file
    const db = named(() => new DatabaseSync(location, { timeout: 0, defensive: false }))
    cuts ??= cutsTexts(module)
    return new NodeDatabase(module, db, cuts)
  }
}
