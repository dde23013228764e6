/**
 * notes
 *
 * The downgrade takes the table away; its rows are preserved for the next upgrade.
 */
import { bigint, json, type OperationRecorder, text } from '@org/migrate-core'
import { requiredKey } from '../data/legacy-columns.ts'

export const revision = '9f0c9cd09105'
export const downRevision = '57c599a3cb57'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('note', (t) => {
    t.column('id', text(), requiredKey)
    for (const name of ['user_id', 'title']) t.column(name, text())
    for (const name of ['data', 'meta', 'access_control']) t.column(name, json())
    t.column('created_at', bigint())
    t.column('updated_at', bigint())
    t.column('content', text())
    t.primaryKey(['id'])
  })
}

export function downgrade(op: OperationRecorder) {
  op.dropTable('note')
}
