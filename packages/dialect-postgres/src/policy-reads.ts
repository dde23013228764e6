import { type PolicyModel, type SchemaModel, type TableRef, tableKey } from '@org/migrate-core/dialect'
import { mentions } from './names-in.ts'

export interface TablePolicy {
  readonly table: TableRef
  readonly policy: PolicyModel
}

const isSame = (a: TableRef, b: TableRef): boolean => tableKey(a) === tableKey(b)

const allPolicies = ({ tables }: SchemaModel): readonly TablePolicy[] =>
  [...tables.values()].flatMap(({ ref, policies = [] }) => policies.map((policy) => ({ table: ref, policy })))

const textOf = ({ using = '', withCheck = '' }: PolicyModel): string => `${using} ${withCheck}`

/** Whether the texts of a policy name that. */
export const policyMentions = (policy: PolicyModel, name: string): boolean => mentions(textOf(policy), name)

/** The policies that read a column: what the server says of it; of a policy that a revision has just made, its texts. */
export function policiesReading(model: SchemaModel, ref: TableRef, column: string): readonly TablePolicy[] {
  return allPolicies(model).filter(({ table, policy }) =>
    policy.reads === undefined
      ? policyMentions(policy, column) && (isSame(table, ref) || policyMentions(policy, ref.name))
      : policy.reads.some((read) => read.column === column && isSame(read.table, ref)),
  )
}

/** The policies that cast to a type. */
export const policiesNaming = (model: SchemaModel, name: string): readonly TablePolicy[] =>
  allPolicies(model).filter(({ policy }) => policyMentions(policy, name))
