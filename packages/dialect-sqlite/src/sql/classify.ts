import type { SqlClass, SqlGrammar } from '@org/migrate-core/dialect'
import { significant, type Token, tokenize } from './tokenize.ts'

/** https://www.sqlite.org/lang_keywords.html: names in the quotes of other databases too. */
export const grammar: SqlGrammar = Object.freeze({ backticks: true, brackets: true })

const byKeyword: ReadonlyMap<string, SqlClass> = new Map<string, SqlClass>([
  ['SELECT', 'query'],
  ['VALUES', 'query'],
  ['EXPLAIN', 'query'],
  ['INSERT', 'dml'],
  ['REPLACE', 'dml'],
  ['UPDATE', 'dml'],
  ['DELETE', 'dml'],
  ['CREATE', 'ddl'],
  ['DROP', 'ddl'],
  ['ALTER', 'ddl'],
  ['REINDEX', 'ddl'],
  ['ANALYZE', 'ddl'],
  ['VACUUM', 'ddl'],
  ['ATTACH', 'ddl'],
  ['DETACH', 'ddl'],
  ['BEGIN', 'transaction'],
  ['COMMIT', 'transaction'],
  ['END', 'transaction'],
  ['ROLLBACK', 'transaction'],
  ['SAVEPOINT', 'transaction'],
  ['RELEASE', 'transaction'],
])

/** Pragmas that only read, also with an argument. All others set something or do work. */
const readingPragmas = new Set([
  'COLLATION_LIST',
  'COMPILE_OPTIONS',
  'DATABASE_LIST',
  'FOREIGN_KEY_CHECK',
  'FOREIGN_KEY_LIST',
  'FUNCTION_LIST',
  'INDEX_INFO',
  'INDEX_LIST',
  'INDEX_XINFO',
  'INTEGRITY_CHECK',
  'MODULE_LIST',
  'PRAGMA_LIST',
  'QUICK_CHECK',
  'TABLE_INFO',
  'TABLE_LIST',
  'TABLE_XINFO',
])

const word = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '')

/** WITH is followed by what it belongs to, outside all parentheses. */
function afterWith(tokens: readonly Token[]): SqlClass {
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(') depth += 1
    else if (token.text === ')') depth -= 1
    else if (depth === 0) {
      const sqlClass = byKeyword.get(word(token))
      if (sqlClass === 'query' || sqlClass === 'dml') return sqlClass
    }
  }
  return 'unknown'
}

function pragma(tokens: readonly Token[]): SqlClass {
  const name = word(tokens[2]?.text === '.' ? tokens[3] : tokens[1])
  return readingPragmas.has(name) ? 'query' : 'setting'
}

/** What kind of statement a text is. Several statements in one text are `unknown`: the driver takes one. */
export function classify(sql: string): SqlClass {
  const all = significant(tokenize(sql))
  // SQLite reads over empty statements: `;BEGIN` begins a transaction.
  const start = all.findIndex((token) => token.text !== ';')
  const tokens = all.slice(Math.max(0, start))
  const first = word(tokens[0])
  // The body of a trigger holds statements of its own.
  if (first === 'CREATE') return 'ddl'
  const end = tokens.findIndex((token) => token.text === ';')
  if (end !== -1 && tokens.slice(end).some((token) => token.text !== ';')) return 'unknown'
  if (first === 'WITH') return afterWith(tokens.slice(1))
  if (first === 'PRAGMA') return pragma(tokens)
  return byKeyword.get(first) ?? 'unknown'
}
