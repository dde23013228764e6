import { afterParenthesis, isWord, nameOf, significant, type Token, textOf } from './tokens.ts'

/** What a column definition is made of, in the order in which both flavours take it. */
export const partKinds = [
  'type',
  'charset',
  'collate',
  'generated',
  'nullable',
  'default',
  'onUpdate',
  'autoIncrement',
  'comment',
  'check',
] as const

/** `other`: what the model has no word for (INVISIBLE, SRID, COMPRESSED, COLUMN_FORMAT); it stays in its place. */
interface ColumnPart {
  readonly kind: (typeof partKinds)[number] | 'other'
  readonly text: string
}

/** A column's definition, without its name. */
export type ColumnText = readonly ColumnPart[]

const starters = new Set([
  ...[
    'CHARACTER',
    'CHARSET',
    'COLLATE',
    'GENERATED',
    'AS',
    'NOT',
    'NULL',
    'DEFAULT',
    'ON',
    'AUTO_INCREMENT',
    'COMMENT',
  ],
  ...['CHECK', 'CONSTRAINT', 'INVISIBLE', 'VISIBLE', 'WITHOUT', 'WITH', 'COLUMN_FORMAT', 'STORAGE', 'COMPRESSED'],
  ...['REF_SYSTEM_ID', 'SRID', 'UNIQUE', 'PRIMARY', 'KEY', 'REFERENCES', 'VIRTUAL', 'STORED', 'PERSISTENT'],
])

const starts = (token: Token | undefined): boolean =>
  token === undefined || token.kind === 'comment' || (token.kind === 'word' && starters.has(token.text.toUpperCase()))

/** The place after an operand: everything up to the next word that begins a part. */
function afterValue(tokens: readonly Token[], from: number): number {
  let at = from + 1
  if (tokens[from]?.text === '(') at = afterParenthesis(tokens, from)
  while (!starts(tokens[at])) at = tokens[at]?.text === '(' ? afterParenthesis(tokens, at) : at + 1
  return at
}

/** The part that begins at `at`, and the place after it, which is always a later one. */
function partAt(tokens: readonly Token[], at: number): readonly [ColumnPart['kind'], number] {
  const token = tokens[at]
  if (isWord(token, 'CHARACTER')) return ['charset', at + 3]
  if (isWord(token, 'CHARSET')) return ['charset', at + 2]
  if (isWord(token, 'COLLATE')) return ['collate', at + 2]
  if (isWord(token, 'GENERATED', 'AS')) {
    const value = (isWord(token, 'AS') ? at : at + 2) + 1
    // MariaDB's columns of a system period: `GENERATED ALWAYS AS ROW START`. https://mariadb.com/kb/en/system-versioned-tables/
    const end = isWord(tokens[value], 'ROW') ? value + 2 : afterParenthesis(tokens, value)
    return ['generated', isWord(tokens[end], 'VIRTUAL', 'STORED', 'PERSISTENT') ? end + 1 : end]
  }
  if (isWord(token, 'NOT') && isWord(tokens[at + 1], 'NULL')) return ['nullable', at + 2]
  if (isWord(token, 'NULL')) return ['nullable', at + 1]
  if (isWord(token, 'DEFAULT')) return ['default', afterValue(tokens, at + 1)]
  if (isWord(token, 'ON')) return ['onUpdate', tokens[at + 3]?.text === '(' ? afterParenthesis(tokens, at + 3) : at + 3]
  if (isWord(token, 'AUTO_INCREMENT')) return ['autoIncrement', at + 1]
  if (isWord(token, 'COMMENT')) return ['comment', at + 2]
  if (isWord(token, 'CHECK')) return ['check', afterParenthesis(tokens, at + 1)]
  // `WITHOUT SYSTEM VERSIONING`, `SRID 4326`, `COLUMN_FORMAT FIXED`, `NOT SECONDARY`: up to the next part.
  return ['other', token?.kind === 'comment' ? at + 1 : afterValue(tokens, at)]
}

/** Cuts a definition into its parts; the texts keep every token. Every part takes at least one, so that this ends. */
export function parseColumnText(definition: string): ColumnText {
  const tokens = significant(definition)
  const parts: ColumnPart[] = []
  const typeEnd = afterValue(tokens, 0)
  parts.push({ kind: 'type', text: textOf(tokens.slice(0, typeEnd)) })
  for (let at = typeEnd; at < tokens.length; ) {
    const [kind, end] = partAt(tokens, at)
    parts.push({ kind, text: textOf(tokens.slice(at, end)) })
    at = end
  }
  return parts
}

export function printColumnText(parts: ColumnText): string {
  return parts.map(({ text }) => text).join(' ')
}

export function findPart(parts: ColumnText, kind: ColumnPart['kind']): string | undefined {
  return parts.find((part) => part.kind === kind)?.text
}

/** The definition with one part set, or taken away. A new one stands where the grammar has it; everything else keeps its place. */
export function setPart(parts: ColumnText, kind: (typeof partKinds)[number], text: string | undefined): ColumnText {
  const at = parts.findIndex((part) => part.kind === kind)
  if (at !== -1) return parts.toSpliced(at, 1, ...(text === undefined ? [] : [{ kind, text }]))
  if (text === undefined) return parts
  const rank = partKinds.indexOf(kind)
  const before = parts.findLastIndex((part) => part.kind !== 'other' && partKinds.indexOf(part.kind) < rank)
  // What follows the type directly belongs to it: `varchar(10) COMPRESSED`.
  const index = before === 0 && parts[1]?.kind === 'other' && parts[1].text.includes('COMPRESSED') ? 2 : before + 1
  return parts.toSpliced(index, 0, { kind, text })
}

/** The columns' definitions, the other items and what follows the parentheses of a CREATE TABLE text. */
export interface TableText {
  readonly columns: ReadonlyMap<string, ColumnText>
  readonly items: readonly string[]
  readonly tail: string
}

export function parseTableText(source: string): TableText {
  const tokens = significant(source)
  const openParen = tokens.findIndex(({ text }) => text === '(')
  if (openParen === -1) return { columns: new Map(), items: [], tail: textOf(tokens) }
  const closeParen = afterParenthesis(tokens, openParen) - 1
  const columns = new Map<string, ColumnText>()
  const items: string[] = []
  for (let at = openParen + 1; at < closeParen; ) {
    let end = at
    while (end < closeParen && tokens[end]?.text !== ',')
      end = tokens[end]?.text === '(' ? afterParenthesis(tokens, end) : end + 1
    const item = tokens.slice(at, end)
    // Only a column begins with a quoted name; SHOW CREATE TABLE quotes every one of them.
    if (item[0]?.kind === 'quoted') columns.set(nameOf(item[0]) ?? '', parseColumnText(textOf(item.slice(1))))
    else items.push(textOf(item))
    at = end + 1
  }
  return { columns, items, tail: textOf(tokens.slice(closeParen + 1)) }
}
