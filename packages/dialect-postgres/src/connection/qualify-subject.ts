import { isSignificant, lexSql } from '@org/migrate-core/connection'
import type { SqlToken } from '@org/migrate-core/dialect'
import { grammar } from '../sql/grammar.ts'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import type { Connection } from './connection.ts'
import { inOwnTransaction } from './local.ts'

/** Where the text names the one thing that it is about: the position of that token. */
function subjectAt(tokens: readonly SqlToken[]): number | undefined {
  const keywords = tokens.map(({ kind, text }) => (kind === 'word' ? text.toUpperCase() : ''))
  const concurrently = keywords.indexOf('CONCURRENTLY')
  if (concurrently === -1 || !keywords.slice(0, concurrently).includes('INDEX')) return undefined
  const after = (at: number, ...optional: readonly string[]): number =>
    optional.reduce((next, word) => (keywords[next] === word ? next + 1 : next), at)
  if (keywords[0] === 'DROP') return after(concurrently + 1, 'IF', 'EXISTS')
  if (keywords[0] === 'REINDEX') return concurrently + 1
  if (keywords[0] !== 'CREATE') return undefined
  const on = keywords.indexOf('ON', concurrently)
  return on === -1 ? undefined : after(on + 1, 'ONLY')
}

const schemaSql = `SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = pg_catalog.to_regclass($1)`

interface SharedSessionContext {
  /** Begins a transaction with our settings. */
  readonly begin: string
  /** The schema that the session stands in. */
  readonly schema: string
  /** Whether that is another than the server's own choice. */
  readonly ownPath: boolean
}

/**
 * A statement that cannot be part of a transaction, for a session that is shared: no search path of ours is there then, so that
 * the table or index gets the schema in which our search path finds it. Throws UNSUPPORTED where the text is none of those that
 * can be read so, and the schema is not the server's own choice.
 */
export async function qualifySubject(
  connection: Connection,
  sql: string,
  context: SharedSessionContext,
): Promise<string> {
  const tokens = lexSql(sql, grammar)
  const significant = tokens.filter(isSignificant)
  const at = subjectAt(significant)
  const name = at === undefined ? undefined : significant[at]
  if (at === undefined || name === undefined) {
    if (!context.ownPath) return sql
    unsupported(
      'a statement outside a transaction',
      `with lock: 'table' it has no search path of its own, and its names would not be found in ${JSON.stringify(context.schema)}`,
      'Run it on a direct connection, without lock.',
    )
  }
  if (significant[at + 1]?.text === '.') return sql
  const rows = await inOwnTransaction(connection, context.begin, [schemaSql, [name.text], {}])
  // What is not there is looked for in our schema, and not in one that the next session happens to stand in.
  const schema = rows[0]?.[0] ?? context.schema
  if (schema === '') return sql
  return tokens
    .map((token) => (token === name ? `${quote.identifier(schema).text}.${token.text}` : token.text))
    .join('')
}
