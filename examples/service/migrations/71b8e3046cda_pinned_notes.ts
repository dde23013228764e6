/** notes can be pinned */
import { boolean, type OperationRecorder } from '@org/migrate-core'

export const revision = '71b8e3046cda'
export const downRevision = '0d5c2f7a9e11'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.alterTable('notes', (t) => {
    t.addColumn('pinned', boolean(), { nullable: false, default: false })
  })
}
