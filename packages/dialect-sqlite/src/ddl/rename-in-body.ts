import { quoteName } from '../sql/quote.ts'
import { foldName, isKeyword, sameName } from '../sql/tokenize.ts'
import { type Body, type BodyColumn, newScope, type Scope, type Source, scanBody } from './body-scan.ts'
import { acceptSymbol, cursorOn, type NameSpan, nameSpan, peek, type Span } from './cursor.ts'
import { parseTrigger, parseView } from './parse-view.ts'
import { replaceName, splice } from './splice.ts'
import { unsupported } from './unsupported.ts'

export type BodyKind = 'view' | 'trigger'

export interface ParsedBody {
  readonly body: Body
  readonly subject: string
  /** A trigger's own table, and the columns of UPDATE OF. */
  readonly table?: NameSpan
  readonly updateOf: readonly NameSpan[]
}

/** The columns of UPDATE OF a, b ON …. */
function updateOf(source: string): readonly NameSpan[] {
  const cursor = cursorOn(source)
  while (peek(cursor) !== undefined && !isKeyword(peek(cursor), 'OF') && !isKeyword(peek(cursor), 'ON')) cursor.at += 1
  // INSTEAD OF has no columns: after it comes the event.
  if (isKeyword(cursor.tokens[cursor.at - 1], 'INSTEAD')) {
    cursor.at += 1
    while (peek(cursor) !== undefined && !isKeyword(peek(cursor), 'OF') && !isKeyword(peek(cursor), 'ON'))
      cursor.at += 1
  }
  if (!isKeyword(peek(cursor), 'OF')) return []
  cursor.at += 1
  const names: NameSpan[] = []
  do names.push(nameSpan(cursor))
  while (acceptSymbol(cursor, ','))
  return names
}

/** The statements of a trigger begin after BEGIN; before it may stand WHEN (…), which is an expression. */
export function parseBody(source: string, kind: BodyKind): ParsedBody {
  if (kind === 'view') {
    const { name, select } = parseView(source)
    return { body: scanBody(source, select.start, select.end), subject: `view ${name.name}`, updateOf: [] }
  }
  const { name, table, body } = parseTrigger(source)
  const rows: Source[] = [
    { table, alias: 'new', qualifiedOnly: true },
    { table, alias: 'old', qualifiedOnly: true },
  ]
  const root = newScope(undefined, rows)
  const cursor = cursorOn(source)
  const begin = cursor.tokens.findIndex((token) => token.start >= body.start && isKeyword(token, 'BEGIN'))
  const start = cursor.tokens[begin]?.start ?? body.end
  const whenAt = cursor.tokens.find(
    (token) => token.start >= body.start && token.start < start && isKeyword(token, 'WHEN'),
  )
  const when = scanBody(source, whenAt?.end ?? start, start, root)
  const statements = scanBody(source, cursor.tokens[begin]?.end ?? body.end, body.end, root)
  return {
    body: {
      tables: [...when.tables, ...statements.tables],
      columns: [...when.columns, ...statements.columns],
      stars: [...when.stars, ...statements.stars],
      ctes: new Map([...when.ctes, ...statements.ctes]),
      using: [...when.using, ...statements.using],
      scopes: [...when.scopes, ...statements.scopes],
      query: statements.query,
    },
    subject: `trigger ${name.name}`,
    table,
    updateOf: updateOf(source),
  }
}

export function* scopesFrom(scope: Scope): Generator<Scope> {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) yield at
}

export function sourceOf(scope: Scope, qualifier: string): Source | undefined {
  for (const at of scopesFrom(scope)) {
    const match = at.sources.find((source) => sameName(source.alias ?? source.table?.name ?? '', qualifier))
    if (match !== undefined) return match
  }
  return undefined
}

const apply = (source: string, spans: readonly Span[], to: string): string => {
  const unique = new Map(spans.map((span) => [span.start, span]))
  return splice(
    source,
    [...unique.values()].map((span) => replaceName(source, span, quoteName(to))),
  )
}

/**
 * The text of a view or trigger after a table (or view) that it may read got another name: where it is read, written, and
 * where it qualifies a column. Throws UNSUPPORTED where a common table expression has the same name.
 */
