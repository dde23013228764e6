import { isSame } from './canonical.ts'
import { expressionText } from './expression-text.ts'
import type { PolicyModel } from './schema-model.ts'

export type PolicyFact = 'as' | 'for' | 'to' | 'using' | 'withCheck'

/** What is compared of a policy: each fact as a comparable value and as a string. */
export function policyFacts(policy: PolicyModel): readonly (readonly [PolicyFact, unknown, string])[] {
  const { as, for: command, to, using, withCheck } = policy
  return [
    ['as', as, as],
    ['for', command, command],
    ['to', [...to].sort(), to.join(', ')],
    ['using', using === undefined ? undefined : expressionText(using), using ?? 'none'],
    ['withCheck', withCheck === undefined ? undefined : expressionText(withCheck), withCheck ?? 'none'],
  ]
}

/** The facts in which two policies of one name differ. Both in the normal form of one dialect. */
export function differingPolicyFacts(expected: PolicyModel, actual: PolicyModel): readonly PolicyFact[] {
  const actualFacts = policyFacts(actual)
  return policyFacts(expected).flatMap(([fact, value], at) =>
    isSame(value ?? null, actualFacts[at]?.[1] ?? null) ? [] : [fact],
  )
}
