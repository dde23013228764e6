import { isSignificant, lexSql, type SqlGrammar, type SqlToken } from './lexer.ts'

/** What one statement of an author may change, as far as its text alone tells. */
export interface TouchedObjects {
  /** `rows`: the schema stays as it is. `routine`: a procedure or a function. */
  readonly kind: 'table' | 'index' | 'view' | 'trigger' | 'routine' | 'rows'
  /** Tables and views of the current schema whose definition it may change, before and after a rename. */
  readonly names: readonly string[]
}

const rowStatements = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'SELECT', 'VALUES'])
/** What may come between CREATE and the kind of the object, besides `DEFINER = user`. */
const creationKeywords = [
  ...['OR', 'REPLACE', 'UNIQUE', 'FULLTEXT', 'SPATIAL', 'AGGREGATE', 'ALGORITHM', '=', 'UNDEFINED', 'MERGE'],
  ...['TEMPTABLE', 'SQL', 'SECURITY', 'INVOKER'],
]
/** Parts of tables that change places with other tables. */
const exchanging = new Set(['EXCHANGE', 'CONVERT', 'IMPORT', 'DISCARD'])
/** After RENAME in ALTER TABLE: a part of the table has a new name, not the table. */
const renamedParts = new Set(['COLUMN', 'INDEX', 'KEY', 'CONSTRAINT'])

const nameIn = ({ kind, text }: SqlToken): string | undefined => {
  if (kind === 'word') return text
  if (kind !== 'quoted') return undefined
  const close = text.slice(-1)
  return text.slice(1, -1).replaceAll(close + close, close)
}

/** Reads the tokens of one statement from its beginning. */
class StatementReader {
  readonly #tokens: readonly SqlToken[]
  #at = 0

  constructor(tokens: readonly SqlToken[]) {
    this.#tokens = tokens
  }

  get word(): string {
    const token = this.#tokens[this.#at]
    return token?.kind === 'word' ? token.text.toUpperCase() : ''
  }

  /** The keyword that was taken last. */
  get previous(): string {
    return this.#tokens[this.#at - 1]?.text.toUpperCase() ?? ''
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length
  }

  /** Takes the keyword, or the symbol, where it comes next. */
  take(...texts: readonly string[]): boolean {
    const token = this.#tokens[this.#at]
    const isNext = token?.kind !== 'quoted' && texts.includes(token?.text.toUpperCase() ?? '')
    if (isNext) this.#at += 1
    return isNext
  }

  /** Goes over one token. */
  skip(): void {
    this.#at += 1
  }

  /** A name of the current schema. Undefined for any other text, and for a name with its schema. */
  name(): string | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined || this.#tokens[this.#at + 1]?.text === '.') return undefined
    this.#at += 1
    return nameIn(token)
  }

  /** Goes to the first of the keywords. */
  skipTo(keywords: ReadonlySet<string>): string | undefined {
    while (!this.isAtEnd && !keywords.has(this.word)) this.#at += 1
    const found = this.word
    this.#at += 1
    return found === '' ? undefined : found
  }
}

function skipGuard(reader: StatementReader): void {
  if (!reader.take('IF')) return
  reader.take('NOT')
  reader.take('EXISTS')
}

function single(kind: TouchedObjects['kind'], name: string | undefined): TouchedObjects | undefined {
  return name === undefined ? undefined : { kind, names: [name] }
}

function indexed(reader: StatementReader): TouchedObjects | undefined {
  return reader.skipTo(new Set(['ON'])) === undefined ? undefined : single('index', reader.name())
}

/** `name`, `name@host` or `CURRENT_USER()`. */
function skipUser(reader: StatementReader): void {
  reader.skip()
  if (reader.take('@')) reader.skip()
  if (reader.take('(')) reader.take(')')
}

