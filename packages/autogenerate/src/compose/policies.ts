import {
  findTable,
  mayName,
  type PolicyModel,
  type RowSecurity,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import type { ColumnDifference, TableDifference } from '../differences/table-difference.ts'
import { ownChanges } from './changed-columns.ts'
import { type Composition, type Steps, tableNow } from './composition.ts'
import { computedAway } from './generated-columns.ts'

const textsOf = ({ using = '', withCheck = '' }: PolicyModel): string => `${using} ${withCheck}`

/** Whether the policy reads a column or a table that goes: the server refuses to drop either while the policy is there. */
function readsRemovedObjects(composition: Composition): (owner: TableRef, policy: PolicyModel) => boolean {
  const columns = [...composition.differences.values()].flatMap(({ removed }) => removed.map(({ name }) => name))
  const tables = [...composition.model.tables.values()].filter(({ ref }) => !composition.to.tables.has(tableKey(ref)))
  return (owner, policy) => {
    const names = mayName(textsOf(policy))
    return (
      columns.some((name) => names(name)) ||
      tables.some(({ ref }) => tableKey(ref) !== tableKey(owner) && names(ref.name))
    )
  }
}

function* drop(table: TableRef, policy: PolicyModel): Steps {
  yield { kind: 'dropPolicy', table, policy: policy.name }
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
  composition: Composition,
  blocksChange: (owner: TableRef, policy: PolicyModel) => boolean,
): readonly TablePolicy[] {
  return [...composition.model.tables].flatMap(([key, { ref, policies = [] }]) => {
    const { removed = [], changed = [] } = composition.differences.get(tableKey(ref))?.security ?? {}
    const handled = new Set([...removed, ...changed.map(({ actual }) => actual)].map(({ name }) => name))
    return policies.flatMap((policy) =>
      composition.to.tables.has(key) &&
      policy.reads === undefined &&
      !handled.has(policy.name) &&
      blocksChange(ref, policy)
        ? [{ ref, policy }]
        : [],
    )
  })
}

/** Whether a literal beside the column is read as another type from then on. */
const isOfAnotherKind = ({ facts, actual: { type: from }, expected: { type: to } }: ColumnDifference): boolean =>
  facts.has('type') && (from.kind !== to.kind || from.kind === 'enum' || from.kind === 'native')

/**
 * Whether the policy names a column of its table that goes for the time being, or gets a type of another kind. The server would create
 * that policy again with the text that it keeps, `m = 'a'::mood`, which means nothing over a text.
 */
function namesRetyped(composition: Composition): (owner: TableRef, policy: PolicyModel) => boolean {
  const { dialect, differences } = composition
  return (owner, policy) => {
    const difference = differences.get(tableKey(owner))
    if (difference === undefined) return false
    const columns = [
      ...ownChanges(dialect, difference).filter(isOfAnotherKind),
      ...computedAway(composition, tableNow(composition, owner)),
    ]
    const names = mayName(textsOf(policy))
    return columns.some(({ name }) => names(name))
  }
}

/** The policies that are the same and go for a change, as they are declared. */
function returningPolicies(
  composition: Composition,
  isRetyped: (owner: TableRef, policy: PolicyModel) => boolean,
): readonly TablePolicy[] {
  return [...composition.differences.values()].flatMap(({ ref, security }) => {
    const handled = new Set(
      [...security.added, ...security.changed.map(({ actual }) => actual)].map(({ name }) => name),
    )
    const declared = new Map(findTable(composition.to, ref)?.policies?.map((policy) => [policy.name, policy]))
    return (findTable(composition.model, ref)?.policies ?? []).flatMap((policy) => {
      const desired = handled.has(policy.name) ? undefined : declared.get(policy.name)
      return desired !== undefined && isRetyped(ref, policy) ? [{ ref, policy: desired }] : []
    })
  })
}

/**
 * Drops the policies that are declared no more, and, to be created again at the end, those that read what goes or gets a type of another
 * kind. Those of a table that goes, too, go with it. Returns those that come back although nothing of them changes.
 */
export function* dropPolicies(composition: Composition): Steps<readonly TablePolicy[]> {
  const blocksChange = readsRemovedObjects(composition)
  const isRetyped = namesRetyped(composition)
  for (const { ref, policies = [] } of [...composition.model.tables.values()]) {
    if (composition.to.tables.has(tableKey(ref))) continue
    for (const policy of policies) if (blocksChange(ref, policy)) yield* drop(ref, policy)
  }
  for (const { ref, security } of composition.differences.values()) {
    for (const policy of security.removed) yield* drop(ref, policy)
    for (const { actual } of security.changed)
      if (blocksChange(ref, actual) || isRetyped(ref, actual)) yield* drop(ref, actual)
  }
  const unclear = unclearPolicies(composition, (ref, policy) => blocksChange(ref, policy) && !isRetyped(ref, policy))
  const back = [...returningPolicies(composition, isRetyped), ...unclear]
  for (const { ref, policy } of back) yield* drop(ref, policy)
  return back
}

/** Hides rows before anything else is changed; what the owner is to be kept from comes last, since the revision may fill rows. */
export function* secureRows(composition: Composition): Steps {
  for (const { ref, security } of composition.differences.values()) {
    const { enabled, forced } = security.change
    const change = { ...(enabled === true ? { enabled } : {}), ...(forced === false ? { forced } : {}) }
    if (Object.keys(change).length > 0) yield { kind: 'setRowSecurity', table: ref, change }
  }
}

function* makePolicies(composition: Composition, { ref, security }: TableDifference): Steps {
  const existing = new Set(findTable(composition.model, ref)?.policies?.map(({ name }) => name))
  for (const policy of security.added) yield { kind: 'createPolicy', table: ref, policy }
  for (const { declared, change } of security.changed) {
    if (!existing.has(declared.name)) yield { kind: 'createPolicy', table: ref, policy: declared }
    else yield { kind: 'alterPolicy', table: ref, policy: declared.name, change }
  }
}

/** Creates and changes policies, once everything is there that they may read; shows rows that are to be hidden no more. */
export function* createPolicies(
  composition: Composition,
  added: readonly TableModel[],
  back: readonly TablePolicy[],
): Steps {
  for (const { ref, policy } of back) yield { kind: 'createPolicy', table: ref, policy }
  for (const { ref, policies = [] } of added)
    for (const policy of policies) yield { kind: 'createPolicy', table: ref, policy }
  for (const difference of composition.differences.values()) {
    yield* makePolicies(composition, difference)
    const { enabled, forced } = difference.security.change
    const change: Partial<RowSecurity> = {
      ...(enabled === false ? { enabled } : {}),
      ...(forced === true ? { forced } : {}),
    }
    if (Object.keys(change).length > 0) yield { kind: 'setRowSecurity', table: difference.ref, change }
  }
}
