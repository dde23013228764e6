import { type PolicyModel, type SchemaModel, type TableRef, tableKey } from '@org/migrate-core/dialect'
import { mentions, nameOf, significant } from './names-in.ts'

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

/** Whether a text names the column without a table or an alias before it. */
const namesAlone = (text: string, column: string): boolean =>
  significant(text).some((token, at, all) => nameOf(token) === column && all[at - 1]?.text !== '.')

/** A column of the policy's own table needs no name of the table before it; every other use of a table names it. */
const mayRead = ({ table, policy }: TablePolicy, ref: TableRef, column: string): boolean =>
  policyMentions(policy, column) &&
  (policyMentions(policy, ref.name) || (isSame(table, ref) && namesAlone(textOf(policy), column)))

/** The policies that read a column: what the server says of it; of a policy that a revision has just made, its texts. */
export function policiesReading(model: SchemaModel, ref: TableRef, column: string): readonly TablePolicy[] {
  return allPolicies(model).filter((one) =>
    one.policy.reads === undefined
      ? mayRead(one, ref, column)
      : one.policy.reads.some((read) => read.column === column && isSame(read.table, ref)),
  )
}

/** The policies that cast to a type. */
export const policiesNaming = (model: SchemaModel, name: string): readonly TablePolicy[] =>
  allPolicies(model).filter(({ policy }) => policyMentions(policy, name))
