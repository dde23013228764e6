import type { SqlToken } from '@org/migrate-core/dialect'
import { isWord, nameOf } from '../sql/tokens.ts'
import { type Frame, isName, keywords, scopeIn } from './reference-keywords.ts'
import type { ColumnUse, References, Scope, StarUse, TableUse } from './reference-types.ts'

/*
 * Where the text of a view or the body of a trigger names tables and columns. The server keeps such texts as they are when what they
 * name is renamed or dropped, and finds out when they are used.
 * https://dev.mysql.com/doc/refman/8.4/en/rename-table.html, https://dev.mysql.com/doc/refman/8.4/en/create-view.html
 */

const keywordsIn = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

const modifiers = keywordsIn('LOW_PRIORITY DELAYED HIGH_PRIORITY IGNORE QUICK INTO LATERAL ONLY')

const notAlias =
  keywordsIn(`JOIN LEFT RIGHT INNER CROSS NATURAL OUTER STRAIGHT_JOIN ON USING WHERE SET AS VALUES VALUE SELECT
  GROUP ORDER HAVING LIMIT UNION EXCEPT INTERSECT PARTITION FROM USE FORCE IGNORE FOR WINDOW END THEN DO WITH LOCK PROCEDURE
  INTO RETURNING`)

const operators =
  keywordsIn(`AND OR XOR NOT IS IN LIKE REGEXP RLIKE BETWEEN DIV MOD CASE WHEN THEN ELSE DISTINCT ALL SELECT BY ON
  SET WHERE HAVING INTERVAL BINARY RETURN IF ELSEIF WHILE UNTIL VALUES VALUE EXISTS ANY SOME USING FROM INTO COLLATE LIMIT`)

/** One pass over the tokens of a text. Positions count those that are neither space nor comment. */
class ReferenceReader {
  readonly tables: TableUse[] = []
  readonly columns: ColumnUse[] = []
  readonly stars: StarUse[] = []
  readonly declared = new Set<string>()
  readonly #tokens: readonly SqlToken[]
  readonly #positions: readonly number[]
  readonly #frames: Frame[] = []

