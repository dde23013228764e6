import { fromSql, toSql } from '../types.ts'
import { type Token, tokensOf, Unknown } from './tokens.ts'
import type { Expression } from './tree.ts'

/** Words that stand for a value by themselves. */
export const valueKeywords: ReadonlySet<string> = new Set([
  ...['true', 'false', 'null', 'current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp'],
  ...['current_user', 'session_user', 'current_role', 'user', 'current_schema', 'current_catalog'],
])
/** Words that are no name where a value is expected. */
const reserved = new Set(['and', 'or', 'not', 'is', 'in', 'between', 'like', 'when', 'then', 'else', 'end', 'select'])
/** Types whose constants are written with the type before them. */
const typedConstants = new Set(['date', 'time', 'timestamp', 'interval', 'timestamptz'])

const comparison = new Set(['<', '>', '=', '<=', '>=', '<>', '!='])
const likes: ReadonlyMap<string, string> = new Map([
  ['like', '~~'],
  ['ilike', '~~*'],
])

/** How tightly an operator binds: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE */
const binds = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  among: 6,
  other: 7,
  sum: 8,
  product: 9,
  power: 10,
  sign: 12,
}

function operatorBinds(operator: string): number {
  if (comparison.has(operator)) return binds.comparison
  if (operator === '+' || operator === '-') return binds.sum
  if (operator === '*' || operator === '/' || operator === '%') return binds.product
  return operator === '^' ? binds.power : binds.other
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Expression {
    const expression = this.#expression(0)
    if (this.#at < this.#tokens.length) throw new Unknown()
    return expression
  }

  #isNext(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token !== undefined && token.text === text && (token.kind === 'word' || token.kind === 'mark')
  }

  #take(...expected: readonly string[]): boolean {
    if (!expected.every((text, at) => this.#isNext(text, at))) return false
    this.#at += expected.length
    return true
  }

  #need(text: string): void {
    if (!this.#take(text)) throw new Unknown()
  }

  #next(): Token {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new Unknown()
    this.#at += 1
    return token
  }

  #expression(least: number): Expression {
    let left = this.#prefix()
    for (;;) {
      const more = this.#infix(left, least)
      if (more === undefined) return left
      left = more
    }
  }

  #prefix(): Expression {
    if (this.#take('not')) return { kind: 'unary', operator: 'not', operand: this.#expression(binds.not) }
    const token = this.#tokens[this.#at]
    if (token?.kind === 'operator') {
      this.#at += 1
      const operand = this.#expression(token.text === '-' || token.text === '+' ? binds.sign : binds.other)
      if (token.text === '-' && operand.kind === 'number') return { ...operand, text: `-${operand.text}` }
      return token.text === '+' ? operand : { kind: 'unary', operator: token.text, operand }
    }
    return this.#suffixes(this.#primary())
  }

  /** `::type`, `[1]`, COLLATE. */
  #suffixes(primary: Expression): Expression {
    let operand = primary
    for (;;) {
      if (this.#take('::')) operand = { kind: 'cast', operand, type: this.#type() }
      else if (this.#take('[')) {
        const index = this.#expression(0)
        this.#need(']')
        operand = { kind: 'binary', operator: '[]', left: operand, right: index }
      } else if (this.#take('collate')) {
        operand = { kind: 'binary', operator: 'collate', left: operand, right: this.#name(this.#next()) }
      } else return operand
    }
  }

  #name(first: Token): Expression {
    const parts = [first.text]
    while (this.#take('.')) parts.push(this.#next().text)
    return { kind: 'name', parts }
  }

  #list(end: string): readonly Expression[] {
    if (this.#take(end)) return []
    const values = [this.#expression(0)]
    while (this.#take(',')) values.push(this.#expression(0))
    this.#need(end)
    return values
  }

  #primary(): Expression {
    const token = this.#next()
    if (token.kind === 'number') return { kind: 'number', text: token.text }
    if (token.kind === 'string') return { kind: 'string', value: token.text }
    if (token.kind === 'mark') {
      if (token.text !== '(') throw new Unknown()
      const values = this.#list(')')
      const [only] = values
      return values.length === 1 && only !== undefined ? only : { kind: 'list', form: 'row', values }
    }
    if (token.kind === 'word') {
      const special = this.#word(token.text)
      if (special !== undefined) return special
    }
    const name = this.#name(token)
    if (name.kind !== 'name' || !this.#take('(')) return name
    if (this.#isNext('distinct') || this.#isNext('variadic')) throw new Unknown()
    return { kind: 'call', name: name.parts.join('.'), operands: this.#list(')') }
  }

  #word(word: string): Expression | undefined {
    if (reserved.has(word)) throw new Unknown()
    if (word === 'case') return this.#case()
    if (word === 'array' && this.#take('[')) return { kind: 'list', form: 'array', values: this.#list(']') }
    if (word === 'row' && this.#take('(')) return { kind: 'list', form: 'row', values: this.#list(')') }
    if (word === 'cast' && this.#take('(')) {
      const operand = this.#expression(0)
      this.#need('as')
      const type = this.#type()
      this.#need(')')
      return { kind: 'cast', operand, type }
    }
    const next = this.#tokens[this.#at]
    if (typedConstants.has(word) && next?.kind === 'string') {
      this.#at += 1
      return { kind: 'cast', operand: { kind: 'string', value: next.text }, type: typeName(word) }
    }
    return valueKeywords.has(word) && !this.#isNext('(') ? { kind: 'word', text: word } : undefined
  }

  #case(): Expression {
    const subject = this.#isNext('when') ? undefined : this.#expression(0)
    const branches: { when: Expression; result: Expression }[] = []
    while (this.#take('when')) {
      const when = this.#expression(0)
      this.#need('then')
      branches.push({ when, result: this.#expression(0) })
    }
    const otherwise = this.#take('else') ? this.#expression(0) : undefined
    this.#need('end')
    return { kind: 'case', subject, branches, otherwise }
  }

  /** A type: words, sizes, dimensions. */
  #type(): string {
    const first = this.#next()
    let text = first.kind === 'quoted' ? `"${first.text.replaceAll('"', '""')}"` : first.text
    while (this.#take('.')) text += `.${this.#next().text}`
    for (const word of ['precision', 'varying']) if (this.#take(word)) text += ` ${word}`
    if (this.#take('(')) {
      const sizes = [this.#next().text]
      while (this.#take(',')) sizes.push(this.#next().text)
      this.#need(')')
      text += `(${sizes.join(',')})`
    }
    for (const zone of ['with', 'without']) if (this.#take(zone, 'time', 'zone')) text += ` ${zone} time zone`
    while (this.#take('[')) {
      this.#need(']')
      text += '[]'
    }
    return typeName(text)
  }

  #infix(left: Expression, least: number): Expression | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined) return undefined
    if (token.kind === 'operator') {
      const power = operatorBinds(token.text)
      if (power <= least) return undefined
      this.#at += 1
      return this.#operation(left, token.text === '!=' ? '<>' : token.text, power)
    }
    if (token.kind !== 'word') return undefined
    for (const operator of ['and', 'or'] as const) {
      if (binds[operator] <= least || !this.#take(operator)) continue
      return { kind: 'logic', operator, operands: [left, this.#expression(binds[operator])] }
    }
    if (binds.is > least && this.#isNext('is')) return this.#test(left)
    if (binds.power > least && this.#take('at', 'time', 'zone')) {
      return { kind: 'call', name: 'timezone', operands: [this.#expression(binds.power), left] }
    }
    return binds.among > least ? this.#among(left) : undefined
  }

  #operation(left: Expression, operator: string, power: number): Expression {
    for (const quantifier of ['any', 'all'] as const) {
      if (!this.#take(quantifier, '(')) continue
      const right = this.#expression(0)
      this.#need(')')
      return { kind: 'binary', operator: `${operator} ${quantifier}`, left, right }
    }
    return { kind: 'binary', operator, left, right: this.#expression(power) }
  }

  #test(operand: Expression): Expression {
    this.#need('is')
    const not = this.#take('not') ? 'not ' : ''
    if (this.#take('distinct', 'from')) {
      return { kind: 'binary', operator: `is ${not}distinct from`, left: operand, right: this.#expression(binds.is) }
    }
    const word = this.#next().text
    if (!['null', 'true', 'false', 'unknown'].includes(word)) throw new Unknown()
    return { kind: 'test', operand, text: `is ${not}${word}` }
  }

  #among(operand: Expression): Expression | undefined {
    const negated = this.#isNext('not') && ['in', 'between', 'like', 'ilike'].some((word) => this.#isNext(word, 1))
    if (negated) this.#at += 1
    if (this.#take('in', '(')) return { kind: 'among', operand, values: this.#list(')'), negated }
    if (this.#take('between')) {
      const low = this.#expression(binds.among)
      this.#need('and')
      const high = this.#expression(binds.among)
      const side = (operator: string, right: Expression): Expression => ({
        kind: 'binary',
        operator,
        left: operand,
        right,
      })
      return negated
        ? { kind: 'logic', operator: 'or', operands: [side('<', low), side('>', high)] }
        : { kind: 'logic', operator: 'and', operands: [side('>=', low), side('<=', high)] }
    }
    for (const [word, operator] of likes) {
      if (!this.#take(word)) continue
      const right = this.#expression(binds.among)
      if (this.#isNext('escape')) throw new Unknown()
      return { kind: 'binary', operator: negated ? `!${operator}` : operator, left: operand, right }
    }
    return undefined
  }
}

function typeName(text: string): string {
  return toSql(fromSql(text))
}

/** Throws Unknown for what is beyond it: such a text is compared as it stands. */
export function parseExpression(sql: string): Expression {
  return new Parser(tokensOf(sql)).whole()
}
