// SQL of a session, with `?` for its values, as a driver takes it.

/** What holds no placeholder: texts, names in quotes, comments, texts between dollars. */
const parts = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|\?\?|\?/g

/** @param {boolean} numbered `$1`, `$2`: PostgreSQL */
export function spelled(/** @type {string} */ sql, numbered) {
  if (!numbered) return sql
  let at = 0
  return sql.replace(parts, (part) => {
    if (part === '??') return '?'
    if (part !== '?') return part
    at += 1
    return `$${at}`
  })
}

/** Drivers write bigints into places of numbers only; a text is read as what its place is. */
export const sendable = (/** @type {readonly unknown[]} */ params) =>
  params.map((value) => (typeof value === 'bigint' ? String(value) : value))
