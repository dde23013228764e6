/**
 * when the count of tokens was last reset
 *
 * The downgrade takes the column away; its values are preserved for the next upgrade.
 */
import { type OperationRecorder, text } from '@org/migrate-core'

export const revision = '3ff60f68c4f4'
export const downRevision = '10vr9xyets5m'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.alterTable('token_usage', (t) => {
    t.addColumn('last_reset_date', text())
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('token_usage', (t) => {
    t.dropColumn('last_reset_date')
  })
}
