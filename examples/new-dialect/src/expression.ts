import { isSignificant, lexSql } from '@org/migrate-core/dialect'
import { grammar } from './grammar.ts'

/** Tokens as this reader wants them: signs of several characters in one piece, plain names without their quotes. */
function tokensOf(sql: string): readonly string[] {
  const tokens: string[] = []
  let glued = false
  for (const { kind, text } of lexSql(sql, grammar)) {
    if (!isSignificant({ kind, text })) {
      glued = false
      continue
    }
    const sign = kind === 'symbol' && /[<>=!:|]/.test(text)
    const last = tokens.at(-1) ?? ''
    if (sign && glued) tokens[tokens.length - 1] = last + text
    else if (kind === 'quoted') tokens.push(/^"[a-z_][a-z0-9_]*"$/.test(text) ? text.slice(1, -1) : text)
    else tokens.push(kind === 'word' ? text.toLowerCase() : text)
    glued = sign
  }
  return tokens
}

class Unreadable extends Error {}

const binding: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ...['=', '<>', '!=', '<', '>', '<=', '>='].map((sign) => [sign, 4] as const),
  ['||', 5],
  ['+', 6],
  ['-', 6],
  ['*', 7],
  ['/', 7],
  ['%', 7],
])

/** Reads names, numbers, strings, calls, casts of literals and the common operators; writes each with all its parentheses. */
function read(tokens: readonly string[]): string {
  let at = 0
  const take = (): string => {
    const token = tokens[at]
    if (token === undefined) throw new Unreadable()
    at += 1
    return token
  }
  const need = (expected: string): void => {
    if (take() !== expected) throw new Unreadable()
  }
  const list = (close: string): string => {
    const parts: string[] = []
    if (tokens[at] !== close) {
      do parts.push(expression(0))
      while (tokens[at] === ',' && take())
    }
    need(close)
    return parts.join(', ')
  }
  const primary = (): string => {
    const token = take()
    if (token === '(') {
      const inner = expression(0)
      need(')')
      return inner
    }
    if (token === 'not') return `(not ${expression(3)})`
    if (token === '-') {
      const operand = expression(8)
      return /^[\d.]+$/.test(operand) ? `-${operand}` : `(- ${operand})`
    }
    if (token === 'array' && tokens[at] === '[') {
      take()
      return `array[${list(']')}]`
    }
    if (!/^(?:[\p{L}_"'\d.])/u.test(token)) throw new Unreadable()
    if (tokens[at] === '(' && /^[\p{L}_"]/u.test(token)) {
      take()
      return `${token}(${list(')')})`
    }
    return token
  }
  // The server casts what stands beside a column of another type. A literal without its cast is what the author wrote.
  const cast = (): string => {
    let operand = primary()
    while (tokens[at] === '::') {
      take()
      let type = take()
      while (/^(?:varying|precision|without|with|time|zone)$/.test(tokens[at] ?? '')) type += ` ${take()}`
      if (tokens[at] === '(') {
        take()
        type += `(${list(')')})`
      }
      if (tokens[at] === '[') {
        take()
        need(']')
        type += '[]'
      }
      const number = /^'(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)'$/.exec(operand)?.[1]
      const numeric = /^(?:smallint|integer|bigint|numeric|double precision|real)$/.test(type)
      if (number !== undefined && numeric) operand = number
      else if (!/^(?:text|character varying)(?:\(\d+\))?(?:\[\])?$/.test(type)) operand = `(${operand}::${type})`
    }
    return operand
  }
  const expression = (least: number): string => {
    let left = cast()
    for (;;) {
      const token = tokens[at] ?? ''
      if (token === 'is' && least <= 3) {
        take()
        const not = tokens[at] === 'not' ? `${take()} ` : ''
        left = `(${left} is ${not}${take()})`
        continue
      }
      const strength = binding.get(token)
      if (strength === undefined || strength <= least) return left
      take()
      left = `(${left} ${token === '!=' ? '<>' : token} ${expression(strength)})`
    }
  }
  const whole = expression(0)
  if (at < tokens.length) throw new Unreadable()
  return whole
}

/**
 * An expression in one spelling, so that what an author wrote equals what the server shows of it. What cannot be read stays
 * as it is: it may then look different though it is equal, never the other way round.
 */
export function canonical(sql: string): string {
  const tokens = tokensOf(sql)
  try {
    return read(tokens)
  } catch (error) {
    if (error instanceof Unreadable) return tokens.join(' ')
    throw error
  }
}
