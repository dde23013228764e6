/*
 * What reads and writes the values of Drizzle's own columns in 1.0: each type has a codec, and each driver brings its own. Ours read what our
 * connections give: every integer as a bigint, JSON, decimals, dates and arrays as the server's text.
 */

/** The members of a codec of drizzle-orm 1.0. Those of arrays take the number of dimensions. */
export interface Codec {
  readonly normalize?: (value: unknown) => unknown
  readonly normalizeArray?: (value: unknown, dimensions: number) => unknown
  readonly normalizeParam?: (value: unknown) => unknown
  readonly normalizeParamArray?: (value: unknown, dimensions: number) => unknown
}

export type Codecs = { readonly [type: string]: Codec }

type Read = (value: unknown) => unknown

/** Each of these types, read alike. */
export const readAll = (types: readonly string[], normalize: Read): Codecs =>
  Object.fromEntries(types.map((type) => [type, { normalize }]))

const isExact = (value: bigint): boolean => BigInt.asIntN(54, value) === value

/** Throws RangeError for an integer that a number would round. */
export function toNumber(value: unknown): number {
  if (typeof value === 'bigint' && !isExact(value)) {
    throw new RangeError(`${value} does not fit into a number; declare the column as bigint`)
  }
  return Number(value)
}

export const toBigint: Read = (value) => BigInt(value as bigint | number | string)
export const toText: Read = (value) => String(value)
export const toBoolean: Read = (value) => (typeof value === 'string' ? value === 't' : Number(value) !== 0)
export const toJson: Read = (value) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value)
export const toDate: Read = (value) => new Date(value as string)
/** A time without a zone is one of UTC. */
export const toUtcDate: Read = (value) => new Date(`${String(value).replace(' ', 'T')}Z`)
export const fromBytes: Read = (value) => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value)
