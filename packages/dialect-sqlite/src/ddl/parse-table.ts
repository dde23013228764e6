import type { Deferrable, ReferentialAction } from '@org/migrate-core/dialect'
import { nameOf, type Token } from '../sql/tokenize.ts'
import {
  accept,
  acceptSymbol,
  type Cursor,
  cursorOn,
  expect,
  expectSymbol,
  fail,
  isNext,
  isSymbol,
  lastEnd,
  type NameSpan,
  nameExpression,
  nameSpan,
  next,
  parenthesised,
  peek,
  placed,
  type Span,
} from './cursor.ts'
import type {
  ColumnPart,
  ParsedColumn,
  ParsedKeyColumn,
  ParsedReference,
  ParsedTable,
  ParsedTableConstraint,
} from './table-tree.ts'

// The words that end a type name. All others that SQLite would not let stand there bare, it has refused already.
const endsType = new Set([
  'CONSTRAINT',
  'PRIMARY',
  'NOT',
  'NULL',
  'UNIQUE',
  'CHECK',
  'DEFAULT',
  'COLLATE',
  'REFERENCES',
  'AS',
  'DEFERRABLE',
])

const conflictActions = ['ROLLBACK', 'ABORT', 'FAIL', 'IGNORE', 'REPLACE']

function conflict(cursor: Cursor): void {
  if (!accept(cursor, 'ON', 'CONFLICT')) return
  if (!conflictActions.some((word) => accept(cursor, word))) fail(cursor, 'a conflict resolution was expected')
}

function action(cursor: Cursor): ReferentialAction {
  if (accept(cursor, 'SET', 'NULL')) return 'setNull'
  if (accept(cursor, 'SET', 'DEFAULT')) return 'setDefault'
  if (accept(cursor, 'CASCADE')) return 'cascade'
  if (accept(cursor, 'RESTRICT')) return 'restrict'
  expect(cursor, 'NO', 'ACTION')
  return 'noAction'
}

function nameList(cursor: Cursor): readonly NameSpan[] {
  expectSymbol(cursor, '(')
  const names: NameSpan[] = []
  do {
    names.push(nameSpan(cursor))
    // SQLite still reads COLLATE and an order in these lists, for old files.
    if (accept(cursor, 'COLLATE')) nameSpan(cursor)
    if (!accept(cursor, 'ASC')) accept(cursor, 'DESC')
  } while (acceptSymbol(cursor, ','))
  expectSymbol(cursor, ')')
  return names
}

/** [NOT] DEFERRABLE [INITIALLY …]; a NOT NULL of the same column is left alone. */
function deferral(cursor: Cursor): Deferrable | 'not' | undefined {
  const not = accept(cursor, 'NOT', 'DEFERRABLE')
  if (!not && !accept(cursor, 'DEFERRABLE')) return undefined
  const deferred = accept(cursor, 'INITIALLY', 'DEFERRED')
  if (!deferred) accept(cursor, 'INITIALLY', 'IMMEDIATE')
  return not ? 'not' : deferred ? 'deferred' : 'immediate'
}

/** From after the word REFERENCES. */
function reference(cursor: Cursor): ParsedReference {
  const table = nameSpan(cursor)
  const columns = isSymbol(peek(cursor), '(') ? nameList(cursor) : []
  const actions: { onDelete?: ReferentialAction; onUpdate?: ReferentialAction; match?: string } = {}
  for (;;) {
    if (accept(cursor, 'ON', 'DELETE')) actions.onDelete = action(cursor)
    else if (accept(cursor, 'ON', 'UPDATE')) actions.onUpdate = action(cursor)
    else if (accept(cursor, 'ON', 'INSERT')) action(cursor)
    else if (accept(cursor, 'MATCH')) actions.match = nameSpan(cursor).name
    else break
  }
  const deferrable = deferral(cursor)
  return { table, columns, ...actions, ...(deferrable === undefined || deferrable === 'not' ? {} : { deferrable }) }
}

function defaultPart(cursor: Cursor): { readonly value: Span; readonly expression?: Span } {
  const start = peek(cursor)?.start ?? 0
  if (isSymbol(peek(cursor), '(')) {
    const expression = parenthesised(cursor)
    return { value: { start, end: lastEnd(cursor) }, expression }
  }
  while (acceptSymbol(cursor, '+') || acceptSymbol(cursor, '-'));
  next(cursor)
  return { value: { start, end: lastEnd(cursor) } }
}

function generatedPart(cursor: Cursor): { readonly expression: Span; readonly stored: boolean } {
  const expression = parenthesised(cursor)
  const stored = accept(cursor, 'STORED')
  if (!stored) accept(cursor, 'VIRTUAL')
  return { expression, stored }
}

type Body<T> = T extends unknown ? Omit<T, 'start' | 'end' | 'name'> : never

