/**
 * A reader of SQLite's CREATE texts for the oracle. It shares nothing with the reader under test: what it is for is to
 * say which stretch of a text belongs to which definition, so that stretches can be compared character by character.
 */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'blob' | 'number' | 'mark'
  readonly text: string
  readonly start: number
  readonly end: number
}

const lexer =
  /(\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))|([xX]'[0-9a-fA-F]*')|('(?:[^']|'')*')|("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(0[xX][0-9a-fA-F]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)|([\p{L}\p{M}\p{N}_$\u0080-\u{10ffff}]+)|(\|\||<=|>=|<>|!=|==|->>|->|.)/suy

export function tokenise(text: string): { readonly tokens: readonly Token[]; readonly comments: readonly Token[] } {
  const tokens: Token[] = []
  const comments: Token[] = []
  lexer.lastIndex = 0
  while (lexer.lastIndex < text.length) {
    const start = lexer.lastIndex
    const match = lexer.exec(text)
    if (match === null) throw new Error(`cannot read SQL at ${start}: ${text.slice(start, start + 40)}`)
    const [all, trivia, blob, string, quoted, number, word] = match
    const token = { text: all, start, end: lexer.lastIndex }
    if (trivia !== undefined) {
      if (/^[-/]/.test(trivia)) comments.push({ kind: 'mark', ...token })
    } else if (blob !== undefined) tokens.push({ kind: 'blob', ...token })
    else if (string !== undefined) tokens.push({ kind: 'string', ...token })
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', ...token })
    else if (number !== undefined) tokens.push({ kind: 'number', ...token })
    else if (word !== undefined) tokens.push({ kind: 'word', ...token })
    else tokens.push({ kind: 'mark', ...token })
  }
  return { tokens, comments }
}

/** The name that a token stands for; SQLite also takes a 'string' where a name has to be. */
export function nameOf(token: Token): string {
  const inner = token.text.slice(1, -1)
  const first = token.text[0]
  if (token.kind === 'word') return token.text
  if (first === '[') return inner
  return inner.replaceAll(`${first}${first}`, first ?? '')
}

/** Lower case as SQLite has it: ASCII letters only. */
export function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

export type PieceKind =
  | 'primaryKey'
  | 'notNull'
  | 'null'
  | 'unique'
  | 'check'
  | 'default'
  | 'collate'
  | 'references'
  | 'generated'
  | 'foreignKey'
  | 'dangling'

export interface Piece {
  readonly kind: PieceKind
  readonly text: string
  readonly name?: string
  readonly tokens: readonly Token[]
}

export interface Definition {
  readonly kind: 'column' | 'constraint'
  /** The column's name, or the constraint's. */
  readonly name?: string
  readonly type: string
  readonly pieces: readonly Piece[]
  readonly text: string
  readonly start: number
  readonly end: number
}

export interface TableText {
  readonly definitions: readonly Definition[]
  /** What follows the closing parenthesis. */
  readonly options: readonly string[]
  readonly comments: readonly Token[]
}

const upper = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '')
const isMark = (token: Token | undefined, mark: string): boolean => token?.kind === 'mark' && token.text === mark

function closing(tokens: readonly Token[], opening: number): number {
  let depth = 0
  for (let at = opening; at < tokens.length; at++) {
    if (isMark(tokens[at], '(')) depth++
    if (isMark(tokens[at], ')') && --depth === 0) return at
  }
  throw new Error('parenthesis without end')
}

const pieceStarts = new Set(
  'CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS FOREIGN'.split(' '),
)

/** Where the piece that starts at `from` ends (exclusive), and what it is. */
function pieceAt(tokens: readonly Token[], from: number): { readonly kind: PieceKind; readonly end: number } {
  const word = (at: number): string => upper(tokens[at])
  const conflict = (at: number): number => (word(at) === 'ON' && word(at + 1) === 'CONFLICT' ? at + 3 : at)
  const group = (at: number): number => (isMark(tokens[at], '(') ? closing(tokens, at) + 1 : at)
  const references = (start: number): number => {
    let at = group(start + 2)
    for (;;) {
      if (word(at) === 'ON' && word(at + 1) !== 'CONFLICT') at += ['SET', 'NO'].includes(word(at + 2)) ? 4 : 3
      else if (word(at) === 'MATCH') at += 2
      else if (word(at) === 'DEFERRABLE' || (word(at) === 'NOT' && word(at + 1) === 'DEFERRABLE')) {
        at += word(at) === 'NOT' ? 2 : 1
        if (word(at) === 'INITIALLY') at += 2
      } else return at
    }
  }
  switch (word(from)) {
    case 'PRIMARY': {
      let at = group(from + 2)
      if (['ASC', 'DESC'].includes(word(at))) at++
      at = conflict(at)
      return { kind: 'primaryKey', end: word(at) === 'AUTOINCREMENT' ? at + 1 : at }
    }
    case 'NOT':
      return { kind: 'notNull', end: conflict(from + 2) }
    case 'NULL':
      return { kind: 'null', end: conflict(from + 1) }
    case 'UNIQUE':
      return { kind: 'unique', end: conflict(group(from + 1)) }
    case 'CHECK':
      return { kind: 'check', end: conflict(group(from + 1)) }
    case 'DEFAULT': {
      if (isMark(tokens[from + 1], '(')) return { kind: 'default', end: group(from + 1) }
      return { kind: 'default', end: from + (isMark(tokens[from + 1], '-') || isMark(tokens[from + 1], '+') ? 3 : 2) }
    }
    case 'COLLATE':
      return { kind: 'collate', end: from + 2 }
    case 'REFERENCES':
      return { kind: 'references', end: references(from) }
    case 'FOREIGN':
      return { kind: 'foreignKey', end: references(group(from + 2)) }
    case 'GENERATED':
    case 'AS': {
      const at = group(from + (word(from) === 'AS' ? 1 : 3))
      return { kind: 'generated', end: ['STORED', 'VIRTUAL'].includes(word(at)) ? at + 1 : at }
    }
    default:
      return { kind: 'dangling', end: from }
  }
}

