/** features of users */
import { bigint, boolean, json, type OperationRecorder, text } from '@org/migrate-core'

export const revision = '3c1d9a40be72'
export const downRevision = null
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('features', (t) => {
    t.column('id', text(), { nullable: false })
    t.column('user_id', text(), { nullable: false })
    t.column('name', text(), { nullable: false })
    t.column('enabled', boolean(), { nullable: false })
    t.column('settings', json(), { nullable: false })
    t.column('created_at', bigint(), { nullable: false })
    t.primaryKey(['id'])
    t.index('features_user_id', ['user_id'])
  })
}
