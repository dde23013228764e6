import type { ColumnType, DefaultValue } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { isWord, significant, stringValue, textOf } from '../sql/tokens.ts'
import { isTemporal, precisionOf } from '../types/types.ts'
import { unwrapParentheses, withoutIntroducers } from './canonical-expression.ts'

const numeric = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

function isNumber(type: ColumnType): boolean {
  if (type.kind === 'native')
    return /^(?:(?:tiny|small|medium|big)?int|year|double|float|real|decimal|numeric)\b/i.test(type.sql)
  return type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'real' || type.kind === 'double'
}

/** A literal as its column reads it: `1.50` is 1.5, the `1` of a boolean is true, a time has no zeros behind its seconds. */
export function literalOf(type: ColumnType, text: string): DefaultValue {
  if (type.kind === 'boolean' && /^[01]$/.test(text)) return { kind: 'literal', value: text === '1' }
  if (isNumber(type) && numeric.test(text)) {
    // ZEROFILL shows its default with its zeros: `000009`.
    const short = text.replace(/^(-?)0+(?=\d)/, '$1')
    const plain = short.includes('.') && !/e/i.test(short) ? short.replace(/\.?0+$/, '') : short
    const value = Number(plain)
    if (type.kind === 'real' || type.kind === 'double') return { kind: 'literal', value }
    const exact = String(value) === plain
    return {
      kind: 'literal',
      value: exact && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : plain,
    }
  }
  if (isTemporal(type) || type.kind === 'time') return { kind: 'literal', value: text.replace(/(:\d\d)\.0+$/, '$1') }
  return { kind: 'literal', value: text }
}

/** What SQL behind DEFAULT says; undefined for NULL. */
export function readSqlDefault(type: ColumnType, sql: string): DefaultValue | undefined {
  const tokens = unwrapParentheses(significant(withoutIntroducers(sql)))
  const [first, second] = tokens
  if (first === undefined || (tokens.length === 1 && isWord(first, 'NULL'))) return undefined
  if (tokens.length === 1) {
    if (first.kind === 'string') return literalOf(type, stringValue(first.text))
    if (first.kind === 'number') return literalOf(type, first.text)
    if (isWord(first, 'TRUE')) return literalOf(type, '1')
    if (isWord(first, 'FALSE')) return literalOf(type, '0')
  }
  if (tokens.length === 2 && first.text === '-' && second?.kind === 'number') return literalOf(type, `-${second.text}`)
  const call = tokens.length === 1 || (second?.text === '(' && tokens.at(-1)?.text === ')' && tokens.length <= 4)
  const digits = tokens.length === 4 ? Number(tokens[2]?.text) : undefined
  // Without digits it is that of its column, as the bare word behind DEFAULT has to be.
  const isOfColumn = digits === undefined || !isTemporal(type) || digits === precisionOf(type)
  if (isWord(first, 'CURRENT_TIMESTAMP', 'NOW', 'LOCALTIME', 'LOCALTIMESTAMP') && call && isOfColumn)
    return { kind: 'now' }
  return { kind: 'expression', sql: textOf(tokens) }
}

// What stands at 0x80 to 0x9F in windows-1252, which is MySQL's latin1: https://encoding.spec.whatwg.org/index-windows-1252.txt. The
// TextDecoder of that name gives the control characters of ISO 8859-1 there on Node 20, and so does the server for some expressions.
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const latin1 = new Map([
  ...Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(byte), byte] as const),
  ...[...windows1252].map((character, at) => [character, 0x80 + at] as const),
])

/**
 * MySQL's catalog gives the bytes of an expression in UTF-8 as if they were latin1: `naïve` is `naÃ¯ve`. What cannot have been made
 * like that is right as it is.
 */
function decoded(text: string): string {
  const bytes = [...text].map((character) => latin1.get(character))
  if (bytes.some((byte) => byte === undefined)) return text
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes as number[]))
  } catch {
    return text
  }
}

/** What MySQL's `information_schema` keeps of an expression, its quotes and backslashes escaped once more. */
export function storedText(text: string): string {
  return decoded(text).replaceAll(/\\(['"\\])/g, '$1')
}

/** The same without the introducers of its texts, on both flavours. */
export function storedExpression(server: Server, text: string): string {
  return withoutIntroducers(server.flavour === 'mariadb' ? text : storedText(text))
}

/**
 * MariaDB shows the SQL of every default, and the word NULL for none; MySQL the bare value, or an expression where `extra` says
 * DEFAULT_GENERATED.
 */
export function readDefault(
  server: Server,
  type: ColumnType,
  text: string | null,
  extra: string,
): DefaultValue | undefined {
  if (text === null) return undefined
  if (server.flavour === 'mariadb') return readSqlDefault(type, text)
  if (/DEFAULT_GENERATED/i.test(extra)) {
    // An expression without fractions, in a column with them; the bare word has the digits of its column.
    if (/^now\(\)$/i.test(text) && isTemporal(type) && precisionOf(type) !== 0)
      return { kind: 'expression', sql: 'now(0)' }
    return readSqlDefault(type, storedExpression(server, text))
  }
  if (isTemporal(type) && /^CURRENT_TIMESTAMP/i.test(text)) return { kind: 'now' }
  if (
    (/^b'[01]+'$/.test(text) && type.kind === 'native' && /^bit\b/i.test(type.sql)) ||
    (/^0x[0-9A-F]*$/i.test(text) &&
      !isNumber(type) &&
      /^(?:var)?binary|bytes/.test(type.kind === 'native' ? type.sql : type.kind))
  )
    return { kind: 'expression', sql: text }
  return literalOf(type, text)
}
