import type { SqlToken, TableRef } from '@org/migrate-core/dialect'
import { nameOf } from '../../sql/names-in.ts'
import { quote } from '../../sql/quote.ts'
import { replaced } from '../../sql/rename-in-text.ts'
import { printedName } from '../../types/created-table.ts'

/** Replaces a name with its schema, or without one where it has none, at the places where `isHere` finds one. */
function movedIn(text: string, from: TableRef, to: TableRef, isHere: (before: readonly SqlToken[]) => boolean): string {
  if (!text.includes(from.name)) return text
  const trail: SqlToken[] = []
  let skipped = 0
  return replaced(text, (token, before, _behind, [dot, second]) => {
    const isAt = skipped === 0 && before?.text !== '.' && isHere(trail)
    trail.push(token)
    if (skipped > 0) {
      skipped -= 1
      return ''
    }
    if (!isAt) return undefined
    if (from.schema === undefined) {
      return nameOf(token) === from.name && dot?.text !== '.' ? quote.table(to).text : undefined
    }
    if (nameOf(token) !== from.schema || dot?.text !== '.' || nameOf(second) !== from.name) return undefined
    skipped = 2
    return quote.table(to).text
  })
}

const introducing = new Set(['from', 'join', 'only', 'update', 'into', 'using'])

/** A table or view of another schema in the SELECT of a view, as the server prints it: `FROM app.t`, `FROM (app.t JOIN …`. */
export function moveRelationIn(text: string, from: TableRef, to: TableRef): string {
  return movedIn(text, from, to, (trail) => {
    const word = trail.findLast(({ text: one }) => one !== '(')
    return word !== undefined && introducing.has(word.text.toLowerCase())
  })
}

/** A type of another schema in the casts of a text: `'sad'::app.mood`. */
export function moveTypeIn(text: string, from: TableRef, to: TableRef): string {
  return movedIn(text, from, to, (trail) => trail.at(-1)?.text === ':')
}

/** A sequence of another schema in the default of a column: `nextval('app.t_id_seq'::regclass)`. */
export function moveSequenceIn(text: string, from: TableRef, to: TableRef): string {
  const [old, now] = [from, to].map((ref) => `'${printedName(ref).replaceAll("'", "''")}'::regclass`) as [
    string,
    string,
  ]
  return text.replaceAll(old, now)
}
