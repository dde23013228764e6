/**
 * Whether a text is JSON by RFC 8259, judged by none of the engines' parsers: engines differ in nesting limits and in what they let
 * pass beyond the grammar (NaN, a byte-order mark, leading zeros), and parsing a text of many megabytes into objects
 * costs a multiple of its size. This reads each character once, keeps one byte per open bracket and never recurses.
 */
export interface JsonCheck {
  /** Reads on. Pieces may end anywhere, within a string or a number too. False as soon as the text cannot be JSON. */
  push(piece: string): boolean
  /** Whether the pieces together were one JSON value. */
  end(): boolean
  /** How many brackets stood open at once, at most. */
  deepest(): number
}

const VALUE = 0
const FIRST_ELEMENT = 1
const FIRST_KEY = 2
const KEY = 3
const COLON = 4
const AFTER = 5
const STRING = 6
const ESCAPE = 7
const HEX = 8
const MINUS = 9
const ZERO = 10
const INTEGER = 11
const POINT = 12
const FRACTION = 13
const EXPONENT = 14
const SIGN = 15
const DIGITS = 16
const LITERAL = 17
const INVALID = 18

const ARRAY = 1
const OBJECT = 2

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isHex = (code: number): boolean =>
  isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66)

/** `"`, `\`, `/`, b, f, n, r, t. */
const isEscape = (code: number): boolean =>
  code === 0x22 ||
  code === 0x5c ||
  code === 0x2f ||
  code === 0x62 ||
  code === 0x66 ||
  code === 0x6e ||
  code === 0x72 ||
  code === 0x74

/** A check that takes a text in pieces. */
export function jsonCheck(): JsonCheck {
  let state = VALUE
  let stack = new Uint8Array(64)
  let depth = 0
  let deepest = 0
  let stringIsKey = false
  let hexLeft = 0
  let literal = ''
  let literalAt = 0

  const pushBracket = (bracket: number): void => {
    if (depth === stack.length) {
      const wider = new Uint8Array(stack.length * 2)
      wider.set(stack)
      stack = wider
    }
    stack[depth] = bracket
    depth += 1
    if (depth > deepest) deepest = depth
  }

  const startValue = (code: number): number => {
    if (code === 0x22) {
      stringIsKey = false
      return STRING
    }
    if (code === 0x7b) {
      pushBracket(OBJECT)
      return FIRST_KEY
    }
    if (code === 0x5b) {
      pushBracket(ARRAY)
      return FIRST_ELEMENT
    }
    if (code === 0x2d) return MINUS
    if (code === 0x30) return ZERO
    if (isDigit(code)) return INTEGER
    literal = code === 0x74 ? 'true' : code === 0x66 ? 'false' : code === 0x6e ? 'null' : ''
    literalAt = 1
    return literal === '' ? INVALID : LITERAL
  }

  const close = (bracket: number): number => {
    if (depth === 0 || stack[depth - 1] !== bracket) return INVALID
    depth -= 1
    return AFTER
  }

  /** After a whole value; also what ends a number. */
  const afterValue = (code: number): number => {
    if (isSpace(code)) return AFTER
    if (code === 0x2c && depth > 0) return stack[depth - 1] === OBJECT ? KEY : VALUE
    if (code === 0x5d) return close(ARRAY)
    if (code === 0x7d) return close(OBJECT)
    return INVALID
  }

  const startKey = (code: number): number => {
    if (code !== 0x22) return INVALID
    stringIsKey = true
    return STRING
  }

  const next = (code: number): number => {
    switch (state) {
      case VALUE:
        return isSpace(code) ? VALUE : startValue(code)
      case FIRST_ELEMENT:
        return isSpace(code) ? FIRST_ELEMENT : code === 0x5d ? close(ARRAY) : startValue(code)
      case FIRST_KEY:
        return isSpace(code) ? FIRST_KEY : code === 0x7d ? close(OBJECT) : startKey(code)
      case KEY:
        return isSpace(code) ? KEY : startKey(code)
      case COLON:
        return isSpace(code) ? COLON : code === 0x3a ? VALUE : INVALID
      case AFTER:
        return afterValue(code)
      case ESCAPE:
        if (code === 0x75) {
          hexLeft = 4
          return HEX
        }
        return isEscape(code) ? STRING : INVALID
      case HEX:
        if (!isHex(code)) return INVALID
        hexLeft -= 1
        return hexLeft === 0 ? STRING : HEX
      case MINUS:
        return code === 0x30 ? ZERO : isDigit(code) ? INTEGER : INVALID
      case ZERO:
        return code === 0x2e ? POINT : code === 0x65 || code === 0x45 ? EXPONENT : afterValue(code)
      case INTEGER:
        if (isDigit(code)) return INTEGER
        return code === 0x2e ? POINT : code === 0x65 || code === 0x45 ? EXPONENT : afterValue(code)
      case POINT:
        return isDigit(code) ? FRACTION : INVALID
      case FRACTION:
        if (isDigit(code)) return FRACTION
        return code === 0x65 || code === 0x45 ? EXPONENT : afterValue(code)
      case EXPONENT:
        return isDigit(code) ? DIGITS : code === 0x2b || code === 0x2d ? SIGN : INVALID
      case SIGN:
        return isDigit(code) ? DIGITS : INVALID
      case DIGITS:
        return isDigit(code) ? DIGITS : afterValue(code)
      case LITERAL:
        if (code !== literal.charCodeAt(literalAt)) return INVALID
        literalAt += 1
        return literalAt === literal.length ? AFTER : LITERAL
      default:
        return INVALID
    }
  }

  return {
    push(piece) {
      const { length } = piece
      for (let at = 0; at < length; at += 1) {
        let code = piece.charCodeAt(at)
        if (state === STRING) {
          // Most of a chat is within strings: stay in this loop until something in it means something.
          while (code >= 0x20 && code !== 0x22 && code !== 0x5c) {
            at += 1
            if (at === length) return true
            code = piece.charCodeAt(at)
          }
          state = code === 0x22 ? (stringIsKey ? COLON : AFTER) : code === 0x5c ? ESCAPE : INVALID
        } else {
          state = next(code)
        }
        if (state === INVALID) return false
      }
      return true
    },
    end() {
      const numberEnds = state === ZERO || state === INTEGER || state === FRACTION || state === DIGITS
      return depth === 0 && (state === AFTER || numberEnds)
    },
    deepest: () => deepest,
  }
}

/** Whether the whole text is one JSON value. */
export function isJson(text: string): boolean {
  const check = jsonCheck()
  return check.push(text) && check.end()
}
