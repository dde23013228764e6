/**
 * folders for chats
 *
 * The downgrade takes the folders and the place of each chat away; both are preserved for the next upgrade.
 */
import { boolean, json, now, type OperationRecorder, text, timestamp } from '@org/migrate-core'
import { required, requiredKey } from '../data/legacy-columns.ts'

export const revision = 'c69f45358db4'
export const downRevision = '3781e22d8b01'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('folder', (t) => {
    t.column('id', text(), requiredKey)
    t.column('parent_id', text())
    t.column('user_id', text(), requiredKey)
    t.column('name', text(), required)
    t.column('items', json())
    t.column('meta', json())
    t.column('is_expanded', boolean(), required)
    t.column('created_at', timestamp(), { nullable: false, default: now() })
    t.column('updated_at', timestamp(), { nullable: false, default: now() })
    t.primaryKey(['id', 'user_id'])
  })
  op.alterTable('chat', (t) => {
    t.addColumn('folder_id', text())
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('chat', (t) => {
    t.dropColumn('folder_id')
  })
  op.dropTable('folder')
}
