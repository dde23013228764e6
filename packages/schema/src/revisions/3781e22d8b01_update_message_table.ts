/**
 * messages carry pictures, files and citations, answer each other and get reactions
 *
 * The downgrade takes the columns and the table of reactions away; their values are preserved for the next upgrade.
 */
import { bigint, json, type OperationRecorder, text } from '@org/migrate-core'
import { required, requiredKey } from '../data/legacy-columns.ts'

export const revision = '3781e22d8b01'
export const downRevision = '242a2047eae0'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.alterTable('message', (t) => {
    t.addColumn('images', json())
    t.addColumn('files', json())
    t.addColumn('citations', json())
    t.addColumn('parent_id', text())
  })
  op.createTable('message_reaction', (t) => {
    t.column('id', text(), requiredKey)
    for (const name of ['user_id', 'message_id', 'name']) t.column(name, text(), required)
    t.column('created_at', bigint())
    t.primaryKey(['id'])
  })
}

export function downgrade(op: OperationRecorder) {
  op.dropTable('message_reaction')
  op.alterTable('message', (t) => {
    for (const name of ['parent_id', 'citations', 'files', 'images']) t.dropColumn(name)
  })
}
