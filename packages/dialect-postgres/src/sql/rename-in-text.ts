import { isSignificant, lexSql, type SqlToken, type TableRef } from '@org/migrate-core/dialect'
import { grammar } from './grammar.ts'
import { nameOf } from './names-in.ts'
import { quote } from './quote.ts'
import { plainItems } from './view-columns.ts'

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

/** An enum's value where the server prints it: `'sad'::mood`, `'sad'::app.mood`. */
export function renameValueIn(text: string, type: string, from: string, to: string): string {
  if (!text.includes(from)) return text
  const old = quote.literal(from).text
  return replaced(text, (token, _before, _behind, [first, second, one, dot, two]) => {
    if (token.text !== old || first?.text !== ':' || second?.text !== ':') return undefined
    const name = dot?.text === '.' ? nameOf(two) : nameOf(one)
    return name === type ? quote.literal(to).text : undefined
  })
}
