/**
 * when the count of tokens is reset
 *
 * Rows that are there keep NULL in reset_time and reset_timezone, which readers take as `00:00` and `UTC`. The
 * downgrade takes the columns away; their values are preserved for the next upgrade.
 */
import { bigint, json, type OperationRecorder, text } from '@org/migrate-core'

export const revision = 'e223b100ad81'
export const downRevision = '3ff60f68c4f4'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.alterTable('token_group', (t) => {
    t.addColumn('reset_schedule', json())
    t.addColumn('reset_time', text())
    t.addColumn('reset_timezone', text())
  })
  op.alterTable('token_usage', (t) => {
    t.addColumn('last_reset_timestamp', bigint())
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('token_usage', (t) => {
    t.dropColumn('last_reset_timestamp')
  })
  op.alterTable('token_group', (t) => {
    for (const name of ['reset_timezone', 'reset_time', 'reset_schedule']) t.dropColumn(name)
  })
}
