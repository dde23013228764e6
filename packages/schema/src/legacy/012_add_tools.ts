/** tools that models may call */
import { bigint, type OperationRecorder, text } from '@org/migrate-core'
import { createKeyedTable } from '../data/keyed-table.ts'
import { required, requiredKey, wholeNumber } from '../data/legacy-columns.ts'

export function migrate(op: OperationRecorder) {
  createKeyedTable(op, 'tool', (t) => {
    t.column('id', text(), requiredKey)
    for (const name of ['user_id', 'name', 'content', 'specs', 'meta']) t.column(name, text(), required)
    t.column('created_at', bigint(), wholeNumber)
    t.column('updated_at', bigint(), wholeNumber)
  })
}

export function rollback(op: OperationRecorder) {
  op.dropTable('tool')
}
