/** notes */
import { integer, type OperationRecorder, text } from '@org/migrate-core'

export const revision = '0d5c2f7a9e11'
export const downRevision = null
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('text', text(), { nullable: false })
    t.primaryKey(['id'])
  })
}
