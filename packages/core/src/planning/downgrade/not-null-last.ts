import type { RecordedInverse } from '../../bookkeeping/history.ts'
import { conflicts } from '../../operations/conflict.ts'
import type { Operation } from '../../operations/operation.ts'
import { isPreservedLabel } from '../../operations/preserved-label.ts'

interface OwnedOperation {
  /** Whose inverse it belongs to. */
  readonly of: number
  readonly operation: Operation
}

/** It may give values to rows that came since the upgrade. */
function mayFill(operation: Operation): boolean {
  return operation.kind === 'sql' || (operation.kind === 'run' && !isPreservedLabel(operation.label))
}

function isTightening(operation: Operation): boolean {
  if (operation.kind !== 'alterColumn' || operation.change.nullable !== false) return false
  return Object.keys(operation.change).every((fact) => fact === 'nullable' || fact === 'extras')
}

/** It needs the column as it will be, or gives it another name. Other constraints and indexes take NULL. */
function needsColumn(other: Operation, tightening: Operation): boolean {
  if (other.kind === 'createIndex') return false
  if (other.kind === 'addConstraint' && other.constraint.kind !== 'primaryKey') return false
  return conflicts([tightening], [other]).some(({ unknown }) => unknown !== true)
}

/**
 * What an upgrade did, with each plain NOT NULL of its inverses behind the data steps that a downgrade runs later: rows that came since
 * the upgrade have no value before a `down` gives them one. It becomes part of the inverse of the last of those steps.
 */
export function notNullLast(undoes: readonly RecordedInverse[]): readonly RecordedInverse[] {
  const ordered = undoes
    .flatMap(({ inverse }, of) =>
      'irreversible' in inverse ? [] : [inverse.map((operation): OwnedOperation => ({ of, operation }))],
    )
    .reverse()
    .flat()
  let isChanged = false
  // From the end: several stay in their order.
  for (let at = ordered.length - 1; at >= 0; at -= 1) {
    const tightening = ordered[at]?.operation
    if (tightening === undefined || !isTightening(tightening)) continue
    const later = ordered.slice(at + 1)
    const end = later.findIndex(({ operation }) => needsColumn(operation, tightening))
    const passed = end === -1 ? later : later.slice(0, end)
    const last = passed.findLastIndex(({ operation }) => mayFill(operation))
    const filling = passed[last]
    if (filling === undefined) continue
    ordered.splice(at, 1)
    ordered.splice(at + last + 1, 0, { of: filling.of, operation: tightening })
    isChanged = true
  }
  if (!isChanged) return undoes
  return undoes.map((each, of) =>
    'irreversible' in each.inverse
      ? each
      : { ...each, inverse: ordered.flatMap((owned) => (owned.of === of ? [owned.operation] : [])) },
  )
}
