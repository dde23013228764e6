import type { PolicyChange } from '@org/migrate-core'
import type { PolicyModel, RowSecurity, TableModel } from '@org/migrate-core/dialect'
import { differingPolicyFacts, type PolicyFact } from '@org/migrate-core/internal'

/** Row security and policies that are not the same. */
export interface SecurityDifference {
  /** What is to be otherwise. */
  readonly change: Partial<RowSecurity>
  readonly removed: readonly PolicyModel[]
  /** As they were declared. */
  readonly added: readonly PolicyModel[]
  readonly changed: readonly {
    readonly actual: PolicyModel
    readonly declared: PolicyModel
    readonly change: PolicyChange
  }[]
}

const stateOf = ({ rowSecurity }: TableModel): RowSecurity => rowSecurity ?? { enabled: false, forced: false }

/** The facts of a policy that are not the same, as they were declared. */
function policyChange(facts: readonly PolicyFact[], declared: PolicyModel): PolicyChange {
  const { using, withCheck } = declared
  const declaredFacts: PolicyChange = {
    as: declared.as,
    for: declared.for,
    to: declared.to,
    using: using ?? null,
    withCheck: withCheck ?? null,
  }
  return Object.fromEntries(facts.map((fact) => [fact, declaredFacts[fact]]))
}

/** Compares row security and policies of a table; `raw` has the policies as they were declared. */
export function securityDifference(
  { expected, actual }: { readonly expected: TableModel; readonly actual: TableModel },
  raw: TableModel,
): SecurityDifference {
  const [after, before] = [stateOf(expected), stateOf(actual)]
  const current = new Map((actual.policies ?? []).map((policy) => [policy.name, policy]))
  const names = new Set((expected.policies ?? []).map(({ name }) => name))
  const asDeclared = new Map((raw.policies ?? []).map((policy) => [policy.name, policy]))
  const pairs = (expected.policies ?? []).map((policy) => ({
    expected: policy,
    declared: asDeclared.get(policy.name) ?? policy,
    actual: current.get(policy.name),
  }))
  return {
    change: {
      ...(after.enabled === before.enabled ? {} : { enabled: after.enabled }),
      ...(after.forced === before.forced ? {} : { forced: after.forced }),
    },
    removed: (actual.policies ?? []).filter(({ name }) => !names.has(name)),
    added: pairs.flatMap((pair) => (pair.actual === undefined ? [pair.declared] : [])),
    changed: pairs.flatMap(({ expected: desired, declared, actual: other }) => {
      const facts = other === undefined ? [] : differingPolicyFacts(desired, other)
      return other === undefined || facts.length === 0
        ? []
        : [{ actual: other, declared, change: policyChange(facts, declared) }]
    }),
  }
}
