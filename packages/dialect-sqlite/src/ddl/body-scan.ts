import { present } from '@org/migrate-core/connection'
import { foldName, isKeyword, nameOf, sameName, significant, type Token, tokenize } from '../sql/tokenize.ts'
import { isSymbol, type NameSpan } from './cursor.ts'
import { resultsOf, type SelectResult } from './select-results.ts'

/** Something that a SELECT or a statement reads from: a table, or a subquery where `table` is absent. */
export interface Source {
  readonly table?: NameSpan
  readonly query?: Scope
  readonly alias?: string
  /** `new`, `old` and `excluded`: their columns are named with the qualifier only. */
  readonly qualifiedOnly?: true
}

/** What names mean in one SELECT or statement; a name that it does not know is looked for in the parent. */
export interface Scope {
  readonly parent?: Scope
  readonly sources: Source[]
  /** Names given to results, which ORDER BY prefers. */
  readonly aliases: Set<string>
  /** What a SELECT gives. */
  results: readonly SelectResult[]
  /** Sources are joined by the columns that have one name in both. */
  isNatural: boolean
}

/** A common table expression; without a query where two of them have one name. */
interface CommonTable {
  readonly columns?: readonly string[]
  readonly query?: Scope
}

export interface BodyColumn extends NameSpan {
  readonly qualifier?: NameSpan
  readonly scope: Scope
  readonly ordering: boolean
}

/** The names of a view's SELECT or a trigger's body, each with the scope that tells what it means. */
export interface Body {
  readonly tables: readonly NameSpan[]
  readonly columns: readonly BodyColumn[]
  /** `t.*` */
  readonly stars: readonly { readonly qualifier: NameSpan; readonly scope: Scope }[]
  /** Common table expressions by their folded names. */
  readonly ctes: ReadonlyMap<string, CommonTable>
  /** Columns that join two tables by their name. */
  readonly using: readonly (NameSpan & { readonly scope: Scope })[]
  readonly scopes: readonly Scope[]
  /** The scope of its first SELECT, whose names are those of a view's columns. */
  readonly query: Scope
}

interface Frame {
  scope: Scope
  /** The scope around, for the next SELECT of a compound and for the rows of an INSERT. */
  readonly outer: Scope | undefined
  /** The statement's own scope, to which ON CONFLICT and RETURNING go back. */
  target: Scope | undefined
  /** Those of the SELECTs so far: more than one in a compound. */
  readonly selects: Scope[]
  expects: 'operand' | 'operator' | 'table' | 'cte' | 'setTarget'
  inFrom: boolean
  inWith: boolean
  inSet: boolean
  ordering: boolean
  readonly isCast: boolean
  /** The index of the first token of a SELECT's results, while they are read. */
  resultsFrom: number | undefined
  /** The common table expression whose query follows. */
  cte: (Pick<CommonTable, 'columns'> & { readonly name: string }) | undefined
}

interface Scan {
  readonly tokens: readonly Token[]
  at: number
  readonly tables: NameSpan[]
  readonly columns: BodyColumn[]
  readonly stars: { qualifier: NameSpan; scope: Scope }[]
  readonly ctes: Map<string, CommonTable>
  readonly using: (NameSpan & { readonly scope: Scope })[]
  readonly scopes: Scope[]
}

export function newScope(parent?: Scope, sources: readonly Source[] = []): Scope {
  return { ...present({ parent }), sources: [...sources], aliases: new Set(), results: [], isNatural: false }
}

function newFrame(scope: Scope, outer: Scope | undefined, isCast = false): Frame {
  return {
    scope,
    outer,
    target: undefined,
    selects: [],
    expects: 'operand',
    inFrom: false,
    inWith: false,
    inSet: false,
    ordering: false,
    isCast,
    resultsFrom: undefined,
    cte: undefined,
  }
}

const span = (token: Token): NameSpan => ({ name: nameOf(token) ?? '', start: token.start, end: token.end })
const word = (scan: Scan, ahead: number, ...keywords: readonly string[]): boolean =>
  keywords.some((keyword) => isKeyword(scan.tokens[scan.at + ahead], keyword))
const symbol = (scan: Scan, ahead: number, text: string): boolean => isSymbol(scan.tokens[scan.at + ahead], text)