/** What the first word of a part of a column begins. */
const partsByWord: ReadonlyMap<string, (cursor: Cursor) => Body<ColumnPart> | undefined> = new Map([
  ['NOT', (cursor) => (accept(cursor, 'NOT', 'NULL') ? conflicting(cursor, 'notNull') : deferralPart(cursor))],
  ['DEFERRABLE', (cursor) => deferralPart(cursor)],
  ['NULL', (cursor) => conflicting(skip(cursor), 'null')],
  ['UNIQUE', (cursor) => conflicting(skip(cursor), 'unique')],
  ['CHECK', (cursor) => ({ kind: 'check', expression: parenthesised(skip(cursor)) })],
  ['DEFAULT', (cursor) => ({ kind: 'default', ...defaultPart(skip(cursor)) })],
  ['COLLATE', (cursor) => ({ kind: 'collate', collation: nameSpan(skip(cursor)) })],
  ['REFERENCES', (cursor) => ({ kind: 'references', reference: reference(skip(cursor)) })],
  ['AS', (cursor) => ({ kind: 'generated', ...generatedPart(skip(cursor)) })],
  [
    'GENERATED',
    (cursor) =>
      accept(cursor, 'GENERATED', 'ALWAYS', 'AS') ? { kind: 'generated', ...generatedPart(cursor) } : undefined,
  ],
  ['PRIMARY', (cursor) => (accept(cursor, 'PRIMARY', 'KEY') ? primaryKeyPart(cursor) : undefined)],
] satisfies [string, (cursor: Cursor) => Body<ColumnPart> | undefined][])

function skip(cursor: Cursor): Cursor {
  cursor.at += 1
  return cursor
}

function deferralPart(cursor: Cursor): Body<ColumnPart> | undefined {
  const deferrable = deferral(cursor)
  return deferrable && { kind: 'deferral', deferrable }
}

function conflicting<K extends 'notNull' | 'null' | 'unique'>(cursor: Cursor, kind: K): { readonly kind: K } {
  conflict(cursor)
  return { kind }
}

function primaryKeyPart(cursor: Cursor): Body<ColumnPart> {
  const order = accept(cursor, 'DESC') ? 'desc' : 'asc'
  if (order === 'asc') accept(cursor, 'ASC')
  conflict(cursor)
  const auto = peek(cursor)
  return {
    kind: 'primaryKey',
    order,
    ...(accept(cursor, 'AUTOINCREMENT') && auto ? { autoIncrement: { start: auto.start, end: auto.end } } : {}),
  }
}

function columnPartBody(cursor: Cursor): Body<ColumnPart> | undefined {
  const token = peek(cursor)
  return token?.kind === 'word' ? partsByWord.get(token.text.toUpperCase())?.(cursor) : undefined
}

function columnPart(cursor: Cursor): ColumnPart | undefined {
  const start = peek(cursor)?.start ?? 0
  const name = accept(cursor, 'CONSTRAINT') ? nameSpan(cursor) : undefined
  // `CONSTRAINT a` followed by nothing of its own is read and forgotten by SQLite.
  const body = columnPartBody(cursor) ?? (name === undefined ? undefined : { kind: 'bareName' as const })
  return body && placed<ColumnPart>(cursor, body, start, name)
}

function typeSpan(cursor: Cursor): Span | undefined {
  const start = peek(cursor)?.start ?? 0
  let count = 0
  for (;;) {
    const token = peek(cursor)
    if (token === undefined || nameOf(token) === undefined) break
    if (token.kind === 'word' && endsType.has(token.text.toUpperCase())) break
    if (isNext(cursor, 'GENERATED', 'ALWAYS')) break
    cursor.at += 1
    count += 1
  }
  if (count === 0) return undefined
  if (isSymbol(peek(cursor), '(')) parenthesised(cursor)
  return { start, end: lastEnd(cursor) }
}

function column(cursor: Cursor): ParsedColumn {
  const name = nameSpan(cursor)
  const type = typeSpan(cursor)
  const parts: ColumnPart[] = []
  for (let part = columnPart(cursor); part !== undefined; part = columnPart(cursor)) parts.push(part)
  return { name, ...(type === undefined ? {} : { type }), parts, start: name.start, end: lastEnd(cursor) }
}

