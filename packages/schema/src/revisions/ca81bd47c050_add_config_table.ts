/**
 * saved settings
 *
 * The downgrade takes them away; they are preserved for the next upgrade.
 */
import { bigint, json, type OperationRecorder, text } from '@org/migrate-core'
import { required, requiredKey } from '../data/legacy-columns.ts'

export const revision = 'ca81bd47c050'
export const downRevision = '922e7a387820'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('config', (t) => {
    t.column('key', text(), requiredKey)
    t.column('value', json(), required)
    t.column('updated_at', bigint())
    t.primaryKey(['key'])
  })
}

export function downgrade(op: OperationRecorder) {
  op.dropTable('config')
}