  constructor(tokens: readonly SqlToken[], start: number) {
    this.#tokens = tokens
    this.#positions = tokens.flatMap(({ kind }, at) =>
      at < start || kind === 'space' || kind === 'comment' ? [] : [at],
    )
    // The text of a view begins with its SELECT, the body of a trigger stands behind its header.
    this.#push(scopeIn(undefined, start === 0))
  }

  token(at: number): SqlToken | undefined {
    return this.#tokens[this.#index(at)]
  }

  nameAt(at: number): string {
    return nameOf(this.token(at)) ?? ''
  }

  read(): void {
    for (let at = 0; at < this.#positions.length; ) at = this.#step(this.#frames.at(-1) as Frame, at)
  }

  #index(at: number): number {
    return this.#positions[at] ?? -1
  }

  #push(scope: Scope, more: Partial<Frame> = {}): void {
    this.#frames.push({
      scope,
      clause: 'other',
      expecting: false,
      written: [],
      isNames: false,
      ...more,
    })
  }

  /** Gives the position after what it has read. */
  #step(frame: Frame, at: number): number {
    const here = this.token(at) as SqlToken
    const word = here.kind === 'word' ? here.text.toUpperCase() : ''
    if (/^[(),;*]$/.test(here.text)) {
      this.#punctuation(here.text, frame, at)
      return at + 1
    }
    const next = keywords.get(word)?.(this, frame, at)
    if (next !== undefined) return next
    if (frame.expecting && modifiers.has(word)) return at + 1
    const before = this.token(at - 1)?.text
    if (!isName(here) || before === '@' || before === '.') return at + 1
    if (frame.expecting) return this.#table(frame, at)
    const isSkipped = frame.isNames || operators.has(word) || notAlias.has(word) || word === 'NULL'
    return isSkipped ? at + 1 : this.#column(frame, at)
  }

  #punctuation(text: string, frame: Frame, at: number): void {
    if (text === '(') this.#enterParenthesis(frame, at)
    else if (text === ')') {
      if (this.#frames.length > 1) this.#frames.pop()
      const outer = this.#frames.at(-1) as Frame
      outer.expecting = false
    } else if (text === ',') frame.expecting = frame.clause === 'tables'
    else if (text === ';')
      Object.assign(frame, { scope: scopeIn(undefined), clause: 'other', expecting: false, written: [] })
    else if (frame.clause === 'select' && this.#beginsItem(at))
      this.stars.push({ at: this.#index(at), scope: frame.scope })
  }

  /** It is the first token of what a SELECT lists. */
  #beginsItem(at: number): boolean {
    const before = this.token(at - 1)
    return before?.text === ',' || isWord(before, 'SELECT', 'DISTINCT', 'ALL')
  }

  #enterParenthesis(frame: Frame, at: number): void {
    let inner = at
    while (this.token(inner)?.text === '(') inner += 1
    const isDerived = frame.clause === 'tables' && frame.expecting
    if (isWord(this.token(inner), 'SELECT', 'WITH', 'TABLE', 'VALUES')) {
      if (isDerived && this.token(at + 1)?.text !== '(') frame.scope.derived = true
      const isWhole = frame.scope.named && frame.scope.tables.length === 0 && frame.clause !== 'select'
      const named = isDerived || isWhole || isWord(this.token(at - 1), 'AS')
      this.#push(scopeIn(frame.scope, named))
    } else if (isDerived) this.#push(frame.scope, { clause: 'tables', expecting: true })
    else this.#push(frame.scope, { isNames: isWord(this.token(at - 1), 'INDEX', 'KEY', 'PARTITION') })
  }

  /** The last part of a name that may be qualified. */
  #lastPart(at: number): number {
    let last = at
    while (this.token(last + 1)?.text === '.' && isName(this.token(last + 2))) last += 2
    return last
  }

  /** A name where a table is expected; gives the position after it and its alias. */
  #table(frame: Frame, at: number): number {
    frame.expecting = false
    const last = this.#lastPart(at)
    if (this.token(last + 1)?.text === '(' && frame.clause !== 'into') {
      frame.scope.derived = true
      return last + 1
    }
    const aliased = isWord(this.token(last + 1), 'AS') ? last + 2 : last + 1
    const alias = this.token(aliased)
    const isAlias =
      frame.clause !== 'into' &&
      isName(alias) &&
      (alias?.kind === 'quoted' || !notAlias.has(alias?.text.toUpperCase() ?? ''))
    const use: TableUse = {
      at: this.#index(last),
      name: this.nameAt(last),
      ...(last === at ? {} : { schema: this.nameAt(last - 2) }),
      ...(isAlias ? { alias: this.nameAt(aliased) } : {}),
    }
    this.tables.push(use)
    frame.scope.tables.push(use)
    return isAlias ? aliased + 1 : last + 1
  }

  /** It follows a value: it is the name of what is selected, without AS. */
  #followsValue(at: number): boolean {
    const before = this.token(at - 1)
    if (before?.kind === 'word') return !operators.has(before.text.toUpperCase())
    return before?.text === ')' || before?.kind === 'string' || before?.kind === 'number' || before?.kind === 'quoted'
  }

  /** A name where a column may be meant; gives the position after it. */
  #column(frame: Frame, at: number): number {
    const { scope } = frame
    const last = this.#lastPart(at)
    const after = this.token(last + 1)
    if (after?.text === '(' && this.token(last)?.kind === 'word') return last + 1
    if (after?.text === '.' && this.token(last + 2)?.text === '*') {
      this.stars.push({ at: this.#index(last + 2), qualifier: this.nameAt(last), scope })
      return last + 3
    }
    if (last === at && (isWord(this.token(at - 1), 'AS') || this.#followsValue(at))) {
      if (frame.clause === 'select') scope.outputs.add(this.nameAt(at).toLowerCase())
      return last + 1
    }
    const ends = after === undefined || /^[,;)]$/.test(after.text) || isWord(after, 'FROM')
    const isOutput = scope.named && frame.clause === 'select' && ends && this.#beginsItem(at)
    if (isOutput) scope.outputs.add(this.nameAt(last).toLowerCase())
    this.columns.push({
      at: this.#index(last),
      name: this.nameAt(last),
      ...(last === at ? {} : { qualifier: { at: this.#index(last - 2), name: this.nameAt(last - 2) } }),
      scope,
      isOutput,
      afterSelect: frame.clause === 'after',
    })
    return last + 1
  }
}

/** Reads the tokens from `start` on. */
export function referencesIn(tokens: readonly SqlToken[], start = 0): References {
  const reader = new ReferenceReader(tokens, start)
  reader.read()
  const { tables, columns, stars, declared } = reader
  return { tokens, tables, columns, stars, declared }
}