// What may follow a table in FROM and is not its alias.
const notAlias = new Set(
  `ON USING WHERE GROUP HAVING ORDER LIMIT WINDOW UNION INTERSECT EXCEPT JOIN LEFT RIGHT FULL INNER OUTER CROSS NATURAL
  INDEXED NOT SET VALUES SELECT DEFAULT RETURNING FROM END WITH`.split(/\s+/),
)
const endsFrom = new Set(
  'WHERE GROUP HAVING ORDER LIMIT WINDOW UNION INTERSECT EXCEPT RETURNING VALUES SELECT'.split(' '),
)
const reserved = new Set(
  `ALL AND BETWEEN CASE COLLATE DEFAULT DELETE DISTINCT ELSE ESCAPE EXISTS FROM GROUP HAVING IN INSERT INTO IS ISNULL JOIN
  LIMIT NOT NOTHING NOTNULL NULL ON OR ORDER RETURNING SELECT SET THEN UNION INTERSECT EXCEPT UPDATE USING VALUES WHEN WHERE
  WINDOW AS`.split(/\s+/),
)
// Behind NOT the operator follows (NOT LIKE, NOT IN), or NULL, or INDEXED.
const closes = new Set('END ISNULL NOTNULL NOT NULL INDEXED ASC DESC NULLS FIRST LAST'.split(' '))
const afterTerm = ['COLLATE', 'ASC', 'DESC', 'NULLS', 'LIMIT']
const literals = new Set(['NULL', 'CURRENT_TIME', 'CURRENT_DATE', 'CURRENT_TIMESTAMP'])

/** `a`, `a.b` or `a.b.c`: the names, with the scan left on the last token. */
function dotted(scan: Scan): readonly Token[] {
  const parts = [scan.tokens[scan.at] as Token]
  while (symbol(scan, 1, '.') && scan.tokens[scan.at + 2] !== undefined) {
    scan.at += 2
    parts.push(scan.tokens[scan.at] as Token)
  }
  return parts
}

function aliasAfter(scan: Scan): string | undefined {
  if (word(scan, 1, 'AS')) scan.at += 1
  else {
    const next = scan.tokens[scan.at + 1]
    if (next === undefined || nameOf(next) === undefined) return undefined
    if (next.kind === 'word' && notAlias.has(next.text.toUpperCase())) return undefined
  }
  scan.at += 1
  return nameOf(scan.tokens[scan.at] as Token)
}

/** The scan stands on a table's name in FROM, INTO, UPDATE or after IN. */
function table(scan: Scan, frame: Frame, isSource: boolean): void {
  const name = span(dotted(scan).at(-1) as Token)
  frame.expects = 'operator'
  // A table-valued function; its arguments are expressions of the same scope.
  const called = symbol(scan, 1, '(') && frame.inFrom
  if (called) {
    scan.at += 2
    walk(scan, newFrame(frame.scope, frame.outer))
  } else scan.tables.push(name)
  if (!isSource) return
  const alias = aliasAfter(scan)
  frame.scope.sources.push({ ...(called ? {} : { table: name }), ...present({ alias }) })
}

function columnList(scan: Scan, frame: Frame, into: (token: Token) => void): void {
  scan.at += 1
  while (!symbol(scan, 1, ')') && scan.tokens[scan.at + 1] !== undefined) {
    scan.at += 1
    const token = scan.tokens[scan.at] as Token
    if (nameOf(token) !== undefined) into(token)
  }
  scan.at += 1
  frame.expects = 'operator'
}

/** Columns that are written to belong to the first source, the target, whatever an UPDATE … FROM reads besides. */
const columnInto =
  (scan: Scan, frame: Frame) =>
  (token: Token): void => {
    scan.columns.push({ ...span(token), scope: newScope(undefined, frame.scope.sources.slice(0, 1)), ordering: false })
  }

function parenthesis(scan: Scan, frame: Frame): void {
  const isQuery = word(scan, 1, 'SELECT', 'WITH', 'VALUES')
  const isCast = isKeyword(scan.tokens[scan.at - 1], 'CAST')
  scan.at += 1
  if (frame.expects === 'setTarget') {
    scan.at -= 2
    columnList(scan, frame, columnInto(scan, frame))
    return
  }
  const wasTable = frame.expects === 'table'
  const inner = newFrame(isQuery ? newScope(frame.scope) : frame.scope, isQuery ? frame.scope : frame.outer, isCast)
  if (wasTable && !isQuery) Object.assign(inner, { expects: 'table', inFrom: true })
  // A subquery in FROM does not see its neighbours.
  if (wasTable && isQuery) inner.scope = newScope(frame.outer)
  const query = inner.scope
  if (isQuery && frame.cte !== undefined) {
    const { name, ...columns } = frame.cte
    scan.ctes.set(name, scan.ctes.has(name) ? {} : { ...columns, query })
    frame.cte = undefined
  }
  walk(scan, inner)
  frame.expects = 'operator'
  if (wasTable) {
    const alias = aliasAfter(scan)
    if (isQuery || alias !== undefined) frame.scope.sources.push({ ...(isQuery && { query }), ...present({ alias }) })
  }
}

function endResults(scan: Scan, frame: Frame): void {
  if (frame.resultsFrom === undefined) return
  frame.scope.results = resultsOf(scan.tokens.slice(frame.resultsFrom, scan.at))
  scan.scopes.push(frame.scope)
  frame.resultsFrom = undefined
}

