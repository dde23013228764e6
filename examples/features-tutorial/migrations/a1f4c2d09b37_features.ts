/** features */
import { integer, type OperationRecorder, varchar } from '@org/migrate-core'

export const revision = 'a1f4c2d09b37'
export const downRevision = null
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('features', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(80), { nullable: false })
    t.primaryKey(['id'])
  })
}