function created(reader: StatementReader): TouchedObjects | undefined {
  while (reader.take(...creationKeywords, 'DEFINER')) {
    if (reader.previous === 'DEFINER' && reader.take('=')) skipUser(reader)
  }
  if (reader.take('TRIGGER')) return { kind: 'trigger', names: [] }
  if (reader.take('PROCEDURE', 'FUNCTION')) return { kind: 'routine', names: [] }
  if (reader.take('INDEX')) return indexed(reader)
  // A table that only this session sees hides one of the same name, and a virtual table has tables of its own: neither is known here.
  const kind = reader.take('TABLE') ? 'table' : reader.take('VIEW') ? 'view' : undefined
  if (kind === undefined) return undefined
  skipGuard(reader)
  return single(kind, reader.name())
}

function altered(reader: StatementReader): TouchedObjects | undefined {
  reader.take('ONLINE')
  reader.take('IGNORE')
  if (!reader.take('TABLE')) return undefined
  skipGuard(reader)
  const name = reader.name()
  if (name === undefined) return undefined
  const names = [name]
  const keywords = new Set(['RENAME', ...exchanging])
  for (let word = reader.skipTo(keywords); word !== undefined; word = reader.skipTo(keywords)) {
    if (word === 'CONVERT' && reader.word !== 'TABLE' && reader.word !== 'PARTITION') continue
    if (exchanging.has(word)) return undefined
    if (renamedParts.has(reader.word)) continue
    reader.take('TO', 'AS', '=')
    const renamed = reader.name()
    if (renamed === undefined) return undefined
    names.push(renamed)
  }
  return { kind: 'table', names }
}

function dropped(reader: StatementReader): TouchedObjects | undefined {
  if (reader.take('INDEX')) return indexed(reader)
  if (reader.take('TRIGGER')) return { kind: 'trigger', names: [] }
  if (reader.take('PROCEDURE', 'FUNCTION')) return { kind: 'routine', names: [] }
  const kind = reader.take('TABLE') ? 'table' : reader.take('VIEW') ? 'view' : undefined
  if (kind === undefined) return undefined
  skipGuard(reader)
  const names: string[] = []
  do {
    const name = reader.name()
    if (name === undefined) return undefined
    names.push(name)
  } while (reader.take(','))
  reader.take('RESTRICT', 'CASCADE')
  return reader.isAtEnd ? { kind, names } : undefined
}

function renamed(reader: StatementReader): TouchedObjects | undefined {
  if (!reader.take('TABLE', 'TABLES')) return undefined
  const names: string[] = []
  do {
    const from = reader.name()
    const to = reader.take('TO') ? reader.name() : undefined
    if (from === undefined || to === undefined) return undefined
    names.push(from, to)
  } while (reader.take(','))
  return reader.isAtEnd ? { kind: 'table', names } : undefined
}

const readers: { readonly [first: string]: (reader: StatementReader) => TouchedObjects | undefined } = {
  CREATE: created,
  ALTER: altered,
  DROP: dropped,
  RENAME: renamed,
  TRUNCATE: (reader) => {
    reader.take('TABLE')
    return single('table', reader.name())
  },
}

function touchedBy(reader: StatementReader): TouchedObjects | undefined {
  const first = reader.word
  if (rowStatements.has(first)) return { kind: 'rows', names: [] }
  reader.take(first)
  return Object.hasOwn(readers, first) ? readers[first]?.(reader) : undefined
}

/**
 * What one statement may change. Undefined where the text doesn't tell: several statements, names with a schema, tables of one
 * session, calls of procedures, and every statement that is not known here.
 */
export function touchedObjects(sql: string, grammar: SqlGrammar): TouchedObjects | undefined {
  const all = lexSql(sql, grammar)
  // The server runs what such a comment holds.
  if (all.some(({ kind, text }) => kind === 'comment' && /^\/\*M?!/.test(text))) return undefined
  const tokens = all.filter(isSignificant)
  while (tokens.at(-1)?.text === ';') tokens.pop()
  const touched = touchedBy(new StatementReader(tokens))
  // Only the body of a trigger or a routine holds semicolons.
  const hasBody = touched?.kind === 'trigger' || touched?.kind === 'routine'
  return !hasBody && tokens.some(({ text }) => text === ';') ? undefined : touched
}
