import { isPreservedLabel, preservingLabel } from '../../operations/preserved-label.ts'
import type { RecordedOperation } from '../../operations/recording.ts'

/** The default of the migrator for what an operation takes away. */
export function preservingByDefault({ operation, ...recorded }: RecordedOperation): RecordedOperation {
  const takes =
    operation.kind === 'dropTable' ||
    operation.kind === 'dropColumn' ||
    (operation.kind === 'alterColumn' &&
      (operation.change.type ?? operation.change.native ?? operation.using) !== undefined)
  if (!takes || operation.preserve !== undefined) return { operation, ...recorded }
  return { operation: { ...operation, preserve: true }, ...recorded }
}

/**
 * What takes a downgrade back, some of whose steps have restored what the upgrade preserved: instead of such a step, the operation behind it
 * that takes the values away preserves them, as it did in the upgrade.
 */
export function preservingRestored(operations: readonly RecordedOperation[]): readonly RecordedOperation[] {
  const restored = new Set<string>()
  return operations.flatMap(({ operation, ...recorded }): readonly RecordedOperation[] => {
    if (operation.kind === 'run' && operation.direction === 'up' && isPreservedLabel(operation.label)) {
      restored.add(operation.label)
      return []
    }
    if (operation.kind !== 'dropTable' && operation.kind !== 'dropColumn' && operation.kind !== 'alterColumn')
      return [{ operation, ...recorded }]
    const preserving = { ...operation, preserve: true }
    const isRestored = restored.delete(preservingLabel(preserving) ?? '')
    return [{ operation: isRestored ? preserving : operation, ...recorded }]
  })
}
