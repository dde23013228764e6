import { isKeyword } from '../sql/tokenize.ts'
import {
  acceptSymbol,
  cursorOn,
  expect,
  fail,
  isSymbol,
  lastEnd,
  type NameSpan,
  nameSpan,
  peek,
  type Span,
} from './cursor.ts'
import { createHead } from './parse-table.ts'

interface ParsedView {
  readonly name: NameSpan
  readonly columns?: readonly NameSpan[]
  /** The SELECT. */
  readonly select: Span
}

/** Reads a CREATE VIEW text. Throws UNPARSED_SQL. */
export function parseView(source: string): ParsedView {
  const cursor = cursorOn(source)
  const name = createHead(cursor, 'VIEW')
  let columns: NameSpan[] | undefined
  if (acceptSymbol(cursor, '(')) {
    columns = []
    do columns.push(nameSpan(cursor))
    while (acceptSymbol(cursor, ','))
    if (!acceptSymbol(cursor, ')')) fail(cursor, '")" was expected')
  }
  expect(cursor, 'AS')
  const start = peek(cursor)?.start ?? lastEnd(cursor)
  const last = cursor.tokens.at(-1)
  const end = isSymbol(last, ';') ? (cursor.tokens.at(-2)?.end ?? start) : (last?.end ?? start)
  return { name, select: { start, end }, ...(columns === undefined ? {} : { columns }) }
}

interface ParsedTrigger {
  readonly name: NameSpan
  readonly table: NameSpan
  /** From the first token after the table's name: FOR EACH ROW, WHEN, BEGIN … END. */
  readonly body: Span
}

/** Reads the head of a CREATE TRIGGER text. Throws UNPARSED_SQL. */
export function parseTrigger(source: string): ParsedTrigger {
  const cursor = cursorOn(source)
  const name = createHead(cursor, 'TRIGGER')
  // BEFORE | AFTER | INSTEAD OF, then DELETE | INSERT | UPDATE [OF a, b], then ON.
  while (peek(cursor) !== undefined && !isKeyword(peek(cursor), 'ON')) cursor.at += 1
  expect(cursor, 'ON')
  const first = nameSpan(cursor)
  // `ON main.t`: https://www.sqlite.org/lang_createtrigger.html
  const table = acceptSymbol(cursor, '.') ? nameSpan(cursor) : first
  const last = cursor.tokens.at(-1)
  const end = isSymbol(last, ';') ? (cursor.tokens.at(-2)?.end ?? table.end) : (last?.end ?? table.end)
  return { name, table, body: { start: peek(cursor)?.start ?? end, end } }
}
