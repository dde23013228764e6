import {
  type Dialect,
  invert,
  type Operation,
  type OperationKind,
  replay,
  type SchemaModel,
} from '@org/migrate-core/dialect'
import { modelOf, operationsOf } from '../database.ts'
import type { SqlFragments } from '../subject.ts'
import type { OperationCase } from './cases/case.ts'
import { compiledOutcome, type Outcome, outcomeText, refusalOf } from './outcome.ts'

/** The operation that the case is about, with the schema it meets. */
function subjectOf(
  dialect: Dialect,
  kind: OperationKind,
  each: OperationCase,
  fragments: SqlFragments,
): { readonly before: SchemaModel; readonly operation: Operation } {
  const before = modelOf(dialect, (op) => each.given?.(op, fragments))
  const operations = operationsOf(dialect, (op) => each.change(op, fragments))
  if (each.inverse) {
    const [first] = operations
    const back = first === undefined ? [] : invert(before, first)
    const operation = 'irreversible' in back ? undefined : back.find((one) => one.kind === kind)
    if (first === undefined || operation === undefined) throw new Error(`the downgrade of ${each.title} is no ${kind}`)
    return { before: dialect.model.apply(before, first), operation }
  }
  const at = operations.findIndex((one) => one.kind === kind)
  const operation = operations[at]
  if (operation === undefined) throw new Error(`${each.title} records no ${kind}`)
  const upTo = replay(before, operations.slice(0, at), (model, one) => dialect.model.apply(model, one))
  return { before: upTo, operation }
}

/** What the dialect makes of the case, without a server. */
export function caseOutcome(
  dialect: Dialect,
  kind: OperationKind,
  each: OperationCase,
  fragments: SqlFragments,
): Outcome {
  try {
    const { before, operation } = subjectOf(dialect, kind, each, fragments)
    return compiledOutcome(dialect, before, operation)
  } catch (error) {
    return refusalOf(error)
  }
}

/** The cell of a support matrix. */
export const cellText = (outcome: Outcome): string =>
  outcome.noDowngrade === undefined ? outcomeText(outcome) : `${outcomeText(outcome)}, no downgrade`
