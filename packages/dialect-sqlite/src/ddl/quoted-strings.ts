import { literalText } from '../sql/quote.ts'
import { rowidNames } from '../sql/rowid-names.ts'
import { sameName } from '../sql/tokenize.ts'
import { columnsIn } from './column-uses.ts'
import { type Span, slice } from './cursor.ts'
import { type Edit, splice } from './splice.ts'
import type { ParsedTable } from './table-tree.ts'

/**
 * The edits that write strings as strings. `"x"` is a name; where no column is called so, SQLite takes it for a string, but
 * only in texts that it has stored already: many builds, this driver's among them, refuse to create anything with it.
 */
function asStrings(source: string, span: Span, columns: readonly string[]): readonly Edit[] {
  if (!slice(source, span).includes('"')) return []
  return columnsIn(source, span).flatMap(({ name, start, end, qualifier }) => {
    const isName = source[start] !== '"' || qualifier !== undefined
    if (isName || [...columns, ...rowidNames].some((column) => sameName(column, name))) return []
    return [{ start, end, text: literalText(name) }]
  })
}

/** An expression of a text, with its strings written as such. */
export function expressionText(source: string, span: Span, columns: readonly string[]): string {
  const text = slice(source, span)
  return splice(text, asStrings(text, { start: 0, end: text.length }, columns)).trim()
}

/** The text with the strings in these expressions written as such. `columns` are all names that may mean a column. */
export function withStrings(source: string, spans: readonly Span[], columns: readonly string[]): string {
  return splice(
    source,
    spans.flatMap((span) => asStrings(source, span, columns)),
  )
}

export const columnNames = (table: ParsedTable): readonly string[] => table.columns.map(({ name }) => name.name)
