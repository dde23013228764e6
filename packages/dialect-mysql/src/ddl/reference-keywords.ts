import type { SqlToken } from '@org/migrate-core/dialect'
import { isWord } from '../sql/tokens.ts'
import type { Scope, TableUse } from './reference-types.ts'

type Clause = 'select' | 'tables' | 'into' | 'after' | 'other'

/** What is read between two parentheses. */
export interface Frame {
  scope: Scope
  clause: Clause
  /** The next name is one of a table. */
  expecting: boolean
  /** The tables that an INSERT … SELECT writes to. */
  written: readonly TableUse[]
  /** Names of indexes or partitions. */
  readonly isNames: boolean
}

export const isName = (token: SqlToken | undefined): boolean => token?.kind === 'quoted' || token?.kind === 'word'

export const scopeIn = (parent: Scope | undefined, named = false): Scope => ({
  parent,
  tables: [],
  outputs: new Set(),
  derived: false,
  named,
})

/** What keywords ask of the text, by positions. */
interface KeywordText {
  readonly declared: Set<string>
  token(at: number): SqlToken | undefined
  nameAt(at: number): string
}

/** What a keyword does to the frame; gives the position after it, or undefined where the word is no keyword. */
type KeywordReader = (text: KeywordText, frame: Frame, at: number) => number | undefined

const selectKeyword: KeywordReader = (_, frame, at) => {
  if (frame.clause === 'into') frame.written = frame.scope.tables
  if (frame.scope.tables.length > 0 || frame.scope.derived) frame.scope = scopeIn(frame.scope.parent, frame.scope.named)
  Object.assign(frame, { clause: 'select', expecting: false })
  return at + 1
}

const withKeyword: KeywordReader = (text, _, at) => {
  const first = text.token(at + 1)
  if (!isName(first) || isWord(first, 'CHECK', 'ROLLUP', 'CASCADED', 'LOCAL')) return undefined
  const name = isWord(first, 'RECURSIVE') ? at + 2 : at + 1
  text.declared.add(text.nameAt(name).toLowerCase())
  return name + 1
}

const declareKeyword: KeywordReader = (text, _, at) => {
  let next = at + 1
  while (isName(text.token(next)) && (next === at + 1 || text.token(next - 1)?.text === ',')) {
    text.declared.add(text.nameAt(next).toLowerCase())
    next += text.token(next + 1)?.text === ',' ? 2 : 1
  }
  return next
}

const joinKeyword: KeywordReader = (_, frame, at) => {
  if (frame.clause === 'tables') frame.expecting = true
  return at + 1
}

/** A statement that begins with the names of its tables. */
const tablesKeyword: KeywordReader = (_, frame, at) => {
  Object.assign(frame, { scope: scopeIn(undefined), clause: 'tables', expecting: true })
  return at + 1
}

const updateKeyword: KeywordReader = (text, frame, at) => {
  const before = text.token(at - 1)
  if (isWord(before, 'FOR', 'ON')) return undefined
  if (!isWord(before, 'KEY')) return tablesKeyword(text, frame, at)
  frame.scope = { ...scopeIn(undefined), tables: [...frame.written, ...frame.scope.tables] }
  Object.assign(frame, { clause: 'other', expecting: false })
  return at + 1
}

const insertKeyword: KeywordReader = (text, frame, at) => {
  // INSERT() and REPLACE() are functions, too.
  if (text.token(at + 1)?.text === '(') return undefined
  Object.assign(frame, { scope: scopeIn(undefined), clause: 'into', expecting: true })
  return at + 1
}

const otherKeyword: KeywordReader = (text, frame, at) => {
  if (text.token(at - 1)?.text === '.') return undefined
  // Between INSERT and its table it is a modifier.
  if (!(frame.expecting && isWord(text.token(at), 'INTO'))) Object.assign(frame, { clause: 'other', expecting: false })
  return at + 1
}

const afterKeyword: KeywordReader = (_, frame, at) => {
  Object.assign(frame, { clause: 'after', expecting: false })
  return at + 1
}

const onKeyword: KeywordReader = (text, frame, at) => {
  // DELETE FROM t USING t JOIN u
  const isUsing = isWord(text.token(at), 'USING')
  frame.expecting = isUsing && text.token(at + 1)?.text !== '(' && frame.clause === 'tables'
  return at + 1
}

export const keywords: ReadonlyMap<string, KeywordReader> = new Map([
  ['SELECT', selectKeyword],
  ['WITH', withKeyword],
  ['DECLARE', declareKeyword],
  [
    'FROM',
    (_, frame, at) => {
      if (frame.clause === 'select' || frame.clause === 'tables')
        Object.assign(frame, { clause: 'tables', expecting: true })
      return at + 1
    },
  ],
  ['JOIN', joinKeyword],
  ['STRAIGHT_JOIN', joinKeyword],
  ['UPDATE', updateKeyword],
  ['DELETE', tablesKeyword],
  ['INSERT', insertKeyword],
  ['REPLACE', insertKeyword],
  ['ON', onKeyword],
  ['USING', onKeyword],
  ...['WHERE', 'SET', 'VALUES', 'VALUE', 'INTO', 'LIMIT', 'FOR', 'WINDOW'].map((word) => [word, otherKeyword] as const),
  ...['GROUP', 'ORDER', 'HAVING', 'UNION', 'EXCEPT', 'INTERSECT'].map((word) => [word, afterKeyword] as const),
])
