// A quoted name here means a column; without quotes the word means something else.
const special = new Set([
  ...['null', 'true', 'false', 'default', 'user', 'current_user', 'session_user', 'current_date', 'current_time'],
  ...['current_timestamp', 'localtime', 'localtimestamp', 'rowid', 'excluded', 'new', 'old'],
])

/** What cannot be cut into tokens without knowing the server: comments, dollar quotes, backslashes, which MySQL reads in strings. */
const beyond = /--|\/\*|\\|\$\w*\$/

const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[\p{L}\p{N}_$]+|[()[\],;]|[^\s\p{L}\p{N}_$'"`()[\],;]+|['"`]/gu

function canonicalToken(text: string): string {
  if (text.startsWith("'")) return text
  // PostgreSQL tells "Email" from email, so only lower case loses its quotes; names in backticks never have a case.
  const plain = text.startsWith('"')
    ? /^"([a-z_][a-z0-9_]*)"$/.exec(text)?.[1]
    : /^`([A-Za-z_]\w*)`$/.exec(text)?.[1]?.toLowerCase()
  if (plain !== undefined && !special.has(plain)) return plain
  return text.startsWith('"') || text.startsWith('`') ? text : text.toLowerCase()
}

/** Whether the first parenthesis closes with the last token. */
function enclosed(tokens: readonly string[]): boolean {
  if (tokens.length < 3 || tokens[0] !== '(' || tokens.at(-1) !== ')') return false
  let depth = 0
  return tokens.every((part, at) => {
    if (part === '(') depth += 1
    if (part === ')') depth -= 1
    return depth > 0 || at === tokens.length - 1
  })
}

/**
 * An expression's text without what never makes a difference: white space, the case of words, quotes around plain names and
 * parentheses around the whole. Different expressions never become equal; some equal ones stay different.
 */
export function expressionText(sql: string): string {
  const text = sql.trim().replace(/;$/, '').trimEnd()
  if (beyond.test(text)) return text
  let tokens = (text.match(token) ?? []).map(canonicalToken)
  while (enclosed(tokens)) tokens = tokens.slice(1, -1)
  return tokens.join(' ')
}
