import {
  breaks,
  brokenGroup,
  choice,
  type Document,
  fill,
  group,
  hardLine,
  ifBroken,
  indent,
  joined,
  line,
  list,
  softLine,
} from './document.ts'
import { isTemplate, memberName, stringLiteral, templateText } from './source-text.ts'

/** An expression, with what decides where lines are broken around it: the rules are those of Prettier and Biome. */
export interface Code {
  readonly document: Document
  readonly shape: 'object' | 'array' | 'numbers' | 'function' | 'string' | 'template' | 'other'
  /** Members of an object, elements of an array. */
  readonly size: number
}

const code = (document: Document, shape: Code['shape'] = 'other', size = 0): Code => ({ document, shape, size })

/** Text that is an expression already and stands on one line. */
export const verbatimCode = (text: string): Code => code(text)

export function string(text: string): Code {
  return isTemplate(text) ? template(templateText(text)) : code(stringLiteral(text), 'string')
}

/** A template literal of what stands between its backticks. */
export const template = (inside: string): Code => code(`\`${inside}\``, 'template')

// A key of up to four characters would gain nothing by a line of its own.
const shortKey = 4

function member([name, value]: readonly [string, Code | Method]): Document {
  const key = memberName(name)
  if ('method' in value) return list(key, value.method)
  const isBroken = value.shape === 'string' && key.length > shortKey
  return isBroken ? group(key, ':', indent(line, value.document)) : list(key, ': ', value.document)
}

/** A function as a member: `sqlite(op) { … }`. */
interface Method {
  readonly method: Document
}

const body = (statements: readonly Document[]): Document =>
  statements.length === 0 ? '{}' : list('{', indent(hardLine, joined(statements, hardLine)), hardLine, '}')

export const method = (parameters: string, statements: readonly Document[]): Method => ({
  method: list(`(${parameters}) `, body(statements)),
})

type Members = Iterable<readonly [string, Code | Method | undefined]>

/** An object literal of the members that are there. */
export function objectOf(members: Members): Code {
  const present = [...members].flatMap(([name, value]): [string, Code | Method][] =>
    value === undefined ? [] : [[name, value]],
  )
  if (present.length === 0) return code('{}', 'object')
  const inside = joined(present.map(member), list(',', line))
  return code(group('{', indent(line, inside), ifBroken(','), line, '}'), 'object', present.length)
}

export const object = (members: { readonly [name: string]: Code | Method | undefined }): Code =>
  objectOf(Object.entries(members))

export function array(elements: readonly Code[]): Code {
  if (elements.length === 0) return code('[]', 'array')
  const size = elements.length
  const [first] = elements
  // Rows stand below each other.
  const areRows =
    size > 1 &&
    elements.every(
      (each) => each.size > 1 && isList(each) === isList(first) && (isList(each) || each.shape === 'object'),
    )
  const inside = joined(
    elements.map(({ document }) => document),
    list(',', line),
  )
  const parts = ['[', indent(softLine, inside), ifBroken(','), softLine, ']']
  return code(areRows ? brokenGroup(...parts) : group(...parts), 'array', size)
}

const isList = (each: Code | undefined): boolean => each?.shape === 'array' || each?.shape === 'numbers'

/** Numbers stand beside each other, as many as a line holds. */
export function numbers(values: readonly number[]): Code {
  if (values.length < 2) return array(values.map((value) => code(numberText(value))))
  const items = values.map((value, at) => numberText(value) + (at < values.length - 1 ? ',' : ''))
  const inside = group('[', indent(softLine, fill(items)), ifBroken(','), softLine, ']')
  return code(inside, 'numbers', values.length)
}

const numberText = (value: number): string => String(value).replace('e+', 'e')

/** `(t) => { … }` */
export function arrow(parameters: string, statements: readonly Document[]): Code {
  return code(group(`${parameters} => `, body(statements)), 'function')
}

/** Whether the last argument may open on the line of the call: `t.column('a', text(), {`. */
function embraces(given: readonly Code[]): boolean {
  const last = given.at(-1)
  const before = given.at(-2)
  if (last === undefined) return false
  if (last.shape === 'function') return before?.shape !== 'function'
  if (last.size === 0) return false
  if (last.shape === 'object') return before?.shape !== 'object'
  return last.shape === 'array' ? !isList(before) : last.shape === 'numbers' && before === undefined
}

const expanded = ({ document }: Code): Document =>
  typeof document === 'object' && document.kind === 'group' ? brokenGroup(...document.parts) : document

/** The same with a line for each of its members. */
export const onOwnLines = (value: Code): Code => ({ ...value, document: expanded(value) })

export function call(callee: string, given: readonly Code[]): Code {
  const [only] = given
  const last = given.at(-1)
  if (only === undefined || last === undefined) return code(`${callee}()`)
  const documents = given.map(({ document }) => document)
  if (given.length === 1 && only.shape === 'template') return code(list(callee, '(', only.document, ')'))
  const parts = [
    callee,
    '(',
    indent(softLine, joined(documents, list(',', line))),
    ifBroken(','),
    softLine,
    ')',
  ] as const
  if (!embraces(given)) return code(group(...parts))
  const before = documents.slice(0, -1)
  if (before.some(breaks)) return code(brokenGroup(...parts))
  const around = (ending: Document): Document => list(callee, '(', joined([...before, ending], ', '), ')')
  return code(choice(around(last.document), around(expanded(last)), brokenGroup(...parts)))
}

/** Any JSON as a literal. */
export function literal(value: unknown): Code {
  if (typeof value === 'string') return string(value)
  if (typeof value === 'number') return code(numberText(value))
  if (Array.isArray(value)) {
    const isNumeric = value.length > 0 && value.every((each): each is number => typeof each === 'number')
    return isNumeric ? numbers(value) : array(value.map(literal))
  }
  if (typeof value === 'object' && value !== null) {
    return objectOf(Object.entries(value).map(([name, part]) => [name, part === undefined ? undefined : literal(part)]))
  }
  return code(String(value))
}
