import { type ColumnType, expressionText, type TableModel } from '@org/migrate-core/dialect'
import { typeOf } from '../canonicalise.ts'
import { toSql } from '../types.ts'
import { parseExpression, valueKeywords } from './parse.ts'
import { Unknown } from './tokens.ts'
import type { Expression, ExpressionKind } from './tree.ts'

interface Types {
  readonly columns: ReadonlyMap<string, ColumnType>
  /** Every cast of a number to a wider type is left out, also one that is not implied. */
  readonly areUncast: boolean
}
type Of<K extends ExpressionKind> = Extract<Expression, { readonly kind: K }>

const numbers = ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision']
const textTypes = ['text', 'character varying', 'bpchar', 'character']
const plainOperators = /^[-+*/%^<>=]+$/
const sizes = /\(\d+(?:,-?\d+)?\)/g

const baseOf = (type: ColumnType): string => toSql(type).replaceAll(sizes, '')

/** The type of an expression, where it follows from columns and casts alone. */
function typeIn(types: Types, expression: Expression): string | undefined {
  if (expression.kind === 'name') {
    const type = expression.parts.length === 1 ? types.columns.get(expression.parts[0] ?? '') : undefined
    return type === undefined ? undefined : baseOf(type)
  }
  if (expression.kind === 'cast') return expression.type.replaceAll(sizes, '')
  if (expression.kind === 'number') return /[.e]/i.test(expression.text) ? 'numeric' : 'integer'
  if (expression.kind !== 'binary' || !/^[-+*/%]$/.test(expression.operator)) return undefined
  const [left, right] = [typeIn(types, expression.left), typeIn(types, expression.right)]
  if (left === undefined || right === undefined) return undefined
  return numbers[Math.max(numbers.indexOf(left), numbers.indexOf(right))]
}

/** Whether the cast of a number goes to a wider type. */
function isPromotion(types: Types, operand: Expression, type: string): boolean {
  const from = typeIn(types, operand)
  return from !== undefined && numbers.indexOf(from) >= 0 && numbers.indexOf(from) < numbers.indexOf(type)
}

/** Without a cast that the server prints where it converted by itself: to the type of the operand on the other side. */
function uncast(types: Types, expression: Expression, other: string | undefined): Expression {
  if (expression.kind !== 'cast' || expression.type !== other) return expression
  const { operand } = expression
  if (operand.kind === 'string') return operand
  return isPromotion(types, operand, other) ? operand : expression
}

function isTextual(types: Types, expression: Expression): boolean {
  const base = typeIn(types, expression)
  return base === 'text' || base === 'character varying'
}

function canonicaliseCast(types: Types, { operand: inner, type }: Of<'cast'>): Expression {
  const operand = canonicalise(types, inner)
  if (operand.kind === 'string') {
    const isEnum = [...types.columns.values()].some(
      (own) => own.kind === 'enum' && own.name !== undefined && toSql(own) === quoted(type),
    )
    if (textTypes.includes(type) || isEnum) return operand
    if (numbers.includes(type) && /^-?\d+(?:\.\d+)?$/.test(operand.value)) {
      const number: Expression = { kind: 'number', text: operand.value }
      if (types.areUncast) return number
      return type === 'integer' || type === typeIn(types, number) ? number : { kind: 'cast', operand: number, type }
    }
  }
  if (operand.kind === 'word' && operand.text === 'null') return operand
  if (type === 'text' && isTextual(types, operand)) return operand
  if (operand.kind === 'list' && /^(?:text|character varying)\[\]$/.test(type)) {
    if (operand.values.every((value) => value.kind === 'string')) return operand
  }
  return types.areUncast && isPromotion(types, operand, type) ? operand : { kind: 'cast', operand, type }
}

/** How an enum's name is written by `toSql`. */
function quoted(type: string): string {
  return type
    .split('.')
    .map((part) => (part.startsWith('"') ? part : `"${part}"`))
    .join('.')
}

/** Functions that only take a configuration first, where a string is one: https://www.postgresql.org/docs/current/functions-textsearch.html */
const ofTextSearch = /^(?:to_tsvector|(?:plain|phrase|websearch_)?to_tsquery|ts_headline)$/

function canonicaliseCall(types: Types, { name, operands }: Of<'call'>): Expression {
  if (name === 'now' && operands.length === 0) return { kind: 'word', text: 'current_timestamp' }
  const canonicalOperands = operands.map((operand) => canonicalise(types, operand))
  const [first, ...rest] = canonicalOperands
  const isConfiguration = first?.kind === 'cast' && first.type === 'regconfig' && first.operand.kind === 'string'
  return isConfiguration && rest.length > 0 && ofTextSearch.test(name)
    ? { kind: 'call', name, operands: [first.operand, ...rest] }
    : { kind: 'call', name, operands: canonicalOperands }
}

function canonicaliseBinary(types: Types, { operator, ...sides }: Of<'binary'>): Expression {
  const [left, right] = [canonicalise(types, sides.left), canonicalise(types, sides.right)]
  if ((operator === '= any' || operator === '<> all') && right.kind === 'list' && right.form === 'array') {
    return among(types, left, right.values, operator === '<> all')
  }
  if (!plainOperators.test(operator)) return { kind: 'binary', operator, left, right }
  const [leftType, rightType] = [typeIn(types, left), typeIn(types, right)]
  const one = uncast(types, left, rightType)
  // Only one side was converted to the other's type.
  const two = one === left ? uncast(types, right, leftType) : right
  return { kind: 'binary', operator, left: one, right: two }
}

