/**
 * Puts every operation of an expression into parentheses, so that it is compared by what it means and not by the parentheses that
 * its author or the server wrote. The tokens are canonical: lower case, operators of several symbols in one piece.
 * https://dev.mysql.com/doc/refman/8.4/en/operator-precedence.html
 */
const binding: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['xor', 2],
  ['and', 3],
  ...['=', '<=>', '>=', '>', '<=', '<', '<>', 'is', 'like', 'regexp', 'rlike', 'in', 'between', 'not'].map(
    (operator) => [operator, 6] as const,
  ),
  ['|', 7],
  ['&', 8],
  ['<<', 9],
  ['>>', 9],
  ['-', 10],
  ['+', 10],
  ['*', 11],
  ['/', 11],
  ['div', 11],
  ['%', 11],
  ['mod', 11],
  ['^', 12],
  ['->', 15],
  ['->>', 15],
  ['collate', 15],
])

const notBinding = 4
const betweenBinding = 5
const unaryBinding = 13

/** What this reader does not know; the text is then compared as it is. */
const beyond = Symbol('beyond')

/** Deeper expressions than people write; a reader that calls itself has to end somewhere. */
const deepest = 200

interface Reader {
  readonly tokens: readonly string[]
  at: number
  depth: number
}

/** One level down. */
function within<T>(reader: Reader, read: () => T): T {
  reader.depth += 1
  if (reader.depth > deepest) throw beyond
  const result = read()
  reader.depth -= 1
  return result
}

const peek = (reader: Reader): string | undefined => reader.tokens[reader.at]

function take(reader: Reader, expected?: string): string {
  const token = reader.tokens[reader.at]
  if (token === undefined || (expected !== undefined && token !== expected)) throw beyond
  reader.at += 1
  return token
}

/** Operations that mean the same however they are grouped are one: `inner` is such a chain without its parentheses. */
interface Node {
  readonly text: string
  readonly operator?: string
  readonly inner?: string
}

function list(reader: Reader): readonly Node[] {
  const parts: Node[] = []
  for (;;) {
    let part = expression(reader, 0)
    // `CAST(a AS char)`, `CONVERT(a USING utf8mb4)`, `EXTRACT(year FROM a)`: words up to the end of the argument.
    while (peek(reader) !== ',' && peek(reader) !== ')') part = { text: `${part.text} ${nested(reader)}` }
    parts.push(part)
    if (take(reader) === ')') return parts
  }
}

const joinTexts = (nodes: readonly Node[]): string => nodes.map(({ text }) => text).join(', ')

/** One token, or all that stands in one pair of parentheses. */
function nested(reader: Reader): string {
  const token = take(reader)
  if (token !== '(') return token
  return within(reader, () => {
    let text = token
    while (peek(reader) !== ')') text += ` ${nested(reader)}`
    return `${text} ${take(reader, ')')}`
  })
}

function primary(reader: Reader): Node {
  const token = take(reader)
  if (token === '(') {
    const inside = list(reader)
    return inside.length === 1 && inside[0] !== undefined ? inside[0] : { text: `(${joinTexts(inside)})` }
  }
  if (token === 'not') return { text: `(not ${expression(reader, notBinding).text})` }
  if (token === '!') return { text: `(not ${expression(reader, unaryBinding + 1).text})` }
  if (token === '-' || token === '~' || token === '+') {
    const { text } = expression(reader, unaryBinding)
    return { text: token === '-' && /^\d/.test(text) ? `-${text}` : `(${token} ${text})` }
  }
  if (token === 'interval') return { text: `interval ${expression(reader, 0).text} ${take(reader)}` }
  if (token === 'case' || token === 'select' || binding.has(token) || /^[),;]$/.test(token)) throw beyond
  let name = token
  while (peek(reader) === '.') name += take(reader) + take(reader)
  if (peek(reader) !== '(') return { text: name }
  take(reader, '(')
  if (peek(reader) !== ')') return { text: `${name}(${joinTexts(list(reader))})` }
  take(reader, ')')
  return { text: `${name}()` }
}

function operation(reader: Reader, operator: string, left: Node): Node {
  const start = `${left.text} ${operator}`
  if (operator === 'between') {
    const low = expression(reader, betweenBinding + 1).text
    take(reader, 'and')
    return { text: `(${start} ${low} and ${expression(reader, betweenBinding).text})` }
  }
  if (operator === 'is')
    return { text: `(${start} ${peek(reader) === 'not' ? `${take(reader)} ` : ''}${take(reader)})` }
  if (operator === 'in') {
    take(reader, '(')
    return { text: `(${start} (${joinTexts(list(reader))}))` }
  }
  const right = expression(reader, (binding.get(operator) ?? 0) + 1)
  if (operator !== 'and' && operator !== 'or') return { text: `(${start} ${right.text})` }
  const inner = [left, right].map((part) => (part.operator === operator ? part.inner : part.text)).join(` ${operator} `)
  return { text: `(${inner})`, operator, inner }
}

function expression(reader: Reader, least: number): Node {
  let left = within(reader, () => primary(reader))
  for (;;) {
    const operator = peek(reader)
    const strength = operator === undefined ? undefined : binding.get(operator)
    if (operator === undefined || strength === undefined || strength < least) return left
    take(reader)
    left =
      operator === 'not'
        ? { text: `(not ${operation(reader, take(reader), left).text})` }
        : operation(reader, operator, left)
  }
}

/** The tokens with every operation in parentheses; undefined for what is beyond this grammar (CASE, subqueries). */
export function grouped(tokens: readonly string[]): string | undefined {
  const reader: Reader = { tokens, at: 0, depth: 0 }
  try {
    const { text } = expression(reader, 0)
    return reader.at === tokens.length ? text : undefined
  } catch (error) {
    if (error === beyond) return undefined
    throw error
  }
}
