import { isSignificant, lexSql, type SqlToken, type TableRef } from '@org/migrate-core/dialect'
import { comparedValues } from './compared-values.ts'
import { grammar } from './grammar.ts'
import { mentions, nameOf, significant } from './names-in.ts'
import { quote } from './quote.ts'
import { plainItems, statesItemNames } from './view-columns.ts'

/** Replaces tokens of a text, the significant ones before and behind known. */
export function replaced(
  sql: string,
  change: (
    token: SqlToken,
    before: SqlToken | undefined,
    behind: SqlToken | undefined,
    rest: readonly SqlToken[],
    at: number,
  ) => string | undefined,
): string {
  const tokens = lexSql(sql, grammar)
  const significant = tokens.filter(isSignificant)
  let at = 0
  let text = ''
  for (const token of tokens) {
    if (!isSignificant(token)) text += token.text
    else {
      text +=
        change(token, significant[at - 1], significant[at + 1], significant.slice(at + 1, at + 6), at) ?? token.text
      at += 1
    }
  }
  return text
}

/** Whether the name stands for a column: not before the parenthesis of a call, and not behind the colons of a cast. */
const isColumn = (token: SqlToken, name: string, before: SqlToken | undefined, behind: SqlToken | undefined): boolean =>
  nameOf(token) === name && behind?.text !== '(' && before?.text !== ':'

/** A column's new name in an expression of its own table: not in calls, and not in the types of casts. */
export function renameColumnIn(expression: string, from: string, to: string): string {
  return replaced(expression, (token, before, behind) =>
    isColumn(token, from, before, behind) ? quote.identifier(to).text : undefined,
  )
}

/** A column's new name in the SELECT of a view, whose own columns keep their names: the server writes `email AS mail` then. */
export function renameColumnInView(definition: string, from: string, to: string): string {
  const plainPositions = plainItems(definition, from)
  const [old, now] = [from, to].map((name) => quote.identifier(name).text)
  return replaced(definition, (token, before, behind, _rest, at) => {
    if (!isColumn(token, from, before, behind)) return undefined
    return plainPositions.has(at) ? `${now} AS ${old}` : now
  })
}

interface SelectLevel {
  isSelect: boolean
  isFrom: boolean
}

const keywordOf = (token: SqlToken | undefined): string =>
  token?.kind === 'word' ? token.text.toLowerCase() : (token?.text ?? '')

const endingFrom = new Set(['where', 'group', 'having', 'window', 'order', 'limit', 'offset', 'fetch', 'for'])
const beforeRelation = new Set(['from', 'join', ',', '(', 'only'])

/** Where in a SELECT, counted in significant tokens, a table or a view is named in a FROM list: behind its schema, where it has one. */
function relationPositions(tokens: readonly SqlToken[]): ReadonlySet<number> {
  const positions = new Set<number>()
  let level: SelectLevel = { isSelect: false, isFrom: false }
  const outer: SelectLevel[] = []
  for (const [at, token] of tokens.entries()) {
    const [word, before] = [keywordOf(token), keywordOf(tokens[at - 1])]
    const start = before === '.' ? keywordOf(tokens[at - 3]) : before
    if (level.isFrom && nameOf(token) !== undefined && beforeRelation.has(start)) positions.add(at)
    if (word === '(') {
      outer.push(level)
      level = { isSelect: false, isFrom: level.isFrom && beforeRelation.has(before) }
    } else if (word === ')') level = outer.pop() ?? level
    else if (word === 'select') level = { isSelect: true, isFrom: false }
    // Not `extract(day FROM …)`, `IS DISTINCT FROM …`.
    else if (word === 'from' && before !== 'distinct') level = { ...level, isFrom: level.isSelect || level.isFrom }
    else if (endingFrom.has(word)) level = { ...level, isFrom: false }
  }
  return positions
}

/**
 * A table's new name and schema in the SELECT of a view, as the server follows them: in FROM, and the name before the dot of a column
 * (https://www.postgresql.org/docs/current/functions-info.html: pg_get_viewdef reconstructs the text, with the present names). Undefined
 * where the text uses the old name for anything else, or has the new one already.
 */
export function renameRelationIn(
  definition: string,
  from: TableRef,
  to: TableRef,
  ownSchema: string,
): string | undefined {
  const tokens = significant(definition)
  const positions = relationPositions(tokens)
  const isDot = (at: number): boolean => tokens[at]?.text === '.'
  const isRelation = (at: number): boolean => positions.has(at) && !isDot(at + 1) && nameOf(tokens[at]) === from.name
  const isCertain = tokens.every((token, at) => {
    if (nameOf(token) !== from.name) return true
    const schema = isDot(at - 1) ? nameOf(tokens[at - 2]) : undefined
    if (!isRelation(at)) return isDot(at + 1) && schema === undefined
    return schema === undefined ? from.schema === undefined : schema === (from.schema ?? ownSchema)
  })
  if (!isCertain || (from.name !== to.name && mentions(definition, to.name))) return undefined
  const isMoved = from.schema !== to.schema
  return replaced(definition, (token, _before, _behind, _rest, at) => {
    if (isMoved && ((isDot(at) && isRelation(at + 1)) || (isDot(at + 1) && isRelation(at + 2)))) return ''
    if (nameOf(token) !== from.name) return undefined
    return (isMoved && isRelation(at) ? quote.table(to) : quote.identifier(to.name)).text
  })
}

