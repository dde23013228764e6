/** A value of a default that is written as it is: other values are written as SQL. */
type PlainDefault = 'string' | 'number' | 'boolean'

/** A function of Drizzle for a column: `varchar('name', { length: 40 })`. */
export interface ColumnTypeCall {
  readonly word: string
  readonly options?: { readonly [option: string]: number | boolean | string | undefined }
  readonly plainDefault?: PlainDefault
}

/** A type that Drizzle has no function for: `customType<{ data: string }>({ dataType: () => 'SET(…)' })`. */
export interface CustomType {
  readonly text: string
  /** The type of its values in TypeScript, as drivers read them. */
  readonly data: string
  /** How values are written and read, where the driver has others. */
  readonly codec?: 'boolean' | 'json'
}

/** Sizes as the members of an object. */
export const sizes = (names: readonly string[], values: readonly (string | undefined)[]) =>
  Object.fromEntries(
    names.flatMap((name, at) => (values[at] === undefined ? [] : [[name, Number(values[at])] as const])),
  )
