import { MigrateError } from '../errors/migrate-error.ts'
import { checkedHeader, type HeaderName, missingHeader, type ScannedHeader } from './header-check.ts'
import {
  endOfComment,
  endOfLine,
  endOfString,
  type HeaderLiteral,
  plainLiteral,
  readLiteral,
  skipBlank,
  skipType,
} from './literal.ts'
import { quickScan } from './quick-scan.ts'
import { lineOf } from './source-text.ts'

const optionalNames: readonly HeaderName[] = ['branchLabels', 'dependsOn', 'compatibleWith', 'replaces']
const headerNames: ReadonlySet<string> = new Set<HeaderName>(['revision', 'downRevision', ...optionalNames])
const identifier = /[A-Za-z_$][\w$]*/y
const assignment = /(?:module\s*\.\s*)?exports\s*\.\s*([A-Za-z_$][\w$]*)\s*=(?![=>])/y
/** Words behind which a slash begins a regular expression, not a division. */
const beforeRegExp: ReadonlySet<string> = new Set([
  ...['return', 'typeof', 'case', 'do', 'else', 'in', 'of', 'instanceof', 'new', 'void', 'delete', 'throw', 'await'],
  ...['yield'],
])

/** Behind the regular expression that starts at `from`. */
function endOfRegExp(text: string, from: number): number {
  let inClass = false
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '\\') at += 1
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return at + 1
    else if (char === '\n') return from + 1
  }
  return text.length
}

/** Behind the template literal that starts at `from`, whatever is nested in it. */
function endOfTemplate(text: string, from: number): number {
  /** Open braces of each `${` that we are inside of. */
  const holes: number[] = []
  let at = from + 1
  while (at < text.length) {
    const char = text.charAt(at)
    const openBraces = holes.at(-1)
    if (openBraces === undefined || openBraces === -1) {
      if (char === '\\') at += 2
      else if (char === '`') {
        at += 1
        if (holes.pop() === undefined) return at
      } else if (char === '$' && text.charAt(at + 1) === '{') {
        holes.push(0)
        at += 2
      } else at += 1
      continue
    }
    if (char === "'" || char === '"') at = endOfString(text, at)
    else if (char === '`') {
      holes.push(-1)
      at += 1
    } else if (char === '/' && text.charAt(at + 1) === '*') at = endOfComment(text, at)
    else if (char === '/' && text.charAt(at + 1) === '/') at = endOfLine(text, at)
    else {
      if (char === '{') holes[holes.length - 1] = openBraces + 1
      else if (char === '}') {
        if (openBraces === 0) holes.pop()
        else holes[holes.length - 1] = openBraces - 1
      }
      at += 1
    }
  }
  return text.length
}

/** The header constants at the top level of a file, without running it. The rest of the file is skipped, not parsed. */
class HeaderScanner {
  readonly #text: string
  readonly #file: string
  readonly #constants = new Map<string, HeaderLiteral>()
  /** Where the literal of each constant begins. */
  readonly starts = new Map<string, number>()
  #at = 0

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  scan(): ReadonlyMap<string, HeaderLiteral> {
    const text = this.#text
    let depth = 0
    /** Whether a slash here would divide: behind a value. */
    let afterValue = false
    if (text.startsWith('#!')) this.#at = endOfLine(text, 0)
    for (;;) {
      const at = skipBlank(text, this.#at)
      if (at >= text.length) return this.#constants
      const code = text.charCodeAt(at)
      if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 36) {
        identifier.lastIndex = at
        const name = identifier.exec(text)?.[0] ?? ''
        this.#at = at + name.length
        afterValue = !beforeRegExp.has(name)
        if (depth !== 0) continue
        if (name === 'const' || name === 'let' || name === 'var') this.#declarations()
        else if (name === 'exports' || name === 'module') this.#assignment(at)
        else continue
        if (this.#complete()) return this.#constants
      } else if (code === 39 || code === 34) {
        this.#at = endOfString(text, at)
        afterValue = true
      } else if (code === 96) {
        this.#at = endOfTemplate(text, at)
        afterValue = true
      } else if (code === 47) {
        this.#at = afterValue ? at + 1 : endOfRegExp(text, at)
        afterValue = !afterValue
      } else {
        if (code === 123 || code === 40 || code === 91) depth += 1
        else if (code === 125 || code === 41 || code === 93) depth -= 1
        afterValue = code === 41 || code === 93 || code === 125 || (code >= 48 && code <= 57)
        this.#at = at + 1
      }
    }
  }

  /** Most of a file lies behind its header: what can be known not to follow is not looked for. */
  #complete(): boolean {
    if (!this.#constants.has('revision') || !this.#constants.has('downRevision')) return false
    return optionalNames.every((name) => this.#constants.has(name) || !this.#text.includes(name, this.#at))
  }

  #declarations(): void {
    const text = this.#text
    for (;;) {
      let at = skipBlank(text, this.#at)
      identifier.lastIndex = at
      const name = identifier.exec(text)?.[0]
      if (name === undefined || !headerNames.has(name)) return
      const declared = at
      at = skipBlank(text, at + name.length)
      if (text.charAt(at) === ':') at = skipType(text, skipBlank(text, at + 1))
      at = skipBlank(text, at)
      if (text.charAt(at) !== '=') throw this.#notStatic(name, declared)
      this.#take(name, at + 1)
      if (text.charAt(this.#at) !== ',') return
      this.#at += 1
    }
  }

  #assignment(from: number): void {
    assignment.lastIndex = from
    const name = assignment.exec(this.#text)?.[1]
    if (name === undefined || !headerNames.has(name)) return
    // What TypeScript emits for CommonJS first: `exports.revision = exports.downRevision = void 0`.
    if (/^\s*(?:exports\.|void 0)/.test(this.#text.slice(assignment.lastIndex, assignment.lastIndex + 40))) return
    this.#take(name, assignment.lastIndex)
  }

  #take(name: string, from: number): void {
    const start = skipBlank(this.#text, from)
    const read = readLiteral(this.#text, start)
    if (read === undefined) throw this.#notStatic(name, from)
    this.starts.set(name, start)
    this.#constants.set(name, read.value)
    this.#at = read.end
  }

  #notStatic(name: string, at: number): MigrateError {
    const line = lineOf(this.#text, at)
    return new MigrateError(
      'HEADER_INVALID',
      { file: this.#file, name, why: 'not-static', line },
      `${this.#file}:${line}: \`${name}\` is not a plain literal, so it cannot be read without running the file`,
    )
  }
}

/**
 * The header of a revision file, read without running it.
 *
 * Throws HEADER_INVALID, with the line where a constant is not static; REVISION_FILE_INVALID.
 */
export function scanHeader(text: string, file: string): ScannedHeader {
  const constants = quickScan(text) ?? new HeaderScanner(text, file).scan()
  return checkedHeader((name) => constants.get(name), { file, isValue: false })
}

/** Where the literal of a header constant stands in the text. Throws HEADER_INVALID. */
export function locateHeader(
  text: string,
  file: string,
  name: HeaderName,
): { readonly from: number; readonly to: number } {
  const scanner = new HeaderScanner(text, file)
  scanner.scan()
  const from = scanner.starts.get(name)
  const literal = from === undefined ? undefined : plainLiteral(text, from)
  if (from === undefined || literal === undefined) throw missingHeader({ file, isValue: false }, name)
  return { from, to: literal.end }
}
