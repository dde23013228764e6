import { columnsIn } from '../../ddl/column-uses.ts'
import type { Span } from '../../ddl/cursor.ts'
import { createHeadOfIndex } from '../../ddl/parse-index.ts'
import { parseTable } from '../../ddl/parse-table.ts'
import { type Edit, replaceName, splice } from '../../ddl/splice.ts'
import type { ParsedReference, ParsedTable } from '../../ddl/table-tree.ts'
import { quoteName } from '../../sql/quote.ts'
import { foldName, sameName } from '../../sql/tokenize.ts'

/** The expressions of a table's text: its CHECKs and generated columns. */
export function expressionsOf(table: ParsedTable): readonly Span[] {
  return [
    ...table.columns.flatMap((column) =>
      column.parts.flatMap((part) => (part.kind === 'check' || part.kind === 'generated' ? [part.expression] : [])),
    ),
    ...table.constraints.flatMap((constraint) => (constraint.kind === 'check' ? [constraint.expression] : [])),
  ]
}

/** Where a table's text says REFERENCES. */
export function referencesOf(table: ParsedTable): readonly ParsedReference[] {
  return [
    ...table.columns.flatMap((column) =>
      column.parts.flatMap((part) => (part.kind === 'references' ? [part.reference] : [])),
    ),
    ...table.constraints.flatMap((item) => (item.kind === 'foreignKey' ? [item.reference] : [])),
  ]
}

/**
 * The same text, creating a table of another name. Foreign keys that point to the table itself keep pointing to the old
 * name: after the rename that ends a rebuild it is the right one. A CHECK that says `t.column` would not compile under
 * another name, and a rename would not fix it, so there the `t.` goes; nothing else changes.
 *
 * @param parents other names for tables that foreign keys point to, by their folded names
 */
export function retargetTable(source: string, name: string, parents: ReadonlyMap<string, string> = new Map()): string {
  const table = parseTable(source)
  const qualifiers: Edit[] = expressionsOf(table).flatMap((span) =>
    columnsIn(source, span).flatMap((use) =>
      use.qualifier !== undefined && sameName(use.qualifier.name, table.name.name)
        ? [{ start: use.qualifier.start, end: use.start, text: '' }]
        : [],
    ),
  )
  const references = referencesOf(table).flatMap((reference): Edit[] => {
    const parent = parents.get(foldName(reference.table.name))
    return parent === undefined ? [] : [replaceName(source, reference.table, quoteName(parent))]
  })
  return splice(source, [replaceName(source, table.name, quoteName(name)), ...qualifiers, ...references])
}

/** The same index text on another table, or under another name. */
export function retargetIndex(source: string, to: { readonly table?: string; readonly name?: string }): string {
  const { name, table } = createHeadOfIndex(source)
  return splice(source, [
    ...(to.name === undefined ? [] : [replaceName(source, name, quoteName(to.name))]),
    ...(to.table === undefined ? [] : [replaceName(source, table, quoteName(to.table))]),
  ])
}
