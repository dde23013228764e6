import type { SqlToken } from '@org/migrate-core/dialect'
import { isWord, nameOf } from '../sql/tokens.ts'
import type { ColumnUse, References, Scope, StarUse, TableUse } from './reference-types.ts'

/*
 * Where the text of a view or the body of a trigger names tables and columns. The server keeps such texts as they are when what they
 * name is renamed or dropped, and finds out when they are used.
 * https://dev.mysql.com/doc/refman/8.4/en/rename-table.html, https://dev.mysql.com/doc/refman/8.4/en/create-view.html
 */

type Clause = 'select' | 'tables' | 'into' | 'after' | 'other'

interface Frame {
  scope: Scope
  clause: Clause
  /** The next name is one of a table. */
  expecting: boolean
  /** The tables that an INSERT … SELECT writes to. */
  written: readonly TableUse[]
  readonly isQuery: boolean
  /** Names of indexes or partitions. */
  readonly isNames: boolean
}

const modifiers = new Set(['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE', 'QUICK', 'INTO', 'LATERAL', 'ONLY'])

const notAlias = new Set([
  ...[
    'JOIN',
    'LEFT',
    'RIGHT',
    'INNER',
    'CROSS',
    'NATURAL',
    'OUTER',
    'STRAIGHT_JOIN',
    'ON',
    'USING',
    'WHERE',
    'SET',
    'AS',
  ],
  ...[
    'VALUES',
    'VALUE',
    'SELECT',
    'GROUP',
    'ORDER',
    'HAVING',
    'LIMIT',
    'UNION',
    'EXCEPT',
    'INTERSECT',
    'PARTITION',
    'FROM',
  ],
  ...['USE', 'FORCE', 'IGNORE', 'FOR', 'WINDOW', 'END', 'THEN', 'DO', 'WITH', 'LOCK', 'PROCEDURE', 'INTO', 'RETURNING'],
])

const operators = new Set([
  ...[
    'AND',
    'OR',
    'XOR',
    'NOT',
    'IS',
    'IN',
    'LIKE',
    'REGEXP',
    'RLIKE',
    'BETWEEN',
    'DIV',
    'MOD',
    'CASE',
    'WHEN',
    'THEN',
  ],
  ...['ELSE', 'DISTINCT', 'ALL', 'SELECT', 'BY', 'ON', 'SET', 'WHERE', 'HAVING', 'INTERVAL', 'BINARY', 'RETURN', 'IF'],
  ...[
    'ELSEIF',
    'WHILE',
    'UNTIL',
    'VALUES',
    'VALUE',
    'EXISTS',
    'ANY',
    'SOME',
    'USING',
    'FROM',
    'INTO',
    'COLLATE',
    'LIMIT',
  ],
])

const isName = (token: SqlToken | undefined): boolean => token?.kind === 'quoted' || token?.kind === 'word'

const scopeIn = (parent: Scope | undefined, named = false): Scope => ({
  parent,
  tables: [],
  outputs: new Set(),
  derived: false,
  named,
})

