import { type Typed, text } from '@org/migrate-core'

/** A number of JSON that neither a JavaScript number nor a bigint holds: `1e400`, or more digits than a double has. */
export interface JsonNumber {
  readonly isLosslessNumber: true
  /** The number as it is written. */
  toString(): string
}

/** What JSON text holds. Integers beyond 2^53 are bigint, so that a value that is only passed through is not altered. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | JsonNumber
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

type TextType = ReturnType<typeof text>

/** A text column that holds JSON: text to the database, a value to the application (see `json-text.ts`). */
export function jsonText(): Typed<JsonValue, Pick<TextType, 'kind'>> {
  return text() as Pick<TextType, 'kind'>
}