function among(types: Types, operand: Expression, values: readonly Expression[], negated: boolean): Expression {
  const type = typeIn(types, operand)
  const plain = values.map((value) => uncast(types, value, type))
  const [only] = plain
  if (plain.length === 1 && only !== undefined) {
    return { kind: 'binary', operator: negated ? '<>' : '=', left: operand, right: only }
  }
  return { kind: 'among', operand, values: plain, negated }
}

type Canonicalisers = { readonly [K in ExpressionKind]: (types: Types, expression: Of<K>) => Expression }

const canonicalisers: Canonicalisers = {
  number: (_, expression) => expression,
  string: (_, expression) => expression,
  word: (_, expression) => expression,
  name: (_, expression) => expression,
  call: canonicaliseCall,
  cast: canonicaliseCast,
  unary: (types, { operator, operand }) => ({ kind: 'unary', operator, operand: canonicalise(types, operand) }),
  binary: canonicaliseBinary,
  logic: (types, { operator, operands }) => ({
    kind: 'logic',
    operator,
    operands: operands
      .map((operand) => canonicalise(types, operand))
      .flatMap((operand) => (operand.kind === 'logic' && operand.operator === operator ? operand.operands : [operand])),
  }),
  test: (types, { operand, text }) => ({ kind: 'test', operand: canonicalise(types, operand), text }),
  among: (types, { operand, values, negated }) =>
    among(
      types,
      canonicalise(types, operand),
      values.map((value) => canonicalise(types, value)),
      negated,
    ),
  list: (types, { form, values }) => ({
    kind: 'list',
    form,
    values: values.map((value) => canonicalise(types, value)),
  }),
  case: (types, { subject, branches, otherwise }) => ({
    kind: 'case',
    subject: subject && canonicalise(types, subject),
    branches: branches.map(({ when, result }) => ({
      when: canonicalise(types, when),
      result: canonicalise(types, result),
    })),
    otherwise: otherwise && canonicalise(types, otherwise),
  }),
}

function canonicalise(types: Types, expression: Expression): Expression {
  return (canonicalisers[expression.kind] as (types: Types, expression: Expression) => Expression)(types, expression)
}

const listed = (values: readonly Expression[]): string => values.map(print).join(', ')
/** A column that is called `user` keeps its quotes: the word itself is the current user. */
const name = (part: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(part) && !valueKeywords.has(part) ? part : `"${part.replaceAll('"', '""')}"`

type Printers = { readonly [K in ExpressionKind]: (expression: Of<K>) => string }

const printers: Printers = {
  number: ({ text }) => text,
  string: ({ value }) => `'${value.replaceAll("'", "''")}'`,
  word: ({ text }) => text,
  name: ({ parts }) => parts.map(name).join('.'),
  call: ({ name: called, operands }) => `${called}(${listed(operands)})`,
  cast: ({ operand, type }) => `(${print(operand)})::${type}`,
  unary: ({ operator, operand }) => `(${operator} ${print(operand)})`,
  binary: ({ operator, left, right }) => `(${print(left)} ${operator} ${print(right)})`,
  logic: ({ operator, operands }) => `(${operands.map(print).join(` ${operator} `)})`,
  test: ({ operand, text }) => `(${print(operand)} ${text})`,
  among: ({ operand, values, negated }) => `(${print(operand)} ${negated ? 'not in' : 'in'} (${listed(values)}))`,
  list: ({ form, values }) => `${form}[${listed(values)}]`,
  case: ({ subject, branches, otherwise }) =>
    [
      'case',
      ...(subject === undefined ? [] : [print(subject)]),
      ...branches.map(({ when, result }) => `when ${print(when)} then ${print(result)}`),
      ...(otherwise === undefined ? [] : [`else ${print(otherwise)}`]),
      'end',
    ].join(' '),
}

function print(expression: Expression): string {
  return (printers[expression.kind] as (expression: Expression) => string)(expression)
}

function inOneSpelling(sql: string, { columns }: Pick<TableModel, 'columns'>, areUncast: boolean): string {
  try {
    const types = { columns: new Map(columns.map((column) => [column.name, typeOf(column)])), areUncast }
    return print(canonicalise(types, parseExpression(sql)))
  } catch (error) {
    if (error instanceof Unknown) return expressionText(sql)
    throw error
  }
}

/**
 * An expression in the one spelling that what was declared and what the server prints of it have in common: IN for
 * `= ANY (ARRAY[…])`, no casts that are implied, BETWEEN as two comparisons. Different expressions never become equal. What
 * cannot be read is folded only in spaces and case.
 */
export function canonicalExpression(sql: string, table: Pick<TableModel, 'columns'>): string {
  return inOneSpelling(sql, table, false)
}

/** The same without any cast of a number to a wider type. Expressions that compute otherwise may become equal. */
export function uncastExpression(sql: string, table: Pick<TableModel, 'columns'>): string {
  return inOneSpelling(sql, table, true)
}
