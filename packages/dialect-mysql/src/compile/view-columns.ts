import { join, type SchemaModel, type Statement, sql, tableKey, type ViewModel } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { isWord, nameOf, significant } from '../sql/tokens.ts'
import { refused } from './dependants/dependants.ts'
import { dependantsOf } from './dependants/model-dependants.ts'
import { statement } from './statements.ts'
import { selectOf } from './view-text.ts'

/** The names of what a view selects; undefined where its text does not have them all: `*`, an expression without AS. */
function columnsOf({ columns, definition }: ViewModel): readonly string[] | undefined {
  if (columns !== undefined) return columns
  const tokens = significant(definition)
  const from = tokens.findIndex((token) => isWord(token, 'SELECT')) + 1
  if (from !== 1) return undefined
  const names: string[] = []
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    const isEnd = depth === 0 && (token.text === ',' || isWord(token, 'FROM', 'UNION', 'LIMIT', 'WHERE'))
    if (at < from || (!isEnd && at !== tokens.length - 1)) continue
    const last = isEnd ? tokens[at - 1] : token
    const before = isEnd ? tokens[at - 2] : tokens[at - 1]
    const isColumn = before?.text === '.' || isWord(before, 'AS') || before?.text === ',' || isWord(before, 'SELECT')
    const name = nameOf(last)
    if (name === undefined || !isColumn) return undefined
    names.push(name)
    if (token.text !== ',') break
  }
  return names
}

/**
 * The server replaces a view under those that read it, and they fail when they are used. Columns that they read have to be there
 * afterwards: asked of the server where the new text does not name them all. Throws DEPENDENT_OBJECTS.
 */
export function checkReadColumns(server: Server, before: SchemaModel, view: ViewModel): readonly Statement[] {
  const current = before.views.get(tableKey(view.ref))
  const columns = current === undefined ? undefined : columnsOf(current)
  if (columns === undefined) return []
  const readers = columns.flatMap((name) => {
    const change = { of: 'column' as const, table: view.ref.name, name, columns }
    const { named } = dependantsOf(server, before, change)
    return named.length === 0 ? [] : [{ name, change, named }]
  })
  if (readers.length === 0) return []
  const next = columnsOf(view)?.map((name) => name.toLowerCase())
  for (const { name, change, named } of readers)
    if (next !== undefined && !next.includes(name.toLowerCase())) throw refused(change, named)
  if (next !== undefined) return []
  const names = [...new Set(readers.flatMap(({ named }) => named))]
  const list = join(readers.map(({ name }) => quote.identifier(name)))
  return [
    statement(sql`SELECT ${list} FROM (${selectOf(view)}) AS ${quote.identifier(view.ref.name)} LIMIT 0`, [view.ref], {
      expectEmpty: `columns of ${view.ref.name} that ${names.join(', ')} read`,
      remedy: 'In the same revision, drop what reads the column before the change, and create it again after it.',
    }),
  ]
}