const beforeColumn = new Set([
  'select',
  'distinct',
  'where',
  'and',
  'or',
  'not',
  'by',
  'on',
  'when',
  'then',
  'else',
  'case',
  'between',
  'in',
])
const behindColumn = new Set([
  ...['as', 'from', 'where', 'and', 'or', 'is', 'in', 'not', 'between', 'like', 'ilike', 'then', 'else', 'end', 'when'],
  ...['asc', 'desc', 'nulls', 'group', 'having', 'order', 'limit', 'offset'],
])
const starts = new Set(['select', 'distinct', 'all', ',', '.'])
const setOperations = new Set(['union', 'intersect', 'except'])
const isName = (token: SqlToken | undefined): boolean => token?.kind === 'word' || token?.kind === 'quoted'

/**
 * A column's new name in the SELECT of a view, as the server follows it. Undefined where the text may use the old name for anything but
 * that column, where a column of the view gets its name from it without saying so, and where the new name is in the text already.
 */
export function renameViewColumn(definition: string, from: string, to: string): string | undefined {
  const tokens = significant(definition)
  const isUncertain = tokens.some((token, at) => {
    const [before, behind] = [tokens[at - 1], tokens[at + 1]]
    // The server wrote the columns of a star when the view was created; ORDER BY of a UNION names columns of the view.
    if (setOperations.has(keywordOf(token)) || (token.text === '*' && starts.has(keywordOf(before)))) return true
    if (nameOf(token) !== from) return false
    const begins = isName(before) ? beforeColumn.has(keywordOf(before)) : !')]:'.includes(before?.text ?? ')')
    const ends = isName(behind) ? behindColumn.has(keywordOf(behind)) : !'([.'.includes(behind?.text ?? ';')
    return !begins || !ends
  })
  if (isUncertain || !statesItemNames(definition, from) || mentions(definition, to)) return undefined
  return renameColumnInView(definition, from, to)
}

/** A table's new name, and its schema, in the texts of a trigger: behind ON, and behind the ALTER TABLE that follows. */
export function renameTriggerTable(definition: string, to: TableRef): string {
  let isAwaited = false
  let isSkipped = false
  return replaced(definition, (token, before, behind) => {
    // The dot behind the old schema.
    if (isSkipped) {
      isSkipped = false
      return ''
    }
    const last = before?.kind === 'word' ? before.text.toLowerCase() : ''
    const word = token.kind === 'word' ? token.text.toLowerCase() : ''
    // COMMENT ON TRIGGER …, REFERENCING NEW TABLE AS … name other things.
    if ((last === 'on' && word !== 'trigger') || (last === 'table' && word !== 'as')) isAwaited = true
    if (!isAwaited || nameOf(token) === undefined) return undefined
    if (behind?.text === '.') {
      isSkipped = true
      return ''
    }
    isAwaited = false
    return quote.table(to).text
  })
}

/** A column's new name in what stands before EXECUTE: its events and WHEN. */
export function renameTriggerColumn(definition: string, from: string, to: string): string {
  const at = definition.search(/\bexecute\b/i)
  const head = at === -1 ? definition : definition.slice(0, at)
  return renameColumnIn(head, from, to) + definition.slice(head.length)
}

/** A type's new name in the casts of a text: `'sad'::mood`, `'{sad}'::app.mood[]`. */
export function renameTypeIn(text: string, from: string, to: string): string {
  if (!text.includes(from)) return text
  const trail: string[] = []
  return replaced(text, (token) => {
    const isType = trail.at(-1) === ':' || (trail.at(-1) === '.' && trail.at(-3) === ':')
    trail.push(token.text)
    return isType && nameOf(token) === from ? quote.identifier(to).text : undefined
  })
}

/** An enum's value where the server prints it, `'sad'::mood`, and where an author compares a column of the enum with it. */
export function renameValueIn(
  text: string,
  type: string,
  from: string,
  to: string,
  isColumn: (name: string) => boolean,
): string {
  const old = quote.literal(from).text
  if (!text.includes(old)) return text
  const compared = comparedValues(text, old, isColumn)
  return replaced(text, (token, _before, _behind, [first, second, one, dot, two], at) => {
    if (compared.has(at)) return quote.literal(to).text
    if (token.text !== old || first?.text !== ':' || second?.text !== ':') return undefined
    const name = dot?.text === '.' ? nameOf(two) : nameOf(one)
    return name === type ? quote.literal(to).text : undefined
  })
}
