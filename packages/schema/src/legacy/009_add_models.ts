/** models, which take the place of modelfiles */
import { bigint, type OperationRecorder, text } from '@org/migrate-core'
import { createKeyedTable } from '../data/keyed-table.ts'
import { required, requiredKey, wholeNumber } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  createKeyedTable(op, 'model', (t) => {
    t.column('id', text(), requiredKey)
    t.column('user_id', text(), required)
    t.column('base_model_id', text())
    t.column('name', text(), required)
    t.column('meta', text(), required)
    t.column('params', text(), required)
    t.column('created_at', bigint(), wholeNumber)
    t.column('updated_at', bigint(), wholeNumber)
  })
}

export function rollback(op: OperationRecorder) {
  op.dropTable('model')
}
