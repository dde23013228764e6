import { lexSql, MigrateError } from '@org/migrate-core/connection'
import type { SqlToken } from '@org/migrate-core/dialect'
import { quote } from './quote.ts'

/** Standard SQL as data steps write it: a backslash in a text is a backslash. Backticks are let through, as no other server has them. */
const standard = { backticks: true } as const

function refused(sql: string, why: string): MigrateError<'UNPARSED_SQL'> {
  const message = `SQL of a data step cannot be sent to MySQL: ${why}: ${sql}`
  const remedy = 'Correct the statement, or write it in SQL that every server reads the same way.'
  return new MigrateError('UNPARSED_SQL', { object: 'a data step', sql, why }, message, { remedy })
}

function closed({ text }: SqlToken): boolean {
  const quoteMark = text[0] as string
  return text.length > 1 && text.endsWith(quoteMark) && text.split(quoteMark).length % 2 === 1
}

function spelled(token: SqlToken, next: SqlToken | undefined, sql: string): string {
  const { kind, text } = token
  // `--x` is a comment elsewhere and arithmetic here, and `/*!` is run.
  if (kind === 'comment') return ' '
  if (kind === 'string' || kind === 'quoted') {
    if (!closed(token)) throw refused(sql, `${text.slice(0, 40)} is not closed`)
  }
  if (kind === 'quoted' && text.startsWith('"')) return quote.identifier(text.slice(1, -1).replaceAll('""', '"')).text
  // Our sessions read a backslash as an escape.
  if (kind === 'string') return text.replaceAll('\\', '\\\\')
  // It would hide the rest of its line: PostgreSQL has operators of it, as in `a #>> b`.
  if (text === '#') throw refused(sql, '# begins a comment here')
  if (text === '|' && next?.text === '|')
    throw refused(sql, '|| joins texts elsewhere and is OR here; write CONCAT(a, b)')
  return text
}

/**
 * SQL of a data step as our sessions read it: names in double quotes become names in backticks, texts keep their backslashes,
 * comments are left out. Throws UNPARSED_SQL for what would mean something else here.
 */
export function portable(sql: string): string {
  const tokens = lexSql(sql, standard)
  return tokens.map((token, at) => spelled(token, tokens[at + 1], sql)).join('')
}