/** Reads the tokens from `start` on. */
export function referencesIn(tokens: readonly SqlToken[], start = 0): References {
  const positions = tokens.flatMap(({ kind }, at) => (at < start || kind === 'space' || kind === 'comment' ? [] : [at]))
  const tables: TableUse[] = []
  const columns: ColumnUse[] = []
  const stars: StarUse[] = []
  const declared = new Set<string>()
  const token = (at: number): SqlToken | undefined => tokens[positions[at] ?? -1]
  const nameAt = (at: number): string => nameOf(token(at)) ?? ''
  const frames: Frame[] = []
  const push = (scope: Scope, more: Partial<Frame> = {}): void => {
    frames.push({ scope, clause: 'other', expecting: false, written: [], isQuery: false, isNames: false, ...more })
  }
  // The text of a view begins with its SELECT, the body of a trigger stands behind its header.
  push(scopeIn(undefined, start === 0))

  const enterParenthesis = (frame: Frame, at: number): void => {
    let inner = at
    while (token(inner)?.text === '(') inner += 1
    if (isWord(token(inner), 'SELECT', 'WITH', 'TABLE', 'VALUES')) {
      if (frame.expecting && frame.clause === 'tables' && token(at + 1)?.text !== '(') frame.scope.derived = true
      {
        const isDerived = frame.clause === 'tables' && frame.expecting
        const isWhole = frame.scope.named && frame.scope.tables.length === 0 && frame.clause !== 'select'
        push(scopeIn(frame.scope, isDerived || isWhole || isWord(token(at - 1), 'AS')), { isQuery: true })
      }
    } else if (frame.expecting && frame.clause === 'tables')
      push(frame.scope, { clause: 'tables', expecting: true, isQuery: true })
    else push(frame.scope, { isNames: isWord(token(at - 1), 'INDEX', 'KEY', 'PARTITION') })
  }

  /** A name where a table is expected; gives the place after it and its alias. */
  const table = (frame: Frame, at: number): number => {
    frame.expecting = false
    let last = at
    while (token(last + 1)?.text === '.' && isName(token(last + 2))) last += 2
    let next = last + 1
    if (token(next)?.text === '(' && frame.clause !== 'into') {
      frame.scope.derived = true
      return next
    }
    const aliased = isWord(token(next), 'AS') ? next + 1 : next
    const aliasToken = token(aliased)
    const isAlias =
      isName(aliasToken) && (aliasToken?.kind === 'quoted' || !notAlias.has(aliasToken?.text.toUpperCase() ?? ''))
    if (isAlias && frame.clause !== 'into') next = aliased + 1
    const use: TableUse = {
      at: positions[last] ?? -1,
      name: nameAt(last),
      ...(last === at ? {} : { schema: nameAt(last - 2) }),
      ...(isAlias && frame.clause !== 'into' ? { alias: nameAt(aliased) } : {}),
    }
    tables.push(use)
    frame.scope.tables.push(use)
    return next
  }

  const column = (frame: Frame, at: number): number => {
    let last = at
    while (token(last + 1)?.text === '.' && isName(token(last + 2))) last += 2
    if (token(last + 1)?.text === '(' && token(last)?.kind === 'word') return last + 1
    if (token(last + 1)?.text === '.' && token(last + 2)?.text === '*') {
      stars.push({ at: positions[last + 2] ?? -1, qualifier: nameAt(last), scope: frame.scope })
      return last + 3
    }
    const before = token(at - 1)
    const isValueBefore =
      before?.text === ')' ||
      before?.kind === 'string' ||
      before?.kind === 'number' ||
      before?.kind === 'quoted' ||
      (before?.kind === 'word' && !operators.has(before.text.toUpperCase()))
    if (last === at && (isWord(before, 'AS') || isValueBefore)) {
      if (frame.clause === 'select') frame.scope.outputs.add(nameAt(at).toLowerCase())
      return last + 1
    }
    const after = token(last + 1)
    const ends = after === undefined || /^[,;)]$/.test(after.text) || isWord(after, 'FROM')
    const isOutput =
      frame.scope.named &&
      frame.clause === 'select' &&
      ends &&
      (before?.text === ',' || isWord(before, 'SELECT', 'DISTINCT', 'ALL'))
    if (isOutput) frame.scope.outputs.add(nameAt(last).toLowerCase())
    columns.push({
      at: positions[last] ?? -1,
      name: nameAt(last),
      ...(last === at ? {} : { qualifier: { at: positions[last - 2] ?? -1, name: nameAt(last - 2) } }),
      scope: frame.scope,
      isOutput,
      afterSelect: frame.clause === 'after',
    })
    return last + 1
  }

  for (let at = 0; at < positions.length; ) {
    const frame = frames.at(-1) as Frame
    const here = token(at) as SqlToken
    const word = here.kind === 'word' ? here.text.toUpperCase() : ''
    const before = token(at - 1)
    if (here.text === '(') {
      enterParenthesis(frame, at)
      at += 1
    } else if (here.text === ')') {
      if (frames.length > 1) frames.pop()
      const outer = frames.at(-1) as Frame
      outer.expecting = false
      at += 1
    } else if (here.text === ',') {
      frame.expecting = frame.clause === 'tables'
      at += 1
    } else if (
      here.text === '*' &&
      (before?.text === ',' || isWord(before, 'SELECT', 'DISTINCT', 'ALL')) &&
      frame.clause === 'select'
    ) {
      stars.push({ at: positions[at] ?? -1, scope: frame.scope })
      at += 1
    } else if (here.text === ';') {
      Object.assign(frame, { scope: scopeIn(undefined), clause: 'other', expecting: false, written: [] })
      at += 1
    } else if (word === 'SELECT') {
      if (frame.clause === 'into') frame.written = frame.scope.tables
      if (frame.scope.tables.length > 0 || frame.scope.derived)
        frame.scope = scopeIn(frame.scope.parent, frame.scope.named)
      Object.assign(frame, { clause: 'select', expecting: false })
      at += 1
    } else if (
      word === 'WITH' &&
      isName(token(at + 1)) &&
      !isWord(token(at + 1), 'CHECK', 'ROLLUP', 'CASCADED', 'LOCAL')
    ) {
      const name = isWord(token(at + 1), 'RECURSIVE') ? at + 2 : at + 1
      declared.add(nameAt(name).toLowerCase())
      at = name + 1
    } else if (word === 'DECLARE') {
      let next = at + 1
      while (isName(token(next)) && (next === at + 1 || token(next - 1)?.text === ',')) {
        declared.add(nameAt(next).toLowerCase())
        next += token(next + 1)?.text === ',' ? 2 : 1
      }
      at = next
    } else if (word === 'FROM') {
      if (frame.clause === 'select' || frame.clause === 'tables')
        Object.assign(frame, { clause: 'tables', expecting: true })
      at += 1
    } else if (word === 'JOIN' || word === 'STRAIGHT_JOIN') {
      if (frame.clause === 'tables') frame.expecting = true
      at += 1
    } else if (word === 'UPDATE' && isWord(before, 'KEY')) {
      frame.scope = { ...scopeIn(undefined), tables: [...frame.written, ...frame.scope.tables] }
      Object.assign(frame, { clause: 'other', expecting: false })
      at += 1
    } else if ((word === 'UPDATE' && !isWord(before, 'FOR', 'ON')) || word === 'DELETE') {
      frame.scope = scopeIn(undefined)
      Object.assign(frame, { clause: 'tables', expecting: true })
      at += 1
    } else if ((word === 'INSERT' || word === 'REPLACE') && token(at + 1)?.text !== '(') {
      frame.scope = scopeIn(undefined)
      Object.assign(frame, { clause: 'into', expecting: true })
      at += 1
    } else if (frame.expecting && modifiers.has(word)) at += 1
    else if (
      ['WHERE', 'SET', 'VALUES', 'VALUE', 'INTO', 'LIMIT', 'FOR', 'WINDOW'].includes(word) &&
      token(at - 1)?.text !== '.'
    ) {
      Object.assign(frame, { clause: 'other', expecting: false })
      at += 1
    } else if (['GROUP', 'ORDER', 'HAVING', 'UNION', 'EXCEPT', 'INTERSECT'].includes(word)) {
      Object.assign(frame, { clause: 'after', expecting: false })
      at += 1
    } else if (word === 'ON' || word === 'USING') {
      // DELETE FROM t USING t JOIN u
      frame.expecting = word === 'USING' && token(at + 1)?.text !== '(' && frame.clause === 'tables'
      at += 1
    } else if (isName(here) && before?.text !== '@' && before?.text !== '.') {
      if (frame.expecting) at = table(frame, at)
      else if (frame.isNames || operators.has(word) || notAlias.has(word) || word === 'NULL') at += 1
      else at = column(frame, at)
    } else at += 1
  }
  return { tokens, tables, columns, stars, declared }
}
