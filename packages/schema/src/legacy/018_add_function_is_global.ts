/** functions can serve every model; those that are there do not */
import { boolean, type OperationRecorder } from '@org/migrate-core'
import { flag } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  op.alterTable('function', (t) => {
    t.addColumn('is_global', boolean(), { ...flag, default: false })
    t.alterColumn('is_global', { default: null })
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('function', (t) => {
    t.dropColumn('is_global')
  })
}