function keyColumns(cursor: Cursor): { readonly columns: readonly ParsedKeyColumn[]; readonly autoIncrement?: Span } {
  expectSymbol(cursor, '(')
  const columns: ParsedKeyColumn[] = []
  let autoIncrement: Span | undefined
  do {
    const start = peek(cursor)?.start ?? 0
    const name = nameExpression(cursor)
    if (accept(cursor, 'COLLATE')) nameSpan(cursor)
    if (!accept(cursor, 'ASC')) accept(cursor, 'DESC')
    columns.push({ name, start, end: lastEnd(cursor) })
    const auto = peek(cursor)
    if (accept(cursor, 'AUTOINCREMENT') && auto) autoIncrement = { start: auto.start, end: auto.end }
  } while (acceptSymbol(cursor, ','))
  expectSymbol(cursor, ')')
  conflict(cursor)
  return { columns, ...(autoIncrement === undefined ? {} : { autoIncrement }) }
}

function tableConstraintBody(cursor: Cursor): Body<ParsedTableConstraint> | undefined {
  if (accept(cursor, 'PRIMARY', 'KEY')) return { kind: 'primaryKey', ...keyColumns(cursor) }
  if (accept(cursor, 'UNIQUE')) return { kind: 'unique', columns: keyColumns(cursor).columns }
  if (accept(cursor, 'CHECK')) {
    const expression = parenthesised(cursor)
    conflict(cursor)
    return { kind: 'check', expression }
  }
  if (!accept(cursor, 'FOREIGN', 'KEY')) return undefined
  const columns = nameList(cursor)
  expect(cursor, 'REFERENCES')
  return { kind: 'foreignKey', columns, reference: reference(cursor) }
}

function tableConstraint(cursor: Cursor): ParsedTableConstraint {
  const start = peek(cursor)?.start ?? 0
  const name = accept(cursor, 'CONSTRAINT') ? nameSpan(cursor) : undefined
  const body = tableConstraintBody(cursor) ?? (name === undefined ? undefined : { kind: 'bareName' as const })
  if (body === undefined) return fail(cursor, 'a table constraint was expected')
  return placed<ParsedTableConstraint>(cursor, body, start, name)
}

const constraintKeywords = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN'])
const startsConstraint = (token: Token | undefined): boolean =>
  token?.kind === 'word' && constraintKeywords.has(token.text.toUpperCase())

function withComma<T extends Span>(cursor: Cursor, item: T & { comma?: number }): T & { readonly comma?: number } {
  const token = peek(cursor)
  if (acceptSymbol(cursor, ',') && token) item.comma = token.start
  return item
}

function tableOptions(cursor: Cursor): ParsedTable['options'] {
  const options: (Span & { readonly option: 'strict' | 'withoutRowid' })[] = []
  while (peek(cursor) !== undefined && !isSymbol(peek(cursor), ';')) {
    const start = peek(cursor)?.start ?? 0
    if (accept(cursor, 'STRICT')) options.push({ option: 'strict', start, end: lastEnd(cursor) })
    else if (accept(cursor, 'WITHOUT', 'ROWID')) options.push({ option: 'withoutRowid', start, end: lastEnd(cursor) })
    else fail(cursor, 'a table option was expected')
    if (!acceptSymbol(cursor, ',') && peek(cursor) !== undefined && !isSymbol(peek(cursor), ';')) {
      fail(cursor, 'a comma was expected')
    }
  }
  return options
}

/** From the start of the text to the object's name: CREATE … [IF NOT EXISTS] [schema.]name. */
export function createHead(cursor: Cursor, kind: 'TABLE' | 'INDEX' | 'VIEW' | 'TRIGGER'): NameSpan {
  expect(cursor, 'CREATE')
  if (kind === 'INDEX') accept(cursor, 'UNIQUE')
  else if (!accept(cursor, 'TEMP')) accept(cursor, 'TEMPORARY')
  expect(cursor, kind)
  accept(cursor, 'IF', 'NOT', 'EXISTS')
  const name = nameSpan(cursor)
  return acceptSymbol(cursor, '.') ? nameSpan(cursor) : name
}

/**
 * Reads a CREATE TABLE text. Throws UNPARSED_SQL for what it cannot read, also CREATE TABLE … AS and virtual tables,
 * whose columns the text does not say.
 */
export function parseTable(source: string): ParsedTable {
  const cursor = cursorOn(source)
  const name = createHead(cursor, 'TABLE')
  const openParen = expectSymbol(cursor, '(').start
  const columns: ParsedColumn[] = []
  const constraints: ParsedTableConstraint[] = []
  while (!isSymbol(peek(cursor), ')')) {
    const before = columns.at(-1)
    if (startsConstraint(peek(cursor))) constraints.push(withComma(cursor, tableConstraint(cursor)))
    else if (constraints.length === 0 && (before === undefined || before.comma !== undefined)) {
      columns.push(withComma(cursor, column(cursor)))
    } else fail(cursor, 'a column or a constraint was not expected')
  }
  if (columns.length === 0) fail(cursor, 'a column was expected')
  const closeParen = expectSymbol(cursor, ')').start
  return { source, name, openParen, closeParen, columns, constraints, options: tableOptions(cursor) }
}
