/**
 * files hold what was read out of them
 *
 * The downgrade takes the columns away; their values are preserved for the next upgrade. The hash belongs to the revision
 * before.
 */
import { bigint, boolean, json, type OperationRecorder, text } from '@org/migrate-core'

export const revision = 'c0fbf31ca0db'
export const downRevision = '7826ab40b532'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.alterTable('file', (t) => {
    t.addColumn('hash', text(), { ifNotExists: true })
    t.addColumn('data', json())
    t.addColumn('updated_at', bigint())
    t.addColumn('processed', boolean())
    t.addColumn('error', text())
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('file', (t) => {
    for (const name of ['error', 'processed', 'updated_at', 'data']) t.dropColumn(name)
  })
}
