import { parseExpression } from './parse.ts'
import { Unknown } from './tokens.ts'
import type { Expression } from './tree.ts'

/** An element as the server prints it in braces: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function quoted(element: string): string {
  const isPlain = /^[^\s{},"\\]+$/.test(element) && !/^null$/i.test(element)
  return isPlain ? element : `"${element.replaceAll(/["\\]/g, '\\$&')}"`
}

const keywordTexts: { readonly [word: string]: string } = { true: 't', false: 'f', null: 'NULL' }

function elementText(element: Expression, isOwn: (cast: string) => boolean): string {
  if (element.kind === 'cast' && isOwn(element.type)) return elementText(element.operand, isOwn)
  if (element.kind === 'list' && element.form === 'array') return listText(element.values, isOwn)
  if (element.kind === 'string') return quoted(element.value)
  if (element.kind === 'number') return element.text
  const word = element.kind === 'word' ? keywordTexts[element.text] : undefined
  if (word === undefined) throw new Unknown()
  return word
}

function listText(values: readonly Expression[], isOwn: (cast: string) => boolean): string {
  return `{${values.map((value) => elementText(value, isOwn)).join(',')}}`
}

/**
 * `ARRAY['a'::text, 'b c'::text]` as the constant that it is, `{a,"b c"}`; undefined for what is none. `isOwn` says whether a cast
 * changes nothing: to the type of the column, or of its elements.
 */
export function constantList(sql: string, isOwn: (cast: string) => boolean): string | undefined {
  try {
    let expression = parseExpression(sql)
    while (expression.kind === 'cast' && isOwn(expression.type)) expression = expression.operand
    if (expression.kind !== 'list' || expression.form !== 'array') return undefined
    return listText(expression.values, isOwn)
  } catch (error) {
    if (error instanceof Unknown) return undefined
    throw error
  }
}
