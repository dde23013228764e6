import { MigrateError } from '../../errors/migrate-error.ts'
import { canonicalJson, sha256Of } from '../../model/canonical.ts'
import type { RawText, SqlValue } from '../../model/sql-value.ts'

/** A value that is restored as it was, byte for byte. */
export type ExactValue = SqlValue | RawText

export function isRawText(value: ExactValue): value is RawText {
  return typeof value === 'object' && value !== null && 'rawText' in value
}

type Encoding = 'text' | 'int' | 'real' | 'base64' | 'json' | 'rawtext'

interface EncodedValue {
  readonly encoding: Encoding
  /** null for SQL NULL (with encoding `json`). */
  readonly value: string | null
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** A value as text that decodes to the same value, byte for byte. */
export function encode(value: ExactValue): EncodedValue {
  if (value === null) return { encoding: 'json', value: null }
  if (typeof value === 'string') return { encoding: 'text', value }
  if (typeof value === 'bigint') return { encoding: 'int', value: value.toString() }
  if (typeof value === 'number') return { encoding: 'real', value: Object.is(value, -0) ? '-0' : String(value) }
  if (typeof value === 'boolean') return { encoding: 'json', value: String(value) }
  if (isRawText(value)) return { encoding: 'rawtext', value: base64(value.rawText) }
  return { encoding: 'base64', value: base64(value) }
}

const decoders: { readonly [E in Encoding]: (value: string) => ExactValue } = {
  text: (value) => value,
  int: (value) => BigInt(value),
  real: (value) => Number(value),
  base64: (value) => Buffer.from(value, 'base64'),
  json: (value) => value === 'true',
  rawtext: (value) => ({ rawText: Buffer.from(value, 'base64') }),
}

function isEncoding(text: string): text is Encoding {
  return Object.hasOwn(decoders, text)
}

/** `table` is ours, for the error. Throws BOOKKEEPING_INVALID. */
function damaged(table: string, why: string, cause?: unknown): MigrateError {
  const message = `A preserved value in ${table} cannot be read: ${why}.`
  return new MigrateError('BOOKKEEPING_INVALID', { table, why }, message, { cause })
}

export function decode(table: string, encoding: string, value: string | null): ExactValue {
  if (value === null) return null
  if (!isEncoding(encoding)) throw damaged(table, `unknown encoding ${encoding}`)
  try {
    return decoders[encoding](value)
  } catch (cause) {
    throw damaged(table, `no ${encoding} value`, cause)
  }
}

/** Whether two values are the same in every bit, and of one type. */
export function sameValue(a: ExactValue, b: ExactValue): boolean {
  const [one, other] = [encode(a), encode(b)]
  return one.encoding === other.encoding && one.value === other.value
}

/** 1, 1n, 1.0 and true are one: which of them a read gives depends on the column's type, which a downgrade may have changed. */
function alike(value: ExactValue): EncodedValue {
  if (typeof value === 'boolean') return encode(BigInt(value))
  return encode(typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value)
}

/** The hash by which a later run knows whether a value is still the one that was written. */
export function valueHash(value: ExactValue): string {
  const encoded = alike(value)
  return sha256Of([encoded.encoding, ':', encoded.value ?? 'NULL'])
}

/** Whether two values have the same hash. */
export function isAlike(a: ExactValue, b: ExactValue): boolean {
  const [one, other] = [alike(a), alike(b)]
  return one.encoding === other.encoding && (one.value ?? 'NULL') === (other.value ?? 'NULL')
}

/** The same text for values of one hash, and for no others: short ones as they are. */
export function valueText(value: ExactValue): string {
  const encoded = alike(value)
  const text = encoded.value ?? 'NULL'
  return text.length > 64 ? valueHash(value) : `${encoded.encoding}:${text}`
}

export type Cells = { readonly [column: string]: ExactValue }

/** Several values as one JSON text; `decodeCells` gives the same values. */
export function encodeCells(cells: Cells): string {
  const entries = Object.entries(cells).map(([column, value]): [string, [Encoding, string | null]] => {
    const encoded = encode(value)
    return [column, [encoded.encoding, encoded.value]]
  })
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  // An array of pairs, because a column may be called __proto__.
  return canonicalJson(entries)
}

export function decodeCells(table: string, text: string): Map<string, ExactValue> {
  const why = 'a key or row is not in the form that preserve() writes'
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw damaged(table, why, cause)
  }
  if (!Array.isArray(parsed)) throw damaged(table, why)
  const cells = new Map<string, ExactValue>()
  for (const entry of parsed as unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Array.isArray(entry[1])) throw damaged(table, why)
    const [encoding, value] = entry[1] as unknown[]
    if (typeof encoding !== 'string' || (typeof value !== 'string' && value !== null)) throw damaged(table, why)
    cells.set(entry[0], decode(table, encoding, value))
  }
  return cells
}
