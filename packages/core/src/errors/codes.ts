import { executeErrors } from './catalogue/execute.ts'
import { graphErrors } from './catalogue/graph.ts'
import { operationsErrors } from './catalogue/operations.ts'
import { planErrors } from './catalogue/plan.ts'
import { programErrors } from './catalogue/program.ts'
import type { CodeEntry } from './code.ts'

const catalogue = { ...graphErrors, ...operationsErrors, ...planErrors, ...executeErrors, ...programErrors }

export type ErrorCode = keyof typeof catalogue

/** Every code with the shape of its `details`. */
export type ErrorDetails = {
  readonly [C in ErrorCode]: (typeof catalogue)[C] extends CodeEntry<infer D> ? Readonly<D> : never
}

/** What to do next, in general; an error may carry a remedy that knows the case better. */
export const remedies: { readonly [C in ErrorCode]: string } = catalogue

/** The page with a section for each code. Until the project has an address it is the path in the repository. */
const errorsPage = 'docs/reference/errors'

/** Where a code is explained: `docs/reference/errors#DRIFT`. */
export const pageOf = (code: ErrorCode): string => `${errorsPage}#${code}`

/** The closed catalogue, sorted. */
export const errorCodes = Object.keys(remedies).sort() as ErrorCode[]