/** A keyword that shapes the statement; false where the word is a name or an operator of an expression. */
function clause(scan: Scan, frame: Frame, upper: string): boolean {
  if (upper === 'FROM' && word(scan, -1, 'DISTINCT') && word(scan, -2, 'IS', 'NOT')) return false
  if (upper === 'FROM' || endsFrom.has(upper)) endResults(scan, frame)
  if (endsFrom.has(upper)) {
    Object.assign(frame, { inFrom: false, inSet: false, inWith: false, expects: 'operand' })
    frame.ordering = upper === 'ORDER' && frame.selects.length > 0
  }
  if (upper === 'SELECT' || upper === 'VALUES') {
    if (frame.selects.length > 0 || frame.target !== undefined) frame.scope = newScope(frame.outer)
    frame.selects.push(frame.scope)
    if (upper === 'SELECT') frame.resultsFrom = scan.at + 1
  } else if (upper === 'FROM' || upper === 'JOIN') Object.assign(frame, { inFrom: true, expects: 'table' })
  else if (upper === 'INTO') intoTarget(scan, frame)
  else if (upper === 'UPDATE' && !word(scan, 1, 'SET')) {
    if (word(scan, 1, 'OR')) scan.at += 2
    Object.assign(frame, { scope: newScope(frame.outer), expects: 'table' })
  } else if (upper === 'DELETE') frame.scope = newScope(frame.outer)
  else if (upper === 'SET') Object.assign(frame, { inSet: true, expects: 'setTarget' })
  else if (upper === 'WITH') Object.assign(frame, { inWith: true, expects: 'cte' })
  else if (upper === 'RETURNING' && frame.target !== undefined) frame.scope = frame.target
  else if (upper === 'ON' && word(scan, 1, 'CONFLICT')) {
    if (frame.target !== undefined) frame.scope = frame.target
    Object.assign(frame, { inFrom: false, expects: 'operator' })
    scan.at += 1
  } else if (upper === 'USING' && symbol(scan, 1, '(')) {
    columnList(scan, frame, (token) => scan.using.push({ ...span(token), scope: frame.scope }))
  } else if (upper === 'NATURAL' && frame.inFrom) frame.scope.isNatural = true
  else if (upper === 'BY' && word(scan, -1, 'GROUP', 'ORDER', 'PARTITION')) frame.expects = 'operand'
  else if (upper === 'PARTITION' && word(scan, 1, 'BY')) frame.expects = 'operator'
  else if (upper === 'INDEXED' && word(scan, 1, 'BY')) scan.at += 2
  else return endsFrom.has(upper)
  return true
}

/** INSERT INTO t [AS x] [(columns)]: the columns are the target's. */
function intoTarget(scan: Scan, frame: Frame): void {
  const scope = newScope(frame.outer)
  frame.scope = scope
  frame.target = scope
  scan.at += 1
  table(scan, { ...frame, inFrom: false }, true)
  const target = scope.sources[0]?.table
  if (target !== undefined) scope.sources.push({ table: target, alias: 'excluded', qualifiedOnly: true })
  if (symbol(scan, 1, '(')) columnList(scan, frame, columnInto(scan, frame))
  frame.expects = 'operator'
}

function cte(scan: Scan, frame: Frame): void {
  if (word(scan, 0, 'RECURSIVE')) return
  const columns: string[] = []
  const name = foldName(nameOf(scan.tokens[scan.at] as Token) ?? '')
  if (symbol(scan, 1, '(')) columnList(scan, frame, (token) => columns.push(nameOf(token) ?? ''))
  frame.cte = columns.length === 0 ? { name } : { name, columns }
  frame.expects = 'operator'
}

function name(scan: Scan, frame: Frame): void {
  const startsTerm = word(scan, -1, 'BY') || symbol(scan, -1, ',')
  const parts = dotted(scan)
  const last = parts.at(-1) as Token
  const qualifier = parts.at(-2)
  frame.expects = 'operator'
  if (qualifier === undefined && symbol(scan, 1, '(')) return
  if (isSymbol(last, '*') && qualifier !== undefined) {
    scan.stars.push({ qualifier: span(qualifier), scope: frame.scope })
    return
  }
  if (nameOf(last) === undefined || last.kind === 'string') return
  const of = qualifier === undefined ? {} : { qualifier: span(qualifier) }
  const whole = frame.ordering && startsTerm && endsTerm(scan)
  const scope = whole && qualifier === undefined ? orderedScope(frame, nameOf(last) ?? '') : frame.scope
  scan.columns.push({ ...span(last), ...of, scope, ordering: whole })
}

