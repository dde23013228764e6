/** features have a description and can be switched on */
import { boolean, expression, type OperationRecorder, text } from '@org/migrate-core'

export const revision = '5be07d6c1f28'
export const downRevision = 'a1f4c2d09b37'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.alterTable('features', (t) => {
    t.addColumn('description', text())
    t.addColumn('enabled', boolean(), { nullable: false, default: false })
    t.createIndex('features_name', ['name'])
    t.createIndex('features_enabled', ['id'], { where: expression('"enabled" = 1') })
  })
}
