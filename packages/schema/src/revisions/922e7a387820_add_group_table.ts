/**
 * groups of users, and who may use which model, knowledge base, prompt and tool
 *
 * The downgrade takes groups and rules of access away; they are preserved for the next upgrade.
 */
import { bigint, boolean, json, type OperationRecorder, text } from '@org/migrate-core'
import { requiredKey } from '../data/legacy-columns.ts'

export const revision = '922e7a387820'
export const downRevision = 'c0fbf31ca0db'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('group', (t) => {
    t.column('id', text(), requiredKey)
    for (const name of ['user_id', 'name', 'description']) t.column(name, text())
    for (const name of ['data', 'meta', 'permissions', 'user_ids']) t.column(name, json())
    t.column('created_at', bigint())
    t.column('updated_at', bigint())
    t.primaryKey(['id'])
  })
  op.createTable('group_member', (t) => {
    t.column('group_id', text(), requiredKey)
    t.column('user_id', text(), requiredKey)
    t.column('created_at', bigint())
    t.primaryKey(['group_id', 'user_id'])
  })
  op.alterTable('model', (t) => {
    t.addColumn('access_control', json())
    t.addColumn('is_active', boolean(), { nullable: false, default: true })
  })
  for (const table of ['knowledge', 'prompt', 'tool']) {
    op.alterTable(table, (t) => {
      t.addColumn('access_control', json())
    })
  }
}

export function downgrade(op: OperationRecorder) {
  for (const table of ['tool', 'prompt', 'knowledge']) {
    op.alterTable(table, (t) => {
      t.dropColumn('access_control')
    })
  }
  op.alterTable('model', (t) => {
    t.dropColumn('is_active')
    t.dropColumn('access_control')
  })
  op.dropTable('group_member')
  op.dropTable('group')
}
