import { MigrateError } from '../../errors/migrate-error.ts'
import { canonicalJson, sha256 } from '../../model/canonical.ts'
import type { SqlValue } from '../../model/sql-value.ts'

export type Encoding = 'text' | 'int' | 'real' | 'base64' | 'json'

export interface Encoded {
  readonly encoding: Encoding
  /** null for SQL NULL (with encoding `json`). */
  readonly value: string | null
}

function realText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return String(value)
}

/** A value as text that gives the same value back, byte for byte. */
export function encode(value: SqlValue): Encoded {
  if (value === null) return { encoding: 'json', value: null }
  if (typeof value === 'string') return { encoding: 'text', value }
  if (typeof value === 'bigint') return { encoding: 'int', value: value.toString() }
  if (typeof value === 'number') return { encoding: 'real', value: realText(value) }
  if (typeof value === 'boolean') return { encoding: 'json', value: String(value) }
  return { encoding: 'base64', value: Buffer.from(value).toString('base64') }
}

const decoders: { readonly [E in Encoding]: (value: string) => SqlValue } = {
  text: (value) => value,
  int: (value) => BigInt(value),
  real: (value) => Number(value),
  base64: (value) => Buffer.from(value, 'base64'),
  json: (value) => value === 'true',
}

function isEncoding(text: string): text is Encoding {
  return Object.hasOwn(decoders, text)
}

export function decode(encoding: string, value: string | null): SqlValue {
  if (value === null) return null
  if (!isEncoding(encoding)) {
    throw new MigrateError(
      'BOOKKEEPING_INVALID',
      { table: 'migrate_kept', why: `unknown encoding ${encoding}` },
      `A kept value has the unknown encoding ${encoding}.`,
    )
  }
  return decoders[encoding](value)
}

/**
 * The hash by which a later run knows whether a value is still the one that was written. 1, 1n, 1.0 and true hash alike:
 * which of them a read gives depends on the column's type, which a downgrade may have changed.
 */
export function valueHash(value: SqlValue): string {
  const whole =
    typeof value === 'boolean'
      ? BigInt(value)
      : typeof value === 'number' && Number.isInteger(value)
        ? BigInt(value)
        : value
  const encoded = encode(whole)
  return sha256(`${encoded.encoding}:${encoded.value ?? 'NULL'}`)
}

export type Cells = { readonly [column: string]: SqlValue }

/** Several values as one JSON text; `decodeCells` gives the same values back. */
export function encodeCells(cells: Cells): string {
  const entries = Object.entries(cells).map(([column, value]): [string, [Encoding, string | null]] => {
    const encoded = encode(value)
    return [column, [encoded.encoding, encoded.value]]
  })
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  // An array of pairs, because a column may be called __proto__.
  return canonicalJson(entries)
}

export function decodeCells(text: string): Map<string, SqlValue> {
  const parsed: unknown = JSON.parse(text)
  const invalid = (): never => {
    throw new MigrateError(
      'BOOKKEEPING_INVALID',
      { table: 'migrate_kept', why: 'a key or row is not in the form that keep() writes' },
      'A kept value cannot be read.',
    )
  }
  if (!Array.isArray(parsed)) return invalid()
  const cells = new Map<string, SqlValue>()
  for (const entry of parsed as unknown[]) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Array.isArray(entry[1])) return invalid()
    const [encoding, value] = entry[1] as unknown[]
    if (typeof encoding !== 'string' || (typeof value !== 'string' && value !== null)) return invalid()
    cells.set(entry[0], decode(encoding, value))
  }
  return cells
}
