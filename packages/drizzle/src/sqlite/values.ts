import { type Codecs, type ColumnCodec, integerBoolean, type JsonCodec, jsonColumn } from '../build/values.ts'

/** NUMERIC affinity stores a document that is only a number as INTEGER or REAL: digits beyond both are gone. */
function survivesAffinity(text: string): boolean {
  if (/^-?\d+$/.test(text)) return BigInt.asIntN(64, BigInt(text)) === BigInt(text)
  return Number.isFinite(Number(text))
}

const whyNot = (text: string): string | undefined =>
  !/^-?\d/.test(text) || survivesAffinity(text)
    ? undefined
    : 'a bare number of this size would lose digits; put it into an array or an object'

/**
 * JSON in a column declared JSON. Its affinity is NUMERIC: the document `42` comes back as the number 42, other documents as
 * their text.
 */
export const jsonCodec = (json: JsonCodec): ColumnCodec => jsonColumn(json, whyNot)

/** What SQLite does otherwise. */
export const codecs: Partial<Codecs> = {
  boolean: () => integerBoolean,
  json: (_type, json) => jsonCodec(json),
}
