import type { TableRef } from '../model/schema-model.ts'
import type { SqlValue } from '../model/sql-value.ts'

declare const fragment: unique symbol

/**
 * A piece of SQL that is safe to send. Only the functions below and a dialect's `identifier` and `literal` make one, so
 * a plain string in an identifier's place is a type error.
 */
export interface SqlFragment {
  readonly text: string
  readonly [fragment]: true
}

/** Text that is SQL already: carried over verbatim from the server or written by the revision's author. */
export function verbatim(text: string): SqlFragment {
  return { text } as SqlFragment
}

/**
 * SQL out of keywords and fragments.
 *
 * ```ts
 * const drop = sql`DROP TABLE ${verbatim('"users"')}`
 * ```
 */
export function sql(strings: TemplateStringsArray, ...values: readonly (SqlFragment | number | bigint)[]): SqlFragment {
  let text = strings[0] ?? ''
  values.forEach((value, at) => {
    text += (typeof value === 'object' ? value.text : String(value)) + (strings[at + 1] ?? '')
  })
  return verbatim(text)
}

export function join(fragments: readonly SqlFragment[], separator = ', '): SqlFragment {
  return verbatim(fragments.map((part) => part.text).join(separator))
}

/** Fragments with single spaces between them; absent ones are left out. */
export function joinWithSpaces(...fragments: readonly (SqlFragment | undefined | false)[]): SqlFragment {
  return verbatim(fragments.flatMap((part) => (part ? [part.text] : [])).join(' '))
}

/** The only place that quotes. */
export interface Quote {
  identifier(name: string): SqlFragment
  table(ref: TableRef): SqlFragment
  literal(value: SqlValue): SqlFragment
}
