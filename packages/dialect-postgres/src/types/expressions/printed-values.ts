/*
 * Values as the server prints them, for those that it does not keep as they were written.
 */

/** An exact number, without an exponent: `1e+30`, `1.5e-7`. */
export function plainDigits(text: string): string {
  const [, sign = '', whole = '', part = '', power] = /^([-+]?)(\d*)\.?(\d*)e([-+]?\d+)$/i.exec(text) ?? []
  if (power === undefined) return text.replace(/^\+/, '')
  const pointPosition = whole.length + Number(power)
  const digits = `${'0'.repeat(Math.max(0, 1 - pointPosition))}${whole}${part}`.padEnd(pointPosition, '0')
  const at = Math.max(pointPosition, 1)
  const tail = digits.slice(at)
  return `${sign === '-' ? '-' : ''}${digits.slice(0, at).replace(/^0+(?=\d)/, '')}${tail === '' ? '' : `.${tail}`}`
}

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/** Of a value in which each string and each key begins with `s`, and each number is a string that begins with `n`. */
function printed(value: unknown): string {
  if (typeof value === 'string')
    return value.startsWith('n') ? plainDigits(value.slice(1)) : JSON.stringify(value.slice(1))
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`
  const members = Object.entries(value).map(([key, member]) => ({ key: Buffer.from(key), member }))
  members.sort((a, b) => a.key.length - b.key.length || Buffer.compare(a.key, b.key))
  return `{${members.map(({ key, member }) => `${printed(String(key))}: ${printed(member)}`).join(', ')}}`
}

/**
 * A jsonb value: the shorter keys first, a blank behind each colon and comma, of several equal keys the last one, numbers exact. What is
 * no JSON stays as it is. https://www.postgresql.org/docs/current/datatype-json.html
 */
export function printedJsonb(text: string): string {
  // JSON.parse would round the numbers, so it gets them as strings.
  const marked = text.replace(stringOrNumber, (token) =>
    token.startsWith('"') ? `"s${token.slice(1)}` : `"n${token}"`,
  )
  try {
    return printed(JSON.parse(marked))
  } catch {
    return text
  }
}
