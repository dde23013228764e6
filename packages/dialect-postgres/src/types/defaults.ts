import { type ColumnType, type DefaultValue, isSignificant, lexSql, type SqlToken } from '@org/migrate-core/dialect'
import { grammar } from '../sql/grammar.ts'
import { canonicaliseDefault, foldNumber } from './canonicalise.ts'
import { constantList } from './expressions/constant-list.ts'
import { fromSql, toSql } from './types.ts'

/** The text inside a string token; undefined for the forms that the server never prints. */
function stringOf({ kind, text }: SqlToken): string | undefined {
  if (kind !== 'string') return undefined
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'")
  if (!/^e'/i.test(text)) return undefined
  const inside = text.slice(2, -1).replaceAll("''", "'")
  return /\\[^\\]/.test(inside.replaceAll('\\\\', '')) ? undefined : inside.replaceAll('\\\\', '\\')
}

const sizes = /\(\d+(?:,-?\d+)?\)/g

const numbers = ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision']

/** Whether a cast says the column's own type, but for the sizes. A number is printed with the type that it was written as. */
function isOwn(cast: string, type: ColumnType): boolean {
  const castType = toSql(fromSql(cast)).replaceAll(sizes, '')
  const own = toSql(type).replaceAll(sizes, '')
  if (castType === own || (numbers.includes(castType) && numbers.includes(own))) return true
  if (type.kind === 'enum') return type.name === undefined ? castType === 'text' : sameEnum(castType, type.name)
  // `character` is printed as bpchar where its length is not said.
  return (castType === 'bpchar' && type.kind === 'char') || (castType === '"bit"' && own === 'bit')
}

function sameEnum(castType: string, name: string): boolean {
  const last = lexSql(castType, grammar).at(-1)?.text ?? ''
  return last === name || last === `"${name.replaceAll('"', '""')}"`
}

const now = /^(?:now\(\)|current_timestamp|transaction_timestamp\(\))$/i

/** What `ARRAY[…]` is where all of it is constant; braces are written in many ways, and the server prints what was written. */
function listDefault(sql: string, type: ColumnType): DefaultValue | undefined {
  const element =
    type.kind === 'native' && type.sql.endsWith('[]') ? fromSql(type.sql.replace(/(?:\[\])+$/, '')) : undefined
  if (element === undefined || !/^\(*array\b/i.test(sql)) return undefined
  const value = constantList(sql, (cast) => isOwn(cast, type) || isOwn(cast, element))
  return value === undefined ? undefined : { kind: 'literal', value }
}

/**
 * A default from its text: a literal, with the cast to the column's own type that the server prints behind it, is that literal;
 * NULL is none.
 */
export function readDefault(sql: string, type: ColumnType): DefaultValue | undefined {
  const text = sql.trim()
  if (now.test(text)) return { kind: 'now' }
  const expression: DefaultValue = listDefault(text, type) ?? { kind: 'expression', sql: text }
  const tokens = lexSql(text, grammar).filter(isSignificant)
  const at = tokens.findIndex((token, index) => token.text === ':' && tokens[index + 1]?.text === ':')
  const head = at === -1 ? tokens : tokens.slice(0, at)
  const cast =
    at === -1
      ? undefined
      : tokens
          .slice(at + 2)
          .map((token) => token.text)
          .join(' ')
  const [first] = head
  if (first === undefined || (cast !== undefined && !isOwn(cast, type))) {
    return first?.text.toLowerCase() === 'null' && head.length === 1 ? undefined : expression
  }
  if (head.length === 1) {
    const word = first.kind === 'word' ? first.text.toLowerCase() : undefined
    if (word === 'null') return undefined
    if (word === 'true' || word === 'false')
      return canonicaliseDefault({ kind: 'literal', value: word === 'true' }, type)
    const string = stringOf(first)
    if (string !== undefined) {
      const literal = canonicaliseDefault({ kind: 'literal', value: string }, type)
      // `0` and `'0'` are two constants to the catalog; `-1.5` and `'-1.5'` are one, printed as `'-1.5'::numeric`.
      return cast === 'numeric' && /^-?\d+$/.test(string) ? literal : foldNumber(literal, type)
    }
  }
  const number = head.map((token) => token.text).join('')
  if (head.length <= 2 && head.at(-1)?.kind === 'number' && String(Number(number)) === number) {
    return canonicaliseDefault({ kind: 'literal', value: Number(number) }, type)
  }
  return expression
}
