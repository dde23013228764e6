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
