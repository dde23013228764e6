/**
 * what users think of answers
 *
 * The downgrade takes the table away; its rows are preserved for the next upgrade.
 */
import { bigint, integer, json, type OperationRecorder, text } from '@org/migrate-core'
import { required, requiredKey } from '../data/legacy-columns.ts'

export const revision = 'af906e964978'
export const downRevision = 'ca81bd47c050'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('feedback', (t) => {
    t.column('id', text(), requiredKey)
    t.column('user_id', text())
    t.column('version', bigint())
    t.column('type', text())
    for (const name of ['data', 'meta', 'snapshot']) t.column(name, json())
    t.column('created_at', bigint(), required)
    t.column('updated_at', bigint(), required)
    t.column('message_id', text())
    t.column('rating', integer())
    t.column('comment', text())
    t.primaryKey(['id'])
  })
}

export function downgrade(op: OperationRecorder) {
  op.dropTable('feedback')
}
