import type { Exports } from '@org/migrate-core'

/**
 * What becomes of a word of Drizzle. `made`: a revision makes it, and a comparison sees it. `noted`: left out with a line that says so, which
 * fails `check`. `refused`: the declaration is not read. `none`: there is nothing of it in any database; the reason says why.
 */
type BuilderAnswer =
  | { readonly is: 'made'; readonly toFill?: true; readonly isDefault?: true }
  | { readonly is: 'noted'; readonly note: string }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'none'; readonly why: string }

/** A declaration without the word and one with it. */
export interface Row {
  readonly answer: BuilderAnswer
  readonly without: Exports
  readonly declaring: Exports
}

export type Rows = { readonly [member: string]: Row }

export const creates = (without: Exports, declaring: Exports): Row => ({ answer: { is: 'made' }, without, declaring })
/** Made, but rows that are there already need a value that only a person knows: the revision has a place to fill in. */
export const createsForNewRows = (without: Exports, declaring: Exports): Row => ({
  answer: { is: 'made', toFill: true },
  without,
  declaring,
})
/** Made, and what a server does without the word: there it is no difference. */
export const createsDefault = (without: Exports, declaring: Exports): Row => ({
  answer: { is: 'made', isDefault: true },
  without,
  declaring,
})
export const reports = (note: string, without: Exports, declaring: Exports): Row => ({
  answer: { is: 'noted', note },
  without,
  declaring,
})
export const refused = (code: string, without: Exports, declaring: Exports): Row => ({
  answer: { is: 'refused', code },
  without,
  declaring,
})
export const none = (why: string, without: Exports, declaring: Exports): Row => ({
  answer: { is: 'none', why },
  without,
  declaring,
})

/** Of the program: Drizzle itself sends the value with each statement. */
export const atRunTime = 'the program gives the value with each statement'
export const typeOnly = 'it is for TypeScript'
export const notManaged = 'it is made by others, and left alone'
