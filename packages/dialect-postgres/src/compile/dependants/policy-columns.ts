import { type PolicyModel, type SchemaModel, type TableModel, type TableRef, tableKey } from '@org/migrate-core/dialect'
import { mentions, nameOf, significant } from '../../sql/names-in.ts'
import { renameColumnIn } from '../../sql/rename-in-text.ts'
import { moveRelationIn } from './move-in-text.ts'

export interface TablePolicy {
  readonly table: TableRef
  readonly policy: PolicyModel
}

const isSame = (a: TableRef, b: TableRef): boolean => tableKey(a) === tableKey(b)

const allPolicies = ({ tables }: SchemaModel): readonly TablePolicy[] =>
  [...tables.values()].flatMap(({ ref, policies = [] }) => policies.map((policy) => ({ table: ref, policy })))

const textOf = ({ using = '', withCheck = '' }: PolicyModel): string => `${using} ${withCheck}`

/** Whether the texts of a policy name that. */
const policyMentions = (policy: PolicyModel, name: string): boolean => mentions(textOf(policy), name)

/** Whether a text names the column without a table or an alias before it. */
const namesUnqualified = (text: string, column: string): boolean =>
  significant(text).some((token, at, all) => nameOf(token) === column && all[at - 1]?.text !== '.')

/** A column of the policy's own table needs no name of the table before it; every other use of a table names it. */
const mayRead = ({ table, policy }: TablePolicy, ref: TableRef, column: string): boolean =>
  policyMentions(policy, column) &&
  (policyMentions(policy, ref.name) || (isSame(table, ref) && namesUnqualified(textOf(policy), column)))

/** The policies that read a column: what the server says of it; of a policy that a revision has just made, its texts. */
export function policiesReading(model: SchemaModel, ref: TableRef, column: string): readonly TablePolicy[] {
  return allPolicies(model).filter((one) =>
    one.policy.reads === undefined
      ? mayRead(one, ref, column)
      : one.policy.reads.some((read) => read.column === column && isSame(read.table, ref)),
  )
}

const isOwnAndFlat = ({ table, policy }: TablePolicy, ref: TableRef): boolean =>
  isSame(table, ref) && !policyMentions(policy, 'select')

/**
 * Those of them that keep the column from being dropped for certain. Of a text with a subquery that no server has read yet it is not known
 * which table's column a name means: the server refuses the drop where it is this one.
 */
export const policiesKeeping = (model: SchemaModel, ref: TableRef, column: string): readonly TablePolicy[] =>
  policiesReading(model, ref, column).filter((one) => one.policy.reads !== undefined || isOwnAndFlat(one, ref))

/** The policies that cast to a type. */
export const policiesNaming = (model: SchemaModel, name: string): readonly TablePolicy[] =>
  allPolicies(model).filter(({ policy }) => policyMentions(policy, name))

export interface Renamed {
  readonly from: string
  readonly to: string
  /** The table of a renamed column. */
  readonly of?: string
}

/**
 * Policies follow what is renamed. In one of the renamed column's own table without a subquery every name is that column; of any other it is
 * not known which of its names are meant, so it is followed by the name, and not created again until it is read again.
 */
export function withPoliciesRenamed(model: SchemaModel, { from, to, of }: Renamed, owner: TableRef): SchemaModel {
  const moved = (ref: TableRef): TableRef =>
    of === undefined && ref.name === from && ref.schema === owner.schema ? { ...ref, name: to } : ref
  const follow = (table: TableRef, policy: PolicyModel): PolicyModel => {
    const reads = policy.reads?.map((read) => ({
      table: moved(read.table),
      column: of !== undefined && isSame(read.table, owner) && read.column === from ? to : read.column,
    }))
    const read = { ...policy, ...(reads === undefined ? {} : { reads }) }
    const isRead = of === undefined || policiesReading(model, owner, from).some((one) => one.policy === policy)
    if (!isRead || !policyMentions(policy, from)) return read
    const expressions = {
      ...(policy.using === undefined ? {} : { using: renameColumnIn(policy.using, from, to) }),
      ...(policy.withCheck === undefined ? {} : { withCheck: renameColumnIn(policy.withCheck, from, to) }),
    }
    const isCertain = of !== undefined && isOwnAndFlat({ table, policy }, owner)
    const lasting = `policy ${policy.name}, which names ${from}, and that was renamed since it was read`
    return { ...read, ...expressions, ...(isCertain ? {} : { lasting: [...(policy.lasting ?? []), lasting] }) }
  }
  const tables = [...model.tables].map(([key, table]) => {
    if (table.policies === undefined) return [key, table] as const
    return [key, { ...table, policies: table.policies.map((policy) => follow(table.ref, policy)) }] as const
  })
  return { ...model, tables: new Map(tables) }
}

/** Policies follow. One that names the relation is not created again until it is read again. */
export function withPoliciesMoved(table: TableModel, from: TableRef, to: TableRef): TableModel {
  if (table.policies === undefined) return table
  const policies = table.policies.map((policy): PolicyModel => {
    const reads = policy.reads?.map((read) => (isSame(read.table, from) ? { ...read, table: to } : read))
    const followed = { ...policy, ...(reads === undefined ? {} : { reads }) }
    if (!policyMentions(policy, from.name)) return followed
    const lasting = `policy ${policy.name}, which names ${from.name}, and that was moved since it was read`
    return {
      ...followed,
      ...(policy.using === undefined ? {} : { using: moveRelationIn(policy.using, from, to) }),
      ...(policy.withCheck === undefined ? {} : { withCheck: moveRelationIn(policy.withCheck, from, to) }),
      lasting: [...(policy.lasting ?? []), lasting],
    }
  })
  return { ...table, policies }
}
