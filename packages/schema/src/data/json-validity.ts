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

/**
 * Whether a text is JSON by RFC 8259, judged by none of the engines' parsers: engines differ in nesting limits and in what they let
 * pass beyond the grammar (NaN, a byte-order mark, leading zeros), and parsing a text of many megabytes into objects
 * costs a multiple of its size. This reads each character once, keeps one byte per open bracket and never recurses.
 */
export class JsonCheck {
  #state = VALUE
  #stack = new Uint8Array(64)
  #depth = 0
  #deepest = 0
  #stringIsKey = false
  #hexLeft = 0
  #literal = ''
  #literalAt = 0

  /** Reads on. Pieces may end anywhere, within a string or a number too. False as soon as the text cannot be JSON. */
  push(piece: string): boolean {
    const { length } = piece
    for (let at = 0; at < length; at += 1) {
      let code = piece.charCodeAt(at)
      if (this.#state === STRING) {
        // Most of a chat is within strings: stay in this loop until something in it means something.
        while (code >= 0x20 && code !== 0x22 && code !== 0x5c) {
          at += 1
          if (at === length) return true
          code = piece.charCodeAt(at)
        }
        this.#state = code === 0x22 ? (this.#stringIsKey ? COLON : AFTER) : code === 0x5c ? ESCAPE : INVALID
      } else {
        this.#state = this.#next(code)
      }
      if (this.#state === INVALID) return false
    }
    return true
  }

  /** Whether the pieces together were one JSON value. */
  end(): boolean {
    const state = this.#state
    const numberEnds = state === ZERO || state === INTEGER || state === FRACTION || state === DIGITS
    return this.#depth === 0 && (state === AFTER || numberEnds)
  }

  /** How many brackets stood open at once, at most. */
  deepest(): number {
    return this.#deepest
  }

  #next(code: number): number {
    switch (this.#state) {
      case VALUE:
        return isSpace(code) ? VALUE : this.#startValue(code)
      case FIRST_ELEMENT:
        return isSpace(code) ? FIRST_ELEMENT : code === 0x5d ? this.#close(ARRAY) : this.#startValue(code)
      case FIRST_KEY:
        return isSpace(code) ? FIRST_KEY : code === 0x7d ? this.#close(OBJECT) : this.#startKey(code)
      case KEY:
        return isSpace(code) ? KEY : this.#startKey(code)
      case COLON:
        return isSpace(code) ? COLON : code === 0x3a ? VALUE : INVALID
      case AFTER:
        return this.#afterValue(code)
      case ESCAPE:
        this.#hexLeft = 4
        return code === 0x75 ? HEX : isEscape(code) ? STRING : INVALID
      case HEX:
        if (!isHex(code)) return INVALID
        this.#hexLeft -= 1
        return this.#hexLeft === 0 ? STRING : HEX
      case LITERAL:
        if (code !== this.#literal.charCodeAt(this.#literalAt)) return INVALID
        this.#literalAt += 1
        return this.#literalAt === this.#literal.length ? AFTER : LITERAL
      default:
        return this.#nextInNumber(code)
    }
  }

  #nextInNumber(code: number): number {
    switch (this.#state) {
      case MINUS:
        return code === 0x30 ? ZERO : isDigit(code) ? INTEGER : INVALID
      case ZERO:
        return code === 0x2e ? POINT : this.#exponentOrEnd(code)
      case INTEGER:
        return isDigit(code) ? INTEGER : code === 0x2e ? POINT : this.#exponentOrEnd(code)
      case POINT:
        return isDigit(code) ? FRACTION : INVALID
      case FRACTION:
        return isDigit(code) ? FRACTION : this.#exponentOrEnd(code)
      case EXPONENT:
        return isDigit(code) ? DIGITS : code === 0x2b || code === 0x2d ? SIGN : INVALID
      case SIGN:
        return isDigit(code) ? DIGITS : INVALID
      case DIGITS:
        return isDigit(code) ? DIGITS : this.#afterValue(code)
      default:
        return INVALID
    }
  }

  #exponentOrEnd(code: number): number {
    return code === 0x65 || code === 0x45 ? EXPONENT : this.#afterValue(code)
  }

  #startValue(code: number): number {
    if (code === 0x22) {
      this.#stringIsKey = false
      return STRING
    }
    if (code === 0x7b) {
      this.#open(OBJECT)
      return FIRST_KEY
    }
    if (code === 0x5b) {
      this.#open(ARRAY)
      return FIRST_ELEMENT
    }
    if (code === 0x2d) return MINUS
    if (code === 0x30) return ZERO
    if (isDigit(code)) return INTEGER
    this.#literal = code === 0x74 ? 'true' : code === 0x66 ? 'false' : code === 0x6e ? 'null' : ''
    this.#literalAt = 1
    return this.#literal === '' ? INVALID : LITERAL
  }

  #startKey(code: number): number {
    if (code !== 0x22) return INVALID
    this.#stringIsKey = true
    return STRING
  }

  /** After a whole value; also what ends a number. */
  #afterValue(code: number): number {
    if (isSpace(code)) return AFTER
    if (code === 0x2c && this.#depth > 0) return this.#stack[this.#depth - 1] === OBJECT ? KEY : VALUE
    if (code === 0x5d) return this.#close(ARRAY)
    if (code === 0x7d) return this.#close(OBJECT)
    return INVALID
  }

  #open(bracket: number): void {
    if (this.#depth === this.#stack.length) {
      const wider = new Uint8Array(this.#stack.length * 2)
      wider.set(this.#stack)
      this.#stack = wider
    }
    this.#stack[this.#depth] = bracket
    this.#depth += 1
    if (this.#depth > this.#deepest) this.#deepest = this.#depth
  }

  #close(bracket: number): number {
    if (this.#depth === 0 || this.#stack[this.#depth - 1] !== bracket) return INVALID
    this.#depth -= 1
    return AFTER
  }
}

/** Whether the whole text is one JSON value. */
export function isJson(text: string): boolean {
  const check = new JsonCheck()
  return check.push(text) && check.end()
}
