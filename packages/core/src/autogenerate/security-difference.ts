import { differingPolicyFacts, type PolicyFact } from '../model/policy-differences.ts'
import type { PolicyModel, RowSecurity, TableModel } from '../model/schema-model.ts'
import type { PolicyChange } from '../operations/operation.ts'

/** Row security and policies that are not the same. */
export interface SecurityDifference {
  /** What is to be otherwise. */
  readonly change: Partial<RowSecurity>
  readonly removed: readonly PolicyModel[]
  /** As they were declared. */
  readonly added: readonly PolicyModel[]
  readonly changed: readonly {
    readonly found: PolicyModel
    readonly declared: PolicyModel
    readonly change: PolicyChange
  }[]
}

const stateOf = ({ rowSecurity }: TableModel): RowSecurity => rowSecurity ?? { enabled: false, forced: false }

/** The facts of a policy that are not the same, as they were declared. */
function policyChange(facts: readonly PolicyFact[], declared: PolicyModel): PolicyChange {
  const { using, withCheck } = declared
  const said: PolicyChange = {
    as: declared.as,
    for: declared.for,
    to: declared.to,
    using: using ?? null,
    withCheck: withCheck ?? null,
  }
  return Object.fromEntries(facts.map((fact) => [fact, said[fact]]))
}

/** Compares row security and policies of a table; `raw` has the policies as they were declared. */
export function securityDifference(
  { expected, found }: { readonly expected: TableModel; readonly found: TableModel },
  raw: TableModel,
): SecurityDifference {
  const [is, was] = [stateOf(expected), stateOf(found)]
  const current = new Map((found.policies ?? []).map((policy) => [policy.name, policy]))
  const names = new Set((expected.policies ?? []).map(({ name }) => name))
  const asDeclared = new Map((raw.policies ?? []).map((policy) => [policy.name, policy]))
  const pairs = (expected.policies ?? []).map((policy) => ({
    expected: policy,
    declared: asDeclared.get(policy.name) ?? policy,
    found: current.get(policy.name),
  }))
  return {
    change: {
      ...(is.enabled === was.enabled ? {} : { enabled: is.enabled }),
      ...(is.forced === was.forced ? {} : { forced: is.forced }),
    },
    removed: (found.policies ?? []).filter(({ name }) => !names.has(name)),
    added: pairs.flatMap((pair) => (pair.found === undefined ? [pair.declared] : [])),
    changed: pairs.flatMap(({ expected: wanted, declared, found: other }) => {
      const facts = other === undefined ? [] : differingPolicyFacts(wanted, other)
      return other === undefined || facts.length === 0
        ? []
        : [{ found: other, declared, change: policyChange(facts, declared) }]
    }),
  }
}