/** A term of ORDER BY of a compound means the result of the first SELECT that has one of its name. https://www.sqlite.org/lang_select.html#orderby */
function orderedScope({ selects, scope }: Frame, term: string): Scope {
  const has = ({ aliases, results }: Scope): boolean =>
    aliases.has(foldName(term)) || results.some(({ column }) => column !== undefined && sameName(column, term))
  return selects.find(has) ?? scope
}

/** What may follow a term of ORDER BY that is a name and nothing else: only such a term may mean a result's alias. */
function endsTerm(scan: Scan): boolean {
  const next = scan.tokens[scan.at + 1]
  return (
    next === undefined || next.text === ',' || next.text === ')' || next.text === ';' || word(scan, 1, ...afterTerm)
  )
}

/** A result may be named without AS: `SELECT a b FROM t`. Behind an operator would stand an operand. */
function isBareAlias(scan: Scan, { resultsFrom }: Frame, upper: string): boolean {
  if (resultsFrom === undefined || closes.has(upper)) return false
  const next = scan.tokens[scan.at + 1]
  return next === undefined || ',);'.includes(next.text) || word(scan, 1, 'FROM', ...endsFrom)
}

function operator(scan: Scan, frame: Frame, upper: string): void {
  if (closes.has(upper)) return
  if (upper === 'COLLATE' || upper === 'OVER') {
    if (!symbol(scan, 1, '(')) scan.at += 1
    return
  }
  if (upper === 'AS') {
    if (frame.isCast) {
      while (scan.tokens[scan.at + 1] !== undefined && !symbol(scan, 1, ')')) {
        if (symbol(scan, 1, '(')) while (!symbol(scan, 1, ')') && scan.tokens[scan.at + 1]) scan.at += 1
        scan.at += 1
      }
    } else if (!symbol(scan, 1, '(') && !word(scan, 1, 'NOT', 'MATERIALIZED')) {
      scan.at += 1
      frame.scope.aliases.add(foldName(nameOf(scan.tokens[scan.at] as Token) ?? ''))
    }
    return
  }
  if (upper === 'IN' && !symbol(scan, 1, '(')) {
    scan.at += 1
    table(scan, frame, false)
    return
  }
  frame.expects = 'operand'
}

function wordAt(scan: Scan, frame: Frame, token: Token): void {
  const upper = token.kind === 'word' ? token.text.toUpperCase() : ''
  if (frame.expects === 'table' && !reserved.has(upper)) {
    table(scan, frame, true)
    return
  }
  if (frame.expects === 'cte') {
    cte(scan, frame)
    return
  }
  if (frame.expects === 'setTarget') {
    columnInto(scan, frame)(token)
    frame.expects = 'operator'
    return
  }
  if (upper !== '' && clause(scan, frame, upper)) return
  if (frame.expects === 'operator') {
    if ((upper === '' && !frame.inFrom) || isBareAlias(scan, frame, upper))
      frame.scope.aliases.add(foldName(nameOf(token) ?? ''))
    else operator(scan, frame, upper)
    return
  }
  if (literals.has(upper)) frame.expects = 'operator'
  else if (!reserved.has(upper)) name(scan, frame)
}

function comma(frame: Frame): void {
  if (frame.inFrom) frame.expects = 'table'
  else if (frame.inWith) frame.expects = 'cte'
  else frame.expects = frame.inSet ? 'setTarget' : 'operand'
}

/** From after an opening parenthesis (or the start) to the closing one. */
function walk(scan: Scan, first: Frame): void {
  let frame = first
  for (; scan.at < scan.tokens.length; scan.at += 1) {
    const token = scan.tokens[scan.at] as Token
    if (isSymbol(token, ')')) break
    if (isSymbol(token, '(')) parenthesis(scan, frame)
    else if (isSymbol(token, ',')) comma(frame)
    else if (isSymbol(token, ';')) {
      endResults(scan, frame)
      frame = newFrame(newScope(first.outer), first.outer)
    } else if (token.kind === 'word' || token.kind === 'quoted') wordAt(scan, frame, token)
    else if (token.kind === 'string' && frame.expects === 'table') table(scan, frame, true)
    else
      frame.expects =
        token.kind === 'operator' && !(token.text === '*' && frame.expects === 'operand') ? 'operand' : 'operator'
  }
  endResults(scan, frame)
}

/** Reads the names of a stretch of statements; `root` holds what is known outside them (`new` and `old`). */
export function scanBody(source: string, from: number, to: number, root?: Scope): Body {
  const tokens = significant(tokenize(source.slice(from, to))).map((token) => ({
    ...token,
    start: token.start + from,
    end: token.end + from,
  }))
  const scan: Scan = { tokens, at: 0, tables: [], columns: [], stars: [], ctes: new Map(), using: [], scopes: [] }
  const query = newScope(root)
  walk(scan, newFrame(query, root))
  return { ...scan, query }
}
