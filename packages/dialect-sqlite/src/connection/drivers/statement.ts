import { isKeyword, significant, type Token, tokenize } from '../../sql/tokenize.ts'
import type { Binding, Bindings, Changes, ColumnDefinition, Statement } from './handle.ts'

/** A statement as a driver prepares it, for drivers that don't use the words of better-sqlite3. */
export interface PreparedStatement {
  readonly reader: boolean
  columns(): readonly ColumnDefinition[]
  /** All rows, or the first one, as lists. */
  rows(values: readonly Binding[], first: boolean): readonly (readonly unknown[])[]
  run(values: readonly Binding[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
}

/** How often the schema may have changed on one connection. */
export interface SchemaChanges {
  changes: number
}

/** Where the first statement of a text ends. A trigger ends with `; END`. */
function firstEnd(tokens: readonly Token[]): number | undefined {
  const meaningful = tokens.filter(({ kind, text }) => kind !== 'space' && kind !== 'comment' && text !== '\uFEFF')
  let at = isKeyword(meaningful[0], 'EXPLAIN') ? 1 : 0
  if (at === 1 && isKeyword(meaningful[1], 'QUERY')) at = 3
  const isTrigger =
    isKeyword(meaningful[at], 'CREATE') &&
    (isKeyword(meaningful[at + 1], 'TRIGGER') ||
      ((isKeyword(meaningful[at + 1], 'TEMP') || isKeyword(meaningful[at + 1], 'TEMPORARY')) &&
        isKeyword(meaningful[at + 2], 'TRIGGER')))
  const ends = meaningful.findIndex(
    ({ text }, here) =>
      text === ';' && (!isTrigger || (isKeyword(meaningful[here - 1], 'END') && meaningful[here - 2]?.text === ';')),
  )
  return meaningful[ends]?.start
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

/**
 * Only these set what `changes` tells: behind any other statement it is still the number of the one before
 * (https://www.sqlite.org/c3ref/changes.html).
 */
function countsRows(tokens: readonly Token[]): boolean {
  const [first] = significant(tokens)
  return ['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'WITH'].some((keyword) => isKeyword(first, keyword))
}

/** The text of one statement and what is read of it. */
export interface StatementText {
  /** Without the semicolon behind it. */
  readonly sql: string
  readonly parameters: number
  readonly countsRows: boolean
  /** The keyword that it begins with is one of these. */
  startsWith(...keywords: readonly string[]): boolean
}

const isEmpty = (tokens: readonly Token[]): boolean => significant(tokens).every(({ text }) => text === ';')

/** Refuses, as better-sqlite3 does, a text of no statement and of several. SQLite ends it at a NUL. */
export function readStatement(text: string): StatementText {
  const tokens = tokenize(text.split('\0', 1)[0] ?? '')
  if (isEmpty(tokens)) throw new RangeError('The supplied SQL string contains no statements')
  const start = tokens.findIndex(({ text: token }) => token !== ';' && token.trim() !== '')
  const own = tokens.slice(start)
  const end = firstEnd(own)
  const statement = end === undefined ? own : own.filter((token) => token.start < end)
  if (end !== undefined && !isEmpty(own.slice(statement.length)))
    throw new RangeError('The supplied SQL string contains more than one statement')
  const [first] = significant(statement)
  return {
    sql: statement.map((token) => token.text).join(''),
    parameters: parametersOf(statement),
    countsRows: countsRows(statement),
    startsWith: (...keywords) => keywords.some((keyword) => isKeyword(first, keyword)),
  }
}

/** Node 22 binds an empty one as NULL where it has no memory of its own. */
const noBytes = new Uint8Array(1).subarray(0, 0)

/** A number is bound as a REAL by these drivers; better-sqlite3 binds one that is an integer of 32 bits as INTEGER. */
function bound(value: Binding): Binding {
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
    throw new RangeError('The bound string, buffer, or bigint is too big')
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
  return value instanceof Uint8Array && value.length === 0 ? noBytes : value
}

/** A Buffer, as from better-sqlite3. */
function given(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value
}

/** A statement in the words of better-sqlite3. */
export class DriverStatement implements Statement {
  readonly #statement: PreparedStatement
  readonly #text: StatementText
  readonly reader: boolean
  #form: 'object' | 'list' | 'first' = 'object'

  constructor(statement: PreparedStatement, text: StatementText) {
    this.#statement = statement
    this.#text = text
    this.reader = statement.reader
  }

  columns(): readonly ColumnDefinition[] {
    return this.#statement.columns()
  }

  raw(on = true): this {
    this.#form = on ? 'list' : 'object'
    return this
  }

  pluck(on = true): this {
    this.#form = on ? 'first' : 'object'
    return this
  }

  /** What is not bound would be NULL. */
  #bound(values: Bindings): readonly Binding[] {
    const flat = values.flat().map(bound)
    const { parameters } = this.#text
    if (flat.length === parameters) return flat
    throw new RangeError(`Too ${flat.length < parameters ? 'few' : 'many'} parameter values were provided`)
  }

  #rows(values: Bindings, first: boolean): unknown[] {
    const rows = this.#statement.rows(this.#bound(values), first).map((row) => row.map(given))
    if (this.#form === 'list') return rows
    if (this.#form === 'first') return rows.map(([value]) => value)
    const names = this.columns().map(({ name }) => name)
    return rows.map((row) => Object.fromEntries(row.map((value, at) => [names[at], value])))
  }

  all(...values: Bindings): unknown[] {
    return this.#rows(values, false)
  }

  get(...values: Bindings): unknown {
    return this.#rows(values, true)[0]
  }

  *iterate(...values: Bindings): Iterable<unknown> {
    yield* this.all(...values)
  }

  run(...values: Bindings): Changes {
    const { changes, lastInsertRowid } = this.#statement.run(this.#bound(values))
    return { changes: this.#text.countsRows ? Number(changes) : 0, lastInsertRowid }
  }
}
