import { refText, tableKey } from '../../model/edit.ts'
import type { PolicyModel, RowSecurity, TableModel, TableRef } from '../../model/schema-model.ts'
import type { TableDifference } from '../table-difference.ts'
import { mayName } from '../view-order.ts'
import { emit, tableNow, type Work } from './work.ts'

const textsOf = ({ using = '', withCheck = '' }: PolicyModel): string => `${using} ${withCheck}`

/** Whether the policy reads a column or a table that goes: the server refuses to drop either while the policy is there. */
function readsWhatGoes(work: Work): (owner: TableRef, policy: PolicyModel) => boolean {
  const columns = [...work.differences.values()].flatMap(({ gone }) => gone.map(({ name }) => name))
  const tables = [...work.model.tables.values()].filter(({ ref }) => !work.to.tables.has(tableKey(ref)))
  return (owner, policy) => {
    const names = mayName(textsOf(policy))
    return (
      columns.some((name) => names(name)) ||
      tables.some(({ ref }) => tableKey(ref) !== tableKey(owner) && names(ref.name))
    )
  }
}

function drop(work: Work, table: TableRef, policy: PolicyModel): void {
  emit(work, { kind: 'dropPolicy', table, policy: policy.name })
}

/** A policy of a table. */
interface TablePolicy {
  readonly ref: TableRef
  readonly policy: PolicyModel
}

/**
 * The policies that stay as they are and name what goes, where no server says which columns they read: the name may be of a column of
 * another table, so they go and come back.
 */
function unclearPolicies(
  work: Work,
  isInTheWay: (owner: TableRef, policy: PolicyModel) => boolean,
): readonly TablePolicy[] {
  return [...work.model.tables].flatMap(([key, { ref, policies = [] }]) => {
    const { removed = [], changed = [] } = work.differences.get(refText(ref))?.security ?? {}
    const handled = new Set([...removed, ...changed.map(({ found }) => found)].map(({ name }) => name))
    return policies.flatMap((policy) =>
      work.to.tables.has(key) && policy.reads === undefined && !handled.has(policy.name) && isInTheWay(ref, policy)
        ? [{ ref, policy }]
        : [],
    )
  })
}

/**
 * Drops the policies that are declared no more, and, to be created again at the end, those that change and read what goes. Those of a
 * table that goes, too, go with it. Returns those that come back as they were.
 */
export function dropPolicies(work: Work): readonly TablePolicy[] {
  const isInTheWay = readsWhatGoes(work)
  for (const { ref, policies = [] } of [...work.model.tables.values()]) {
    if (work.to.tables.has(tableKey(ref))) continue
    for (const policy of policies) if (isInTheWay(ref, policy)) drop(work, ref, policy)
  }
  for (const { ref, security } of work.differences.values()) {
    for (const policy of security.removed) drop(work, ref, policy)
    for (const { found } of security.changed) if (isInTheWay(ref, found)) drop(work, ref, found)
  }
  const back = unclearPolicies(work, isInTheWay)
  for (const { ref, policy } of back) drop(work, ref, policy)
  return back
}

/** Hides rows before anything else is changed; what the owner is to be kept from comes last, since the revision may fill rows. */
export function secureRows(work: Work): void {
  for (const { ref, security } of work.differences.values()) {
    const { enabled, forced } = security.change
    const change = { ...(enabled === true ? { enabled } : {}), ...(forced === false ? { forced } : {}) }
    if (Object.keys(change).length > 0) emit(work, { kind: 'setRowSecurity', table: ref, change })
  }
}

function makePolicies(work: Work, { ref, security }: TableDifference): void {
  const there = new Set(tableNow(work, ref).policies?.map(({ name }) => name))
  for (const policy of security.added) emit(work, { kind: 'createPolicy', table: ref, policy })
  for (const { declared, change } of security.changed) {
    if (!there.has(declared.name)) emit(work, { kind: 'createPolicy', table: ref, policy: declared })
    else emit(work, { kind: 'alterPolicy', table: ref, policy: declared.name, change })
  }
}

/** Creates and changes policies, once everything is there that they may read; shows rows that are to be hidden no more. */
export function createPolicies(work: Work, fresh: readonly TableModel[], back: readonly TablePolicy[]): void {
  for (const { ref, policy } of back) emit(work, { kind: 'createPolicy', table: ref, policy })
  for (const { ref, policies = [] } of fresh)
    for (const policy of policies) emit(work, { kind: 'createPolicy', table: ref, policy })
  for (const difference of work.differences.values()) {
    makePolicies(work, difference)
    const { enabled, forced } = difference.security.change
    const change: Partial<RowSecurity> = {
      ...(enabled === false ? { enabled } : {}),
      ...(forced === true ? { forced } : {}),
    }
    if (Object.keys(change).length > 0) emit(work, { kind: 'setRowSecurity', table: difference.ref, change })
  }
}
