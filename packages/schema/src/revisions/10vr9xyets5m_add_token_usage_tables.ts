/**
 * how many tokens a group of models may use, and has used
 *
 * The downgrade takes both tables away; their rows are preserved for the next upgrade.
 */
import { bigint, json, type OperationRecorder, text } from '@org/migrate-core'
import { requiredKey } from '../data/legacy-columns.ts'

export const revision = '10vr9xyets5m'
export const downRevision = '3af16a1c9fb6'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('token_group', (t) => {
    t.column('name', text(), requiredKey)
    t.column('models', json())
    t.column('limit', bigint())
    t.column('created_at', bigint())
    t.column('updated_at', bigint())
    t.primaryKey(['name'])
  })
  op.createTable('token_usage', (t) => {
    t.column('group_name', text(), requiredKey)
    for (const name of ['token_in', 'token_out', 'token_total', 'updated_at']) t.column(name, bigint())
    t.primaryKey(['group_name'])
  })
}

export function downgrade(op: OperationRecorder) {
  op.dropTable('token_usage')
  op.dropTable('token_group')
}
