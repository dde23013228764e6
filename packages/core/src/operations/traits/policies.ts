import { findTable, putTable, refText } from '../../model/edit.ts'
import type { PolicyModel, SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import type { OperationTable, PolicyChange } from '../operation.ts'
import { part, tableFootprint } from './footprints.ts'
import {
  alterable,
  checkName,
  exists,
  firstRepeated,
  invalid,
  irreversible,
  lastingOf,
  missing,
  tableFirst,
} from './objects.ts'

type PolicyTraits = Pick<OperationTable, 'setRowSecurity' | 'createPolicy' | 'alterPolicy' | 'dropPolicy'>

const policyText = (name: string, table: TableRef): string => `policy ${name} of ${refText(table)}`

const findPolicy = ({ policies = [] }: TableModel, name: string): PolicyModel | undefined =>
  policies.find((policy) => policy.name === name)

/** The texts of the table say nothing of its policies: they stay. */
function withPolicies(before: SchemaModel, table: TableModel, policies: readonly PolicyModel[]): SchemaModel {
  const { policies: _, ...rest } = table
  return putTable(before, policies.length === 0 ? rest : { ...rest, policies })
}

/**
 * Throws INVALID_NAME or INVALID_OPERATION for what CREATE POLICY does not take:
 * https://www.postgresql.org/docs/current/sql-createpolicy.html
 */
export function checkPolicy(policy: PolicyModel, operation: string): void {
  checkName(policy.name, 'policy')
  if (policy.to.length === 0) throw invalid(operation, `the policy ${policy.name} is for no role; name one, or public`)
  for (const role of policy.to) checkName(role, 'role')
  if (policy.using !== undefined && policy.for === 'insert')
    throw invalid(operation, `the policy ${policy.name} is for insert, which takes withCheck alone`)
  if (policy.withCheck !== undefined && (policy.for === 'select' || policy.for === 'delete'))
    throw invalid(operation, `the policy ${policy.name} is for ${policy.for}, which takes using alone`)
}

/** Throws what `checkPolicy` throws, for all policies of a table that is created. */
export function checkPolicies({ policies = [] }: TableModel, operation: string): void {
  const repeated = firstRepeated(policies.map(({ name }) => name))
  if (repeated !== undefined) throw invalid(operation, `the policy ${repeated} is there twice`)
  for (const policy of policies) checkPolicy(policy, operation)
}

function changed(policy: PolicyModel, change: PolicyChange): PolicyModel {
  // Which columns the new expressions read is not known.
  const { using, withCheck, reads: _, ...rest } = { ...policy, ...change }
  return {
    ...rest,
    ...(using === undefined || using === null ? {} : { using }),
    ...(withCheck === undefined || withCheck === null ? {} : { withCheck }),
  }
}

function changeBack(policy: PolicyModel, change: PolicyChange): PolicyChange {
  return {
    ...(change.as === undefined ? {} : { as: policy.as }),
    ...(change.for === undefined ? {} : { for: policy.for }),
    ...(change.to === undefined ? {} : { to: policy.to }),
    ...(change.using === undefined ? {} : { using: policy.using ?? null }),
    ...(change.withCheck === undefined ? {} : { withCheck: policy.withCheck ?? null }),
  }
}

const actions = (change: { readonly enabled?: boolean; readonly forced?: boolean }): string =>
  [
    ...(change.enabled === undefined ? [] : [change.enabled ? 'enable' : 'disable']),
    ...(change.forced === undefined ? [] : [change.forced ? 'force' : 'stop forcing']),
  ].join(' and ')

export const policyTraits: PolicyTraits = {
  setRowSecurity: {
    apply(before, operation) {
      const line = policyTraits.setRowSecurity.describe(operation)
      const table = alterable(before, operation.table, line)
      if (Object.values(operation.change).every((value) => value === undefined))
        throw invalid(line, 'nothing is changed')
      const { rowSecurity = { enabled: false, forced: false }, ...rest } = table
      const now = { ...rowSecurity, ...operation.change }
      return putTable(before, now.enabled || now.forced ? { ...rest, rowSecurity: now } : rest)
    },
    invert(before, { table: ref, change }) {
      const table = findTable(before, ref)
      if (table === undefined) return irreversible(`the schema before has no table ${refText(ref)}`)
      const { enabled = false, forced = false } = table.rowSecurity ?? {}
      return [
        {
          kind: 'setRowSecurity',
          table: ref,
          change: {
            ...(change.enabled === undefined ? {} : { enabled }),
            ...(change.forced === undefined ? {} : { forced }),
          },
        },
      ]
    },
    touches: ({ table }) => [`${tableFootprint(table)}/rowSecurity`],
    describe: ({ table, change }) => `${actions(change)} row security of ${refText(table)}`,
  },

  createPolicy: {
    apply(before, operation) {
      const { policy, ifNotExists } = operation
      const line = policyTraits.createPolicy.describe(operation)
      const table = alterable(before, operation.table, line, policy.name)
      if (findPolicy(table, policy.name) !== undefined) {
        if (ifNotExists) return before
        throw exists(policyText(policy.name, operation.table))
      }
      checkPolicy(policy, line)
      return withPolicies(before, table, [...(table.policies ?? []), policy])
    },
    invert(before, { table, policy, ifNotExists }) {
      const owner = findTable(before, table)
      if (ifNotExists && owner !== undefined && findPolicy(owner, policy.name) !== undefined) return []
      return [{ kind: 'dropPolicy', table, policy: policy.name }]
    },
    touches: ({ table, policy }) => [`${tableFootprint(table)}/policy:${part(policy.name)}`],
    describe: ({ table, policy }) => `create ${policyText(policy.name, table)}`,
  },

  alterPolicy: {
    apply(before, operation) {
      const line = policyTraits.alterPolicy.describe(operation)
      const table = alterable(before, operation.table, line, operation.policy)
      const existing = findPolicy(table, operation.policy)
      if (existing === undefined) throw missing(policyText(operation.policy, operation.table))
      if (Object.values(operation.change).every((value) => value === undefined))
        throw invalid(line, 'nothing is changed')
      const now = changed(existing, operation.change)
      checkPolicy(now, line)
      const policies = (table.policies ?? []).map((policy) => (policy === existing ? now : policy))
      return withPolicies(before, table, policies)
    },
    invert(before, { table, policy, change }) {
      const owner = findTable(before, table)
      const existing = owner && findPolicy(owner, policy)
      if (existing === undefined) return irreversible(`the schema before has no ${policyText(policy, table)}`)
      return [{ kind: 'alterPolicy', table, policy, change: changeBack(existing, change) }]
    },
    touches: ({ table, policy }) => [`${tableFootprint(table)}/policy:${part(policy)}`],
    describe: ({ table, policy }) => `change ${policyText(policy, table)}`,
  },

  dropPolicy: {
    apply(before, operation) {
      const table = findTable(before, operation.table)
      const existing = table && findPolicy(table, operation.policy)
      if (table === undefined || existing === undefined) {
        if (operation.ifExists) return before
        const remedy = table === undefined ? tableFirst(operation.table, operation.policy) : undefined
        throw missing(policyText(operation.policy, operation.table), remedy)
      }
      return withPolicies(
        before,
        table,
        (table.policies ?? []).filter((policy) => policy !== existing),
      )
    },
    invert(before, { table, policy, ifExists }) {
      const owner = findTable(before, table)
      const existing = owner && findPolicy(owner, policy)
      if (existing === undefined)
        return ifExists ? [] : irreversible(`the schema before has no ${policyText(policy, table)}`)
      return lastingOf(policyText(policy, table), [existing]) ?? [{ kind: 'createPolicy', table, policy: existing }]
    },
    touches: ({ table, policy }) => [`${tableFootprint(table)}/policy:${part(policy)}`],
    describe: ({ table, policy }) => `drop ${policyText(policy, table)}`,
  },
}
