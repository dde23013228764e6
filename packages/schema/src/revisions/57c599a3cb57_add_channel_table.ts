/**
 * channels and their members
 *
 * The downgrade takes both tables away; their rows are preserved for the next upgrade.
 */
import { bigint, json, type OperationRecorder, text } from '@org/migrate-core'
import { required, requiredKey } from '../data/legacy-columns.ts'

export const revision = '57c599a3cb57'
export const downRevision = 'af906e964978'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('channel', (t) => {
    t.column('id', text(), requiredKey)
    for (const name of ['user_id', 'name', 'description']) t.column(name, text())
    for (const name of ['data', 'meta', 'access_control']) t.column(name, json())
    t.column('created_at', bigint())
    t.column('updated_at', bigint())
    t.column('type', text())
    t.primaryKey(['id'])
  })
  op.createTable('channel_member', (t) => {
    t.column('id', text(), requiredKey)
    for (const name of ['channel_id', 'user_id']) t.column(name, text(), required)
    t.column('created_at', bigint())
    t.primaryKey(['id'])
  })
}

export function downgrade(op: OperationRecorder) {
  op.dropTable('channel_member')
  op.dropTable('channel')
}