export function renameTableInBody(source: string, kind: BodyKind, from: string, to: string): string {
  const { body, subject, table } = parseBody(source, kind)
  const spans = body.tables.filter(({ name }) => sameName(name, from))
  if (body.ctes.has(foldName(from)) && spans.length > 0) {
    return unsupported(`rename ${from} in ${subject}`, 'a common table expression there has the same name')
  }
  const qualifiers = [...body.columns, ...body.stars].flatMap(({ qualifier, scope }) => {
    if (qualifier === undefined || !sameName(qualifier.name, from)) return []
    const qualified = sourceOf(scope, qualifier.name)
    return qualified?.alias === undefined && qualified?.table !== undefined ? [qualifier] : []
  })
  const own = table !== undefined && sameName(table.name, from) ? [table] : []
  return apply(source, [...own, ...spans, ...qualifiers], to)
}

/** The name of a table's column everywhere, as far as the caller knows the tables. */
type ColumnsOf = (table: string) => readonly string[] | undefined

interface ColumnRename {
  readonly table: string
  readonly from: string
  readonly to: string
}

/** Whether a bare column name means the column of the table. */
function means(use: BodyColumn, { table, from }: ColumnRename, columnsOf: ColumnsOf): boolean | 'unknown' {
  let unknown = false
  for (const scope of scopesFrom(use.scope)) {
    if (use.ordering && scope === use.scope && scope.aliases.has(foldName(from))) return false
    const sources = scope.sources.filter((source) => source.qualifiedOnly === undefined)
    // Two sources of one scope with the column would be ambiguous to SQLite itself, so the table's own is meant.
    if (sources.some((source) => source.table !== undefined && sameName(source.table.name, table))) {
      return unknown ? 'unknown' : true
    }
    const holds = sources.map((source) => {
      const columns = source.table === undefined ? undefined : columnsOf(source.table.name)
      return columns?.some((column) => sameName(column, from))
    })
    if (holds.includes(true)) return false
    unknown ||= holds.includes(undefined)
  }
  return false
}

/**
 * The text of a view or trigger after a column of a table got another name, as SQLite's own RENAME COLUMN writes it.
 * Throws UNSUPPORTED where the text alone does not tell whose column a name is.
 */
export function renameColumnInBody(source: string, kind: BodyKind, change: ColumnRename, columnsOf: ColumnsOf): string {
  const { body, subject, table, updateOf: updated } = parseBody(source, kind)
  const operation = `rename ${change.table}.${change.from} in ${subject}`
  const isTable = (span: NameSpan | undefined): boolean => span !== undefined && sameName(span.name, change.table)
  if (!isTable(table) && !body.tables.some(isTable)) return source
  if (
    body.using.some(
      ({ name, scope }) => sameName(name, change.from) && scope.sources.some((each) => isTable(each.table)),
    )
  ) {
    return unsupported(operation, 'the column joins two tables by its name (USING)')
  }
  if (body.ctes.has(foldName(change.table))) {
    return unsupported(operation, 'a common table expression there has the name of the table')
  }
  const uses = body.columns.filter((use) => {
    if (!sameName(use.name, change.from)) return false
    if (use.qualifier !== undefined) return isTable(sourceOf(use.scope, use.qualifier.name)?.table)
    const meant = means(use, change, columnsOf)
    if (meant === 'unknown') return unsupported(operation, `the text does not tell whose column ${use.name} is`)
    return meant
  })
  const heads = isTable(table) ? updated.filter(({ name }) => sameName(name, change.from)) : []
  return apply(source, [...heads, ...uses], change.to)
}

/**
 * A text that nowhere has a name need not be parsed for it. Quotes within a name are written two times; capital letters, unlike small ones,
 * do not depend on what stands behind them (σ, ς).
 */
export const mayMention = (source: string, name: string): boolean =>
  /["'`]/.test(name) || source.toUpperCase().includes(name.toUpperCase())

/** Whether the text of a view or trigger reads or writes the table. */
export function mentionsTable(source: string, kind: BodyKind, name: string): boolean {
  if (!mayMention(source, name)) return false
  const { body, table } = parseBody(source, kind)
  return [...body.tables, ...(table === undefined ? [] : [table])].some((span) => sameName(span.name, name))
}
