import type { Operation } from '../../operations/operation.ts'
import { isPreservedLabel, preservingLabel, withOwnLabel } from '../../operations/preserved-label.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import { withOperation } from '../../operations/source.ts'

/** The default of the migrator for what an operation takes away. */
function preservingByDefault(operation: Operation): Operation {
  const takes =
    operation.kind === 'dropTable' ||
    operation.kind === 'dropColumn' ||
    (operation.kind === 'alterColumn' &&
      (operation.change.type ?? operation.change.native ?? operation.using) !== undefined)
  return !takes || operation.preserve !== undefined ? operation : { ...operation, preserve: true }
}

/** What a revision takes away by the default of the migrator, each under a label of its own. */
export function preservingAll(recorded: readonly RecordedOperation[]): readonly RecordedOperation[] {
  const all: RecordedOperation[] = []
  for (const each of recorded) all.push(withOperation(each, withOwnLabel(preservingByDefault(each.operation), all)))
  return all
}

/**
 * What takes a downgrade back, some of whose steps have restored what the upgrade preserved: instead of such a step, the operation behind it
 * that takes the values away preserves them, as it did in the upgrade.
 */
export function preservingRestored(operations: readonly RecordedOperation[]): readonly RecordedOperation[] {
  const restored = new Set<string>()
  return operations.flatMap((recorded): readonly RecordedOperation[] => {
    const { operation } = recorded
    if (operation.kind === 'run' && operation.direction === 'up' && isPreservedLabel(operation.label)) {
      restored.add(operation.label)
      return []
    }
    if (operation.kind !== 'dropTable' && operation.kind !== 'dropColumn' && operation.kind !== 'alterColumn')
      return [recorded]
    const number = [true as const, ...Array.from(restored, (_, at) => at + 2)].find((preserve) =>
      restored.delete(preservingLabel({ ...operation, preserve }) ?? ''),
    )
    return [withOperation(recorded, number === undefined ? operation : { ...operation, preserve: number })]
  })
}
