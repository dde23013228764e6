import { type IndexModel, lexSql, type Operation, type SqlToken, type TableModel } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { afterParenthesis, grammar, isWord, nameOf, significant, type Token } from '../sql/tokens.ts'

/**
 * What the text of a primary key has and the model of it does not: the order of a column, and a period
 * (https://mariadb.com/kb/en/application-time-periods/#without-overlaps), whose two columns the catalog lists as those of the key.
 */
interface OwnKey {
  readonly item: string
  readonly columns: readonly string[]
  readonly period: boolean
}

const isKey = (item: string): boolean => /^PRIMARY KEY\b/i.test(item)

function elementsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const elements: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (token.text === ',' && depth === 0) elements.push([])
    else elements.at(-1)?.push(token)
  }
  return elements
}

function ownKey(items: readonly string[]): OwnKey | undefined {
  const item = items.find(isKey)
  const tokens = significant(item ?? '')
  const open = tokens.findIndex(({ text }) => text === '(')
  if (item === undefined || open === -1) return undefined
  const elements = elementsOf(tokens.slice(open + 1, afterParenthesis(tokens, open) - 1))
  const period = elements.some((element) => element.some((token) => isWord(token, 'OVERLAPS')))
  if (!period && !elements.some((element) => element.some((token) => isWord(token, 'DESC')))) return undefined
  const named = elements.flatMap((element) => nameOf(element[0]) ?? [])
  return { item, columns: period ? named.slice(0, -1) : named, period }
}

/** The text of the primary key as the server has it, where the model says less and the key has the same columns. */
export function ownKeyText(items: readonly string[], { constraints }: TableModel): string | undefined {
  const own = ownKey(items)
  const key = constraints.find((each) => each.kind === 'primaryKey')
  if (own === undefined || key?.kind !== 'primaryKey') return undefined
  const isSame =
    key.columns.length === own.columns.length + (own.period ? 2 : 0) &&
    own.columns.every((column, at) => key.columns[at] === column)
  return isSame ? own.item : undefined
}

/** What a primary key has that is only in its text: a new one would not have it. */
export function ownKeyFact(items: readonly string[]): string | undefined {
  const own = ownKey(items)
  if (own === undefined) return undefined
  return own.period ? 'it holds a period WITHOUT OVERLAPS' : 'it has a descending column'
}

const named = (tokens: readonly SqlToken[], from: string, to: string): string =>
  tokens
    .map((token) =>
      token.kind === 'quoted' && nameOf(token)?.toLowerCase() === from.toLowerCase()
        ? quote.identifier(to).text
        : token.text,
    )
    .join('')

/** The text of an index or a period as the server has it, with the new name of a column; its own name is before the parenthesis. */
function renamedInParts(item: string, from: string, to: string): string {
  const tokens = lexSql(item, grammar)
  const open = tokens.findIndex(({ text }) => text === '(')
  return `${textBefore(tokens, open)}${named(tokens.slice(open), from, to)}`
}

const textBefore = (tokens: readonly SqlToken[], end: number): string =>
  tokens
    .slice(0, end)
    .map(({ text }) => text)
    .join('')

/** The item of a table's text, with the new name of a column where it is a primary key or a period. */
export const renamedInKey = (item: string, from: string, to: string): string =>
  isKey(item) || /^PERIOD\b/i.test(item) ? renamedInParts(item, from, to) : item

/** The server's own text of an index behind the operation; undefined where it is not known. */
function sourceAfter({ name, source }: IndexModel, operation: Operation): string | undefined {
  if (source === undefined) return undefined
  if (operation.kind === 'renameTable') return source
  if (operation.kind === 'renameColumn') return renamedInParts(source, operation.column, operation.to)
  if (operation.kind !== 'renameIndex' || operation.index !== name) return source
  const tokens = lexSql(source, grammar)
  const open = tokens.findIndex(({ text }) => text === '(')
  return `${named(tokens.slice(0, open), name, operation.to)}${tokens
    .slice(open)
    .map(({ text }) => text)
    .join('')}`
}

/** Indexes of a table behind a rename, which have their own texts still. */
export function withIndexTexts(from: TableModel, after: TableModel, operation: Operation): TableModel {
  const indexes = after.indexes.map((index) => {
    const isRenamed = operation.kind === 'renameIndex' && operation.to === index.name
    const before = from.indexes.find(({ name }) => name === (isRenamed ? operation.index : index.name))
    const source = before && sourceAfter(before, operation)
    return source === undefined ? index : { ...index, source }
  })
  return { ...after, indexes }
}
