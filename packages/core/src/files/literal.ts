/** What a header constant may be: a plain literal that can be read without running the file. */
export type HeaderLiteral = string | null | readonly string[]

interface LiteralRead {
  readonly value: HeaderLiteral
  /** Where the expression ends, behind `as const` and the like. */
  readonly end: number
}

const escapes: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', 0: '\0' }
const lastCodePoint = 0x10ffff
const space = /\s/
const word = /[A-Za-z_$][\w$]*/y

/** The position of the next character that is neither white space nor comment. */
export function skipBlank(text: string, from: number): number {
  let at = from
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === 32 || (code >= 9 && code <= 13)) at += 1
    else if (code === 47 && text.charCodeAt(at + 1) === 47) at = endOfLine(text, at)
    else if (code === 47 && text.charCodeAt(at + 1) === 42) at = endOfComment(text, at)
    else if (code > 127 && space.test(text.charAt(at))) at += 1
    else return at
  }
}

export function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

export function endOfComment(text: string, from: number): number {
  const end = text.indexOf('*/', from + 2)
  return end === -1 ? text.length : end + 2
}

/** Behind the closing quote of the string that starts at `from`. */
export function endOfString(text: string, from: number): number {
  const quote = text.charCodeAt(from)
  // Nearly every string ends at the next quote.
  const next = text.indexOf(text.charAt(from), from + 1)
  if (next === -1) return text.length
  if (text.charCodeAt(next - 1) !== 92) return next + 1
  let at = from + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 92) at += 2
    else if (code === quote) return at + 1
    else at += 1
  }
  return text.length
}

function readString(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  const quote = text.charAt(from)
  if (quote !== "'" && quote !== '"' && quote !== '`') return undefined
  const end = endOfString(text, from)
  const inner = text.slice(from + 1, end - 1)
  if (quote === '`' && inner.includes('${')) return undefined
  if (!inner.includes('\\')) return { value: inner, end }
  let legal = true
  const value = inner.replace(
    /\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))/g,
    (_all, braced?: string, four?: string, two?: string, letter?: string) => {
      const hex = braced ?? four ?? two
      const point = hex === undefined ? undefined : Number.parseInt(hex, 16)
      if (point !== undefined && point <= lastCodePoint) return String.fromCodePoint(point)
      // `\u{110000}` and a lone `\u` or `\x` are syntax errors.
      if (point !== undefined || letter === 'u' || letter === 'x') legal = false
      if (letter === undefined || letter === '\n' || letter === '\r\n') return ''
      return escapes[letter] ?? letter
    },
  )
  return legal ? { value, end } : undefined
}

function readArray(text: string, from: number): LiteralRead | undefined {
  const value: string[] = []
  let at = skipBlank(text, from + 1)
  while (text.charAt(at) !== ']') {
    const item = readString(text, at)
    if (item === undefined) return undefined
    value.push(item.value)
    at = skipBlank(text, item.end)
    if (text.charAt(at) === ',') at = skipBlank(text, at + 1)
    else if (text.charAt(at) !== ']') return undefined
  }
  return { value, end: at + 1 }
}

/** What ends a type outside all brackets: a comma, a semicolon, `=` or the end of the line. */
const plainType = /(?:[\w \t|.]|\[\])*(?=[,;=]|(?<!\|[ \t]*)\n(?!\s*[|&]))/y

/**
 * Behind a type: up to a comma, semicolon, `=` or the end of the line outside all brackets. A line that ends in `|`, or before
 * one, continues: so formatters break long unions.
 */
export function skipType(text: string, from: number): number {
  plainType.lastIndex = from
  if (plainType.test(text)) return plainType.lastIndex
  let depth = 0
  let at = from
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === "'" || char === '"' || char === '`') at = endOfString(text, at) - 1
    else if (char === '/' && text.charAt(at + 1) === '*') at = endOfComment(text, at) - 1
    else if (char === '/' && text.charAt(at + 1) === '/') at = endOfLine(text, at) - 1
    else if (char === '=' && text.charAt(at + 1) === '>') at += 1
    else if ('[({<'.includes(char)) depth += 1
    else if ('])}>'.includes(char)) depth -= 1
    else if (depth === 0 && (char === ';' || char === ',' || char === '=')) return at
    else if (depth === 0 && char === '\n' && !continuesType(text, at)) return at
    at += 1
  }
  return at
}

function continuesType(text: string, lineEnd: number): boolean {
  const next = text.charAt(skipBlank(text, lineEnd))
  return next === '|' || next === '&' || /[|&]\s*$/.test(text.slice(Math.max(0, lineEnd - 20), lineEnd))
}

/** Reads a string, `null` or an array of strings at `from`. Undefined where there is none. */
export function plainLiteral(text: string, from: number): LiteralRead | undefined {
  if (text.charAt(from) === '[') return readArray(text, from)
  if (text.startsWith('null', from) && !/[\w$]/.test(text.charAt(from + 4))) return { value: null, end: from + 4 }
  return readString(text, from)
}

/**
 * Reads a string, `null` or an array of strings at `from`, with `as …` and `satisfies …` behind it. Undefined where the
 * expression is, or continues as, anything else: a call, a sum, a name.
 */
export function readLiteral(text: string, from: number): LiteralRead | undefined {
  const read = plainLiteral(text, from)
  if (read === undefined) return undefined
  let at = skipBlank(text, read.end)
  for (;;) {
    word.lastIndex = at
    const next = word.exec(text)?.[0]
    if (next !== 'as' && next !== 'satisfies') break
    at = skipBlank(text, skipType(text, skipBlank(text, word.lastIndex)))
  }
  // A line that starts with one of these continues the expression before it, semicolon or not.
  return '+-*/%.?[(<>=&|^`!'.includes(text.charAt(at) || ' ') ? undefined : { value: read.value, end: at }
}