function piecesOf(text: string, tokens: readonly Token[], start: number): Piece[] {
  const pieces: Piece[] = []
  let at = start
  while (at < tokens.length) {
    const from = at
    let name: string | undefined
    while (upper(tokens[at]) === 'CONSTRAINT') {
      const nameToken = tokens[at + 1]
      name = nameToken === undefined ? undefined : nameOf(nameToken)
      at += 2
    }
    const { kind, end } = pieceAt(tokens, at)
    const last = tokens[end - 1]
    const first = tokens[from]
    if (end === from || last === undefined || first === undefined) throw new Error(`cannot read a constraint: ${text}`)
    pieces.push({
      kind,
      text: text.slice(first.start, last.end),
      ...(name === undefined ? {} : { name }),
      tokens: tokens.slice(from, end),
    })
    at = end
  }
  return pieces
}

function definition(text: string, tokens: readonly Token[]): Definition {
  const [first] = tokens
  const last = tokens.at(-1)
  if (first === undefined || last === undefined) throw new Error(`an empty definition: ${text}`)
  const whole = { text: text.slice(first.start, last.end), start: first.start, end: last.end }
  if (first.kind === 'word' && ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN'].includes(upper(first))) {
    const pieces = piecesOf(text, tokens, 0)
    const name = pieces[0]?.name
    return { kind: 'constraint', type: '', pieces, ...whole, ...(name === undefined ? {} : { name }) }
  }
  let at = 1
  while (at < tokens.length && !pieceStarts.has(upper(tokens[at]))) {
    at = isMark(tokens[at], '(') ? closing(tokens, at) + 1 : at + 1
  }
  const typeEnd = tokens[at - 1]
  const type = at === 1 || typeEnd === undefined ? '' : text.slice(tokens[1]?.start, typeEnd.end)
  return { kind: 'column', name: nameOf(first), type, pieces: piecesOf(text, tokens, at), ...whole }
}

/** SQLite lets table constraints follow each other without a comma; each is a definition of its own here. */
function separated(tokens: readonly Token[]): (readonly Token[])[] {
  const starts: number[] = [0]
  if (['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN'].includes(upper(tokens[0]))) {
    let at = 0
    while (at < tokens.length) {
      while (upper(tokens[at]) === 'CONSTRAINT') at += 2
      at = Math.max(pieceAt(tokens, at).end, at + 1)
      if (at < tokens.length) starts.push(at)
    }
  }
  return starts.map((start, index) => tokens.slice(start, starts[index + 1]))
}

export function readCreateTable(text: string): TableText {
  const { tokens, comments } = tokenise(text)
  const opening = tokens.findIndex((token) => isMark(token, '('))
  const close = closing(tokens, opening)
  const definitions: Definition[] = []
  let from = opening + 1
  let depth = 0
  for (let at = opening + 1; at <= close; at++) {
    if (isMark(tokens[at], '(')) depth++
    if (isMark(tokens[at], ')') && at !== close) depth--
    if (depth === 0 && (at === close || isMark(tokens[at], ','))) {
      for (const part of separated(tokens.slice(from, at))) definitions.push(definition(text, part))
      from = at + 1
    }
  }
  return { definitions, options: tokens.slice(close + 1).map((token) => token.text.toUpperCase()), comments }
}

/** Names that were renamed: old (folded) to new (folded). */
export type Renames = ReadonlyMap<string, string>

/** A form in which two texts are equal iff they differ in white space, comments, quoting and the renamed names at most. */
export function tokenForm(text: string, renames: Renames = new Map()): string {
  return tokenise(text)
    .tokens.map((token) => {
      if (token.kind !== 'quoted' && token.kind !== 'word') return token.text
      const name = fold(nameOf(token))
      return `<${renames.get(name) ?? name}>`
    })
    .join(' ')
}

export function mentions(text: string, names: Iterable<string>): boolean {
  const foldedNames = new Set([...names].map(fold))
  return tokenise(text).tokens.some(
    (token) => (token.kind === 'quoted' || token.kind === 'word') && foldedNames.has(fold(nameOf(token))),
  )
}
