import { cursorOn, fail } from '../../ddl/cursor.ts'
import { parseTable } from '../../ddl/parse-table.ts'
import { type Edit, splice } from '../../ddl/splice.ts'
import type { ColumnPart, ParsedColumn, ParsedTable, ParsedTableConstraint } from '../../ddl/table-tree.ts'
import { isNameChar, sameName, type Token, tokenAt, tokenize } from '../../sql/tokenize.ts'

type TableItem = ParsedColumn | ParsedTableConstraint

function itemsOf(table: ParsedTable): readonly TableItem[] {
  return [...table.columns, ...table.constraints]
}

export function requireParsedColumn(table: ParsedTable, name: string): ParsedColumn {
  const column = table.columns.find((item) => sameName(item.name.name, name))
  return column ?? fail(cursorOn(table.source), `the column ${name} was not found`)
}

/** The white space and comments that begin at an offset. What follows them is not read. */
function triviaAt(source: string, offset: number): readonly Token[] {
  const tokens: Token[] = []
  for (let start = offset; start < source.length; ) {
    const [kind, end] = tokenAt(source, start)
    if (kind !== 'space' && kind !== 'comment') break
    tokens.push({ kind, text: source.slice(start, end), start, end })
    start = end
  }
  return tokens
}

/** Past the comments that end the line on which `offset` stands; they belong to what is before them. */
function pastLineEnd(source: string, offset: number): number {
  let end = offset
  const trivia = triviaAt(source, offset)
  for (const [at, token] of trivia.entries()) {
    if (token.kind === 'space') {
      if (token.text.includes('\n')) break
      continue
    }
    const after = trivia[at + 1]
    const last = token.text.startsWith('--') || after?.text.includes('\n') === true || source[token.end] === ')'
    if (!last && after?.kind !== 'comment') break
    end = token.end
  }
  return end
}

const endsInLineComment = (source: string, offset: number): boolean => {
  const last = tokenize(source.slice(0, offset)).at(-1)
  return last?.kind === 'comment' && last.text.startsWith('--')
}

const endsInComment = (source: string, offset: number): boolean =>
  tokenize(source.slice(0, offset)).at(-1)?.kind === 'comment'

/** Where the part of the text begins that belongs to the item: its own lines of comments are in it. */
function regionStart(table: ParsedTable, items: readonly TableItem[], at: number): number {
  if (at === 0) return pastLineEnd(table.source, table.openParen + 1)
  const before = items[at - 1] as TableItem
  return before.comma === undefined ? before.end : pastLineEnd(table.source, before.comma + 1)
}

/**
 * The text without one column or constraint, its comma and its comments: those on lines of their own before it, and one
 * that ends its line. Everything else stays byte for byte.
 */
export function removeItem(table: ParsedTable, item: TableItem): string {
  const { source } = table
  const items = itemsOf(table)
  const at = items.indexOf(item)
  const start = regionStart(table, items, at)
  const last = at === items.length - 1
  const end = last || item.comma === undefined ? pastLineEnd(source, item.end) : regionStart(table, items, at + 1)
  // The rest may not slip into a line comment before it, nor a comment that ended its line come to belong to the rest.
  const glue = endsInComment(source, start) && source[end] !== '\n' ? '\n' : ''
  const comma = last ? items[at - 1]?.comma : undefined
  return splice(source, [
    ...(comma === undefined ? [] : [{ start: comma, end: comma + 1, text: '' }]),
    { start, end, text: glue },
  ])
}

/** A new column goes where SQLite's own ADD COLUMN puts it: before the comma that begins the constraints, else last. */
export function insertColumn(source: string, text: string): string {
  const table = parseTable(source)
  const at = table.columns.at(-1)?.comma ?? table.closeParen
  return splice(source, [{ start: at, end: at, text: `, ${text}` }])
}

export function insertConstraint(source: string, text: string): string {
  const { closeParen } = parseTable(source)
  return splice(source, [{ start: closeParen, end: closeParen, text: `, ${text}` }])
}

const joins = (char: string | undefined): boolean => isNameChar(char) || char === '"' || char === "'" || char === '`'

/** Words put after an offset, apart from their neighbours. */
export function insertAfter(source: string, offset: number, text: string): Edit {
  return { start: offset, end: offset, text: ` ${text}${joins(source[offset]) ? ' ' : ''}` }
}

/** A stretch taken away with the white space before it, unless that ends a comment. */
export function removeSpan(source: string, span: { readonly start: number; readonly end: number }): Edit {
  let start = span.start
  while (start > 0 && ' \t\n\f\r'.includes(source[start - 1] as string)) start -= 1
  if (endsInLineComment(source, start)) start = span.start
  const needsSpace = joins(source[start - 1]) && joins(source[span.end])
  return { start, end: span.end, text: needsSpace ? ' ' : '' }
}

/** What a column's text says later of its REFERENCES; else it would be said of another one. */
export function deferralsOf(parts: readonly ColumnPart[], of: ColumnPart): readonly ColumnPart[] {
  if (of.kind !== 'references') return []
  const later = parts.slice(parts.indexOf(of) + 1)
  const next = later.findIndex(({ kind }) => kind === 'references')
  return later.slice(0, next === -1 ? undefined : next).filter(({ kind }) => kind === 'deferral')
}
