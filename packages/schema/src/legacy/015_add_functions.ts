/** functions: pipes, filters and actions */
import { bigint, type OperationRecorder, text } from '@org/migrate-core'
import { createKeyedTable } from '../data/keyed-table.ts'
import { required, requiredKey, wholeNumber } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  createKeyedTable(op, 'function', (t) => {
    t.column('id', text(), requiredKey)
    for (const name of ['user_id', 'name', 'type', 'content', 'meta']) t.column(name, text(), required)
    t.column('created_at', bigint(), wholeNumber)
    t.column('updated_at', bigint(), wholeNumber)
  })
}

export function rollback(op: OperationRecorder) {
  op.dropTable('function')
}
