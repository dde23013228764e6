import type { SqlToken, ViewModel } from '@org/migrate-core/dialect'
import { nameOf, significant } from './names-in.ts'

/** The items of the outermost SELECT list; undefined for what is no plain SELECT. */
function selectItems(sql: string): readonly (readonly SqlToken[])[] | undefined {
  const tokens = significant(sql)
  if (nameOf(tokens[0]) !== 'select' || ['distinct', 'all'].includes(nameOf(tokens[1]) ?? '')) return undefined
  const items: SqlToken[][] = [[]]
  let depth = 0
  for (const token of tokens.slice(1)) {
    if (depth === 0 && token.kind === 'word' && ['from', 'union', 'where', 'limit'].includes(nameOf(token) ?? '')) break
    if ('(['.includes(token.text)) depth += 1
    if (')]'.includes(token.text)) depth -= 1
    if (depth === 0 && token.text === ',') items.push([])
    else items.at(-1)?.push(token)
  }
  return items
}

/** Whether a view only shows the column, as it is: the outermost SELECT list has each of its uses, under any name. */
export function onlyShows(sql: string, column: string): boolean {
  const shown = (selectItems(sql) ?? []).filter((item) => {
    const source = nameOf(item.at(-2)) === 'as' ? item.slice(0, -2) : item
    return nameOf(source.at(-1)) === column && source.every((token, at) => at % 2 === 0 || token.text === '.')
  })
  return shown.length === significant(sql).filter((token) => nameOf(token) === column).length
}

/** Where in a text, counted in significant tokens, the outermost SELECT list has a column that is called so and nothing else. */
export function plainItems(sql: string, column: string): ReadonlySet<number> {
  const positions = new Set<number>()
  // Behind SELECT.
  let at = 1
  for (const item of selectItems(sql) ?? []) {
    const isPlainName = item.every((token, index) =>
      index % 2 === 0 ? nameOf(token) !== undefined : token.text === '.',
    )
    if (isPlainName && itemName(item) === column) positions.add(at + item.length - 1)
    // With its comma.
    at += item.length + 1
  }
  return positions
}

/** Whether each item of the outermost SELECT list that uses the column says plainly how the view's own column is called. */
export function statesItemNames(sql: string, column: string): boolean {
  const items = selectItems(sql)?.filter((item) => item.some((token) => nameOf(token) === column))
  return items?.every((item) => itemName(item) !== undefined) === true
}

/** The name that an item of a SELECT list has, where the text says it plainly: `… AS name`, `name`, `t.name`. */
function itemName(item: readonly SqlToken[]): string | undefined {
  const last = item.at(-1)
  if (nameOf(item.at(-2)) === 'as' && item.at(-2)?.kind === 'word') return nameOf(last)
  const plain = item.every((token, at) => (at % 2 === 0 ? nameOf(token) !== undefined : token.text === '.'))
  return plain ? nameOf(last) : undefined
}

/** The columns of a view; undefined where its text does not tell (`*`, an expression without a name). */
export function outputNames(view: ViewModel): readonly string[] | undefined {
  const items = selectItems(view.definition)
  const names = items?.map((item) => itemName(item))
  if (names === undefined || names.some((name) => name === undefined || name === '*')) return view.columns
  return (names as string[]).map((name, at) => view.columns?.[at] ?? name)
}
