import { refText } from '@org/migrate-core/dialect'
import type { FillChange } from '../differences/change.ts'
import { coreNames } from './imports.ts'
import { isIdentifier, plainLine } from './source-text.ts'

/** The words that name no constant in JavaScript, or that would mislead its readers. */
export const javascriptKeywords: readonly string[] = (
  'arguments async await break case catch class const continue debugger default delete do else enum eval export extends false ' +
  'finally for function if implements import in instanceof interface let new null of package private protected public return ' +
  'static super switch this throw true try typeof undefined var void while with yield'
).split(' ')
// What the code around it is called.
const ownNames =
  'Uint8Array __proto__ branchLabels db dependsOn downRevision downgrade key keys op places revision row rows t upgrade'

const reserved: ReadonlySet<string> = new Set([...javascriptKeywords, ...ownNames.split(' '), ...coreNames])

const numbered = /^key\d+$/

/** Whether something in generated code may be called so without hiding something else. */
export const isFree = (name: string): boolean => isIdentifier(name) && !reserved.has(name) && !numbered.test(name)

const longest = 40

export function camelCase(text: string): string {
  const [first = '', ...rest] = text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const parts = [first.charAt(0).toLowerCase() + first.slice(1), ...rest.map((word) => capital(word))]
  return parts.join('')
}

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** The first of `name`, `name2`, `name3` … that is not taken, and from now on is. */
export function untaken(name: string, between: string, after: string, isTaken: (name: string) => boolean): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}${between}${count}${after}`
    if (!isTaken(candidate)) return candidate
  }
}

/** What the value of a fill is called: `usersLocale`. */
export function constantName({ table, column, where }: FillChange, taken: Set<string>): string {
  const value = where.kind === 'value' ? ` ${where.value}` : ''
  const preferred = [...camelCase(`${table.name} ${column}${value}`)].slice(0, longest).join('')
  const name = untaken(isFree(preferred) ? preferred : 'value', '', '', (each) => taken.has(each))
  taken.add(name)
  return name
}

/** What a fill does, in one line. */
export const fillLabel = ({ table, column, where }: FillChange): string => {
  const qualified = `${refText(table)}.${column}`
  return plainLine(where.kind === 'null' ? `fill ${qualified}` : `replace '${where.value}' in ${qualified}`)
}

/** Labels of data steps by the dialects whose recording they are part of: there each of them is one step's. */
export type Labels = Map<string, Set<string>>

export function takeLabel(fill: FillChange, dialects: readonly string[], labels: Labels): string {
  const isTaken = (label: string): boolean => dialects.some((dialect) => labels.get(dialect)?.has(label))
  const label = untaken(fillLabel(fill), ' (', ')', isTaken)
  for (const dialect of dialects) labels.set(dialect, (labels.get(dialect) ?? new Set()).add(label))
  return label
}
