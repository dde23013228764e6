import { isSignificant, lexSql, MigrateError, present, type SqlToken } from '@org/migrate-core/dialect'
import { grammar } from '../sql/grammar.ts'
import { nameOf } from '../sql/names-in.ts'

/** One key of an index. */
export interface DefinitionPart {
  readonly term: string
  readonly isColumn: boolean
  readonly collation?: string
  readonly operatorClass?: string
  readonly order?: 'desc'
  readonly nulls?: 'first' | 'last'
}

interface IndexDefinition {
  readonly unique: boolean
  readonly method: string
  readonly elements: readonly DefinitionPart[]
  readonly include: readonly string[]
  readonly nullsNotDistinct: boolean
  readonly options: { readonly [option: string]: string }
  readonly where?: string
}

/** Tokens with the spaces between them, so that a part of the text is that text. */
export class Cursor {
  readonly #tokens: readonly SqlToken[]
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = lexSql(text, grammar)
    this.#skip()
  }

  get next(): SqlToken | undefined {
    return this.#tokens[this.#at]
  }

  isAt(...keywords: readonly string[]): boolean {
    let at = this.#at
    return keywords.every((word) => {
      while (this.#tokens[at]?.kind === 'space') at += 1
      const token = this.#tokens[at]
      at += 1
      return token !== undefined && token.kind !== 'quoted' && token.text.toLowerCase() === word
    })
  }

  take(...keywords: readonly string[]): boolean {
    if (!this.isAt(...keywords)) return false
    for (const _ of keywords) this.step()
    return true
  }

  step(): SqlToken {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw this.unreadable('it ends too early')
    this.#at += 1
    this.#skip()
    return token
  }

  need(word: string): void {
    if (!this.take(word)) throw this.unreadable(`${word} is expected before ${this.next?.text ?? 'its end'}`)
  }

  /** From here to the parenthesis that closes the one that stands here. */
  group(): string {
    const parts: string[] = []
    let depth = 0
    do {
      const token = this.#tokens[this.#at]
      if (token === undefined) throw this.unreadable('a parenthesis is not closed')
      if (token.text === '(') depth += 1
      if (token.text === ')') depth -= 1
      parts.push(token.text)
      this.#at += 1
    } while (depth > 0)
    this.#skip()
    return parts.join('')
  }

  rest(): string {
    const text = this.#tokens
      .slice(this.#at)
      .map(({ text: part }) => part)
      .join('')
    this.#at = this.#tokens.length
    return text
  }

  /** `name` or `schema.name`, as it is written. */
  name(): string {
    let text = this.step().text
    while (this.next?.text === '.') text += this.step().text + this.step().text
    return text
  }

  unreadable(why: string): MigrateError {
    const details = { object: 'a definition', sql: this.#text, why }
    return new MigrateError('UNPARSED_SQL', details, `${this.#text} cannot be read: ${why}`)
  }

  #skip(): void {
    while (this.#at < this.#tokens.length && !isSignificant(this.#tokens[this.#at] as SqlToken)) this.#at += 1
  }
}

/** One name without its quotes; a qualified one as it is written. */
function plainName(written: string): string {
  const tokens = lexSql(written, grammar)
  return tokens.length === 1 ? (nameOf(tokens[0]) ?? written) : written
}

/** Without the parentheses around the whole. */
export function unwrapped(text: string): string {
  const cursor = new Cursor(text)
  if (cursor.next?.text !== '(') return text
  const group = cursor.group()
  return cursor.next === undefined ? unwrapped(group.slice(1, -1).trim()) : text
}

const ends = [')', ',']

function readElement(cursor: Cursor): DefinitionPart {
  // A column stands plain, a call too; every other expression is in parentheses.
  let term = cursor.next?.text === '(' ? cursor.group() : cursor.name()
  let isColumn = !term.startsWith('(')
  if (isColumn && cursor.next?.text === '(') {
    term += cursor.group()
    isColumn = false
  }
  const collation = cursor.take('collate') ? cursor.name() : undefined
  const isClass = !ends.includes(cursor.next?.text ?? '') && !['asc', 'desc', 'nulls'].some((word) => cursor.isAt(word))
  const operatorClass = isClass ? cursor.name() + (cursor.next?.text === '(' ? cursor.group() : '') : undefined
  const order = cursor.take('desc') ? 'desc' : undefined
  // The server never prints it, people write it.
  cursor.take('asc')
  const nulls = cursor.take('nulls') ? (cursor.step().text.toLowerCase() as 'first' | 'last') : undefined
  return {
    term: isColumn ? plainName(term) : unwrapped(term),
    isColumn,
    ...(collation === undefined ? {} : { collation: plainName(collation) }),
    ...present({ operatorClass, order, nulls }),
  }
}

/** One key of an index as it was written; undefined where it is an expression without the parentheses that it needs there. */
export function readIndexElement(text: string): DefinitionPart | undefined {
  const cursor = new Cursor(`${text})`)
  const part = readElement(cursor)
  return cursor.take(')') && cursor.next === undefined ? part : undefined
}

function readList<T>(cursor: Cursor, read: () => T): readonly T[] {
  cursor.need('(')
  const items = [read()]
  while (cursor.take(',')) items.push(read())
  cursor.need(')')
  return items
}

function readOption(cursor: Cursor): readonly [string, string] {
  const name = plainName(cursor.name())
  cursor.need('=')
  const { kind, text } = cursor.step()
  return [name, kind === 'string' ? text.slice(1, -1).replaceAll("''", "'") : text]
}

/** An index over columns whose names need no quotes, without anything else: most are. */
const plainIndex =
  /^CREATE (UNIQUE )?INDEX [^\s"]+ ON [^\s"]+ USING ([a-z]+) \(([a-z_][a-z0-9_]*(?:, [a-z_][a-z0-9_]*)*)\)$/

/** The text of `pg_get_indexdef` in its parts. Throws UNPARSED_SQL. */
export function readIndexDefinition(text: string): IndexDefinition {
  const [, uniqueWord, plainMethod, columns] = plainIndex.exec(text) ?? []
  if (plainMethod !== undefined && columns !== undefined) {
    const elements = columns.split(', ').map((term) => ({ term, isColumn: true }))
    return {
      unique: uniqueWord !== undefined,
      method: plainMethod,
      elements,
      include: [],
      nullsNotDistinct: false,
      options: {},
    }
  }
  const cursor = new Cursor(text)
  cursor.need('create')
  const unique = cursor.take('unique')
  cursor.need('index')
  cursor.name()
  cursor.need('on')
  cursor.take('only')
  cursor.name()
  cursor.need('using')
  const method = plainName(cursor.name())
  const elements = readList(cursor, () => readElement(cursor))
  const include = cursor.take('include') ? readList(cursor, () => plainName(cursor.name())) : []
  const nullsNotDistinct = cursor.take('nulls', 'not', 'distinct')
  const options = cursor.take('with') ? Object.fromEntries(readList(cursor, () => readOption(cursor))) : {}
  if (cursor.take('tablespace')) cursor.name()
  const where = cursor.take('where') ? unwrapped(cursor.rest()) : undefined
  return { unique, method, elements, include, nullsNotDistinct, options, ...present({ where }) }
}
