import { classifySql, isSignificant, lexSql } from '@org/migrate-core/connection'
import type { SqlClass, SqlGrammar, SqlToken } from '@org/migrate-core/dialect'

/** How our sessions read: without ANSI_QUOTES and NO_BACKSLASH_ESCAPES, which they take out of sql_mode. */
export const grammar: SqlGrammar = Object.freeze({
  backslashEscapes: true,
  doubleQuotedStrings: true,
  backticks: true,
  hashComments: true,
  executedComments: true,
})

/** User variables of a session or a script: its own `sql_mode`, and the one that stored programs are created under. */
export const modeVariables = { session: '@migrate_session_modes', program: '@migrate_program_modes' } as const

/**
 * `ddl` is all that commits by itself: https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html and
 * https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/. What a CALL or EXECUTE does, no text tells.
 */
const byKeyword: ReadonlyMap<string, SqlClass> = new Map<string, SqlClass>([
  ...(['SELECT', 'VALUES', 'TABLE', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'DO', 'CHECKSUM'] as const).map(
    (word) => [word, 'query'] as const,
  ),
  ...(['INSERT', 'REPLACE', 'UPDATE', 'DELETE'] as const).map((word) => [word, 'dml'] as const),
  ...(
    [
      'CREATE',
      'ALTER',
      'DROP',
      'RENAME',
      'TRUNCATE',
      'GRANT',
      'REVOKE',
      'ANALYZE',
      'OPTIMIZE',
      'REPAIR',
      'CHECK',
      'CACHE',
      'FLUSH',
      'RESET',
      'INSTALL',
      'UNINSTALL',
      'IMPORT',
      'CHANGE',
      'STOP',
    ] as const
  ).map((word) => [word, 'ddl'] as const),
  ...(['START', 'BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'XA', 'LOCK', 'UNLOCK'] as const).map(
    (word) => [word, 'transaction'] as const,
  ),
  ['SET', 'setting'],
  ['USE', 'setting'],
])

const upper = (token: SqlToken | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '')

const changing = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE'])

/** First words that mean more than one thing. */
const closer: { readonly [first: string]: (rest: readonly SqlToken[]) => SqlClass } = {
  LOAD: ([second]) => (/^(?:DATA|XML)$/.test(upper(second)) ? 'dml' : upper(second) === 'INDEX' ? 'ddl' : 'unknown'),
  START: ([second]) => (upper(second) === 'TRANSACTION' ? 'transaction' : 'ddl'),
  // MariaDB: a block of statements of its own.
  BEGIN: ([second]) => (upper(second) === 'NOT' ? 'unknown' : 'transaction'),
  SET: ([second, third]) => (upper(second) === 'PASSWORD' && third?.text !== '.' ? 'ddl' : 'setting'),
  // It runs what it explains.
  EXPLAIN: classifyAnalysed,
  DESCRIBE: classifyAnalysed,
  DESC: classifyAnalysed,
  EXECUTE: classifyPrepared,
  PREPARE: classifyPrepared,
  ANALYZE: (rest) =>
    // MariaDB's own form of the same; ANALYZE TABLE commits.
    /^(?:TABLE|TABLES|LOCAL|NO_WRITE_TO_BINLOG)$/.test(upper(rest[0])) ? 'ddl' : changes(rest) ? 'dml' : 'query',
}

function changes(tokens: readonly SqlToken[]): boolean {
  return tokens.some((token) => changing.has(upper(token)))
}

function classifyAnalysed(rest: readonly SqlToken[]): SqlClass {
  return upper(rest[0]) === 'ANALYZE' && changes(rest) ? 'dml' : 'query'
}

const insideOf = (comment: string): string => comment.replace(/^\/\*M?!\d*/, '').replace(/\*\/$/, '')

/** MariaDB runs any statement so; of MySQL's PREPARE the manual lists those that it takes, and these are not among them. */
function classifyPrepared(rest: readonly SqlToken[]): SqlClass {
  const text = rest.find(({ kind }) => kind === 'string')?.text
  return text !== undefined && classify(text.slice(1, -1)) === 'transaction' ? 'transaction' : 'unknown'
}

// A comment that begins with /*! or (MariaDB) /*M! is SQL that the server runs.
const executed = /^\/\*M?!/

const releasing = /\brelease_(?:all_locks|lock)\b/i

/** https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html; also in a comment that the server runs. */
export function releasesLocks(sql: string): boolean {
  return lexSql(sql, grammar).some(
    ({ kind, text }) => (kind === 'word' || (kind === 'comment' && executed.test(text))) && releasing.test(text),
  )
}

/** SQL as a server reads it that runs all comments which a server may run. */
export function withExecutedComments(sql: string): string {
  return lexSql(sql, grammar)
    .map(({ kind, text }) => (kind === 'comment' && executed.test(text) ? ` ${insideOf(text)} ` : text))
    .join('')
}

/** What kind of statement a text is, as our sessions read it. */
export function classify(sql: string): SqlClass {
  const tokens = lexSql(sql, grammar)
  if (tokens.some((token) => token.kind === 'comment' && executed.test(token.text))) {
    const kind = classify(withExecutedComments(sql))
    // Whether the server runs it depends on its version.
    return kind === 'transaction' ? kind : 'unknown'
  }
  const sqlClass = classifySql(sql, grammar, byKeyword)
  const significant = tokens.filter((token) => isSignificant(token) && token.text !== '(')
  // A file on the server's disk is written.
  const into = significant.findIndex((token) => upper(token) === 'INTO')
  if (sqlClass === 'query' && /^(?:OUTFILE|DUMPFILE)$/.test(upper(significant[into + 1]))) return 'unknown'
  const special = Object.hasOwn(closer, upper(significant[0])) ? closer[upper(significant[0])] : undefined
  if (special === undefined) return sqlClass
  const several = significant.findIndex((token) => token.text === ';')
  if (sqlClass !== 'ddl' && several !== -1 && significant.slice(several).some((token) => token.text !== ';'))
    return 'unknown'
  return special(significant.slice(1))
}
