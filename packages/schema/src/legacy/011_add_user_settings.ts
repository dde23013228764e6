/** settings of a user, JSON in text */
import { type OperationRecorder, text } from '@org/migrate-core'

export function migrate(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    t.addColumn('settings', text())
  })
}

export function rollback(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    t.dropColumn('settings')
  })
}
